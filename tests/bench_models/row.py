"""One line of the models' table: what was found, beside what must be reached and what the obvious way reaches."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

# Others' data lie beside the project and are never part of it.
PUBLIC_DATA = Path(__file__).parents[3] / "shared" / "data"
# In words, or measured when the table is written: tests never ask what the obvious way reaches, and it may take longer than ours.
Baseline = str | Callable[[], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure. found, target and baseline are for people ("0.971", "≥ 0.96"); is_reached None: nothing is promised."""

    label: str
    found: str
    target: str = ""
    is_reached: bool | None = None
    baseline: Baseline = ""


def at_least(label: str, found: float, target: float, baseline: Baseline = "", form: str = ".3f") -> Row:
    return Row(
        label=label,
        found=f"{found:{form}}",
        target=f"≥ {target:{form}}",
        is_reached=found >= target,
        baseline=baseline,
    )


def at_most(label: str, found: float, target: float, baseline: Baseline = "", form: str = ".3f") -> Row:
    return Row(
        label=label,
        found=f"{found:{form}}",
        target=f"≤ {target:{form}}",
        is_reached=found <= target,
        baseline=baseline,
    )


def absent(label: str, file: str) -> Row:
    """What stands in the table when the data beside the project are not there."""
    return Row(label=label, found="skipped", target=f"{file} is not beside the project")


def as_table(rows: Iterable[Row]) -> str:
    lines = ["| figure | found | to reach | reached | the obvious way |", "| --- | --- | --- | --- | --- |"]
    words = {True: "yes", False: "**no**", None: ""}
    lines += [
        f"| {row.label} | {row.found} | {row.target} | {words[row.is_reached]} | {_in_words(row.baseline)} |"
        for row in rows
    ]
    return "\n".join(lines)


def _in_words(baseline: Baseline) -> str:
    return baseline if isinstance(baseline, str) else baseline()
