"""How does a pack's understanding come to be: trained, measured, and published if it is no worse than what is in service?"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import joblib
import numpy as np

from knowledge.lexicon import lexicon_hash
from knowledge.pack import OUT_OF_SCOPE, Pack, Utterance, load_utterances
from ml.serve.artifact import Card, library_versions, sha256_of
from ml.serve.intents import Calibration, Judgement, settle
from ml.train.figures import Answer, answered_share, calibration_error, macro_f1, refused_share
from ml.train.intents import Fitted, OutOfFold, Progress, fit_intents
from ml.train.publishing import ID_LETTERS, Bar, fresh_file, publish, refuse_worse

# Of messages in scope from unseen voices, half of them noised, so many must pass the gate; it is the strictest that allows it. Whole
# groups of voices are unseen there, which is harder than one stranger: of single strangers' messages 97 % pass, see README.md.
ANSWERED_GOAL = 0.90
# Below it the best intent is a guess among several: asking back is kinder. Staff may set another.
LEAST_CONFIDENCE = 0.25
# A new model may lose .02 macro-F1 to chance without being called worse; on other rows a loss beyond .10 is a file gone wrong.
BAR = Bar(command="nlu", metric="macro_f1", word="Macro-F1", alike=0.02, other_rows=0.10)


def train_pack(
    pack: Pack,
    folder: Path,
    progress: Progress = lambda _: None,
    rows: Sequence[Utterance] | None = None,
    *,
    accept_worse: bool = False,
) -> Card:
    """Train the pack's intents (from its own utterances unless rows are given), write the artifact and put it in service.

    A worse model than the one in service raises WorseModel and changes nothing, unless that is accepted.
    """
    rows = load_utterances(pack) if rows is None else list(rows)
    fitted = fit_intents(rows, progress)
    thresholds = choose_thresholds(fitted.out_of_fold, fitted.model.calibration)
    answers = judge_out_of_fold(fitted, thresholds)
    progress("writing the model")
    fresh = fresh_file(folder, lambda path: joblib.dump(fitted.model.to_plain(), path))
    card = make_card(pack, fresh, rows, fitted.model.classes, figures(answers), thresholds)
    if not accept_worse:
        refuse_worse(folder, card, {answer.taken for answer in answers}, BAR)
    return publish(folder, fresh, card)


def choose_thresholds(seen: OutOfFold, calibration: Calibration) -> dict[str, float]:
    """most_foreign: above it a message counts as out of scope; min_confidence: below it no intent is believed."""
    judged = zip(seen.judge(calibration), seen.meant, strict=True)
    inside = [judgement.foreign for judgement, meant in judged if meant != OUT_OF_SCOPE]
    most_foreign = float(np.quantile(inside, ANSWERED_GOAL))
    return {"most_foreign": round(most_foreign, 4), "min_confidence": LEAST_CONFIDENCE}


def judge_out_of_fold(fitted: Fitted, thresholds: Mapping[str, float]) -> list[Answer]:
    """What the model's settings make of the out-of-fold evidence."""
    seen = fitted.out_of_fold
    judged = seen.judge(fitted.model.calibration)
    return [
        answer_of(judgement, meant, thresholds) for judgement, meant in zip(judged, seen.meant, strict=True)
    ]


def answer_of(judgement: Judgement, meant: str, thresholds: Mapping[str, float]) -> Answer:
    taken, confidence = settle(judgement, thresholds["most_foreign"], thresholds["min_confidence"])
    return Answer(meant=meant, taken=taken, confidence=confidence)


def figures(answers: Sequence[Answer]) -> dict[str, float]:
    return {
        "macro_f1": round(macro_f1(answers), 4),
        "answered_in_scope": round(answered_share(answers), 4),
        "refused_out_of_scope": round(refused_share(answers), 4),
        "calibration_error": round(calibration_error(answers), 4),
    }


def make_card(
    pack: Pack,
    file: Path,
    rows: Sequence[Utterance],
    classes: tuple[str, ...],
    metrics: Mapping[str, float],
    thresholds: Mapping[str, float],
) -> Card:
    digest = sha256_of(file)
    return Card(
        id=digest[:ID_LETTERS],
        kind="intent",
        name=pack.name,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        file=f"model-{digest[:ID_LETTERS]}.joblib",
        sha256=digest,
        data_hash=hash_of(rows),
        rows=len(rows),
        classes=classes,
        libraries=library_versions(),
        lexicon_hash=lexicon_hash(),
        metrics=metrics,
        thresholds=thresholds,
    )


def hash_of(rows: Sequence[Utterance]) -> str:
    """Short hash of the rows, whatever their order."""
    digest = hashlib.sha256()
    for line in sorted(f"{row.intent}\t{row.voice}\t{row.text}" for row in rows):
        digest.update(line.encode() + b"\n")
    return digest.hexdigest()[:16]
