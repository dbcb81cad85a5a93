"""How good are chances on rows that the model had not seen? Figures of offers and churn."""

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, brier_score_loss, f1_score, roc_auc_score

Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]

ECE_BINS = 10


def calibration_gap(chances: Floats, came_true: Truths) -> float:
    """Expected calibration error over ten bins of equal mass."""
    order = np.argsort(chances, kind="stable")
    gaps = [
        abs(float(came_true[part].sum()) - float(chances[part].sum()))
        for part in np.array_split(order, ECE_BINS)
    ]
    return sum(gaps) / len(chances)


def offer_figures(chances: Floats, answers: NDArray[np.int64]) -> dict[str, float]:
    """chances: float array (rows, classes); answers: the class of each row."""
    taken = chances.argmax(axis=1)
    return {
        "macro_f1": round(float(f1_score(answers, taken, average="macro")), 4),
        "accuracy": round(float(accuracy_score(answers, taken)), 4),
        "calibration_error": round(calibration_gap(chances.max(axis=1), taken == answers), 4),
    }


def churn_figures(chances: Floats, left: Truths, high_from: float) -> dict[str, float]:
    """chances: of leaving, (rows,); high_left: of those called HIGH, how many really left (0 when nobody is called so)."""
    high = chances >= high_from
    return {
        "auc": round(float(roc_auc_score(left, chances)), 4),
        "calibration_error": round(calibration_gap(chances, left), 4),
        "brier": round(float(brier_score_loss(left, chances)), 4),
        "high_left": round(float(left[high].mean()), 4) if high.any() else 0.0,
    }
