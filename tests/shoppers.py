"""The invented shop's model of shoppers, as it was trained, and numbers for its simulator."""

from functools import cache

from ml.serve.segments import Segments
from tests.trained import trained_models

SULTAN: dict[str, float] = {
    "total_spend": 4000,
    "frequency": 40,
    "recency_days": 5,
    "avg_items": 2,
    "unique_products": 20,
    "page_views": 150,
    "add_to_cart": 30,
    "wishlist": 10,
}
NEWBIE = SULTAN | {"total_spend": 60, "frequency": 2, "avg_items": 1, "unique_products": 2, "page_views": 25}
NEWBIE |= {"add_to_cart": 3, "wishlist": 1, "recency_days": 40}
WINDOW_SHOPPER = NEWBIE | {"page_views": 500, "add_to_cart": 60, "wishlist": 40}
LOYALIST = SULTAN | {"total_spend": 800, "frequency": 17}


@cache
def shoppers() -> Segments:
    return Segments.load(trained_models() / "segments")
