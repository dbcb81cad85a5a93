"""Which amount of rupiah does a message name as the customer's budget?

Works on standard text. An amount that is plainly something else (a down payment, a monthly instalment, a discount, wages,
another currency) is left alone; of a range the upper end counts.
"""

import re
from dataclasses import dataclass
from functools import partial

from knowledge.numbers import NUMBER, NUMBER_WORD, read_number

MILLION = 1_000_000
MOST = (
    20_000 * MILLION
)  # No package of any trade we serve is planned with more; larger numbers are telephones'.
# "Budget 30" means thirty of the trade's unit; nobody plans with less than ten or more than five hundred without saying so.
LEAST_UNSCALED, MOST_UNSCALED = 10, 500

_SCALES = {"ribu": 1_000, "rb": 1_000, "k": 1_000, "juta": MILLION, "jt": MILLION, "miliar": 1_000 * MILLION}
# "2027 kan ya" is no two million.
_SCALE = r"(juta|jt|miliar|ribu|rb|k(?!a))(?:a?an|a)?\b"
_START = r"(?<![\w.,])(?:(?:rp|idr)\.? *)?"
_DECIMAL = r"\d{1,5}[.,]\d{1,2}(?!\d)"
_GROUPED = r"\d{1,3}(?:[.,]\d{3})+(?!\d)"
_COUNT = rf"({_DECIMAL}|{_GROUPED}|{NUMBER})(?:[ -]?an\b)?"
_TO = r" *(?:-|s/d|s\.d\.?|sd|sampai|hingga|ke|atau|dan|to|or)+ *(?:dengan )?(?:(?:rp|idr)\.? *)?"

_RANGE = re.compile(rf"{_START}{_COUNT} *(?:{_SCALE})?{_TO}{_COUNT} *{_SCALE}")
_SCALED = re.compile(rf"{_START}{_COUNT} *{_SCALE}(?: *(setengah|(?:{NUMBER}) *(?:ribu|rb)\b))?")
# "Seperempat M" is a quarter of a milliard; "dua puluh lima setengah juta" is half a million more than twenty-five.
_SHARES = {"seperempat": 1 / 4, "setengah": 1 / 2, "separuh": 1 / 2, "tiga perempat": 3 / 4}
_SHARE = re.compile(rf"{_START}({'|'.join(_SHARES)}) *(?:miliar|m)\b")
_AND_A_HALF = re.compile(rf"{_START}({NUMBER}) +setengah *{_SCALE}")
_WHOLE = re.compile(rf"{_START}({_GROUPED}(?:[.,]00(?!\d))?|\d{{7,11}}(?!\d))(?!\w)(?!, *\d)")

# No amount does without one of these.
_ANY_COUNT = re.compile(rf"\d|{NUMBER_WORD}|{'|'.join(_SHARES)}")
_BUDGET_WORDS = (
    r"\b(?:(?:budget|bajet|kisaran|dana|anggaran|tabungan|uang(?! muka)|modal|plafon|bekal)(?:nya|ku)?)\b"
)
_NEAR_BUDGET = (
    "saya|kami|kita|nya|cuma|hanya|sekitar|kisaran|kurang lebih|ada|paling|maksimal|mentok|di|antara|itu|per orang|maks|sampai|bawah|ya|"
    "aku|segini|baru|sudah|siap|punya|kira kira|kira-kira|mah|rata-rata|atas|range|an|lah|tidak|lebih|iye|dalam|max"
)
_UNSCALED = re.compile(
    rf"{_BUDGET_WORDS}(?:[ :=]+(?:{_NEAR_BUDGET})){{0,5}}[ :=]+(?:rp\.? *)?(?:{NUMBER}(?:[ -]?an)?{_TO})?({NUMBER})(?:[ -]?an)?"
    r"(?![.,]?\d)(?! *(?:orang|hari|tahun|bulan|malam|persen|%|kali|jam|pax|usd|dollars?|dolar|riyal|sar|ringgit|ribu|rb|k|juta|jt)\b)"
)
_STRONG = re.compile(
    rf"{_BUDGET_WORDS}|\b(?:maksimal|max|maks|mentok|bawah|mahal|kisaran|range|punya|under|sanggup|sanggupnya|mampu)\b"
)
# What the amount is when one of these stands just before it.
_OTHER = re.compile(
    r"\b(?:uang muka|dp|cicil\w*|angsur\w*|setor\w*|diskon|potongan|potong|dipotong|gaji|gajinya|cashback|denda|hangus|refund|kembali|"
    r"kurangi|dikurangi|kurang|kurangnya|tips?|tambah\w*|nambah|biaya|handling|transfer|ditransfer|bayar|dibayar|lunas|lunasi|sekaligus|"
    r"visa|vaksin|paspor|pinjam\w*|utang|hutang|naik|turun\w*|selisih|penghasilan|fee|bonus|voucher|tertipu|tipu|ketipu|kena|undian|rugi|merugi|hilang|"
    r"modal usaha|jualan|batas)\b"
)
_LENT = re.compile(r"\b(?:pinjam\w*|utang|hutang)\b")
_OTHER_AFTER = re.compile(
    r" *(?:rupiah )?(?:(?:/|per|se|tiap|setiap|a) ?(?:bulan|bln|minggu|hari)\b|sebulan\b|seminggu\b|lebih (?:murah|mahal)\b|x\b|\*)"
)
_CURRENCY = re.compile(
    r"\b(?:usd|dollars?|dolar|riyal|real|sar|ringgit|rm|myr|sgd|euro|pound|aed|dirham|persen)\b|[$€£%]"
)
_LOOK_BACK = 30
_WORDS_BACK = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetScale:
    """least: no package of the trade is planned with less; smaller amounts are tips. unit: what a bare number counts ("budget 30")."""

    least: int = MILLION
    unit: int = MILLION


