"""Which phone numbers belong to this browser? They stand in a signed cookie, so that nobody can open somebody else's chat.

The numbers begin with 62800, which is free-call service and never a person's phone.
"""

import hashlib
import hmac
import re
import secrets

COOKIE = "sapa_phones"
MOST = 8  # Numbers a browser keeps; with the ninth the oldest is let go.
NUMBER = re.compile(r"62800\d{8}")
NAMES = (
    "Aisyah", "Budi", "Citra", "Dewi", "Eko", "Fatimah", "Gilang", "Hasan", "Indah", "Joko", "Khadijah", "Lukman",
    "Maryam", "Nasution", "Ratna", "Rahmat", "Siti", "Taufik", "Umar", "Wulan", "Yusuf", "Zahra",
)  # fmt: skip


def new_number() -> str:
    return f"62800{secrets.randbelow(10**8):08d}"


def name_of(number: str) -> str:
    """The invented name that WhatsApp would show for this number; the same number always has the same one."""
    return NAMES[hashlib.sha256(number.encode()).digest()[0] % len(NAMES)]


def sign(numbers: tuple[str, ...], secret: str) -> str:
    """The cookie's value for these numbers."""
    written = "-".join(numbers[-MOST:])
    return f"{written}.{_seal(written, secret)}"


def read(cookie: str | None, secret: str) -> tuple[str, ...]:
    """The numbers in a cookie that we signed, oldest first; none for any other text."""
    written, _, seal = (cookie or "").rpartition(".")
    if not hmac.compare_digest(seal.encode(), _seal(written, secret).encode()):
        return ()
    return tuple(number for number in written.split("-") if NUMBER.fullmatch(number))


def _seal(written: str, secret: str) -> str:
    return hmac.new(f"simulator numbers {secret}".encode(), written.encode(), hashlib.sha256).hexdigest()
