"""What does a file of rows hold, as columns that trees can learn from and the answer of each row?

Any columns do: numbers, numbers written as text with blanks among them, categories, truth values. What names a row (an id, a phone
number) is left out. Rows that cannot be learned from are named by row and column before anything is trained.
"""

import csv
import gzip
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from ml.columns import OTHER, Column, as_number, as_word, is_blank
from ml.train.rows import WrongRows, refuse_named

Derive = Callable[[Mapping[str, Any]], Mapping[str, Any]]  # Any: as Table.rows

FEWEST_ROWS = 50
FEWEST_PER_CLASS = 10  # Fewer cannot be split into rows to learn from and rows to measure on.
FOLDS = 5
MOST_WORDS = 50  # A category that fewer than RAREST rows have, or that is beyond so many, is "other".
RAREST = 5
MOSTLY = 0.9  # A column is one of numbers when so much of what stands in it can be read as numbers.
_NAMES_A_ROW = re.compile(
    r"(^|_)(id|uuid|username|user_name|phone|msisdn|email|nik|name|nama)$|[a-z]I[Dd]$", re.ASCII
)
DISTINCT = 0.5  # Text of which more than half is different names rows, whatever its column is called.


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows ready to learn from. answers: the class of each row, as written in the file; left_out: columns that were not used."""

    name: str
    rows: tuple[Mapping[str, Any], ...]  # Any: the strings of a CSV, or what a generator made
    answers: tuple[str, ...]
    columns: tuple[Column, ...]
    left_out: tuple[str, ...] = ()

    @property
    def classes(self) -> tuple[str, ...]:
        return tuple(sorted(set(self.answers)))


def read_table(path: Path, target: str, derive: Derive = dict) -> Table:
    """The rows of a CSV whose answer stands in the column `target`; every other column is an input unless it names rows.

    derive: adds to a row what is made of its columns.
    """
    lines = read_lines(path, {target})
    refuse_named(
        path, [f"row {number}, column {target} is empty" for number, line in lines if is_blank(line[target])]
    )
    answers = tuple(line[target].strip() for _, line in lines)
    refuse_unlearnable(path, target, answers)
    rows = [derive(line) for _, line in lines]
    names = [name for name in dict.fromkeys(name for row in rows for name in row) if name != target]
    used = [name for name in names if not names_rows(name, [row.get(name) for row in rows])]
    if not used:
        raise WrongRows(f"{path.name} has no column to learn from beside {target}.")
    left_out = tuple(name for name in names if name not in used)
    return table_of(path.stem, rows, answers, used, left_out)


def table_of(
    name: str,
    rows: Sequence[Mapping[str, Any]],  # Any: as Table.rows
    answers: Sequence[str],
    used: Sequence[str],
    left_out: tuple[str, ...] = (),
) -> Table:
    """The rows as a table of these columns."""
    columns = tuple(learn_column(column, [row.get(column) for row in rows]) for column in used)
    return Table(name=name, rows=tuple(rows), answers=tuple(answers), columns=columns, left_out=left_out)


def read_lines(path: Path, needed: Iterable[str]) -> list[tuple[int, dict[str, str]]]:
    """Each row with the number of its line. Raises WrongRows when a needed column is not there or the file is no text."""
    try:
        with _opened(path) as file:
            reader = csv.DictReader(file, restval="")
            ours = {name.lower(): name for name in needed}
            # A column of ours is found in any case; the others keep the names they came with.
            reader.fieldnames = [ours.get(name.strip().lower(), name) for name in reader.fieldnames or ()]
            missing = [name for name in ours.values() if name not in reader.fieldnames]
            if missing:
                raise WrongRows(f"{path.name} lacks in its first row: column {', column '.join(missing)}.")
            lines = [
                (
                    reader.line_num,
                    {name: value or "" for name, value in line.items() if isinstance(name, str)},
                )
                for line in reader
            ]
    except (UnicodeDecodeError, csv.Error, gzip.BadGzipFile) as error:
        raise WrongRows(f"{path.name} cannot be read as a CSV in UTF-8: {error}.") from error
    if not lines:
        raise WrongRows(f"{path.name} has no rows.")
    return lines


def _opened(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def refuse_unlearnable(path: Path, target: str, answers: Sequence[str]) -> None:
    """Too few rows, one class only, or classes too thin to measure."""
    if len(answers) < FEWEST_ROWS:
        raise WrongRows(f"{path.name} has {len(answers)} rows; at least {FEWEST_ROWS} are needed.")
    counts = Counter(answers)
    if len(counts) == 1:
        raise WrongRows(
            f"{path.name}: every row has {target} = {answers[0]}; there is nothing to tell apart. Two classes are needed."
        )
    thin = [f"{name} ({count})" for name, count in sorted(counts.items()) if count < FEWEST_PER_CLASS]
    if thin:
        raise WrongRows(
            f"{path.name}, column {target}: at least {FEWEST_PER_CLASS} rows are needed for each class, "
            f"too few for {', '.join(thin[:10])}."
        )


def names_rows(name: str, values: Sequence[object]) -> bool:
    """Whether the column says who a row is instead of what it is like."""
    known = [value for value in values if not is_blank(value)]
    if not known:
        return True
    distinct = len({as_word(value) for value in known}) / len(known)
    if _NAMES_A_ROW.search(name):
        return distinct > DISTINCT
    return not _are_numbers(known) and distinct > DISTINCT


def learn_column(name: str, values: Sequence[object]) -> Column:
    """What a column of the training rows is: numbers, or which categories."""
    known = [value for value in values if not is_blank(value)]
    if not _are_numbers(known):
        counts = Counter(as_word(value) for value in known)
        words = [
            word for word, count in counts.most_common(MOST_WORDS) if count >= RAREST and word not in OTHER
        ]
        return Column(name=name, words=tuple(sorted(words)))
    numbers = np.array([as_number(value) for value in values])
    found = numbers[~np.isnan(numbers)]
    low, middle, high = (float(value) for value in np.quantile(found, [0.25, 0.5, 0.75]))
    is_whole = len(found) == len(numbers)
    return Column(name=name, typical=middle if is_whole else None, quartiles=(low, high))


def _are_numbers(known: Sequence[object]) -> bool:
    readable = sum(not math.isnan(as_number(value)) for value in known)
    return bool(known) and readable >= MOSTLY * len(known)
