"""What does a file of rows hold, as columns that trees can learn from and the answer of each row?

Any columns do: numbers, numbers written as text with blanks among them, categories, truth values. What names a row (an id, a phone
number) is left out. Rows that cannot be learned from are named by row and column before anything is trained.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ml.columns import OTHER, Column, Raw, as_day, as_number, as_word, is_blank
from ml.train.lines import read_lines
from ml.train.sheet import WrongRows, refuse_named

Derive = Callable[[Mapping[str, Any]], Mapping[str, Any]]  # Any: as Table.rows

FEWEST_ROWS = 50
# Of what goes into service: fewer cannot be split into rows to learn from and rows to measure on.
FEWEST_PER_CLASS = 10
FEWEST_TO_TRY = 2  # Of what is only tried.
FOLDS = 5
MOST_WORDS = 200  # A category that fewer than RAREST rows have, or that is beyond so many, is "other".
RAREST = 5
MOSTLY = 0.9  # A column is one of numbers when so much of what stands in it can be read as numbers.
_NAMES_A_ROW = re.compile(
    r"(?i:(^|[_ ])((id|uuid|username|user_name|phone|msisdn|email|nik|name|nama|hp|telp|telepon|ktp|rekening|no|nomor|index|idx|kode)$"
    r"|(id|no|nomor|kode)[_ ](customer|pelanggan|nasabah|user|hp|telp|telepon|ktp|rekening)$))|[a-z]I[Dd]$",
    re.ASCII,
)
DISTINCT = 0.5  # Text of which more than half is different names rows, whatever its column is called.
# Whole numbers that are all different and lie so close (in the file's order: not quite so close) count the rows instead of saying anything.
CROWDED, CROWDED_IN_ORDER = 3, 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows ready to learn from. answers: the class of each row, as written in the file; left_out: columns that were not used.

    has_decimal_commas: the file writes 12,5 and 1.250 as Excel does in Indonesia, so rows like its own do, too.
    """

    name: str
    rows: tuple[Mapping[str, Any], ...]  # Any: the strings of a CSV, or what a generator made
    answers: tuple[str, ...]
    columns: tuple[Column, ...]
    left_out: tuple[str, ...] = ()
    has_decimal_commas: bool = False

    @property
    def classes(self) -> tuple[str, ...]:
        return tuple(sorted(set(self.answers)))


def read_table(path: Path, target: str, derive: Derive = dict) -> Table:
    """The rows of a CSV whose answer stands in the column `target`; every other column is an input unless it names rows.

    derive: adds to a row what is made of its columns.
    """
    file = read_lines(path, {target})
    refuse_named(
        path,
        [f"row {number}, column {target} is empty" for number, line in file.lines if is_blank(line[target])],
    )
    answers = alike([line[target] for _, line in file.lines])
    refuse_unlearnable(path, target, answers, FEWEST_TO_TRY)
    rows = [derive({name: value for name, value in line.items() if name != target}) for _, line in file.lines]
    names = list(dict.fromkeys(name for row in rows for name in row if name))
    used = [name for name in names if not names_rows(name, [row.get(name) for row in rows])]
    # A number of the row leads its file; elsewhere it might be a figure after all.
    if len(used) > 1 and used[0] == names[0] and counts_rows([row.get(used[0]) for row in rows]):
        del used[0]
    if not used:
        raise WrongRows(f"{path.name} has no column to learn from beside {target}.")
    left_out = tuple(name for name in names if name not in used)
    return table_of(path.stem, rows, answers, used, left_out, has_decimal_commas=file.has_decimal_commas)


def alike(answers: Sequence[str]) -> tuple[str, ...]:
    """The answers with one spelling for each: `yes`, `Yes ` and `YES` are what most of them are."""
    spellings: dict[str, Counter[str]] = {}
    for answer in answers:
        spellings.setdefault(answer.strip().lower(), Counter())[answer.strip()] += 1
    usual = {word: counts.most_common(1)[0][0] for word, counts in spellings.items()}
    return tuple(usual[answer.strip().lower()] for answer in answers)


