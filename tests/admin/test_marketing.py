"""Dashboard and analytics in seed 003's keys, and asking the bot directly."""

from typing import Any

import pytest

from flows.domain import HandoverReason, Phase
from storage.database import Connection
from tests.admin.house import House
from tests.people import Said, travels, turned, waits, writes

PHONE = "6281234567890"


async def busy_day(house: House) -> Said:
    def build(conn: Connection) -> Said:
        said = writes(conn, PHONE, "Bagaimana cara pembayaran DP? WA 081234567890")
        travels(conn, said, Phase.BOOKING, package="UMR_MAR_2027_HEMAT", campaign="UMR_MAR_2027_HEMAT")
        turned(conn, said, "ask_payment_terms")
        waits(conn, said)
        other = writes(conn, "628777777777", "apa?")
        travels(conn, other, Phase.LEADS)
        waits(conn, other, HandoverReason.LOW_CONFIDENCE)
        return said

    return await house.database.write(build)


async def test_the_dashboard_has_seed_003s_keys(house: House) -> None:
    said = await busy_day(house)
    board = await house.gets("supervisor", "/api/marketing/dashboard")
    pending = board.pop("pending_handover")
    assert board == {
        "active_conversations": 2,
        "phase_distribution": {"leads": 1, "interest": 0, "booking": 1, "paid": 0},
        "escalated_conversations": 1,
    }
    first = pending[0]
    assert {name: first[name] for name in ("phone", "phase", "last_message", "conversation_url")} == {
        "phone": "●●●●●●●●●●890",
        "phase": "booking",
        "last_message": "Bagaimana cara pembayaran DP? WA ●●●●●●●●●890",
        "conversation_url": f"/api/conversations/{said.conversation_id}",
    }
    assert {"id", "interested_package", "ai_notes"} <= set(first)
    assert isinstance(first["id"], int)
    assert len(pending) == 2


async def test_a_director_sees_numbers_and_no_person(small_house: House) -> None:
    await busy_day(small_house)
    board = await small_house.gets("director", "/api/marketing/dashboard")
    assert (board["pending_handover"], board["active_conversations"]) == ([], 2)


async def test_analytics_have_seed_003s_keys(house: House) -> None:
    await busy_day(house)
    found = await house.gets("director", "/api/marketing/analytics?from=2027-01-04&to=2027-01-04")
    assert found["conversion_metrics"] == {
        "total_leads": 2,
        "leads_to_interest": 1,
        "interest_to_booking": 1,
        "booking_to_paid": 0,
        "conversion_rate": 0.0,
    }
    assert found["drop_off_analysis"] == {
        "leads_to_interest": 0.5,
        "interest_to_booking": 0.0,
        "booking_to_payment": 1.0,
    }
    assert found["campaign_performance"] == [
        {
            "campaign_code": "UMR_MAR_2027_HEMAT",
            "clicks": 0,
            "conversations": 1,
            "bookings": 1,
            "conversion": None,
            "paid": 0,
            "spend": 0,
            "revenue": 0,
            "cost_per_booking": None,
            "return_on_spend": None,
        }
    ]
    assert found["ai_performance"] == {
        "avg_response_time": None,
        "successful_conversations": 0.5,
        "escalation_rate": 0.5,
        "satisfaction_score": None,
    }
    assert found["common_questions"] == [
        {"question_pattern": "ask_payment_terms", "frequency": 1, "ai_success_rate": 1.0}
    ]
    assert (found["from"], found["to"]) == ("2027-01-04", "2027-01-04")


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2027-01-03T17:00:00Z", "2027-01-04"),
        ("2027-01-04T00:00:00%2B07:00", "2027-01-04"),
        ("2027-01-04T23:59:59 07:00", "2027-01-04"),
        ("2027-01-04T23:30:00", "2027-01-04"),
    ],
)
async def test_a_moment_stands_for_its_day_on_the_companys_clock(
    small_house: House, written: str, day: str
) -> None:
    found = await small_house.gets("director", f"/api/marketing/analytics?from={written}&to={written}")
    assert (found["from"], found["to"]) == (day, day)


async def test_an_empty_period_has_nulls_and_the_default_is_the_last_thirty_days(small_house: House) -> None:
    found = await small_house.gets("marketing", "/api/marketing/analytics")
    assert (found["from"], found["to"]) == ("2026-12-06", "2027-01-04")
    assert found["conversion_metrics"]["conversion_rate"] is None
    assert set(found["drop_off_analysis"].values()) == {None}


@pytest.mark.parametrize(
    "query", ["from=yesterday", "from=2027-02-01&to=2027-01-01", "from=1999-01-01", "to=2101-01-01"]
)
async def test_a_period_that_is_none_is_refused(small_house: House, query: str) -> None:
    reply = await small_house.asks("marketing", "GET", f"/api/marketing/analytics?{query}")
    assert (reply.status, bool(reply.json["errors"][0]["field"])) == (422, True)


ASK = {
    "phone": "6281234567890",
    "message": "UMR_MAR_2025_HEMAT",
    "conversation_id": "conv_123",
    "current_phase": "leads",
}


async def test_seed_003s_question_is_answered_in_its_keys(small_house: House) -> None:
    for written in ("6281234567890", "6281234567890@c.us", "0812-3456-7890"):
        answer = await small_house.does("rm", "/api/ai/process-message", ASK | {"phone": written})
        assert small_house.bot.asked[-1].phone == "6281234567890"
    assert answer["response_text"] == "Assalamualaikum!"
    assert answer["media_to_send"] == [
        {"type": "image", "url": "https://example.com/a.jpg", "caption": None},
        {"type": "location", "lat": 3.5, "lng": 98.6, "name": "Kantor"},
    ]
    assert {
        "new_phase",
        "confidence",
        "should_escalate",
        "intent",
        "intents",
        "entities",
        "language",
        "package_code",
        "handover_reason",
        "trace",
    } <= set(answer)
    asked = small_house.bot.asked[0]
    # A conversation nobody knows is the caller's own label: the phone is the key.
    assert (asked.phone, asked.conversation_id, asked.current_phase) == (PHONE, None, Phase.LEADS)


async def test_a_known_conversation_must_be_that_phones(small_house: House) -> None:
    said = await busy_day(small_house)
    mine = ASK | {"conversation_id": said.conversation_id}
    await small_house.does("rm", "/api/ai/process-message", mine)
    assert small_house.bot.asked[0].conversation_id == said.conversation_id
    reply = await small_house.asks("rm", "POST", "/api/ai/process-message", mine | {"phone": "628777777777"})
    assert (reply.status, reply.json["errors"][0]["field"]) == (422, "conversation_id")


async def test_marketing_may_only_try_the_bot_out(small_house: House) -> None:
    assert (await small_house.asks("marketing", "POST", "/api/ai/process-message", ASK)).status == 403
    await small_house.does("marketing", "/api/ai/process-message", ASK | {"dry_run": True})
    assert small_house.bot.asked[0].dry_run is True


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"phone": "abc"}, "phone"),
        ({"message": ""}, "message"),
        ({"message": "x" * 70_000}, "message"),
        ({"current_phase": "married"}, "current_phase"),
        ({"dry_run": "yes"}, "dry_run"),
    ],
)
async def test_a_wrong_question_is_refused(small_house: House, change: dict[str, Any], field: str) -> None:
    reply = await small_house.asks("rm", "POST", "/api/ai/process-message", ASK | change)
    assert (reply.status, reply.json["errors"][0]["field"]) == (422, field)
