"""Churn on customers that nobody here made up: order, calibration and what HIGH is worth, five-fold out of fold."""

from ml.serve.churn import HIGH_FROM
from ml.train import fit_churn
from ml.train.table_figures import churn_figures
from tests.bench_models.row import PUBLIC_DATA, Row, absent, at_least, at_most
from tests.bench_models.table_folds import FOLDS, unseen

FILE = "churn_train.csv"


def rows(folds: int = FOLDS) -> list[Row]:
    if not (PUBLIC_DATA / FILE).exists():
        return [absent("churn: AUC, ECE, Brier", FILE)]
    seen = unseen(PUBLIC_DATA / FILE, "Churn", fit_churn, folds)
    left = seen.answers == seen.classes.index("Yes")
    ours = churn_figures(seen.chances[:, 1], left, HIGH_FROM)

    def seeds(name: str) -> str:
        return f"{churn_figures(seen.forest()[:, 1], left, HIGH_FROM)[name]:.3f}"

    return [
        at_least("churn: AUC, out of fold", ours["auc"], 0.84, lambda: seeds("auc")),
        at_most(
            "churn: calibration error", ours["calibration_error"], 0.03, lambda: seeds("calibration_error")
        ),
        at_most("churn: Brier score", ours["brier"], 0.138, lambda: seeds("brier")),
        at_least("churn: of HIGH, who really left", ours["high_left"], 0.68, lambda: seeds("high_left")),
    ]
