"""How do the models of telco customers get from rows to service? What `sapa train offers` and `sapa train churn` have in common."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import joblib

from knowledge.pack import Pack
from ml.columns import encode
from ml.serve.artifact import Card, library_versions, sha256_of
from ml.serve.drift import spread_of
from ml.telco import FIELDS, NUMBERS, SPEND_PER_CALL, VIDEO_INTENSITY, fault_of, is_negative, with_derived
from ml.train.boosting import Boosted, Progress, Recipe, boost
from ml.train.lines import read_lines
from ml.train.publishing import ID_LETTERS, Bar, fresh_file, publish, refuse_worse
from ml.train.sheet import WrongRows, refuse_named
from ml.train.table import Table, refuse_unlearnable, table_of
from ml.train.trainer import CannotReport, Order

USED = (*FIELDS, VIDEO_INTENSITY, SPEND_PER_CALL)
LIBRARIES = ("numpy", "lightgbm", "joblib")
DEFAULT = "default"  # The name of what was trained on people made up here.

MOST_LEFT_OUT = 0.05  # Of a company's rows; more with impossible figures are a wrong file.
MOST_TOLD = 5

Line = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What one telco model is.

    made_up: rows and answers of people made up here; target: the answers' column in a CSV; answer: a written answer as a class, or
    None when it is none; figures: what the chances of unseen rows are worth, and the classes that were said at all.
    """

    what: str
    recipe: Recipe
    bar: Bar
    target: str
    made_up: Callable[[], tuple[list[dict[str, float | int | str]], list[str]]]
    answer: Callable[[str], str | None]
    classes: Callable[[Sequence[str]], tuple[str, ...]]
    figures: Callable[["Boosted", Sequence[str]], tuple[dict[str, float], set[str]]]
    thresholds: Mapping[str, float]

    def folder(self, models: Path, pack: Pack) -> Path:  # noqa: ARG002  # a telco customer is one in every pack
        return models / self.what


def train_kind(kind: Kind, order: Order) -> Card:
    """Train, measure, and put in service what is no worse. Raises WrongRows or WorseModel; what is in service then stays."""
    table = read_rows(kind, order.csv, order.columns, order.progress) if order.csv else default_rows(kind)
    order.progress(f"{kind.what}: learning from {len(table.rows)} rows")
    boosted = boost(table, kind.classes(table.answers), kind.recipe, order.progress)
    metrics, said = kind.figures(boosted, table.answers)
    plain = boosted.model.to_plain() | {"model": boosted.text, "spreads": spreads_of(table, boosted)}
    fresh = fresh_file(order.folder, lambda path: joblib.dump(plain, path))
    card = _card(kind, table, boosted, fresh, metrics)
    if not order.accept_worse:
        refuse_worse(order.folder, card, said, kind.bar)
    return publish(order.folder, fresh, card)


def default_rows(kind: Kind) -> Table:
    rows, answers = kind.made_up()
    return table_of(DEFAULT, [with_derived(row) for row in rows], answers, USED)


def read_rows(
    kind: Kind, path: Path, columns: Mapping[str, str], progress: Progress = lambda _: None
) -> Table:
    """A company's own rows: the ten inputs and the answer, under their own names where `columns` says so."""
    theirs = {name: columns.get(name, name) for name in (*FIELDS, kind.target)}
    if unknown := sorted(set(columns) - set(theirs)):
        raise WrongRows(f"There is no column {unknown[0]} to map; ours are {', '.join(theirs)}.")
    lines = read_lines(path, theirs.values()).lines
    refuse_named(path, [fault for number, line in lines for fault in _faults(kind, number, line, theirs)])
    kept = _without_negatives(path, lines, theirs, progress)
    answers = [str(kind.answer(line[theirs[kind.target]])) for line in kept]
    refuse_unlearnable(path, theirs[kind.target], answers)
    rows = [with_derived({name: line[theirs[name]] for name in FIELDS}) for line in kept]
    return table_of(path.stem, rows, answers, USED)


def _faults(kind: Kind, number: int, line: Line, theirs: Mapping[str, str]) -> list[str]:
    found = [
        f"row {number}, column {theirs[name]}: {fault}"
        for name in FIELDS
        if (fault := fault_of(name, line[theirs[name]])) is not None
        and not is_negative(name, line[theirs[name]])
    ]
    written = line[theirs[kind.target]]
    if kind.answer(written) is None:
        found.append(f"row {number}, column {theirs[kind.target]}: {written!r} is no answer that Sapa knows")
    return found


def _without_negatives(
    path: Path, lines: Sequence[tuple[int, Line]], theirs: Mapping[str, str], progress: Progress
) -> list[Line]:
    """The rows without those that hold a negative figure: measuring systems leave a few behind. Many are a file gone wrong."""
    wrong = {
        number: f"row {number}, column {theirs[name]}: {line[theirs[name]]!r} is negative"
        for number, line in lines
        for name in NUMBERS
        if is_negative(name, line[theirs[name]])
    }
    if len(wrong) > MOST_LEFT_OUT * len(lines):
        refuse_named(path, list(wrong.values()))
    for sentence in list(wrong.values())[:MOST_TOLD]:
        progress(f"left out: {sentence}")
    if len(wrong) > MOST_TOLD:
        progress(f"left out: {len(wrong) - MOST_TOLD} more rows with negative figures")
    return [line for number, line in lines if number not in wrong]


def spreads_of(table: Table, boosted: Boosted) -> list[dict[str, Any]]:  # Any: a Spread as plain containers
    """How training's inputs and scores were spread, so that what is served can be compared with it."""
    numbers = encode(table.columns, table.rows)
    inputs = [spread_of(column, numbers[:, at]) for at, column in enumerate(table.columns)]
    return [asdict(spread) for spread in (*inputs, spread_of(None, boosted.model.told(boosted.unseen)))]


def _card(kind: Kind, table: Table, boosted: Boosted, fresh: Path, metrics: Mapping[str, float]) -> Card:
    digest = sha256_of(fresh)
    return Card(
        id=digest[:ID_LETTERS],
        kind=kind.what,
        name=table.name,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        file=f"model-{digest[:ID_LETTERS]}.joblib",
        sha256=digest,
        data_hash=hash_of(table),
        rows=len(table.rows),
        classes=boosted.model.classes,
        libraries=library_versions(LIBRARIES),
        lexicon_hash="",
        metrics=metrics,
        thresholds=dict(kind.thresholds),
    )


def hash_of(table: Table) -> str:
    """Short hash of rows and answers, whatever their order."""
    lines = sorted(
        json.dumps([row, answer], sort_keys=True, default=str)
        for row, answer in zip(table.rows, table.answers, strict=True)
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def no_report(_: Order) -> str:
    raise CannotReport(
        "The figures above are all there is to report before anybody was scored; then: sapa drift"
    )
