"""RFM: every cell of both rulesets, the document's thresholds at their edges, and numbers that are none."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import product

import pytest

from flows.rfm import (
    CLV,
    DOCUMENT_THRESHOLDS,
    SCORES,
    SEGMENT_WORDS,
    STRATEGY,
    ClvProxy,
    RfmSegment,
    RfmThresholds,
    Ruleset,
    days_since,
    rfm,
    segment_of,
)

C, L, P, G, A, H, X = "CHAMPION", "LOYAL", "POTENTIAL", "REGULAR", "AT_RISK", "HIBERNATING", "LOST"
CELLS = [(r, f, m) for r in SCORES for f in SCORES for m in SCORES]
# All 125 cells, written out by hand from the documents: one line per R and F, its letters for M 1 to 5.
LETTERS = {"C": C, "L": L, "P": P, "G": G, "A": A, "H": H, "X": X}
V1 = """
11 XHAAA  21 HHAAA  31 AAAAA  41 PPPPP  51 PPPPP
12 HHAAA  22 HHAAA  32 AAAAA  42 PPPPP  52 PPPPP
13 AAAAA  23 AAAAA  33 AAAAA  43 PPPPP  53 PPPPP
14 LLLLL  24 LLLLL  34 LLLLL  44 LLLCC  54 LLLCC
15 LLLLL  25 LLLLL  35 LLLLL  45 LLLCC  55 LLLCC
"""
V2 = """
11 XHAAA  21 HHAAA  31 GGGGG  41 PPPPP  51 PPPPP
12 HHAAA  22 HHAAA  32 GGGGG  42 PPPPP  52 PPPPP
13 AAAAA  23 AAAAA  33 GGGGG  43 PPPPP  53 PPPPP
14 AAAAA  24 AAAAA  34 LLLLL  44 LLLCC  54 LLLCC
15 AAAAA  25 AAAAA  35 LLLLL  45 LLLCC  55 LLLCC
"""


def table(written: str) -> dict[tuple[int, int, int], str]:
    words = written.split()
    return {
        (int(cell[0]), int(cell[1]), m): LETTERS[letters[m - 1]]
        for cell, letters in zip(words[::2], words[1::2], strict=True)
        for m in SCORES
    }


@pytest.mark.parametrize(("ruleset", "written"), [(Ruleset.V1, V1), (Ruleset.V2, V2)], ids=["v1", "v2"])
def test_each_of_the_125_cells_has_its_segment(ruleset: Ruleset, written: str) -> None:
    assert {(r, f, m): segment_of(r, f, m, ruleset)[0].value for r, f, m in CELLS} == table(written)


def _named_by_the_document(r: int, f: int, m: int) -> set[str]:
    rules = {
        C: r >= 4 and f >= 4 and m >= 4,
        L: f >= 4,
        P: r >= 4 and f < 4,
        A: r <= 2 and (f >= 3 or m >= 3),
        H: r <= 2 and f <= 2 and m <= 2,
        X: r == f == m == 1,
    }
    return {segment for segment, fits in rules.items() if fits}


def test_v1_says_what_the_document_says_wherever_that_is_one_thing() -> None:
    named = {(r, f, m): _named_by_the_document(r, f, m) for r, f, m in CELLS}
    assert sum(len(segments) > 1 for segments in named.values()) == 29
    assert sum(not segments for segments in named.values()) == 15
    for (r, f, m), segments in named.items():
        assert segment_of(r, f, m, Ruleset.V1)[0].value in (segments or {A})


@pytest.mark.parametrize(
    ("days", "score"),
    [(0, 5), (7, 5), (7.99, 5), (8, 4), (30, 4), (31, 3), (90, 3), (91, 2), (180, 2), (180.5, 2), (181, 1)],
)
def test_recency_counts_whole_days(days: float, score: int) -> None:
    assert rfm(days, 1, 1).r == score


@pytest.mark.parametrize(
    ("count", "score"), [(4, 1), (5, 2), (14, 2), (15, 3), (29, 3), (30, 4), (49, 4), (50, 5)]
)
def test_frequency_scores_from_its_least(count: int, score: int) -> None:
    assert rfm(1, count, 1).f == score


@pytest.mark.parametrize(
    ("millions", "score"),
    [(4.999999, 1), (5, 2), (19.9, 2), (20, 3), (49.9, 3), (50, 4), (99.999999, 4), (100, 5)],
)
def test_money_scores_from_its_least(millions: float, score: int) -> None:
    assert rfm(1, 1, millions * 1_000_000).m == score


@pytest.mark.parametrize("nothing", [0, -1, None, float("nan"), -1e12])
def test_nothing_and_less_than_nothing_score_one(nothing: float | None) -> None:
    score = rfm(None, nothing, nothing)
    assert (score.r, score.f, score.m, score.segment) == (1, 1, 1, RfmSegment.LOST)
    assert (score.frequency, score.monetary) == (0, 0)


def test_a_date_in_the_future_counts_as_today() -> None:
    assert rfm(-3, 1, 1).recency_days == 0


def test_without_activity_the_customers_creation_counts() -> None:
    created = datetime(2027, 1, 1, tzinfo=UTC)
    assert days_since(None, created, datetime(2027, 1, 31, 23, tzinfo=UTC)) == 30


def test_days_are_counted_in_utc_and_floored() -> None:
    jakarta = timezone(timedelta(hours=7))
    last = datetime(2027, 1, 2, 3, 0, tzinfo=jakarta)  # the evening before in UTC
    assert days_since(last, last, datetime(2027, 1, 8, 19, 59, tzinfo=UTC)) == 6
    assert days_since(last, last, datetime(2027, 1, 8, 20, 0, tzinfo=UTC)) == 7
    assert days_since(last, last, last - timedelta(days=2)) == 0


def test_a_score_says_why_and_by_which_rules() -> None:
    score = rfm(3.7, 60, 150_000_000, "v1")
    assert (score.code, score.segment, score.clv_proxy) == ("555", RfmSegment.CHAMPION, ClvProxy.VERY_HIGH)
    assert (score.ruleset_version, score.window_label) == ("v1", "12 bulan terakhir")
    assert score.segment_reason == (
        "R5 F5 M5: aktif terakhir 3 hari lalu, 60 transaksi, Rp 150.000.000. R, F dan M paling rendah 4: Champion."
    )


def test_the_reason_names_the_segment_in_every_cell() -> None:
    for (r, f, m), ruleset in product(CELLS, Ruleset):
        segment, reason = segment_of(r, f, m, ruleset)
        assert reason.endswith(f": {SEGMENT_WORDS[segment]}.")


def test_a_trade_brings_its_own_thresholds() -> None:
    pilgrims = RfmThresholds(
        recency=(90, 365, 730, 1460), frequency=(1, 2, 3, 4), monetary=(20, 40, 80, 150), window_days=1825
    )
    score = rfm(100, 4, 150, Ruleset.V2, pilgrims)
    assert (score.code, score.window_label) == ("455", "60 bulan terakhir")
    assert RfmThresholds(
        recency=(1, 2, 3, 4), frequency=(1, 2, 3, 4), monetary=(1, 2, 3, 4), window_days=90
    ).window_label == ("90 hari terakhir")


@pytest.mark.parametrize("wrong", [(1, 2, 3), (4, 3, 2, 1), (1, 1, 2, 3), (0, 1, 2, 3)])
def test_thresholds_that_do_not_rise_are_refused(wrong: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="RFM frequency needs four rising numbers"):
        RfmThresholds(recency=(1, 2, 3, 4), frequency=wrong, monetary=(1, 2, 3, 4))  # type: ignore[arg-type]  # wrong on purpose


def test_an_unknown_ruleset_is_refused() -> None:
    with pytest.raises(ValueError, match="v3"):
        rfm(1, 1, 1, "v3")


def test_every_segment_has_a_value_and_a_strategy() -> None:
    assert set(CLV) == set(STRATEGY) == set(RfmSegment)
    assert DOCUMENT_THRESHOLDS.recency == (7, 30, 90, 180)
