"""Whether people have changed: the index by hand-made figures, the bins, and what is counted while a model serves."""

import math

import numpy as np
import pytest

from ml.columns import Column
from ml.serve.drift import (
    FEWEST,
    MOST_WAITING,
    SCORE,
    Spread,
    Tally,
    Verdict,
    drifts,
    spread_of,
    stability_index,
    verdict_on,
    worst,
)

EVEN = (0.25, 0.25, 0.25, 0.25)


@pytest.mark.parametrize(
    ("shares", "counts", "index"),
    [
        pytest.param(EVEN, (25, 25, 25, 25), 0.0, id="the same people"),
        pytest.param(EVEN, (1, 1, 1, 1), 0.0, id="few of the same"),
        pytest.param((0.5, 0.5), (30, 70), 0.2 * math.log(0.7 / 0.3), id="shifted by a fifth"),
        pytest.param((0.5, 0.5), (70, 30), 0.2 * math.log(0.7 / 0.3), id="shifted the other way"),
        pytest.param((1.0, 0.0), (10, 0), 0.0, id="empty then and now"),
        pytest.param(
            (0.5, 0.5),
            (100, 0),
            0.5 * math.log(2) + (0.5 - 1e-4) * math.log(0.5 / 1e-4),
            id="a bin ran empty",
        ),
        pytest.param(EVEN, (0, 0, 0, 0), None, id="nobody was scored"),
    ],
)
def test_the_index_says_how_far_shares_have_moved(
    shares: tuple[float, ...], counts: tuple[int, ...], index: float | None
) -> None:
    assert stability_index(shares, counts) == pytest.approx(index)


@pytest.mark.parametrize(
    ("index", "rows", "verdict"),
    [
        (None, 0, Verdict.FEW),
        (0.9, FEWEST - 1, Verdict.FEW),
        (0.0, FEWEST, Verdict.STABLE),
        (0.0999, FEWEST, Verdict.STABLE),
        (0.1, FEWEST, Verdict.WATCH),
        (0.2499, FEWEST, Verdict.WATCH),
        (0.25, FEWEST, Verdict.DRIFTED),
    ],
)
def test_the_verdict_follows_the_usual_bounds_once_there_are_enough_rows(
    index: float | None, rows: int, verdict: Verdict
) -> None:
    assert verdict_on(index, rows) is verdict


def test_training_itself_has_a_tenth_of_its_rows_in_each_bin_and_the_missing_ones_in_the_last() -> None:
    values = np.array([*map(float, range(90)), *[math.nan] * 10])
    spread = spread_of(Column(name="spend"), values)
    assert spread.name == "spend"
    assert spread.shares[:-1] == pytest.approx([0.09] * 10)
    assert spread.shares[-1] == pytest.approx(0.1)
    assert spread.count(np.array([-5.0, 1e9, math.nan])) == [1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]


def test_categories_are_bins_of_their_own_with_the_unknown_ones_behind_them() -> None:
    spread = spread_of(Column(name="plan", words=("postpaid", "prepaid")), np.array([0.0, 1.0, 1.0, 2.0]))
    assert spread.shares == (0.25, 0.5, 0.25, 0.0)


def test_scores_go_by_the_name_of_score() -> None:
    assert spread_of(None, np.linspace(0, 1, 50)).name == SCORE


@pytest.fixture
def tally() -> Tally:
    inputs = Spread(name="spend", edges=(10.0,), shares=(0.5, 0.5, 0.0))
    return Tally([inputs, Spread(name=SCORE, edges=(0.5,), shares=(0.5, 0.5, 0.0))])


def test_what_is_served_is_counted_once(tally: Tally) -> None:
    tally.note([5.0], 0.7)
    tally.note([math.nan], 0.2)
    assert tally.take() == {"spend": [1, 0, 1], SCORE: [1, 1, 0]}
    assert tally.take() == {}


def test_what_could_not_be_written_is_counted_with_what_comes_after(tally: Tally) -> None:
    tally.note([5.0], 0.7)
    taken = tally.take()
    tally.note([5.0], 0.7)
    tally.put_back(taken)
    assert tally.take() == {"spend": [2, 0, 0], SCORE: [0, 2, 0]}


def test_no_more_rows_wait_than_are_counted_at_once(tally: Tally) -> None:
    for _ in range(MOST_WAITING + 3):
        tally.note([20.0], 0.1)
    assert tally.take()["spend"] == [0, MOST_WAITING + 3, 0]


def test_one_changed_input_is_enough_to_call_a_model_drifted(tally: Tally) -> None:
    counts = {"spend": {0: 1000}, SCORE: {0: 500, 1: 500}}
    found = drifts(tally.spreads, counts)
    assert [drift.verdict for drift in found] == [Verdict.DRIFTED, Verdict.STABLE]
    assert worst(found) is Verdict.DRIFTED
    assert found[0].shares == (1.0, 0.0, 0.0)


def test_without_scores_there_is_too_little_to_tell(tally: Tally) -> None:
    found = drifts(tally.spreads, {})
    assert worst(found) is Verdict.FEW
    assert [drift.index for drift in found] == [None, None]
    assert worst(()) is Verdict.FEW
