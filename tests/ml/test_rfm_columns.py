"""Millions at once get the same scores as one at a time."""

from itertools import product

import numpy as np
import pytest

from flows.rfm import RfmScore, RfmThresholds, Ruleset
from flows.rfm import rfm as rfm_of_one
from ml.serve import rfm_columns
from ml.train import rfm

ODD = (float("nan"), -5.0, 0.0, 7.0, 7.9, 8.0, 90.5, 180.9, 181.0, float("inf"))
MONEY = (-1.0, 0.0, 4_999_999.5, 5e6, 2e7, 5e7, 1e8, float("nan"), 1e12)
COUNTS = (-3.0, 0.0, 4.0, 5.0, 15.0, 30.0, 50.0, float("nan"))


@pytest.mark.parametrize("ruleset", Ruleset)
def test_a_column_says_what_each_customer_alone_would_get(
    ruleset: Ruleset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rfm_columns, "CHUNK", 100)  # several chunks, the last one shorter
    days, counts, money = (np.array(column) for column in zip(*product(ODD, COUNTS, MONEY), strict=True))
    many = rfm(days, counts, money, ruleset)
    single = [rfm_of_one(*each, ruleset) for each in zip(days, counts, money, strict=True)]
    assert [tuple(row) for row in np.stack([many.r, many.f, many.m], axis=1).tolist()] == [
        (s.r, s.f, s.m) for s in single
    ]
    assert many.segment.tolist() == [s.segment for s in single]


def test_integers_and_lists_do_as_well_and_every_segment_is_counted() -> None:
    many = rfm([1, 400, 40], [60, 0, 2], [200_000_000, 0, 0], "v2")
    assert [segment.value for segment in many.segment] == ["CHAMPION", "LOST", "REGULAR"]
    assert sum(many.counts().values()) == 3
    assert many.counts()[many.segments[0]] == 1
    assert (many.ruleset_version, many.window_label) == ("v2", "12 bulan terakhir")


def test_three_numbers_give_one_score() -> None:
    score = rfm(1, 60, 200_000_000, "v2")
    assert isinstance(score, RfmScore)
    assert score == rfm_of_one(1, 60, 200_000_000)


def test_a_trades_own_thresholds_count_here_too() -> None:
    pilgrims = RfmThresholds(recency=(90, 365, 730, 1460), frequency=(1, 2, 3, 4), monetary=(1, 2, 3, 4))
    assert rfm(np.array([100]), np.array([2]), np.array([3]), "v2", pilgrims).f.tolist() == [3]


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="Three columns of one length"):
        rfm([1, 2], [1], [1, 2])


def test_what_is_not_known_of_one_among_many_scores_as_it_does_alone() -> None:
    many = rfm([None, 1], [60, None], [None, 1], "v2")
    assert [(r, f, m) for r, f, m in zip(many.r, many.f, many.m, strict=True)] == [(1, 5, 1), (5, 1, 1)]
