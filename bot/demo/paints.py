"""Which colours and letters do the demo's posters and papers wear?

Letters are Aileron, which Pillow carries inside itself (CC0), so that no font has to be installed or committed.
"""

from dataclasses import dataclass
from functools import cache

from PIL import ImageFont

Colour = tuple[int, int, int]
WIDTH, HEIGHT = 1080, 1350  # The portrait form that WhatsApp and Instagram show whole.
GOLD: Colour = (222, 178, 88)
WHITE: Colour = (255, 255, 255)


@dataclass(frozen=True, slots=True)
class Paints:
    """sky: from top to horizon. glow: sun or moon and its halo. far, near: silhouettes. accent: for prices and bars."""

    sky: tuple[Colour, Colour, Colour]
    glow: Colour
    far: Colour
    near: Colour
    accent: Colour
    has_stars: bool = False


SKIES = {
    "dawn": Paints(((43, 56, 108), (196, 110, 122), (253, 205, 148)), (255, 241, 205), (150, 84, 104), (58, 38, 66), (176, 74, 84)),
    "night": Paints(((8, 17, 46), (24, 46, 92), (88, 104, 142)), (250, 240, 205), (34, 52, 92), (9, 18, 42), (36, 78, 150), True),
    "morning": Paints(((24, 104, 138), (96, 178, 190), (247, 232, 190)), (255, 250, 222), (72, 138, 148), (14, 66, 84), (10, 122, 112)),
    "garden": Paints(((28, 92, 74), (104, 170, 118), (244, 230, 170)), (255, 249, 214), (84, 140, 100), (18, 62, 50), (34, 120, 70)),
    "gold": Paints(((40, 26, 20), (120, 76, 28), (238, 190, 98)), (255, 238, 184), (124, 80, 36), (38, 24, 16), (160, 104, 20)),
    "dusk": Paints(((46, 28, 84), (146, 62, 112), (250, 168, 116)), (255, 222, 176), (122, 54, 104), (38, 20, 58), (142, 52, 112)),
}  # fmt: skip


@cache
def letters(size: int) -> ImageFont.FreeTypeFont:
    """Aileron in this size, in pixels."""
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont), "Pillow's wheels carry FreeType"
    return font


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """The colour that lies so far on the way from one to the other."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue
