"""What does a company's own file of labelled messages hold? Every wrong row is named with its row and column before anything is trained."""

from collections.abc import Mapping
from pathlib import Path

from knowledge.pack import OUT_OF_SCOPE, Pack, Utterance
from ml.train.lines import read_ours
from ml.train.sheet import WrongRows, refuse_named

# With fewer messages an intent cannot be learned or measured.
FEWEST_PER_INTENT = 5


def read_rows(path: Path, pack: Pack, columns: Mapping[str, str] | None = None) -> list[Utterance]:
    """The messages of a CSV with the columns text, intent and, if it has one, voice (else each tenth row shares one).

    columns: our name to the file's.
    """
    lines = read_ours(path, ("text", "intent"), ("voice",), columns or {})
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