JOURNEYS = BudgetScale()


@dataclass(frozen=True, slots=True)
class _Amount:
    rupiah: int
    start: int
    end: int
    is_strong: bool


def read_budget(text: str, scale: BudgetScale = JOURNEYS) -> int | None:
    """The budget in whole rupiah that a standard text states, or None; with several amounts the one called a budget, the upper first.

    >>> read_budget("dana 25-30 juta"), read_budget("uang muka 5 juta bisa?")
    (30000000, None)
    """
    amounts = [amount for amount in _amounts(text, scale.unit) if _is_budget(text, amount, scale.least)]
    strong = [amount.rupiah for amount in amounts if amount.is_strong]
    return max(strong) if strong else amounts[0].rupiah if amounts else None


_ALL = (
    r"(?:total|semua(?:nya)?|se?keluarga|keseluruhan|ber(?:dua|tiga|empat|lima|enam|tujuh|delapan|sembilan|sepuluh)|orang dua"
    rf"|(?:untuk|buat|bagi) +{NUMBER}(?: +orang)?)"
)
_TOGETHER = re.compile(
    rf"\b(?:total\w*|semua(?:nya)?|keseluruhan|gabungan) (?:{_COUNT} *{_SCALE}|{_START}{_GROUPED})"
    rf"|(?:{_SCALE}|\d{{3}}|{_BUDGET_WORDS}.{{0,60}}?\b{NUMBER}) *(?:rupiah *)?(?:(?:untuk|buat|bagi) +)?{_ALL}\b"
)
_EACH = re.compile(
    r"\b(?:per ?(?:orang|kepala|pax|jamaah)|masing-masing|tiap orang|seorang|perorang|/ ?(?:orang|pax))\b"
)


def is_for_all(text: str) -> bool:
    """Whether the amount that a standard text names is what all travellers have together.

    >>> is_for_all("budget 45 juta berdua"), is_for_all("kami berdua, budget 30 juta"), is_for_all("60 juta untuk 3 orang")
    (True, False, True)
    """
    return _TOGETHER.search(text) is not None and not _EACH.search(text)


def mask_amounts(text: str) -> str:
    """The text with every amount of money blanked, so that its digits are not read as people or years."""
    for amount in _amounts(text, MILLION):
        text = text[: amount.start] + " " * (amount.end - amount.start) + text[amount.end :]
    return text


def _amounts(text: str, unit: int) -> list[_Amount]:
    found: list[_Amount] = []
    if not _ANY_COUNT.search(text):
        return found
    for pattern, read in (
        (_RANGE, _of_range),
        (_SHARE, _of_share),
        (_AND_A_HALF, _and_a_half),
        (_SCALED, _of_scaled),
        (_WHOLE, _of_whole),
        (_UNSCALED, partial(_of_unscaled, unit=unit)),
    ):
        for match in pattern.finditer(text):
            rupiah = read(match)
            if rupiah is not None and not any(a.start < match.end() and match.start() < a.end for a in found):
                strong = pattern is _UNSCALED or bool(_STRONG.search(_before(text, match.start())))
                found.append(_Amount(rupiah, match.start(), match.end(), strong))
    return sorted(found, key=lambda amount: amount.start)


def _before(text: str, start: int) -> str:
    return re.split(r"[.?!;\n]", text[max(0, start - _LOOK_BACK) : start])[-1]


def _is_budget(text: str, amount: _Amount, least: int) -> bool:
    before, after = _before(text, amount.start), text[amount.end : amount.end + _LOOK_BACK]
    near = " ".join(before.split()[-_WORDS_BACK:])
    is_other = _OTHER.search(near) and (_LENT.search(near) or not re.search(_BUDGET_WORDS, near))
    if is_other or not least <= amount.rupiah <= MOST:
        return False
    is_foreign = _CURRENCY.search(before[-6:]) or _CURRENCY.match(after.strip())
    return not (is_foreign or _OTHER_AFTER.match(after))


def _of_range(match: re.Match[str]) -> int | None:
    return _times(match.group(3), match.group(4))


def _of_scaled(match: re.Match[str]) -> int | None:
    amount, rest = _times(match.group(1), match.group(2)), match.group(3)
    if amount is None or rest is None:
        return amount
    if rest == "setengah":
        return amount + MILLION // 2
    return amount + (read_number(re.sub(r" *(?:ribu|rb)$", "", rest)) or 0) * _SCALES["ribu"]


def _of_share(match: re.Match[str]) -> int:
    return int(_SHARES[match.group(1)] * _SCALES["miliar"])


def _and_a_half(match: re.Match[str]) -> int | None:
    amount = _times(match.group(1), match.group(2))
    return None if amount is None else amount + _SCALES[match.group(2)] // 2


def _of_whole(match: re.Match[str]) -> int | None:
    digits = re.sub(r"[.,]", "", re.sub(r"(?<=\d{3})[.,]00$", "", match.group(1)))
    # A leading zero or the country code makes it a telephone number.
    return None if digits.startswith(("0", "62")) else int(digits)


def _of_unscaled(match: re.Match[str], unit: int) -> int | None:
    number = read_number(match.group(1))
    return number * unit if number and LEAST_UNSCALED <= number <= MOST_UNSCALED else None


def _times(count: str, unit: str) -> int | None:
    factor: int = _SCALES[unit]
    if re.fullmatch(_DECIMAL, count):
        whole, _, part = count.replace(",", ".").partition(".")
        return int(whole) * factor + int(part) * factor // int(10 ** len(part))
    if re.fullmatch(_GROUPED, count):
        # "25.000 ribu": the dots group thousands.
        return int(re.sub(r"[.,]", "", count)) * factor
    number = read_number(count)
    return None if number is None else number * factor
