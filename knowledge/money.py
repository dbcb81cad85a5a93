"""Which amount of rupiah does a message name as the customer's budget?

Works on standard text. An amount that is plainly something else (a down payment, a monthly instalment, a discount, wages,
another currency) is left alone; of a range the upper end counts.
"""

import re
from dataclasses import dataclass

from knowledge.numbers import NUMBER, read_number

MILLION = 1_000_000
# No package of any trade we serve is planned with less or more; smaller amounts are tips, larger ones telephone numbers.
LEAST, MOST = MILLION, 20_000 * MILLION

_SCALES = {"ribu": 1_000, "rb": 1_000, "k": 1_000, "juta": MILLION, "jt": MILLION, "miliar": 1_000 * MILLION}
_SCALE = r"(?:juta|jt|miliar|ribu|rb|k)(?:an)?\b"
_PLAIN = r"\d{1,3}(?:[.,]\d{3})+(?:[.,]00)?(?![\d])|\d{7,11}"
_DECIMAL = r"\d{1,5}[.,]\d{1,2}"
_COUNT = rf"(?:{_DECIMAL}|\d{{1,3}}(?:[.,]\d{{3}})+|{NUMBER})(?:[ -]?an\b)?"
_TO = r"(?: *(?:-|–|s/d|sd|sampai|hingga|ke|atau|dan|to|or)+ *(?:dengan|rp\.? *)?)"
_CURRENCY = r"(?:rp\.?|idr|rupiah)? *"

_RANGE = re.compile(rf"(?<![\w.,]){_CURRENCY}({_COUNT}) *({_SCALE})?{_TO}{_CURRENCY}({_COUNT}) *({_SCALE})")
_SCALED = re.compile(rf"(?<![\w.,])({_COUNT}) *({_SCALE})(?: *(setengah|(?:{NUMBER}) *(?:ribu|rb)\b))?")
_WHOLE = re.compile(rf"(?<![\w.,])({_PLAIN})(?![\w])(?!, *\d)")
_WORDY_RANGE = re.compile(rf"({_COUNT}){_TO}({_COUNT})(?! *[\w])")
# "budget 30" and "dana sekitar 35an" mean millions; any unit after the number makes it something else.
_BUDGET = r"\b(?:budget|bajet|budgetnya|bajetnya|dana|dananya|anggaran|anggarannya|tabungan|tabungannya|uang|uangnya|modal|modalnya)\b"
_UNSCALED = re.compile(
    rf"{_BUDGET}(?: (?:saya|kami|kita|cuma|hanya|sekitar|kisaran|kurang lebih|ada|paling|max|mentok|di|antara|itu|per orang|maksimal|maks|sampai|di bawah|nya|aku|segini|baru|sudah|siap|punya|kira-kira|kira kira|ya|an)){{0,4}}[ :=]*(?:rp\.? *)?"
    rf"(?:(\d{{2,3}})(?:[ -]?an)?{_TO})?(\d{{2,3}})(?:[ -]?an)?(?![\d.,/%]*\d)(?! *(?:orang|hari|tahun|bulan|malam|persen|%|kali|jam|pax|usd|dollar|dolar|riyal|sar|ringgit))\b"
)
_OTHER_MONEY = re.compile(
    r"\b(?:usd|dollar|dolar|riyal|real|sar|ringgit|rm|myr|sgd|euro|pound|aed|dirham|persen)\b|[$€£%]"
)
_NOT_A_BUDGET = re.compile(
    r"\b(?:uang muka|dp|cicil\w*|angsur\w*|setor\w*|diskon|potongan|potong|dipotong|gaji|gajinya|cashback|denda|hangus|refund|kembali|"
    r"kurangi|kurang|tip|tips|tambah|tambahan|tambahin|nambah|biaya|handling|transfer|ditransfer|sudah bayar|dibayar|"
    r"visa|vaksin|paspor|pinjam\w*|utang|hutang|modal usaha|naik|selisih|penghasilan|fee|bonus|voucher)\b"
)
_PER_MONTH = re.compile(
    r" *(?:an)? *(?:rupiah )?(?:/|per|se|tiap|setiap|a) ?(?:bulan|bln|minggu|hari)\b|sebulan\b|seminggu\b"
)
_STRONG = re.compile(
    rf"{_BUDGET}|\b(?:maksimal|max|maks|mentok|di bawah|dibawah|paling mahal|kisaran|range|punya|siap|under|up to|sanggup|mampu)\b"
)
_LOOK_BACK = 28