def table_of(
    name: str,
    rows: Sequence[Raw],
    answers: Sequence[str],
    used: Sequence[str],
    left_out: tuple[str, ...] = (),
    *,
    has_decimal_commas: bool = False,
) -> Table:
    """The rows as a table of these columns."""
    return Table(
        name=name,
        rows=tuple(rows),
        answers=tuple(answers),
        columns=tuple(learn_column(column, [row.get(column) for row in rows]) for column in used),
        left_out=left_out,
        has_decimal_commas=has_decimal_commas,
    )


def refuse_unlearnable(
    path: Path, target: str, answers: Sequence[str], fewest_per_class: int = FEWEST_PER_CLASS
) -> None:
    """Too few rows, one class only, or classes too thin to measure."""
    if len(answers) < FEWEST_ROWS:
        raise WrongRows(f"{path.name} has {len(answers)} rows; at least {FEWEST_ROWS} are needed.")
    counts = Counter(answers)
    if len(counts) == 1:
        raise WrongRows(
            f"{path.name}: every row has {target} = {answers[0]}; there is nothing to tell apart. Two classes are needed."
        )
    thin = [f"{name} ({count})" for name, count in sorted(counts.items()) if count < fewest_per_class]
    if thin:
        raise WrongRows(
            f"{path.name}, column {target}: at least {fewest_per_class} rows are needed for each class, "
            f"too few for {', '.join(thin[:10])}."
        )
    if max(counts.values()) < FOLDS:
        raise WrongRows(
            f"{path.name}, column {target}: {len(counts)} different classes in {len(answers)} rows cannot be learned."
        )


def names_rows(name: str, values: Sequence[object]) -> bool:
    """Whether the column says who a row is instead of what it is like."""
    known = [value for value in values if not is_blank(value)]
    if not known:
        return True
    distinct = len({as_word(value) for value in known}) / len(known)
    if _NAMES_A_ROW.search(name):
        return distinct > DISTINCT
    return distinct > DISTINCT and not _are_numbers(known) and not _are_days(known)


def counts_rows(values: Sequence[object]) -> bool:
    """Whether the values are 1, 2, 3 … in some order, as the numbers of rows, customers and invoices are."""
    numbers = np.array([as_number(value) for value in values])
    if not (numbers % 1 == 0).all() or len(np.unique(numbers)) < len(numbers):
        return False
    in_order = bool((np.diff(numbers) > 0).all())
    return bool(np.ptp(numbers) < (CROWDED_IN_ORDER if in_order else CROWDED) * len(numbers))


def learn_column(name: str, values: Sequence[object]) -> Column:
    """What a column of the training rows is: numbers, days, or which categories."""
    known = [value for value in values if not is_blank(value)]
    is_day = not _are_numbers(known) and _are_days(known)
    if not is_day and not _are_numbers(known):
        counts = Counter(as_word(value) for value in known)
        words = [
            word for word, count in counts.most_common(MOST_WORDS) if count >= RAREST and word not in OTHER
        ]
        return Column(name=name, words=tuple(sorted(words)))
    read = as_day if is_day else as_number
    numbers = np.array([read(value) for value in values])
    found = numbers[~np.isnan(numbers)]
    low, middle, high = (float(value) for value in np.quantile(found, [0.25, 0.5, 0.75]))
    is_whole = len(found) == len(numbers)
    return Column(name=name, typical=middle if is_whole else None, quartiles=(low, high), is_day=is_day)


def _are_numbers(known: Sequence[object]) -> bool:
    readable = sum(not math.isnan(as_number(value)) for value in known)
    return bool(known) and readable >= MOSTLY * len(known)


def _are_days(known: Sequence[object]) -> bool:
    readable = sum(not math.isnan(as_day(value)) for value in known)
    return bool(known) and readable >= MOSTLY * len(known)
