"""The telco models in service, as tests of what they answer need them."""

from pathlib import Path

import pytest

from ml.serve.churn import ChurnPredictor
from ml.serve.offers import TelcoRecommender
from tests.trained import trained_models


@pytest.fixture(scope="session")
def models() -> Path:
    return trained_models()


@pytest.fixture(scope="session")
def recommender(models: Path) -> TelcoRecommender:
    return TelcoRecommender.load(models / "offers")


@pytest.fixture(scope="session")
def predictor(models: Path) -> ChurnPredictor:
    return ChurnPredictor.load(models / "churn")
