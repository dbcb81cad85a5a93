"""What stands behind the words of a poster: a sky, two holy cities as silhouettes, and the Kaaba. Drawn, not photographed."""

import math
import random
from collections.abc import Callable

from PIL import Image, ImageDraw, ImageFilter

from bot.demo.paints import GOLD, HEIGHT, WIDTH, Colour, Paints, mix

HORIZON = 880  # Pixels from the top; everything that stands, stands on it.
FINE = 2  # Silhouettes are drawn so much larger and shrunk, which smooths their edges.


def sky(paints: Paints, seed: str) -> Image.Image:
    column = Image.new("RGB", (1, HORIZON))
    top, middle, low = paints.sky
    for y in range(HORIZON):
        part = y / HORIZON
        first, second, share = (top, middle, part / 0.6) if part < 0.6 else (middle, low, (part - 0.6) / 0.4)
        column.putpixel((0, y), mix(first, second, share))
    picture = Image.new("RGB", (WIDTH, HEIGHT), low)
    picture.paste(column.resize((WIDTH, HORIZON)), (0, 0))
    _stars(picture, paints, random.Random(seed))  # The same stars for the same package.
    _glow(picture, paints)
    return picture


def _stars(picture: Image.Image, paints: Paints, dice: random.Random) -> None:
    if not paints.has_stars:
        return
    draw = ImageDraw.Draw(picture)
    for _ in range(130):
        x, y, size = dice.randrange(WIDTH), dice.randrange(HORIZON - 240), dice.choice((1, 1, 1, 2, 3))
        shade = dice.randrange(150, 256)
        draw.ellipse((x, y, x + size, y + size), fill=(shade, shade, shade))


