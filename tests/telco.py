"""The default telco models, loaded once a test process."""

from functools import cache

from ml.serve.telco_models import TelcoModels
from tests.trained import trained_models


@cache
def telco() -> TelcoModels:
    return TelcoModels.load(trained_models())
