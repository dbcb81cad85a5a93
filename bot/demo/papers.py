"""A package's two papers as PDF: a brochure of two pages, and the programme day by day. The same bytes for the same input."""

import io
from xml.sax.saxutils import escape

from reportlab import rl_config
from reportlab.lib.colors import Color, HexColor, white
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    KeepTogether,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

from bot.demo.paints import SKIES, Colour
from bot.demo.words import Words
from knowledge.demo import DemoPackage

# A PDF may hold bytes as they are: spelt in letters they would be a quarter larger, and half of the drawing's time would go into that.
rl_config.useA85 = 0

PAGE_WIDTH, PAGE_HEIGHT = A4
MARGIN = 18 * mm
BANNER = 92 * mm
FOOT = 14 * mm
INK, SOFT, LINE = HexColor("#26303a"), HexColor("#6c7680"), HexColor("#e2e6ea")


def brochure(demo: DemoPackage, words: Words, poster: bytes) -> bytes:
    """What the package is and costs, and what is in it."""
    paper, excludes = _Paper(demo, words, poster), demo.package.excludes
    first = [
        _facts(demo, words, paper.accent),
        Spacer(1, 7 * mm),
        *_section("Yang istimewa", _bullets(demo.package.features, paper), paper),
        *(_section("Penerbangan", [_body(demo.package.airline)], paper) if demo.package.airline else ()),
        *(_section("Hotel", [_body(hotel) for hotel in words.hotels], paper) if words.hotels else ()),
    ]
    second = [
        *_section("Sudah termasuk", _bullets(demo.package.includes, paper), paper),
        *(_section("Belum termasuk", _bullets(excludes, paper, mark="–"), paper) if excludes else ()),
        *_section("Cara pembayaran", [_body(demo.package.payment_terms or "")], paper),
        *_section(
            "Cara mendaftar" if demo.days else "Cara membeli",
            [_body(text) for text in words.how_to_join],
            paper,
        ),
        *_section("Hubungi kami", [_body(text) for text in words.contact], paper),
    ]
    return paper.write("Brosur", [*first, NextPageTemplate("plain"), PageBreak(), *second])


def itinerary(demo: DemoPackage, words: Words, poster: bytes) -> bytes:
    """The programme, one entry a day."""
    paper = _Paper(demo, words, poster)
    days = [_day(number, where, what, paper) for number, (where, what) in enumerate(demo.days, start=1)]
    last = [
        Spacer(1, 4 * mm),
        _body("Urutan acara dapat berubah mengikuti jadwal penerbangan dan aturan setempat.", SOFT),
    ]
    return paper.write("Itinerary", [NextPageTemplate("plain"), *days, *last])


class _Paper:
    """One PDF: the poster's picture across the first page's head, the company at the foot of every page."""

    def __init__(self, demo: DemoPackage, words: Words, poster: bytes) -> None:
        self._demo, self._words, self._poster = demo, words, poster
        self.accent = _colour(SKIES[demo.sky].accent)

    def write(self, kind: str, story: list[Flowable]) -> bytes:
        kept = io.BytesIO()
        document = BaseDocTemplate(
            kept,
            pagesize=A4,
            title=f"{kind} {self._demo.package.name}",
            author=self._words.company,
            invariant=1,
        )
        width = PAGE_WIDTH - 2 * MARGIN
        under_banner = Frame(MARGIN, FOOT, width, PAGE_HEIGHT - BANNER - FOOT - 8 * mm, 0, 0, 0, 0)
        whole = Frame(MARGIN, FOOT, width, PAGE_HEIGHT - FOOT - 32 * mm, 0, 0, 0, 0)
        document.addPageTemplates(
            [
                PageTemplate("first", [under_banner], onPage=lambda canvas, _: self._first(canvas, kind)),
                PageTemplate("plain", [whole], onPage=lambda canvas, _: self._plain(canvas, kind)),
            ]
        )
        document.build(story)
        return kept.getvalue()

    def _first(self, canvas: Canvas, kind: str) -> None:
        """The poster's upper part as a banner, with the words over a dark veil."""
        canvas.saveState()
        window = canvas.beginPath()
        window.rect(0, PAGE_HEIGHT - BANNER, PAGE_WIDTH, BANNER)
        canvas.clipPath(window, stroke=0, fill=0)
        height = PAGE_WIDTH * 1.25
        picture = ImageReader(io.BytesIO(self._poster))
        canvas.drawImage(picture, 0, PAGE_HEIGHT - height * 0.662, PAGE_WIDTH, height)
        canvas.setFillColor(Color(0, 0, 0, alpha=0.34))
        canvas.rect(0, PAGE_HEIGHT - BANNER, PAGE_WIDTH, 46 * mm, stroke=0, fill=1)
        canvas.setFillColor(white)
        canvas.setFont("Helvetica", 11)
        canvas.drawString(MARGIN, PAGE_HEIGHT - BANNER + 34 * mm, kind.upper())
        canvas.setFont("Helvetica-Bold", 27)
        canvas.drawString(MARGIN, PAGE_HEIGHT - BANNER + 21 * mm, self._demo.package.name)
        canvas.setFont("Helvetica-Oblique", 14)
        canvas.drawString(MARGIN, PAGE_HEIGHT - BANNER + 11 * mm, self._demo.headline)
        canvas.restoreState()
        self._foot(canvas)

    def _plain(self, canvas: Canvas, kind: str) -> None:
        canvas.saveState()
        canvas.setFillColor(self.accent)
        canvas.rect(0, PAGE_HEIGHT - 20 * mm, PAGE_WIDTH, 20 * mm, stroke=0, fill=1)
        canvas.setFillColor(white)
        canvas.setFont("Helvetica-Bold", 14)
        canvas.drawString(MARGIN, PAGE_HEIGHT - 13 * mm, self._demo.package.name)
        canvas.setFont("Helvetica", 11)
        canvas.drawRightString(PAGE_WIDTH - MARGIN, PAGE_HEIGHT - 13 * mm, kind)
        canvas.restoreState()
        self._foot(canvas)

    def _foot(self, canvas: Canvas) -> None:
        canvas.saveState()
        canvas.setFillColor(SOFT)
        canvas.setFont("Helvetica", 8)
        canvas.drawString(MARGIN, 8 * mm, f"{self._words.company} · {self._words.licence}")
        canvas.drawRightString(PAGE_WIDTH - MARGIN, 8 * mm, str(canvas.getPageNumber()))
        canvas.restoreState()


