"""Do the trainers serve tables that nobody here wrote? The quick part of `make bench-models`."""

from collections.abc import Callable

import pytest

from tests.bench_models import churn, offers
from tests.bench_models.row import PUBLIC_DATA, Row, as_table, at_least, at_most

ENOUGH_TO_CALIBRATE = (
    2  # Of the five: one fold has too few customers who leave for a calibration error that means something.
)

needs_data = pytest.mark.skipif(
    not (PUBLIC_DATA / churn.FILE).exists(), reason="the public data does not lie beside the project"
)


@needs_data
@pytest.mark.parametrize(
    ("measured", "folds"), [(offers.rows, 1), (churn.rows, ENOUGH_TO_CALIBRATE)], ids=["offers", "churn"]
)
def test_reaches_every_bar_on_customers_it_never_saw(
    measured: Callable[[int], list[Row]], folds: int
) -> None:
    assert [row for row in measured(folds) if not row.is_reached] == []


def test_a_row_says_whether_it_is_reached() -> None:
    assert at_least("x", 0.9, 0.9).is_reached
    assert not at_least("x", 0.8, 0.9).is_reached
    assert at_most("x", 0.1, 0.2).is_reached
    assert "| x | 0.300 | ≤ 0.200 | **no** | 5 |" in as_table([at_most("x", 0.3, 0.2, "5")])
    assert "| y | skipped |" in as_table([Row(label="y", found="skipped")])
