"""How is an intent model fitted to rows of (intent, voice, text)?

A linear support vector machine over text features; temperature and out-of-scope gate are fitted on messages of voices that the fold's
model never saw, half of them noised, so that confidences hold for strangers who type in a hurry.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from knowledge.pack import OUT_OF_SCOPE, Utterance
from ml.serve.intents import Calibration, Evidence, IntentModel, Judgement, Linear
from ml.serve.neighbours import index_rows
from ml.text_features import Floats, Reading, fit_features, readings
from ml.train.noise import noisy

# Chosen by leaving voices out; .5 to 2 are alike.
PENALTY = 1.0
# LinearSVC's default .0001 takes twice the time for the same answers.
STOP_AT = 1e-3
FOLDS = 5
SEED = 20
GATE_PENALTY = 1.0
# The decision value of a class that a fold has no message of: below any that the machine gives.
NEVER = -5.0

Progress = Callable[[str], None]
Reader = Callable[[str], Reading]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfFold:
    """Evidence about messages by models that never saw their voice, with what each means; noised ones are marked."""

    classes: tuple[str, ...]
    evidence: Evidence
    meant: tuple[str, ...]
    is_noised: tuple[bool, ...]

    @property
    def outside(self) -> int | None:
        return self.classes.index(OUT_OF_SCOPE) if OUT_OF_SCOPE in self.classes else None

    def judge(self, calibration: Calibration) -> list[Judgement]:
        return calibration.judge(self.evidence, self.classes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    model: IntentModel
    out_of_fold: OutOfFold


def fit_intents(
    rows: Sequence[Utterance], progress: Progress = lambda _: None, read: Reader = readings
) -> Fitted:
    """A calibrated model of these rows and the out-of-fold evidence that its thresholds stand on.

    read: how a message becomes words; `plain_readings` for a language that our lexicon does not serve.
    """
    found = [read(row.text) for row in rows]
    labels = [row.intent for row in rows]
    out_of_fold = weigh_out_of_fold(rows, found, progress, read)
    progress(f"fitting {len(set(labels))} intents to {len(rows)} messages")
    model = IntentModel(linear=fit_linear(found, labels), calibration=calibrate(out_of_fold))
    return Fitted(model=model, out_of_fold=out_of_fold)


def fit_linear(found: Sequence[Reading], labels: Sequence[str], classes: tuple[str, ...] = ()) -> Linear:
    """The separation of the classes among these messages; a class without messages is never decided for."""
    classes = classes or tuple(sorted(set(labels)))
    features = fit_features(found)
    block = features.block(found)
    matrix = csr_matrix((block.values, block.columns, block.starts), shape=(len(found), features.size))
    numbers = np.array([classes.index(label) for label in labels])
    machine = LinearSVC(C=PENALTY, tol=STOP_AT, random_state=SEED).fit(matrix, numbers)
    weights, bias = _of_all_classes(machine, len(classes))
    return Linear(
        features=features,
        classes=classes,
        weights=weights,
        bias=bias,
        neighbours=index_rows(block, features.views[0].size, [label == OUT_OF_SCOPE for label in labels]),
    )


def _of_all_classes(machine: LinearSVC, classes: int) -> tuple[Floats, Floats]:
    """(features, classes) and (classes,). Of two classes the machine holds one separation; the other is its mirror."""
    seen = machine.classes_
    signs = [[-1], [1]] if len(seen) == 2 else np.eye(len(seen))
    weights = np.zeros((machine.coef_.shape[1], classes), np.float32)
    bias = np.full(classes, NEVER, np.float32)
    weights[:, seen] = (signs @ machine.coef_).T
    bias[seen] = signs @ machine.intercept_
    return weights, bias


def weigh_out_of_fold(
    rows: Sequence[Utterance], found: Sequence[Reading], progress: Progress, read: Reader = readings
) -> OutOfFold:
    """Every message, as written and noised, weighed by a model that never saw its voice."""
    noised = [read(text) for text in noisy([row.text for row in rows], SEED)]
    folds = voice_folds([row.voice for row in rows])
    classes = tuple(sorted({row.intent for row in rows}))

    def weigh_fold(number: int) -> tuple[list[int], Evidence]:
        train, test = np.flatnonzero(folds != number).tolist(), np.flatnonzero(folds == number).tolist()
        linear = fit_linear([found[i] for i in train], [rows[i].intent for i in train], classes)
        progress(f"measured on voices it had not seen, part {number + 1} of {FOLDS}")
        return test, linear.weigh([source[i] for source in (found, noised) for i in test])

    # One after the other: the machine's chance is shared by threads, and the same rows must give the same model.
    parts = [weigh_fold(number) for number in range(FOLDS)]
    return OutOfFold(
        classes=classes,
        evidence=Evidence(
            decisions=np.concatenate([part.decisions for _, part in parts]),
            signals=np.concatenate([part.signals for _, part in parts]),
        ),
        meant=tuple(rows[i].intent for test, _ in parts for i in [*test, *test]),
        is_noised=tuple(mark for test, _ in parts for mark in [False] * len(test) + [True] * len(test)),
    )


def voice_folds(voices: Sequence[str]) -> NDArray[np.int64]:
    """Fold number of each row; a voice is never in two folds, large and small voices are spread.

    With fewer voices than folds nobody can be left out; then every row counts by itself.
    """
    if len(set(voices)) < FOLDS:
        return np.arange(len(voices)) % FOLDS
    sizes: dict[str, int] = {}
    for voice in voices:
        sizes[voice] = sizes.get(voice, 0) + 1
    load = [0] * FOLDS
    fold_of: dict[str, int] = {}
    for voice in sorted(sizes, key=lambda v: (-sizes[v], v)):
        fold = load.index(min(load))
        fold_of[voice] = fold
        load[fold] += sizes[voice]
    return np.array([fold_of[voice] for voice in voices])


def calibrate(seen: OutOfFold) -> Calibration:
    """Temperature and gate under which the out-of-fold confidences come true."""
    return Calibration(temperature=_temperature(seen), gate=_gate(seen))


def _temperature(seen: OutOfFold) -> float:
    inside = [i for i, meant in enumerate(seen.meant) if meant != OUT_OF_SCOPE]
    decisions = seen.evidence.decisions[inside].astype(np.float64)
    labels = np.array([seen.classes.index(seen.meant[i]) for i in inside])
    if seen.outside is not None:
        decisions[:, seen.outside] = -np.inf

    def loss(log_temperature: float) -> float:
        scaled = decisions / np.exp(log_temperature)
        top = scaled.max(axis=1, keepdims=True)
        log_sum = top[:, 0] + np.log(np.exp(scaled - top).sum(axis=1))
        return float(np.mean(log_sum - scaled[np.arange(len(scaled)), labels]))

    return float(np.exp(minimize_scalar(loss, bounds=(-4, 2), method="bounded").x))


def _gate(seen: OutOfFold) -> Floats:
    signals = seen.evidence.signals
    if seen.outside is None:
        return np.zeros(signals.shape[1] + 1, np.float32)
    foreign = np.array([meant == OUT_OF_SCOPE for meant in seen.meant])
    # Balanced, because a few hundred foreign messages would drown among thousands; the bias then gets their true share back.
    judge = LogisticRegression(C=GATE_PENALTY, max_iter=1_000, class_weight="balanced").fit(signals, foreign)
    share = np.log(foreign.mean() / (1 - foreign.mean()))
    return np.append(judge.coef_[0], judge.intercept_ + share).astype(np.float32)
