"""Which columns of ours does a file have, and what stands in them? Rows as dicts, for whoever wants them by name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ml.train.sheet import Sheet, WrongRows, has_decimal_commas, opened, plain_number


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Each row with the number of its line in the file."""

    lines: list[tuple[int, dict[str, str]]]
    has_decimal_commas: bool


def read_lines(path: Path, needed: Iterable[str]) -> Lines:
    """The file's rows by column, numbers as programs write them. Raises WrongRows when a needed column is missing, too."""
    with opened(path) as sheet:
        ours = {name.lower(): name for name in needed}
        # A column of ours is found in any case; the others keep the names they came with.
        header = [ours.get(name.lower(), name) for name in sheet.header]
        if missing := [name for name in ours.values() if name not in header]:
            raise WrongRows(f"{path.name} lacks in its first row: column {', column '.join(missing)}.")
        if twice := {name for name in ours.values() if header.count(name) > 1}:
            raise WrongRows(f"{path.name} has the column {', '.join(sorted(twice))} more than once.")
        rows = list(sheet.rows)
    if not rows:
        raise WrongRows(f"{path.name} has no rows.")
    commas = _has_decimal_commas(sheet, rows)
    if commas:
        rows = [(number, [plain_number(cell) for cell in cells]) for number, cells in rows]
    return Lines(
        lines=[(number, dict(zip(header, cells, strict=True))) for number, cells in rows],
        has_decimal_commas=commas,
    )


def read_ours(
    path: Path, needed: Sequence[str], welcome: Sequence[str], columns: Mapping[str, str]
) -> list[tuple[int, dict[str, str]]]:
    """The rows of a file with columns of ours, by our names. columns: our name to the file's, where it differs. Raises WrongRows."""
    if unknown := sorted(set(columns) - {*needed, *welcome}):
        raise WrongRows(f"There is no column {unknown[0]} to map; ours are {', '.join((*needed, *welcome))}.")
    theirs = {name: columns.get(name, name) for name in (*needed, *(set(welcome) & set(columns)))}
    back = {name: ours for ours, name in theirs.items()}
    return [
        (number, {back.get(name, name): value for name, value in line.items()})
        for number, line in read_lines(path, theirs.values()).lines
    ]


def _has_decimal_commas(sheet: Sheet, rows: list[tuple[int, list[str]]]) -> bool:
    return sheet.separator != "," and has_decimal_commas(cell for _, cells in rows for cell in cells)
