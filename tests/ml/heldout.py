"""Messages that no model was trained on: seven voices of ours, and the acceptance sample where it lies beside the project."""

import csv
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
HELD_OUT = ROOT / "tests" / "data" / "heldout"
SHARED = ROOT.parent / "shared" / "data"
ACCEPTANCE = SHARED / "utterances-dev.tsv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    voice: str
    intent: str
    text: str


def held_out() -> list[Labelled]:
    """The seven voices under tests/data/heldout."""
    rows: list[Labelled] = []
    for path in sorted(HELD_OUT.glob("*.tsv")):
        lines = path.read_text(encoding="utf-8").splitlines()
        assert lines[0] == "intent\ttext"
        pairs = [line.split("\t") for line in lines[1:]]
        rows += [Labelled(voice=path.stem, intent=intent, text=text) for intent, text in pairs]
    return rows


def acceptance() -> list[Labelled]:
    """The acceptance sample; read only where it is at hand."""
    with ACCEPTANCE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [Labelled(voice=row["author"], intent=row["intent"], text=row["text"]) for row in rows]