@dataclass(frozen=True, slots=True)
class _Amount:
    rupiah: int
    start: int
    end: int
    is_strong: bool


def read_budget(text: str) -> int | None:
    """The budget in whole rupiah that a standard text states, or None.

    >>> read_budget("dana 25-30 juta"), read_budget("uang muka 5 juta bisa?")
    (30000000, None)
    """
    amounts = [amount for amount in _amounts(text) if _is_budget(text, amount)]
    if not amounts:
        return None
    strong = [amount for amount in amounts if amount.is_strong]
    return max(strong or amounts, key=lambda a: (a.rupiah if strong else 0, -a.start)).rupiah


def mask_amounts(text: str) -> str:
    """The text with every amount of money blanked, so that its digits are not read as people or years."""
    for amount in _amounts(text):
        text = text[: amount.start] + " " * (amount.end - amount.start) + text[amount.end :]
    return text


def _amounts(text: str) -> list[_Amount]:
    found: list[_Amount] = []
    for pattern, read in (
        (_RANGE, _read_range),
        (_SCALED, _read_scaled),
        (_WHOLE, _read_whole),
        (_UNSCALED, _read_unscaled),
    ):
        for match in pattern.finditer(text):
            rupiah = read(match)
            if rupiah is not None and not any(a.start < match.end() and match.start() < a.end for a in found):
                strong = pattern is _UNSCALED or bool(_STRONG.search(_before(text, match.start())))
                found.append(_Amount(rupiah, match.start(), match.end(), strong))
    return sorted(found, key=lambda amount: amount.start)


def _before(text: str, start: int) -> str:
    return re.split(r"[.?!;\n]", text[max(0, start - _LOOK_BACK) : start])[-1]


def _is_budget(text: str, amount: _Amount) -> bool:
    if not LEAST <= amount.rupiah <= MOST:
        return False
    before, after = _before(text, amount.start), text[amount.end : amount.end + 16]
    near = " ".join(before.split()[-3:])
    if _NOT_A_BUDGET.search(near) and not re.search(_BUDGET, near):
        return False
    return not (
        _PER_MONTH.match(after) or _OTHER_MONEY.search(before[-6:]) or _OTHER_MONEY.match(after.strip())
    )


def _read_range(match: re.Match[str]) -> int | None:
    return _scale(match.group(3), match.group(4))


def _read_scaled(match: re.Match[str]) -> int | None:
    amount = _scale(match.group(1), match.group(2))
    rest = match.group(3)
    if amount is None or rest is None:
        return amount
    if rest == "setengah":
        return amount + MILLION // 2 if amount < 1_000 * MILLION else amount
    thousands = read_number(re.sub(r" *(?:ribu|rb)$", "", rest))
    return amount + (thousands or 0) * 1_000


def _read_whole(match: re.Match[str]) -> int | None:
    digits = (
        re.sub(r"[.,]00$", "", match.group(1))
        if re.search(r"[.,]\d{3}[.,]00$", match.group(1))
        else match.group(1)
    )
    digits = re.sub(r"[.,]", "", digits)
    # A leading zero or the country code makes it a telephone number.
    return None if digits.startswith(("0", "62")) and len(digits) >= 9 else int(digits)


def _read_unscaled(match: re.Match[str]) -> int | None:
    return int(match.group(2)) * MILLION


def _scale(count: str, unit: str) -> int | None:
    factor: int = _SCALES[unit.removesuffix("an").strip()]
    count = re.sub(r"[ -]?an$", "", count).strip()
    if re.fullmatch(_DECIMAL, count):
        whole, _, part = count.replace(",", ".").partition(".")
        return int(whole) * factor + int(part) * factor // 10 ** len(part)
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", count):
        # "25.000 ribu": the dots group thousands.
        return int(re.sub(r"[.,]", "", count)) * factor
    number = read_number(count)
    return None if number is None else number * factor
