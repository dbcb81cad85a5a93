"""The dashboard's and the analytics' numbers, each with the meaning the contract gives it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert, select, update

from flows.domain import HandoverReason, Phase, Priority, Role, Status
from flows.funnel import funnel
from storage.database import Database
from storage.numbers.analytics import Period, read_analytics
from storage.numbers.dashboard import pending_queue, read_dashboard
from storage.numbers.trends import read_trends
from storage.tables import Conversation, Handover, Journey, Message, OutboxRow, new_id
from tests.people import NOW, hire, travels, turned, waits, writes

JANUARY = Period(
    since=datetime(2026, 12, 31, 17, tzinfo=UTC),
    until=datetime(2027, 1, 31, 17, tzinfo=UTC),
    first=date(2027, 1, 1),
    last=date(2027, 1, 31),
)


def test_the_documents_funnel_gives_the_documents_drop_offs() -> None:
    example = funnel({Phase.LEADS: 350, Phase.INTEREST: 105, Phase.BOOKING: 5, Phase.PAID: 40})
    assert (example.leads, example.interest, example.booking, example.paid) == (500, 150, 45, 40)
    assert example.conversion_rate == 0.08
    assert example.drop_off == {
        "leads_to_interest": 0.7,
        "interest_to_booking": 0.7,
        "booking_to_payment": 0.1111,
    }


def test_an_empty_funnel_has_no_rates() -> None:
    assert funnel({}).conversion_rate is None
    assert set(funnel({}).drop_off.values()) == {None}


async def test_the_dashboard_counts_what_is_there_now(database: Database) -> None:
    def build(conn: Connection) -> None:
        paying = writes(conn, "628111111111", "DP berapa?")
        travels(conn, paying, Phase.BOOKING)
        waits(conn, paying, at=NOW)
        angry = writes(conn, "628222222222", "Kecewa")
        waits(conn, angry, HandoverReason.COMPLAINT, at=NOW - timedelta(hours=1))
        lost = writes(conn, "628333333333", "apa itu?")
        travels(conn, lost, Phase.LEADS)
        waits(conn, lost, HandoverReason.LOW_CONFIDENCE, priority=Priority.NORMAL, at=NOW - timedelta(days=1))
        done = writes(conn, "628444444444", "Alhamdulillah")
        travels(conn, done, Phase.PAID)
        travels(conn, done, Phase.LEADS)
        quiet = writes(conn, "628555555555", "Halo", at=NOW - timedelta(hours=25))
        closed = writes(conn, "628666666666", "Ok")
        conn.execute(
            update(Conversation)
            .where(Conversation.id == closed.conversation_id)
            .values(status=Status.CLOSED.value)
        )
        assert quiet.conversation_id

    await database.write(build)
    sari = await database.write(lambda conn: hire(conn, "sari", Role.SUPERVISOR))
    dewi = await database.write(lambda conn: hire(conn, "dewi", Role.DIRECTOR))
    board = await database.read(lambda conn: read_dashboard(conn, sari, NOW))
    assert board.active_conversations == 4
    assert board.phase_distribution == {Phase.LEADS: 2, Phase.INTEREST: 0, Phase.BOOKING: 1, Phase.PAID: 1}
    assert board.escalated_conversations == 2
    assert board.waiting == 3
    pending = await database.read(lambda conn: pending_queue(conn, sari))
    assert [(item.reason, item.last_message) for item in pending] == [
        (HandoverReason.COMPLAINT, "Kecewa"),
        (HandoverReason.PAYMENT_INTENT, "DP berapa?"),
        (HandoverReason.LOW_CONFIDENCE, "apa itu?"),
    ]
    assert (await database.read(lambda conn: read_dashboard(conn, dewi, NOW))).waiting == 0
    assert await database.read(lambda conn: pending_queue(conn, dewi)) == ()


async def test_analytics_count_journeys_by_the_day_on_which_they_began(database: Database) -> None:
    def build(conn: Connection) -> None:
        first = writes(conn, "628111111111", "UMR_MAR_2027_HEMAT")
        travels(conn, first, Phase.PAID, campaign="UMR_MAR_2027_HEMAT", at=JANUARY.since)
        travels(conn, first, Phase.INTEREST, campaign="UMR_MAR_2027_HEMAT", at=NOW)
        waits(conn, first, HandoverReason.COMPLEX_QUESTION, at=NOW)
        second = writes(conn, "628222222222", "halo")
        travels(conn, second, Phase.BOOKING, at=NOW)
        waits(conn, second, HandoverReason.PAYMENT_INTENT, at=NOW)
        outside = writes(conn, "628333333333", "halo")
        travels(conn, outside, Phase.PAID, at=JANUARY.until)

    await database.write(build)
    found = await database.read(lambda conn: read_analytics(conn, JANUARY))
    assert (found.funnel.leads, found.funnel.interest, found.funnel.booking, found.funnel.paid) == (
        3,
        3,
        2,
        1,
    )
    campaign = found.campaigns[0]
    assert (campaign.campaign_code, campaign.conversations, campaign.bookings, campaign.conversion) == (
        "UMR_MAR_2027_HEMAT",
        1,
        1,
        None,
    )
    assert (found.bot.escalation_rate, found.bot.successful) == (0.3333, 0.6667)


async def test_response_time_questions_and_satisfaction(database: Database) -> None:
    def build(conn: Connection) -> None:
        said = writes(conn, "628111111111", "hotelnya di mana?")
        turn_id = turned(conn, said, "ask_hotel")
        message_id = new_id("msg")
        conn.execute(
            insert(Message).values(
                id=message_id,
                conversation_id=said.conversation_id,
                direction="out",
                author="bot",
                kind="text",
                body="…",
                at=NOW,
                turn_id=turn_id,
            )
        )
        conn.execute(
            insert(OutboxRow).values(
                conversation_id=said.conversation_id,
                message_id=message_id,
                session="default",
                chat_id="x",
                call="sendText",
                payload={},
                by_bot=True,
                state="sent",
                not_before=NOW,
                created_at=NOW,
                sent_at=NOW + timedelta(seconds=1.5),
            )
        )
        stuck = writes(conn, "628222222222", "hotel?")
        turned(conn, stuck, "ask_hotel", status_after=Status.WAITING)
        rated = {"reason": "staff", "priority": "normal", "asked_by": "ani", "asked_at": NOW, "ended_at": NOW}
        conn.execute(insert(Handover).values(conversation_id=said.conversation_id, rating=5, **rated))
        conn.execute(insert(Handover).values(conversation_id=said.conversation_id, rating=4, **rated))

    await database.write(build)
    found = await database.read(lambda conn: read_analytics(conn, JANUARY))
    assert found.bot.avg_response_seconds == 1.5
    assert found.bot.satisfaction == 4.5
    assert [(item.intent, item.frequency, item.success_rate) for item in found.questions] == [
        ("ask_hotel", 2, 0.5)
    ]


async def test_without_anything_every_rate_is_unknown(database: Database) -> None:
    found = await database.read(lambda conn: read_analytics(conn, JANUARY))
    assert (found.bot.escalation_rate, found.bot.avg_response_seconds, found.bot.satisfaction) == (None,) * 3
    assert (found.campaigns, found.questions) == ((), ())


async def test_a_journey_is_marked_when_staff_are_called_for_while_it_runs(database: Database) -> None:
    def build(conn: Connection) -> list[str]:
        said = writes(conn, "628111111111", "halo")
        waits(conn, said, HandoverReason.COMPLAINT, at=NOW - timedelta(days=9))
        for phase, begun in ((Phase.PAID, 8), (Phase.INTEREST, 4), (Phase.LEADS, 2)):
            travels(conn, said, phase, at=NOW - timedelta(days=begun))
            conn.execute(update(Handover).values(ended_at=NOW))
            reason = HandoverReason.PAYMENT_INTENT if phase is Phase.PAID else HandoverReason.COMPLAINT
            if phase is not Phase.LEADS:
                waits(conn, said, reason, at=NOW - timedelta(days=begun - 1))
        marked = select(Journey.phase).where(Journey.is_escalated).order_by(Journey.started_at)
        return list(conn.scalars(marked))

    assert await database.write(build) == [Phase.INTEREST.value]


async def test_trends_count_by_the_companys_days_and_by_the_names_of_packages(database: Database) -> None:
    late = datetime(2027, 1, 4, 16, 59, tzinfo=UTC)  # A minute before midnight in Jakarta.

    def build(conn: Connection) -> None:
        for number, (phase, package, at) in enumerate(
            (
                (Phase.BOOKING, "UNKNOWN", late),
                (Phase.PAID, "UNKNOWN", late + timedelta(minutes=2)),
                (Phase.LEADS, None, late + timedelta(minutes=3)),
            )
        ):
            said = writes(conn, f"62811111111{number}", "halo")
            travels(conn, said, phase, package=package, at=at)

    await database.write(build)
    found = await database.read(lambda conn: read_trends(conn, JANUARY, ZoneInfo("Asia/Jakarta")))
    counted = [(one.day.day, one.journeys, one.bookings) for one in found.days if one.journeys]
    assert (len(found.days), counted) == (31, [(4, 1, 1), (5, 2, 1)])
    (package,) = found.packages
    assert (package.name, package.journeys, package.bookings, package.paid) == ("UNKNOWN", 2, 2, 1)
