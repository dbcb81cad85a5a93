"""A package's poster: a sky, what stands under it (two cities and the Kaaba for a pilgrimage), and what people want to know first."""

import io

from PIL import Image, ImageDraw

from bot.demo.paints import GOLD, HEIGHT, SKIES, WHITE, WIDTH, Colour, Paints, letters, mix
from bot.demo.scenery import city, kaaba, sky, waves
from bot.demo.words import Words
from knowledge.demo import DemoPackage

FEATURES = 3  # What the card has room for.
QUALITY = 84  # JPEG's; above it the file grows and nobody sees why.


def poster(demo: DemoPackage, words: Words) -> bytes:
    """The poster as JPEG, the same bytes for the same input."""
    paints = SKIES[demo.sky]
    picture = sky(paints, seed=demo.package.code)
    if demo.days:
        city(picture, paints)
        kaaba(picture)
    else:
        waves(picture, paints)
    _head(picture, words)
    _card(picture, words, paints)
    return _jpeg(picture)


def _jpeg(picture: Image.Image) -> bytes:
    kept = io.BytesIO()
    picture.convert("RGB").save(kept, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return kept.getvalue()


def _head(picture: Image.Image, words: Words) -> None:
    draw = ImageDraw.Draw(picture)
    _middle(draw, 62, words.company.upper(), 26, (255, 255, 255), spacing=5)
    draw.line((WIDTH // 2 - 46, 112, WIDTH // 2 + 46, 112), fill=GOLD, width=3)
    _middle(draw, 136, words.title.upper(), 104, WHITE, bold=3, spacing=8)
    _middle(draw, 262, words.subtitle, 62, (255, 247, 226), bold=1)
    _middle(draw, 346, words.headline, 33, (255, 255, 255))


def _card(picture: Image.Image, words: Words, paints: Paints) -> None:
    top, left, right = 906, 60, WIDTH - 60
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((left, top, right, HEIGHT - 58), 34, fill=(255, 253, 248))
    draw.text((left + 56, top + 24), words.per, font=letters(27), fill=(120, 112, 104))
    draw.text((left + 54, top + 56), words.price, font=letters(78), fill=paints.accent, stroke_width=2)
    for column, (label, value) in enumerate(words.facts):
        x, y = left + 56 + (column % 2) * 460, top + 158 + (column // 2) * 78
        draw.text((x, y), label, font=letters(23), fill=(130, 122, 112))
        draw.text((x, y + 28), value, font=letters(31), fill=(44, 40, 40), stroke_width=1)
    if not words.facts:
        for row, feature in enumerate(words.features[:FEATURES]):
            y = top + 164 + row * 52
            draw.text((left + 56, y), feature, font=letters(29), fill=(44, 40, 40), stroke_width=1)
    _code(draw, words.code, left + 56, top + 326, paints)
    _middle(draw, HEIGHT - 43, words.licence, 20, mix(paints.near, WHITE, 0.62))


def _code(draw: ImageDraw.ImageDraw, code: str, left: int, top: int, paints: Paints) -> None:
    """The code in a pill, and what to do with it."""
    font, ask = letters(24), letters(24)
    width = int(draw.textlength(code, font=font)) + 44
    draw.rounded_rectangle((left - 4, top - 6, left + width - 4, top + 42), 24, fill=paints.accent)
    draw.text((left + 18, top + 3), code, font=font, fill=WHITE, stroke_width=1)
    draw.text((left + width + 16, top + 3), "kirim kode ini di WhatsApp", font=ask, fill=(110, 102, 96))


def _middle(
    draw: ImageDraw.ImageDraw, y: int, text: str, size: int, fill: Colour, *, bold: int = 0, spacing: int = 0
) -> None:
    """One centred line; letters spaced out one by one where asked. Too long a line gets smaller letters."""
    font = letters(size)
    width = sum(draw.textlength(letter, font=font) + spacing for letter in text) - spacing
    if width > WIDTH - 110:
        return _middle(draw, y, text, size - 4, fill, bold=bold, spacing=spacing)
    x = (WIDTH - width) / 2
    for letter in text:
        draw.text((x, y), letter, font=font, fill=fill, stroke_width=bold)
        x += draw.textlength(letter, font=font) + spacing
    return None
