"""Which parts of a message could be questions of their own?

Only proposes; whether two parts really ask two things is for the intent model to say.
"""

import re

# Ends of sentences always part; "dan", "terus" and commas only part where both sides say enough to be judged alone.
_ENDS = re.compile(r"(?:[.!;\n]+(?=\s|$)|[?]+|\n)")
_JOINTS = re.compile(
    r",|\b(?:dan|serta|terus|lalu|sama|sekalian|plus|kemudian|juga|and|also)\b(?= (?:apa|apakah|berapa|kapan|bagaimana|di mana|mana|"
    r"ada|bisa|boleh|minta|tolong|kirim|mau|syarat|harga|hotel|jadwal|dapat|termasuk|kalau|yang|itu|uang muka|paspor|visa|biaya|cara|"
    r"alamat|kantor|pesawat|brosur|saya|lokasi|naik|pakai|berangkat|pulang|masih|sudah|diskon|cicil|dari|untuk|di|kira))"
)
FEWEST_WORDS = 2
MOST_CLAUSES = 6


def split_clauses(text: str) -> tuple[str, ...]:
    """The parts of a standard text that could stand alone, in order; one part when it cannot be divided.

    >>> split_clauses("harganya berapa? terus hotelnya di mana")
    ('harganya berapa', 'terus hotelnya di mana')
    """
    parts = [part for sentence in _ENDS.split(text) for part in _divide(sentence)]
    return tuple(parts[:MOST_CLAUSES])


def _divide(sentence: str) -> list[str]:
    pieces = [piece.strip(" ,") for piece in _JOINTS.split(sentence)]
    whole = sentence.strip(" ,")
    if any(len(piece.split()) < FEWEST_WORDS for piece in pieces):
        return [whole] if len(whole.split()) >= FEWEST_WORDS else []
    return pieces
