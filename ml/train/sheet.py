"""What stands in a CSV as people and programs save it? One reader for every file that Sapa trains on.

Plain or `.gz`, UTF-8 with or without its mark, or Excel's "Unicode text" (UTF-16); cells between commas, semicolons, tabs or bars,
whichever the first row has most of. A file that cannot be read so is refused in one sentence that names the row.
"""

import csv
import gzip
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO, Any

SEPARATORS = ",;\t|"
LONGEST_CELL = 1_000_000  # Letters; a quote that nobody closed swallows the rest of the file.
_QUOTED = re.compile(r'"[^"]*"')
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_SAYS_SEPARATOR = re.compile(r'"?sep=(.)"?', re.IGNORECASE)  # Excel's own line before the first.
# How Excel writes numbers in Indonesia, and what no such file holds.
_DECIMAL_COMMA = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+),\d+")
_DOTTED_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3})+")
_DECIMAL_POINT = re.compile(r"[+-]?\d+\.(\d{1,2}|\d{4,})")
MOST_NAMED = 10  # Faults in one sentence.


class WrongRows(Exception):
    """The file cannot be trained on; the message names rows and columns. Mend the file."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """rows: the number of the file's line and a cell for each name of the header; empty lines are left out."""

    header: tuple[str, ...]
    rows: Iterator[tuple[int, list[str]]]
    separator: str


@contextmanager
def opened(path: Path) -> Iterator[Sheet]:
    """The file's head and its rows, read as they are asked for. Raises WrongRows."""
    try:
        with _text(path) as file:
            yield _sheet(path, file)
    except UnicodeDecodeError as error:
        raise WrongRows(
            f"{path.name} cannot be read as a CSV in UTF-8{_where_broken(path)}. "
            "In Excel: save as “CSV UTF-8 (comma delimited)”."
        ) from error
    except (csv.Error, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise WrongRows(f"{path.name} cannot be read as a CSV in UTF-8: {error}.") from error


def refuse_named(path: Path, wrong: list[str]) -> None:
    """Raise WrongRows with these faults, each naming a row and a column; none: nothing happens."""
    if wrong:
        more = f" and {len(wrong) - MOST_NAMED} more" if len(wrong) > MOST_NAMED else ""
        raise WrongRows(f"{path.name}: {'; '.join(wrong[:MOST_NAMED])}{more}.")


def has_decimal_commas(cells: Iterable[str]) -> bool:
    """Whether these cells hold numbers with decimals behind a comma, and none with decimals behind a point."""
    found = False
    for cell in cells:
        written = cell.strip()
        if _DECIMAL_POINT.fullmatch(written):
            return False
        found = found or bool(_DECIMAL_COMMA.fullmatch(written))
    return found


def plain_number(cell: str) -> str:
    """A cell of a file whose decimals stand behind a comma, as programs write numbers; what is no number stays as it is."""
    written = cell.strip()
    if _DECIMAL_COMMA.fullmatch(written):
        return written.replace(".", "").replace(",", ".")
    return written.replace(".", "") if _DOTTED_THOUSANDS.fullmatch(written) else cell


def _text(path: Path) -> IO[str]:
    with path.open("rb") as file:
        encoding = "utf-16" if file.read(2) in _UTF_16 and path.suffix != ".gz" else "utf-8-sig"
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding=encoding, newline="")
    return path.open(encoding=encoding, newline="")


def _sheet(path: Path, file: IO[str]) -> Sheet:
    first = file.readline()
    if said := _SAYS_SEPARATOR.fullmatch(first.strip()):
        separator, first = said[1], file.readline()
    else:
        separator = max(SEPARATORS, key=_QUOTED.sub("", first).count)
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(chain([first], file), delimiter=separator)
    header = tuple(name.strip() for name in next(reader, []))
    _refuse_doubled(path, header)
    return Sheet(header, _rows(path, reader, len(header)), separator)


def _refuse_doubled(path: Path, header: tuple[str, ...]) -> None:
    doubled = [name for name, count in Counter(header).items() if name and count > 1]
    if doubled:
        raise WrongRows(f"{path.name} has the column {', '.join(doubled)} more than once in its first row.")


def _rows(path: Path, reader: Any, width: int) -> Iterator[tuple[int, list[str]]]:  # Any: a csv.reader
    for cells in reader:
        if not any(cells):
            continue
        if any(cells[width:]):
            raise WrongRows(
                f"{path.name}: row {reader.line_num} has {len(cells)} cells, the first row {width}; the cell {cells[width][:40]!r} belongs "
                "to no column. Is a text with a separator in it not quoted?"
            )
        yield reader.line_num, [*cells[:width], *[""] * (width - len(cells))]


def _where_broken(path: Path) -> str:
    """Which row is no text, for the sentence that says so."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                return f": row {number} holds a letter in another encoding (byte {line[error.start]:#04x})"
    return ""