def _glow(picture: Image.Image, paints: Paints) -> None:
    """Sun or moon low behind the minarets, with a wide halo."""
    size = 1100
    halo = Image.radial_gradient("L").resize((size, size)).point(lambda value: max(0, 190 - value * 2))
    x, y = WIDTH // 2 - size // 2, HORIZON - 190 - size // 2
    picture.paste(Image.new("RGB", (size, size), paints.glow), (x, y), halo)
    disc = Image.new("L", (320 * FINE, 320 * FINE))
    ImageDraw.Draw(disc).ellipse((0, 0, 320 * FINE - 1, 320 * FINE - 1), fill=235)
    disc = disc.resize((320, 320), Image.Resampling.LANCZOS)
    picture.paste(Image.new("RGB", (320, 320), paints.glow), (WIDTH // 2 - 160, HORIZON - 420), disc)


def waves(picture: Image.Image, paints: Paints) -> None:
    """Rings that go out from the light over a ground, for what is no journey."""
    rings = Image.new("L", (WIDTH * FINE, HORIZON * FINE))
    draw = ImageDraw.Draw(rings)
    x, y = WIDTH // 2 * FINE, (HORIZON - 260) * FINE
    for step in range(5):
        radius = (230 + step * 105) * FINE
        draw.ellipse(
            (x - radius, y - radius, x + radius, y + radius), outline=150 - step * 24, width=9 * FINE
        )
    rings = rings.resize((WIDTH, HORIZON), Image.Resampling.LANCZOS)
    picture.paste(Image.new("RGB", (WIDTH, HORIZON), paints.glow), (0, 0), rings)
    ImageDraw.Draw(picture).rectangle((0, HORIZON, WIDTH, HEIGHT), fill=paints.near)


def city(picture: Image.Image, paints: Paints) -> None:
    """Hills, then the far city in haze, then the near one."""
    haze = mix(paints.far, paints.sky[2], 0.55)
    _stamp(picture, haze, _hills)
    _stamp(picture, mix(paints.far, paints.sky[2], 0.28), _far_city)
    _stamp(picture, paints.far, _middle_city)
    _stamp(picture, paints.near, _near_city)
    ground = ImageDraw.Draw(picture)
    ground.rectangle((0, HORIZON, WIDTH, HEIGHT), fill=paints.near)


def _stamp(picture: Image.Image, colour: Colour, draw_shapes: "Callable[[Pen], None]") -> None:
    mask = Image.new("L", (WIDTH * FINE, HORIZON * FINE))
    draw_shapes(Pen(ImageDraw.Draw(mask)))
    mask = mask.resize((WIDTH, HORIZON), Image.Resampling.BOX)
    picture.paste(Image.new("RGB", mask.size, colour), (0, 0), mask)


class Pen:
    """Draws silhouettes that stand on the horizon; measures are the poster's pixels, heights count upwards."""

    def __init__(self, draw: ImageDraw.ImageDraw) -> None:
        self._draw = draw

    def block(self, left: float, right: float, height: float, base: float = 0) -> None:
        self._draw.rectangle(_box(left, HORIZON - height, right, HORIZON - base), fill=255)

    def round(self, x: float, y: float, radius: float) -> None:
        top = HORIZON - y
        self._draw.ellipse(_box(x - radius, top - radius, x + radius, top + radius), fill=255)

    def shape(self, *points: tuple[float, float]) -> None:
        self._draw.polygon([(x * FINE, (HORIZON - y) * FINE) for x, y in points], fill=255)

    def onion(self, x: float, base: float, radius: float) -> None:
        """A dome that narrows into a finial with a crescent's dot."""
        outline = []
        for step in range(41):
            turn = math.pi * step / 40
            lift = 1.0 + 0.32 * math.sin(turn) ** 6
            outline.append((x - radius * math.cos(turn), base + radius * 0.98 * math.sin(turn) * lift))
        self.shape(*outline)
        self.block(x - 2, x + 2, base + radius * 1.72, base + radius * 1.2)
        self.round(x, base + radius * 1.78, radius * 0.06 + 3)

    def minaret(self, x: float, height: float, width: float) -> None:
        """Square foot, round shaft, two balconies, a lantern and a cone."""
        self.block(x - width * 0.62, x + width * 0.62, height * 0.3)
        self.block(x - width * 0.44, x + width * 0.44, height * 0.62)
        self.block(x - width * 0.72, x + width * 0.72, height * 0.64, height * 0.615)
        self.block(x - width * 0.34, x + width * 0.34, height * 0.82)
        self.block(x - width * 0.56, x + width * 0.56, height * 0.835, height * 0.815)
        self.block(x - width * 0.2, x + width * 0.2, height * 0.9)
        self.onion(x, height * 0.895, width * 0.26)
        self.block(x - 1.5, x + 1.5, height * 1.03, height * 0.93)
        self.round(x, height * 1.035, width * 0.07 + 2)


def _box(left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
    return left * FINE, top * FINE, right * FINE, bottom * FINE


def _hills(pen: Pen) -> None:
    tops = [(x, 130 + 60 * math.sin(x / 170 + 1) + 26 * math.sin(x / 61)) for x in range(0, WIDTH + 1, 6)]
    pen.shape((0, 0), *tops, (WIDTH, 0))


def _far_city(pen: Pen) -> None:
    for x, height in ((60, 250), (150, 210), (905, 260), (1010, 225)):
        pen.minaret(x, height, 26)
    for x in range(0, WIDTH, 45):
        pen.block(x, x + 38, 64 + 30 * ((x // 45 * 7) % 5) / 4)


def _middle_city(pen: Pen) -> None:
    pen.minaret(236, 395, 44)
    pen.minaret(844, 395, 44)
    pen.block(150, 930, 96)
    for x in (330, 420, 660, 750):
        pen.onion(x, 96, 36)
    for x in range(160, 930, 30):
        pen.block(x, x + 14, 108, 94)


def _near_city(pen: Pen) -> None:
    for x in (78, 1002):
        pen.minaret(x, 560, 62)
    pen.block(0, 250, 74)
    pen.block(830, WIDTH, 74)
    for x in (178, 902):
        pen.onion(x, 74, 48)
    for x in (*range(0, 250, 22), *range(830, WIDTH, 22)):
        pen.block(x, x + 10, 84, 70)


def kaaba(picture: Image.Image) -> None:
    """The Kaaba in the middle, its band and door in gold, on a bright floor."""
    scale, left, top = 3, WIDTH // 2 - 170, HORIZON - 236
    tile = Image.new("RGBA", (340 * scale, 290 * scale))
    draw = ImageDraw.Draw(tile)

    def points(*corners: tuple[float, float]) -> list[tuple[float, float]]:
        return [(x * scale, y * scale) for x, y in corners]

    draw.polygon(points((20, 34), (206, 12), (206, 262), (20, 246)), fill=(24, 23, 26, 255))
    draw.polygon(points((206, 12), (320, 38), (320, 244), (206, 262)), fill=(41, 39, 43, 255))
    draw.polygon(points((20, 76), (206, 60), (206, 90), (20, 104)), fill=(*GOLD, 255))
    draw.polygon(points((206, 60), (320, 78), (320, 105), (206, 90)), fill=(196, 154, 70, 255))
    for x in range(34, 200, 22):
        y = 90 - (x - 20) * 15 / 186
        draw.ellipse([value * scale for value in (x - 5, y - 5, x + 5, y + 5)], fill=(120, 86, 30, 255))
    draw.polygon(points((140, 140), (176, 138), (176, 214), (140, 213)), fill=(*GOLD, 255))
    draw.polygon(points((146, 147), (170, 146), (170, 207), (146, 206)), fill=(168, 124, 46, 255))
    draw.polygon(
        points((20, 246), (206, 262), (320, 244), (320, 252), (206, 272), (20, 254)),
        fill=(176, 166, 150, 255),
    )
    shadow = tile.getchannel("A").filter(ImageFilter.GaussianBlur(24)).point(lambda value: value // 3)
    size = (340, 290)
    picture.paste((0, 0, 0), (left + 16, top + 12), shadow.resize(size))
    small = tile.resize(size, Image.Resampling.LANCZOS)
    picture.paste(small, (left, top), small)
