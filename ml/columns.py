"""How does a row of a table (a dict of JSON or CSV) become the numbers that trees read? The same at training and serving.

Nothing here refuses: what no number can be read from is missing (NaN), what category nobody trained on is "other". Whoever must refuse
such input (an endpoint, `sapa train --csv`) does so before.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

# How people and programs write "nothing is known here".
BLANKS = frozenset({"", "-", "?", "na", "n/a", "nan", "null", "none"})
# What nobody needs to be trained on by name: it is what every unknown category is.
OTHER = frozenset({"other", "others", "lain", "lainnya"})
_TRUTH = {"true": 1.0, "false": 0.0}
# How people write numbers. "1,234" is a thousand, as in English; a file with decimal commas is read as one before (`ml/train/sheet.py`).
_RUPIAH = re.compile(r"(?:rp|idr)\.?\s*([+-]?\d[\d.]*)(?:,(\d+|-))?")
_INDONESIAN = re.compile(
    r"[+-]?(?:\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,}|\d+,(?:\d{1,2}|\d{4,})|0,\d+)"
)
_ENGLISH = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ T]\d{1,2}[:.]\d{2}\S*)?")

Raw = Mapping[str, Any]  # Any: JSON scalars or the strings of a CSV


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One input of a model.

    words: the categories it was trained on, lower case; None for a number. typical: the training rows' median, which stands in for a
    missing number where training never saw one missing; None where it did, so that the trees know what missing means. quartiles: the
    first and third, so that a reason can say what is much and what is little. is_day: its numbers are days, written as dates.
    """

    name: str
    words: tuple[str, ...] | None = None
    typical: float | None = None
    quartiles: tuple[float, float] = (math.nan, math.nan)
    is_day: bool = False

    def number(self, value: object) -> float:
        """The value as trees read it; an unknown category gets a number of its own, behind the known ones."""
        if type(value) is float and value - value == 0 and self.words is None and not self.is_day:  # finite
            return value  # Nearly every value of a request; the long way costs as much as the trees.
        if self.words is not None:
            if is_blank(value):
                return math.nan
            word = as_word(value)
            return float(self.words.index(word) if word in self.words else len(self.words))
        found = self.amount(value)
        return self.typical if math.isnan(found) and self.typical is not None else found

    def amount(self, value: object) -> float:
        """The number in a value of a column without categories, NaN where there is none."""
        return as_day(value) if self.is_day else as_number(value)

    def knows(self, value: object) -> bool:
        """Whether training saw this category, or it says itself that it is another; every number is known."""
        return self.words is None or as_word(value) in self.words or as_word(value) in OTHER


def encode(columns: Sequence[Column], rows: Iterable[Raw]) -> NDArray[np.float64]:
    """float array (rows, columns)."""
    numbers = [[column.number(row.get(column.name)) for column in columns] for row in rows]
    return np.array(numbers, dtype=np.float64).reshape(len(numbers), len(columns))


def is_blank(value: object) -> bool:
    if value is None:
        return True
    if isinstance(value, float):
        return math.isnan(value)
    return isinstance(value, str) and value.strip().lower() in BLANKS


def as_number(value: object) -> float:
    """The finite number in a value, or NaN."""
    if is_blank(value):
        return math.nan
    if isinstance(value, str):
        written = value.strip().lower()
        if written in _TRUTH:
            return _TRUTH[written]
        value = _plain(written)
    try:
        found = float(value)  # type: ignore[arg-type]  # whatever it is, TypeError says that it is no number
    except (TypeError, ValueError, OverflowError):
        return math.nan
    return found if math.isfinite(found) else math.nan


def _plain(written: str) -> str:
    """A number as programs write it, from the ways of people: 12,5 · 1.250.000 · Rp 25.000 · 1,234.5 · 75%."""
    if written.endswith("%") and len(written) > 1:
        return f"{_plain(written[:-1].strip())}e-2"
    if rupiah := _RUPIAH.fullmatch(written):
        return f"{rupiah[1].replace('.', '')}.{(rupiah[2] or '').strip('-')}"
    if "," not in written and written.count(".") < 2:  # as programs write it, or not at all
        return written
    if _INDONESIAN.fullmatch(written):
        return written.replace(".", "").replace(",", ".")
    return written.replace(",", "") if _ENGLISH.fullmatch(written) else written


def as_day(value: object) -> float:
    """The days from year 1 to a date (2027-01-31, with or without a time, or 31/01/2027), or NaN."""
    written = str(value).strip()
    if found := _DAY_FIRST.fullmatch(written):
        written = f"{found[3]}-{found[2]:0>2}-{found[1]:0>2}"
    if "-" not in written:  # a number is no date
        return math.nan
    try:
        return float(datetime.fromisoformat(written).toordinal())
    except ValueError:
        return math.nan


def as_word(value: object) -> str:
    """A category as it is compared: "Yes", "yes " and True, 1 and 1.0 are the same however the file or the caller wrote them."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip().lower()
