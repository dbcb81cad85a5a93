"""Both telco models in service, side by side."""

from dataclasses import dataclass
from pathlib import Path

from ml.serve import churn, offers
from ml.serve.churn import ChurnPredictor
from ml.serve.offers import TelcoRecommender


@dataclass(frozen=True, slots=True, kw_only=True)
class TelcoModels:
    offers: TelcoRecommender
    churn: ChurnPredictor

    @property
    def watched(self) -> dict[str, ChurnPredictor | TelcoRecommender]:
        """Those whose answers are counted, by the names that `sapa train` knows them by."""
        return {offers.WHAT: self.offers, churn.WHAT: self.churn}

    @staticmethod
    def load(models: Path) -> "TelcoModels":
        """Raises ModelMissing or ModelMismatch; both cards are verified before either file is unpickled."""
        churn_folder, offers_folder = models / churn.WHAT, models / offers.WHAT
        TelcoRecommender.verify(offers_folder)
        ChurnPredictor.verify(churn_folder)
        return TelcoModels(
            offers=TelcoRecommender.load(offers_folder), churn=ChurnPredictor.load(churn_folder)
        )
