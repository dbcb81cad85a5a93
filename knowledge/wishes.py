"""Does a message say that its writer does NOT want to buy now ("belum mau daftar"), or is it a bare stop or start word?

Works on standard text.
"""

import re

_NOT = "tidak|belum|jangan|bukan|batal|ogah|never|not"
_FILLERS = (
    "mau|ingin|akan|jadi|dulu|minat|berminat|niat|berniat|siap|berani|langsung|untuk|sekarang|saya|kami|dalam|buat|tertarik|ready|to|"
    "going|ada|rencana|lagi"
)
_STEMS = "daftar|bayar|transfer|ambil|pesan|lunasi|beli|ikut|setor|gabung|register|booking|pendaftaran|dp|mendaftar|memesan|mengambil|membayar"
_BUY = rf"(?:di)?(?:{_STEMS})(?:kan|an|nya)?|uang muka"
_NEGATED = re.compile(rf"\b(?:{_NOT})(?: (?:{_FILLERS})){{0,4}} (?:{_BUY})\b")
# "Kenapa belum bisa daftar" and "kalau tidak transfer hari ini" speak about buying, not against it.
_ASKS_ABOUT_IT = re.compile(
    rf"\b(?:kalau|kenapa|apakah|bisa|boleh|jika|misal|misalnya|apa|yang)(?: \w+){{0,2}} (?:{_NOT})\b"
)
_LOOK_BACK = 30
_STOP = {"stop", "berhenti", "unsubscribe", "unsub"}
_START = {"mulai", "start"}


def is_negated_wish(text: str) -> bool:
    """Whether a standard text refuses or postpones buying.

    >>> is_negated_wish("saya belum mau daftar, cuma tanya"), is_negated_wish("mau daftar")
    (True, False)
    """
    return any(
        not _ASKS_ABOUT_IT.search(text[max(0, match.start() - _LOOK_BACK) : match.end()])
        for match in _NEGATED.finditer(text)
    )


def is_stop_word(text: str) -> bool:
    """Whether a message is nothing but STOP, BERHENTI or UNSUBSCRIBE."""
    return _only_word(text) in _STOP


def is_start_word(text: str) -> bool:
    """Whether a message is nothing but MULAI or START."""
    return _only_word(text) in _START


def _only_word(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text).strip()
