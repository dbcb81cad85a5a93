"""Does the general trainer keep its promises on data that nobody here wrote? `python -m ml.train.public_checks FOLDER` prints a table.

FOLDER holds clinc150 and xsid_id as JSON lines of text and label. None of it is part of the project. Some minutes.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

from knowledge.pack import OUT_OF_SCOPE, Utterance
from ml.serve.intents import Judgement
from ml.text_features import plain_readings, readings
from ml.train.intents import Fitted, Reader, fit_intents

# No data set names who wrote what; every fifth message counts as one voice.
VOICES = 5
NOISY = ("test_slang40", "test_slang40_novel", "test_typo25", "test_slang40_typo25")


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One figure beside what it must reach."""

    what: str
    least: float
    found: float

    @property
    def is_reached(self) -> bool:
        return self.found >= self.least

    def __str__(self) -> str:
        return f"| {self.what} | ≥ {self.least} | {self.found:.4f} | {'yes' if self.is_reached else 'NO'} |"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Data:
    folder: Path

    def rows(self, name: str) -> list[tuple[str, str]]:
        """(text, label) of a file; out of scope by our own word."""
        lines = (self.folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        read = [json.loads(line) for line in lines]
        return [(row["text"], OUT_OF_SCOPE if row["label"] == "oos" else row["label"]) for row in read]


def checks(folder: Path) -> list[Check]:
    """All figures of ML.md section 1 that the trainer owes on public data."""
    return [*check_clinc(folder / "clinc150"), *check_xsid(folder / "xsid_id")]


def check_clinc(folder: Path) -> list[Check]:
    """150 English intents and messages outside all of them."""
    data = _Data(folder=folder)
    # English throughout: our lexicon would make Indonesian of it.
    fitted = _fit(data, ("train", "oos_train"), plain_readings)
    test = data.rows("test")
    return [
        Check(what="CLINC150 in-scope accuracy", least=0.925, found=_accuracy(fitted, test, plain_readings)),
        Check(
            what="CLINC150 out-of-scope AUROC",
            least=0.96,
            found=_auroc(fitted, test, data.rows("oos_test"), plain_readings),
        ),
    ]


def check_xsid(folder: Path) -> list[Check]:
    """15 Indonesian intents, tested clean, with slang and with typing errors."""
    data = _Data(folder=folder)
    fitted = _fit(data, ("train", "oos_valid"), readings)
    clean = Check(
        what="xSID Indonesian accuracy", least=0.91, found=_accuracy(fitted, data.rows("test"), readings)
    )
    noisy = [
        Check(
            what=f"xSID Indonesian accuracy, {name}",
            least=0.845,
            found=_accuracy(fitted, data.rows(name), readings),
        )
        for name in NOISY
    ]
    return [clean, *noisy]


def _fit(data: _Data, names: Sequence[str], read: Reader) -> Fitted:
    rows = [row for name in names for row in data.rows(name)]
    utterances = [
        Utterance(intent=label, voice=f"part-{number % VOICES}", text=text)
        for number, (text, label) in enumerate(rows)
    ]
    return fit_intents(utterances, _tell, read)


def _judge(fitted: Fitted, rows: Sequence[tuple[str, str]], read: Reader) -> list[Judgement]:
    return fitted.model.judge([read(text) for text, _ in rows])


def _accuracy(fitted: Fitted, rows: Sequence[tuple[str, str]], read: Reader) -> float:
    judged = _judge(fitted, rows, read)
    return float(np.mean([j.top.name == label for j, (_, label) in zip(judged, rows, strict=True)]))


def _auroc(
    fitted: Fitted, inside: Sequence[tuple[str, str]], outside: Sequence[tuple[str, str]], read: Reader
) -> float:
    foreign = [judgement.foreign for judgement in _judge(fitted, [*inside, *outside], read)]
    return float(roc_auc_score([0] * len(inside) + [1] * len(outside), foreign))


def _tell(line: str) -> None:
    print(f"  {line}", file=sys.stderr)


def main(arguments: Sequence[str]) -> None:
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        sys.exit("Say where the public data is: python -m ml.train.public_checks FOLDER")
    print("| check | must reach | found | reached |\n| --- | --- | --- | --- |")
    for check in checks(Path(arguments[0])):
        print(check)


if __name__ == "__main__":
    main(sys.argv[1:])
