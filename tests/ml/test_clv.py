"""How often customers still buy: parameters found again in data made from them, and a real shop's held-out weeks."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from ml.train import fit_clv
from ml.train.clv import Clv, History, _integral, _while_alive, fit_history, history_of
from ml.train.purchases import Purchase
from ml.train.sheet import WrongRows
from tests.bench_models import clv as bench
from tests.bench_models.row import PUBLIC_DATA
from tests.ml.purchases import write_purchases

R, ALPHA, A, B = 0.8, 6.0, 1.2, 2.5
WEEKS, LATER = 52.0, 26.0


def invented(customers: int, seed: int) -> tuple[History, float]:
    """Customers who buy and leave as BG/NBD says, and how often they bought in the weeks after."""
    rng = np.random.default_rng(seed)
    repeats, last, later = np.zeros(customers), np.zeros(customers), 0
    for at in range(customers):
        rate, leaving, now = rng.gamma(R, 1 / ALPHA), rng.beta(A, B), 0.0
        while (now := now + rng.exponential(1 / rate)) < WEEKS + LATER:
            if now < WEEKS:
                repeats[at], last[at] = repeats[at] + 1, now
            else:
                later += 1
            if rng.random() < leaving:
                break
    names = tuple(str(at) for at in range(customers))
    return History(customers=names, repeats=repeats, last=last, age=np.full(customers, WEEKS)), float(later)


def test_finds_the_parameters_that_made_the_data_and_foresees_what_followed() -> None:
    history, later = invented(20_000, seed=5)
    model = fit_history(history)
    assert model.r == pytest.approx(R, rel=0.15)
    assert model.alpha == pytest.approx(ALPHA, rel=0.15)
    assert model.a / (model.a + model.b) == pytest.approx(A / (A + B), rel=0.15)
    assert sum(model.expected(LATER).values()) == pytest.approx(later, rel=0.05)


def test_more_weeks_bring_more_purchases_and_none_bring_none(tmp_path: Path) -> None:
    model = fit_clv(write_purchases(tmp_path / "sales.csv"))
    assert set(model.expected(4)) == {str(customer) for customer in range(60)}
    assert set(model.expected(0).values()) == {0.0}
    assert all(
        0 < few < many
        for few, many in zip(model.expected(4).values(), model.expected(8).values(), strict=True)
    )


def test_of_two_with_the_same_count_the_fresher_one_is_expected_sooner() -> None:
    history = History(
        customers=("fresh", "stale"),
        repeats=np.array([4.0, 4.0]),
        last=np.array([50.0, 10.0]),
        age=np.array([52.0, 52.0]),
    )
    expected = Clv(history=history, r=R, alpha=ALPHA, a=A, b=B).expected(13)
    assert expected["fresh"] > 5 * expected["stale"]


def test_what_came_after_the_last_watched_day_is_left_out(tmp_path: Path) -> None:
    path = write_purchases(tmp_path / "sales.csv")
    early = fit_clv(path, until=date(2026, 3, 31))
    assert early.history.repeats.sum() < fit_clv(path).history.repeats.sum()
    assert early.history.age.max() <= 13


def test_nobody_came_back_is_said_instead_of_fitted(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_text("id,date,n,val\n" + "".join(f"{at},20260101,1,1\n" for at in range(50)))
    with pytest.raises(WrongRows, match="must have bought on two days or more"):
        fit_clv(path)


def test_two_purchases_on_one_day_are_one() -> None:
    day = date(2026, 1, 1)
    bought = [
        Purchase("a", day, "X", "1"),
        Purchase("a", day, "Y", "2"),
        Purchase("a", day + timedelta(days=7), "X", "3"),
    ]
    history = history_of(bought)
    assert (history.repeats.tolist(), history.last.tolist(), history.age.tolist()) == ([1.0], [1.0], [1.0])


@pytest.mark.skipif(
    not (PUBLIC_DATA / bench.FILE).exists(), reason="the public data does not lie beside the project"
)
def test_beats_going_on_at_the_same_rate_on_a_real_shops_held_out_weeks() -> None:
    assert [row for row in bench.rows() if not row.is_reached] == []


@pytest.mark.parametrize(
    ("shape", "a", "b", "ahead"),
    [(2.0, 0.8, 3.0, 0.5), (5.0, 0.3, 2.5, 4.0), (30.0, 0.05, 8.0, 1.0), (0.3, 60.0, 0.02, 2.0)],
)
def test_the_integral_is_what_the_series_comes_to(shape: float, a: float, b: float, ahead: float) -> None:
    (series,) = _while_alive(np.array([shape]), a, np.array([b]), np.array([ahead]))
    assert _integral(shape, a, b, ahead) == pytest.approx(series, rel=1e-9)


@pytest.mark.parametrize("weeks", [1e4, 1e9, 1e300])
def test_even_absurdly_far_futures_of_regular_buyers_are_numbers(weeks: float) -> None:
    history = History(
        customers=("often", "once"),
        repeats=np.array([20.0, 0.0]),
        last=np.array([50.0, 0.0]),
        age=np.array([52.0, 52.0]),
    )
    found = Clv(history=history, r=2451.0, alpha=22026.0, a=0.002, b=536.0).expected(weeks)
    assert all(0 < expected < 0.2 * weeks for expected in found.values())


@pytest.mark.parametrize("weeks", [-1, float("inf"), float("nan")])
def test_weeks_that_are_none_are_refused(weeks: float, tmp_path: Path) -> None:
    model = fit_clv(write_purchases(tmp_path / "sales.csv"))
    with pytest.raises(ValueError, match="finite number of 0 or more"):
        model.expected(weeks)
