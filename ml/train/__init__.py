"""How is each model made? One door for those who try it on data of their own: every function here reads a file and touches no registry.

Loaded when asked for, since each of them brings libraries that the others do not need.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ml.serve.rfm_columns import rfm as rfm
    from ml.train.clv import fit_clv as fit_clv
    from ml.train.fitted import fit_churn as fit_churn
    from ml.train.fitted import fit_offers as fit_offers
    from ml.train.recommender import fit_recommender as fit_recommender
    from ml.train.segments import fit_segments as fit_segments

_AT = {
    "fit_churn": "ml.train.fitted",
    "fit_clv": "ml.train.clv",
    "fit_offers": "ml.train.fitted",
    "fit_recommender": "ml.train.recommender",
    "fit_segments": "ml.train.segments",
    "rfm": "ml.serve.rfm_columns",
}
__all__ = ["fit_churn", "fit_clv", "fit_offers", "fit_recommender", "fit_segments", "rfm"]


def __getattr__(name: str) -> Any:  # Any: whichever function it is.
    if name not in _AT:
        raise AttributeError(f"ml.train has no {name!r}")
    return getattr(import_module(_AT[name]), name)
