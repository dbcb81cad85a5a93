"""Which blanks does a canned answer have? `{{nama}}` is filled in by whoever sends it.

"Halo {{nama}}, DP untuk {{paket}} adalah {{jumlah}}."  →  nama, paket, jumlah
"""

import re

BLANK = re.compile(r"\{\{\s*([\w ]{1,30}?)\s*\}\}")
SHORTCUT = r"[a-z0-9_-]{1,30}"


def blanks_of(body: str) -> tuple[str, ...]:
    """The names of the blanks, each once, in the order of the text."""
    return tuple(dict.fromkeys(BLANK.findall(body)))
