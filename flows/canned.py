"""Which blanks does a canned answer have? `{{nama}}` is filled in by whoever sends it.

"Halo {{nama}}, DP untuk {{paket}} adalah {{jumlah}}."  →  nama, paket, jumlah
"""

import re

from flows.domain import Language, Package
from flows.wording import day_words, rupiah

BLANK = re.compile(r"\{\{\s*([\w ]{1,30}?)\s*\}\}")
SHORTCUT = r"[a-z0-9_-]{1,30}"


def blanks_of(body: str) -> tuple[str, ...]:
    """The names of the blanks, each once, in the order of the text."""
    return tuple(dict.fromkeys(BLANK.findall(body)))


def known_blanks(
    customer: str | None, staff: str, package: Package | None, language: Language
) -> dict[str, str]:
    """What needs no asking, by the blank's name; language is the customer's, who will read it. What is not known is left out."""
    departure = package.departure_date if package else None
    known = {
        "nama": customer,
        "petugas": staff,
        "paket": package.name if package else None,
        "harga": rupiah(package.price) if package else None,
        "berangkat": day_words(departure, language) if departure else None,
    }
    return {name: value for name, value in known.items() if value}
