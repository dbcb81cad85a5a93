"""A lead: one a person, growing with each signal, moving over the board until it is won or lost."""

from dataclasses import replace

import pytest

from flows.domain import LeadStatus, Phase
from flows.lead import SUMMARY_LIMIT, LeadSignal, LeadState, merged, merged_summary, refuse_move

BEFORE = LeadState(
    phase=Phase.BOOKING,
    interested_package="UMR_MAR_2027_HEMAT",
    summary="Tanya DP",
    source="meta_ads_1",
    confidence=0.8,
    name=None,
)


def test_a_new_signal_never_takes_anything_back() -> None:
    after = merged(BEFORE, LeadSignal(customer_id="c", phase=Phase.LEADS))
    assert after == BEFORE


def test_the_newest_interest_counts_and_the_first_source_stays() -> None:
    signal = LeadSignal(
        customer_id="c",
        phase=Phase.INTEREST,
        interested_package="UMR_MAR_2027_VIP",
        summary="Tanya hotel",
        source="walk-in",
        confidence=0.9,
        name="Budi",
    )
    assert merged(BEFORE, signal) == LeadState(
        phase=Phase.BOOKING,
        interested_package="UMR_MAR_2027_VIP",
        summary="Tanya DP\nTanya hotel",
        source="meta_ads_1",
        confidence=0.9,
        name="Budi",
    )


@pytest.mark.parametrize(
    ("before", "new", "kept"),
    [
        pytest.param("From WhatsApp", "Budi", "Budi", id="a name instead of a placeholder"),
        pytest.param("From WhatsApp", None, "From WhatsApp", id="nothing better is known"),
        pytest.param("Budi", "From WhatsApp", "Budi", id="no placeholder instead of a name"),
        pytest.param("Budi", "Pak Budi", "Budi", id="the first name stays"),
    ],
)
def test_a_placeholder_gives_way_to_a_name(before: str, new: str | None, kept: str) -> None:
    signal = LeadSignal(customer_id="c", phase=Phase.LEADS, name=new)
    assert merged(replace(BEFORE, name=before), signal).name == kept


@pytest.mark.parametrize(
    ("before", "new", "expected"),
    [
        pytest.param(None, "a", "a", id="the first"),
        pytest.param("a", None, "a", id="nothing new"),
        pytest.param("a\nb", "b", "a\nb", id="said before"),
        pytest.param("a", "b", "a\nb", id="added"),
    ],
)
def test_summaries_add_up(before: str | None, new: str | None, expected: str) -> None:
    assert merged_summary(before, new) == expected


def test_a_summary_cannot_grow_without_end() -> None:
    assert len(merged_summary("a" * SUMMARY_LIMIT, "b") or "") == SUMMARY_LIMIT


@pytest.mark.parametrize(
    ("before", "after", "reason", "is_refused"),
    [
        pytest.param(LeadStatus.NEW, LeadStatus.CONTACTED, None, False, id="forward"),
        pytest.param(LeadStatus.NEW, LeadStatus.WON, None, False, id="won at once"),
        pytest.param(LeadStatus.PROPOSAL, LeadStatus.CONTACTED, None, False, id="a card dropped wrongly"),
        pytest.param(LeadStatus.NEW, LeadStatus.LOST, None, True, id="lost without a reason"),
        pytest.param(LeadStatus.NEW, LeadStatus.LOST, "  ", True, id="lost for nothing"),
        pytest.param(LeadStatus.NEW, LeadStatus.LOST, "Pilih travel lain", False, id="lost"),
        pytest.param(LeadStatus.WON, LeadStatus.NEW, None, True, id="won is final"),
        pytest.param(LeadStatus.LOST, LeadStatus.CONTACTED, None, True, id="lost is final"),
        pytest.param(LeadStatus.WON, LeadStatus.WON, None, False, id="said twice"),
    ],
)
def test_moves_over_the_board(
    before: LeadStatus, after: LeadStatus, reason: str | None, is_refused: bool
) -> None:
    assert (refuse_move(before, after, reason) is not None) is is_refused
