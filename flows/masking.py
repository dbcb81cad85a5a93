"""What of a person may be shown? Numbers and addresses hidden but for their ends, also where people typed them into a text.

One ● stands for each hidden digit, so that a reader sees how long the number was; separators stay. Hiding too much is preferred to
showing too much, but prices, dates and campaign codes stay readable, because a masked conversation must still make sense.
"""

import re

from flows.roles import Sight

DOT = "●"
HIDDEN_NAME = "***@"  # Of an e-mail address all but the first letter.
PHONE_SHOWN = 3
NIK_SHOWN = 4
ACCOUNT_SHOWN = 4
NIK_DIGITS = 16  # An Indonesian identity number.
ACCOUNT_MIN_DIGITS = 9  # Shorter runs are prices, dates and counts; bank accounts have 10 to 16 digits.

_SEPARATOR = r"[\s.\-()/\u2010-\u2015]{0,2}"
# Tried from left to right, the first that fits wins: what must stay readable comes before what must not.
_IN_TEXT = re.compile(
    rf"""
    (?P<kept>
        (?<!\d)\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}(?![\d/.-]\d)          # 2027-03-15
      | (?<!\d)\d{{1,2}}[-/.]\d{{1,2}}[-/.](?:19|20)\d{{2}}(?![\d/.-]\d)  # 15-03-2027
      | (?<![\d.])[1-9]\d{{0,2}}(?:\.\d{{3}}){{1,2}}(?!\d|\.\d)           # 25.000.000
      | (?<![\d.])(?!62)[1-9]\d?(?:\.\d{{3}}){{3}}(?!\d|\.\d)             # 1.250.000.000, no dotted phone
      | \bRp\.?\s?[1-9]\d{{0,11}}(?!\d)                                  # Rp 250000000
      | \bCASE-\d{{4}}-\d{{6,9}}(?!\d)                                   # CASE-2027-000042
    )
  | (?P<email>[\w.+%-]+@[\w-]+(?:\.[\w-]+)+)
  | (?P<phone>(?<!\d)(?:\+\s?\d{{1,3}}|00\d{{1,3}}|62|0)(?:{_SEPARATOR}\d){{7,13}}(?!\d))
  | (?P<number>(?<!\d)\d(?:{_SEPARATOR}\d){{{ACCOUNT_MIN_DIGITS - 1},}})
    """,
    re.VERBOSE | re.IGNORECASE,
)

_MAY_HIDE = re.compile(r"[\d@]")


def mask_phone(phone: str) -> str:
    """`081234567890` → `●●●●●●●●●890`."""
    return _hide(phone, PHONE_SHOWN)


def mask_nik(nik: str) -> str:
    """`1271012345670001` → `●●●●●●●●●●●●0001`."""
    return _hide(nik, NIK_SHOWN)


def mask_account(account: str) -> str:
    """`1234567890` → `●●●●●●7890`."""
    return _hide(account, ACCOUNT_SHOWN)


def mask_email(email: str) -> str:
    """`budi@email.com` → `b***@email.com`; always three stars, so that the length stays hidden too."""
    name, at, domain = email.partition("@")
    return f"{name[:1]}***{at}{domain}" if at else _hide(email, 0)


def mask_text(text: str) -> str:
    """The text with every phone number, e-mail address, NIK and account number in it masked."""
    # Most of what people write holds neither a digit nor an address; looking for that alone is twenty times as quick.
    return _IN_TEXT.sub(_masked, text) if _MAY_HIDE.search(text) else text


def phone_for(sight: Sight, phone: str | None) -> str | None:
    """The phone number as this sight may see it; None where there is none to see."""
    if phone is None or sight is Sight.NONE:
        return None
    return phone if sight is Sight.FULL else mask_phone(phone)


def text_for(sight: Sight, text: str | None) -> str | None:
    """A message, note or summary as this sight may read it."""
    if text is None or sight is Sight.NONE:
        return None
    return text if sight is Sight.FULL else mask_text(text)


def as_written(sight: Sight, before: str | None, sent: str) -> str | None:
    """What somebody means who sends a text back: what they saw of it masked is the text as it was.

    None: something hidden stands among new words, and would be lost if that were kept.
    """
    if sight is Sight.FULL:
        return sent
    if before is not None and sent == text_for(sight, before):
        return before
    return None if DOT in sent or HIDDEN_NAME in sent else sent


def _masked(found: re.Match[str]) -> str:
    written = found.group()
    match found.lastgroup:
        case "kept":
            return written
        case "email":
            return mask_email(written)
        case "phone":
            return _hide(written, PHONE_SHOWN)
        case _:
            return _hide(written, ACCOUNT_SHOWN)


def _hide(written: str, shown: int) -> str:
    """All but the last `shown` digits or letters replaced, one ● for each; a short value is hidden whole."""
    places = [at for at, character in enumerate(written) if character.isalnum()]
    visible = shown if len(places) > shown else 0
    hidden = set(places[: len(places) - visible])
    return "".join(DOT if at in hidden else character for at, character in enumerate(written))
