"""Does a message say that its writer does NOT want to buy now ("belum mau daftar"), or is it a bare stop or start word?

Works on standard text.
"""

import re

_SOON = (
    "mau|ingin|akan|jadi|dulu|minat|berminat|niat|berniat|siap|berani|langsung|untuk|sekarang|buat|tertarik|ready|to|going|rencana|"
    "berencana|planning|kepikiran|terpikir|maksud|bermaksud|tentu|pasti|yakin|putuskan|memutuskan|bilang|perlu|suruh|disuruh|buru|be|estu"
)
_WHO = "saya|kami|aku|kita"
_STEMS = "daftar|bayar|transfer|ambil|pesan|lunasi|beli|setor|gabung|register|booking|dp"
_FORMS = "mendaftar|memesan|mengambil|membayar|melunasi|membeli"
_BUY = rf"(?:di)?(?:{_STEMS}|{_FORMS})(?:kan|nya)?|uang muka"
# "Belum daftar" refuses by itself. "Tidak daftar" needs a wish word or a person, because "aman tidak transfer ke sini" asks.
_NEGATED = re.compile(
    rf"\b(?:belum|jangan|bukan|batal|ogah|urung|ragu|never|not|no|havent)(?: (?:{_SOON}|{_WHO}|ada|lagi)){{0,4}} (?:{_BUY})\b"
    rf"|\b(?:belum|tidak|bukan|batal|urung)(?: (?:{_SOON}|{_WHO}|ada|lagi|deh)){{1,4}} (?:{_BUY}|ikut)\b"
    rf"|\b(?:batal|urung) ikut\b"
    rf"|(?:^|[,.;!] *|\b(?:{_WHO}) )tidak (?:{_BUY})\b"
)
# "Daftarnya nanti saja" and "mau daftar tapi belum sekarang" put it off; "siapa yang mau daftar" denies it.
_PUT_OFF = re.compile(
    rf"\b(?:{_BUY})(?:[ -]?nya)? (?:nanti|belakangan|lain kali|kapan kapan) (?:saja|dulu|deh)\b"
    rf"|\b(?:{_BUY})(?: \w+)?,? (?:tapi|tetapi|but) (?:belum|bukan|tidak|not|nanti) ?(?:sekarang|hari ini|dulu|saja)\b"
    rf"|\bsiapa (?:juga )?yang (?:mau|ingin|bilang)(?: mau)? (?:{_BUY})\b"
)
# "Belum bayar, transfer ke mana ya" tells how things stand and asks on; only a wish word makes it a no.
_STANDS = re.compile(rf"belum (?:(?:{_WHO}|ada) )?(?:{_BUY})\b")
_ASKS_ON = re.compile(r"\b(?:bagaimana|gimana|ke mana|kemana|di mana|caranya|cara|rekening|how|where)\b")
# "Kenapa belum bisa daftar", "kalau tidak transfer hari ini" and "karena tidak ambil koper" speak about it, not against it.
_ABOUT_IT = re.compile(
    r"\b(?:kalau|kenapa|apakah|bisa|boleh|jika|misal|misalnya|apa|yang|karena|supaya|agar)(?: \w+){0,2} $"
)
_LOOK_BACK = 30
_QUESTION = re.compile(r"[^,.;!\n?]*\?")
_NO_LETTERS = re.compile(r"[\W_]+")
_STOP = {"stop", "berhenti", "unsubscribe", "unsub"}
_START = {"mulai", "start"}


def is_negated_wish(text: str) -> bool:
    """Whether a standard text refuses or postpones buying.

    >>> is_negated_wish("saya belum mau daftar, cuma tanya"), is_negated_wish("mau daftar")
    (True, False)
    """
    found = [*_NEGATED.finditer(text), *_PUT_OFF.finditer(text)]
    return any(not _asks(text, match) for match in found)


def _asks(text: str, match: re.Match[str]) -> bool:
    before = text[max(0, match.start() - _LOOK_BACK) : match.start()]
    if _STANDS.fullmatch(match.group()) and _ASKS_ON.search(text, match.end()):
        return True
    return bool(_ABOUT_IT.search(before) or _QUESTION.match(text, match.end()))


def is_stop_word(text: str) -> bool:
    """Whether a message is nothing but STOP, BERHENTI or UNSUBSCRIBE."""
    return _only_word(text) in _STOP


def is_start_word(text: str) -> bool:
    """Whether a message is nothing but MULAI or START."""
    return _only_word(text) in _START


def _only_word(text: str) -> str:
    return _NO_LETTERS.sub(" ", text).strip()
