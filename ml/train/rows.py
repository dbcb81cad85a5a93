"""What does a company's own file of labelled messages hold? Every wrong row is named with its row and column before anything is trained."""

import csv
from pathlib import Path

from knowledge.pack import OUT_OF_SCOPE, Pack, Utterance

# With fewer messages an intent cannot be learned or measured.
FEWEST_PER_INTENT = 5
_MOST_NAMED = 10


class WrongRows(Exception):
    """The file cannot be trained on; the message names rows and columns. Mend the file."""


def read_rows(path: Path, pack: Pack) -> list[Utterance]:
    """The messages of a CSV with the columns text, intent and, if it has one, voice (else each tenth row shares one)."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = {"text", "intent"} - set(reader.fieldnames or ())
        if missing:
            raise WrongRows(
                f"{path.name} has no column {' and no column '.join(sorted(missing))} in its first row."
            )
        lines = [(reader.line_num, line) for line in reader]
    wrong = [fault for number, line in lines if (fault := _fault(number, line, pack))]
    refuse_named(path, wrong)
    rows = [
        Utterance(
            intent=line["intent"].strip(),
            voice=(line.get("voice") or f"part-{at % 10}").strip(),
            text=line["text"].strip(),
        )
        for at, (_, line) in enumerate(lines)
    ]
    _refuse_thin(path, rows, pack)
    return rows


def refuse_named(path: Path, wrong: list[str]) -> None:
    """Raise WrongRows with these faults, each naming a row and a column; none: nothing happens."""
    if wrong:
        more = f" and {len(wrong) - _MOST_NAMED} more" if len(wrong) > _MOST_NAMED else ""
        raise WrongRows(f"{path.name}: {'; '.join(wrong[:_MOST_NAMED])}{more}.")


def _fault(number: int, line: dict[str, str], pack: Pack) -> str | None:
    if not (line["text"] or "").strip():
        return f"row {number}, column text is empty"
    intent = (line["intent"] or "").strip()
    if intent != OUT_OF_SCOPE and intent not in pack.kinds:
        return f"row {number}, column intent: {intent!r} is no intent of the pack {pack.name}"
    return None


def _refuse_thin(path: Path, rows: list[Utterance], pack: Pack) -> None:
    counts = dict.fromkeys((*pack.intents, OUT_OF_SCOPE), 0)
    for row in rows:
        counts[row.intent] += 1
    thin = [f"{intent} ({count})" for intent, count in counts.items() if count < FEWEST_PER_INTENT]
    if thin:
        raise WrongRows(
            f"{path.name}: at least {FEWEST_PER_INTENT} messages are needed for each intent, too few for {', '.join(thin)}."
        )
