"""Offers on telco customers that nobody here made up: macro-F1 and accuracy out of fold, every offer said."""

from ml.train import fit_offers
from ml.train.table_figures import offer_figures
from tests.bench_models.row import PUBLIC_DATA, Row, absent, at_least, at_most
from tests.bench_models.table_folds import FOLDS, unseen

FILE = "offers_train.csv"


def rows(folds: int = FOLDS) -> list[Row]:
    if not (PUBLIC_DATA / FILE).exists():
        return [absent("offers: macro-F1, accuracy", FILE)]
    seen = unseen(PUBLIC_DATA / FILE, "target_offer", fit_offers, folds)
    ours = offer_figures(seen.chances, seen.answers)

    def seeds(name: str) -> str:
        return f"{offer_figures(seen.forest(), seen.answers)[name]:.3f}"

    said = len(set(seen.chances.argmax(axis=1).tolist()))
    return [
        at_least("offers: macro-F1, out of fold", ours["macro_f1"], 0.96, lambda: seeds("macro_f1")),
        at_least("offers: accuracy", ours["accuracy"], 0.99, lambda: seeds("accuracy")),
        at_least(
            "offers: classes that are ever said",
            said,
            len(seen.classes),
            lambda: str(len(set(seen.forest().argmax(axis=1).tolist()))),
            ".0f",
        ),
        at_most(
            "offers: calibration error of the confidence",
            ours["calibration_error"],
            0.03,
            lambda: seeds("calibration_error"),
        ),
    ]
