"""How is an intent model fitted to rows of (intent, voice, text)?

A linear support vector machine over text features; temperature and out-of-scope gate are fitted on noised messages of voices that the
fold's model never saw, so that confidences hold for strangers who type in a hurry.
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
from ml.serve.intents import IntentModel, gate_signals
from ml.text_features import Floats, TextFeatures, fit_features, readings
from ml.train.noise import noisy

# Chosen by leaving one voice out; .3 to 1 are alike.
PENALTY = 0.5
FOLDS = 5
SEED = 20
# Folds see each message twice: as written and noised.
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfFold:
    """Decisions about messages by models that never saw their voice: (n, classes), and known shares (n,)."""

    decisions: Floats
    known: Floats
    labels: NDArray[np.int64]


def fit_intents(
    rows: Sequence[Utterance], progress: Progress = lambda _: None
) -> tuple[IntentModel, OutOfFold]:
    """A calibrated model of these rows and the out-of-fold decisions its thresholds stand on."""
    classes = tuple(sorted({row.intent for row in rows}))
    texts = [row.text for row in rows]
    labels = np.array([classes.index(row.intent) for row in rows])
    found = [readings(text) for text in texts]
    out_of_fold = _out_of_fold(rows, found, labels, progress)
    progress(f"fitting {len(classes)} classes to {len(rows)} messages")
    features, weights, bias = _fit(found, labels)
    model = IntentModel(
        features=features,
        classes=classes,
        weights=weights,
        bias=bias,
        temperature=_temperature(out_of_fold, classes),
        gate=_gate(out_of_fold, classes),
    )
    return model, out_of_fold


Reading = dict[str, list[str]]


def _out_of_fold(
    rows: Sequence[Utterance], found: Sequence[Reading], labels: NDArray[np.int64], progress: Progress
) -> OutOfFold:
    noised = [readings(text) for text in noisy([row.text for row in rows], SEED)]
    folds = voice_folds([row.voice for row in rows])
    decisions = np.zeros((len(rows), len(set(labels))), np.float32)
    known = np.zeros(len(rows), np.float32)
    for number in range(FOLDS):
        progress(f"calibrating, part {number + 1} of {FOLDS}")
        train, test = np.flatnonzero(folds != number).tolist(), np.flatnonzero(folds == number).tolist()
        features, weights, bias = _fit([found[i] for i in train], labels[train])
        matrix, known[test] = design(features, [noised[i] for i in test])
        decisions[test] = matrix @ weights + bias
    return OutOfFold(decisions=decisions, known=known, labels=labels)


def voice_folds(voices: Sequence[str]) -> NDArray[np.int64]:
    """Fold number of each row; a voice is never in two folds, large and small voices are spread."""
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


def _fit(found: Sequence[Reading], labels: NDArray[np.int64]) -> tuple[TextFeatures, Floats, Floats]:
    features = fit_features(found)
    matrix, _ = design(features, found)
    machine = LinearSVC(C=PENALTY, random_state=SEED).fit(matrix, labels)
    return features, np.ascontiguousarray(machine.coef_.T, np.float32), machine.intercept_.astype(np.float32)


def design(features: TextFeatures, found: Sequence[Reading]) -> tuple[csr_matrix, Floats]:
    """The sparse matrix of these readings and the share of each that training knew."""
    rows = [features.row(reading) for reading in found]
    starts = np.cumsum([0, *(len(row.columns) for row in rows)])
    columns = np.concatenate([row.columns for row in rows])
    values = np.concatenate([row.values for row in rows])
    matrix = csr_matrix((values, columns, starts), shape=(len(rows), features.size))
    return matrix, np.array([row.known for row in rows], np.float32)


def _temperature(seen: OutOfFold, classes: Sequence[str]) -> float:
    outside = _outside(classes)
    inside = seen.labels != outside
    decisions = seen.decisions[inside].astype(np.float64)
    if outside is not None:
        decisions[:, outside] = -np.inf

    def loss(log_temperature: float) -> float:
        scaled = decisions / np.exp(log_temperature)
        top = scaled.max(axis=1, keepdims=True)
        log_sum = top[:, 0] + np.log(np.exp(scaled - top).sum(axis=1))
        return float(np.mean(log_sum - scaled[np.arange(len(scaled)), seen.labels[inside]]))

    return float(np.exp(minimize_scalar(loss, bounds=(-4, 2), method="bounded").x))


def _gate(seen: OutOfFold, classes: Sequence[str]) -> Floats:
    outside = _outside(classes)
    if outside is None:
        return np.zeros(5, np.float32)
    signals = gate_signals(seen.decisions, seen.known, outside)
    judge = LogisticRegression(C=10.0, max_iter=1_000).fit(signals, seen.labels == outside)
    return np.append(judge.coef_[0], judge.intercept_).astype(np.float32)


def _outside(classes: Sequence[str]) -> int | None:
    return list(classes).index(OUT_OF_SCOPE) if OUT_OF_SCOPE in classes else None