def _facts(demo: DemoPackage, words: Words, accent: Color) -> Table:
    """Price, departure, days and code in one row of four."""
    label = ParagraphStyle("label", fontName="Helvetica", fontSize=8.5, textColor=SOFT, leading=12)
    value = ParagraphStyle("value", fontName="Helvetica-Bold", fontSize=12.5, textColor=INK, leading=16)
    price = ParagraphStyle("price", parent=value, fontSize=17, textColor=accent, leading=20)
    code = ParagraphStyle("code", parent=value, fontSize=9.5, alignment=TA_RIGHT)
    right = ParagraphStyle("right", parent=label, alignment=TA_RIGHT)
    rows = [
        [
            Paragraph(words.per, label),
            Paragraph("Berangkat" if words.departs else "Jenis", label),
            Paragraph("Lama" if words.days else "", label),
            Paragraph("Kode", right),
        ],
        [
            Paragraph(words.price, price),
            Paragraph(words.departs or escape(words.title), value),
            Paragraph(words.days or "", value),
            Paragraph(demo.package.code, code),
        ],
    ]
    table = Table(rows, colWidths=[50 * mm, 42 * mm, 24 * mm, 58 * mm])
    table.setStyle(
        TableStyle(
            [
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 0),
                ("VALIGN", (0, 0), (-1, -1), "BOTTOM"),
                ("LINEBELOW", (0, 1), (-1, 1), 0.8, LINE),
                ("BOTTOMPADDING", (0, 1), (-1, 1), 9),
            ]
        )
    )
    return table


def _section(title: str, parts: list[Flowable], paper: _Paper) -> list[Flowable]:
    style = ParagraphStyle(
        "title", fontName="Helvetica-Bold", fontSize=12.5, textColor=paper.accent, leading=17, spaceAfter=4
    )
    return [KeepTogether([Paragraph(escape(title), style), *parts]), Spacer(1, 5.5 * mm)]


def _body(text: str, colour: Color = INK) -> Paragraph:
    style = ParagraphStyle(
        "body", fontName="Helvetica", fontSize=10.5, leading=15.5, textColor=colour, spaceAfter=2
    )
    return Paragraph(escape(text), style)


def _bullets(texts: tuple[str, ...], paper: _Paper, mark: str = "•") -> list[Flowable]:
    style = ParagraphStyle(
        "bullet",
        fontName="Helvetica",
        fontSize=10.5,
        leading=16,
        textColor=INK,
        leftIndent=12,
        bulletColor=paper.accent,
    )
    return [Paragraph(escape(text), style, bulletText=mark) for text in texts]


def _day(number: int, where: str, what: str, paper: _Paper) -> Flowable:
    badge = ParagraphStyle(
        "badge", fontName="Helvetica-Bold", fontSize=10, textColor=paper.accent, leading=14
    )
    place = ParagraphStyle("place", fontName="Helvetica-Bold", fontSize=11.5, textColor=INK, leading=15)
    row = [Paragraph(f"Hari {number}", badge), [Paragraph(escape(where), place), _body(what)]]
    table = Table([row], colWidths=[20 * mm, PAGE_WIDTH - 2 * MARGIN - 20 * mm])
    table.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 0),
                ("LINEBELOW", (0, 0), (-1, -1), 0.5, LINE),
                ("TOPPADDING", (0, 0), (-1, -1), 6),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 6),
            ]
        )
    )
    return KeepTogether([table])


def _colour(colour: Colour) -> Color:
    red, green, blue = (part / 255 for part in colour)
    return Color(red, green, blue)
