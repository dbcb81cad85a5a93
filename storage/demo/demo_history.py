"""Writes the demo's months of conversations: bulk rows for what was said, and the same functions as everybody's for what came of it."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert, select

from flows.domain import (
    PHASE_ORDER,
    Consent,
    HandoverReason,
    Phase,
    Status,
)
from flows.roles import SYSTEM, Actor
from storage.demo.demo_consequences import follow_through
from storage.demo.demo_queues import left_open, received, said_from, sent
from storage.demo.demo_story import DemoLine, DemoStory, History
from storage.demo.demo_trail import deeds_of, spend_deeds
from storage.numbers.turn_numbers import read_turns_again, roll_up
from storage.staff.users import all_users, branch_id
from storage.tables import (
    AdClicks,
    AdSpend,
    AuditEvent,
    ConsentChange,
    Conversation,
    Customer,
    Handover,
    Identity,
    InboxRow,
    Journey,
    Message,
    OutboxRow,
    PhaseTransition,
    Transaction,
    Turn,
    UnansweredMessage,
    new_id,
)
from storage.worth.value import ValueRules, rescore

SESSION = "default"
ENTERED_AT = time(16, 30)
READ = 3  # WhatsApp's ack for "read".


Rows = dict[Any, list[dict[str, Any]]]  # Any: tables, and their column values.


def has_history(conn: Connection, phone: str) -> bool:
    return conn.scalar(select(Customer.id).where(Customer.phone == phone)) is not None


def write_history(
    conn: Connection, history: History, rules: ValueRules, now: datetime, zone: ZoneInfo
) -> None:
    """Adds every story whose number nobody has yet, the ads' numbers, the customers' value, and what each day of the company's clock
    came to. One transaction of the caller's."""
    staff = {member.username: member.actor for member in all_users(conn)}
    rows: Rows = {table: [] for table in _ORDER}
    ids = {}
    for story in history.stories:
        if not has_history(conn, story.phone):
            ids[story.key] = _story_rows(conn, story, staff, rows)
    _ads(rows, history, now.astimezone(zone), staff.get("marketing", SYSTEM))
    for table in _ORDER:
        if rows[table]:
            conn.execute(insert(table), rows[table])
    read_turns_again(conn)
    # Here at once; later it would be a day a step, beside the first customers.
    while roll_up(conn, zone, now):
        pass
    for story in history.stories:
        if story.key in ids:
            follow_through(conn, story, ids[story.key], staff, now)
    rescore(conn, [customer for customer, _, _ in ids.values()], rules, now, "demo")


_ORDER: tuple[Any, ...] = (
    Customer, Identity, ConsentChange, Conversation, Journey, PhaseTransition, Turn, Message, InboxRow, OutboxRow, UnansweredMessage,
    Handover, Transaction, AdClicks, AdSpend, AuditEvent,
)  # fmt: skip


def _story_rows(
    conn: Connection, story: DemoStory, staff: Mapping[str, Actor], rows: Rows
) -> tuple[str, str, str]:
    """Adds the story's rows; answers the ids of customer, conversation and journey."""
    ids = (new_id("cust"), new_id("conv"), new_id("jour"))
    holder = staff.get(story.claimed_by)
    _person_rows(conn, story, ids[0], holder, rows)
    _conversation_rows(story, ids, holder, rows)
    _journey_rows(story, ids[1], ids[2], rows)
    told = len(rows[Message])
    _line_rows(story, ids[1], ids[2], rows)
    sent = [message for message in rows[Message][told:] if message["author"] == story.claimed_by]
    rows[AuditEvent] += deeds_of(story, ids, sent, staff)
    rows[Transaction] += [
        {
            "customer_id": ids[0],
            "package_code": purchase.package_code,
            "amount": purchase.amount,
            "at": purchase.at,
            "journey_id": ids[2] if story.phase is Phase.PAID and at == 0 else None,
            "recorded_by": story.claimed_by,
        }
        for at, purchase in enumerate(story.purchases)
    ]
    return ids


def _person_rows(
    conn: Connection, story: DemoStory, customer_id: str, holder: Actor | None, rows: Rows
) -> None:
    is_served = story.claimed_at is not None or story.purchases
    rows[Customer].append(
        {
            "id": customer_id,
            "phone": story.phone,
            "name": story.name,
            "language": "id",
            "consent_marketing": story.consent.value,
            "branch_id": branch_id(conn, story.branch) if story.branch else None,
            "owner_id": holder.user_id if holder and is_served and story.claimed_by == "rm" else None,
            "profile": dict(story.usage),
            "tier": story.tier,
            "created_at": story.is_known_since or story.began_at,
        }
    )
    rows[Identity].append({"customer_id": customer_id, "kind": "phone", "value": story.phone})
    if story.consent is not Consent.UNKNOWN:
        granted = story.consent is Consent.GRANTED
        asked = "Ditanyakan lewat telepon" if granted else "Diminta pelanggan lewat telepon"
        note = {"request_note": asked, "changed_by": "agent", "message_id": None}
        rows[ConsentChange].append(
            {"customer_id": customer_id, "value": story.consent.value, "at": story.began_at, **note}
        )


def _conversation_rows(story: DemoStory, ids: tuple[str, str, str], holder: Actor | None, rows: Rows) -> None:
    customer_id, conversation_id, journey_id = ids
    is_held = story.status in (Status.HUMAN, Status.CLOSED)
    holder_id = holder.user_id if holder else None
    rows[Conversation].append(
        {
            "id": conversation_id,
            "customer_id": customer_id,
            "session": SESSION,
            "chat_id": _chat_id(story),
            "status": story.status.value,
            "assigned_to": holder_id if is_held else None,
            "handover_reason": story.reason.value
            if story.reason and story.status is not Status.BOT
            else None,
            "priority": story.priority.value,
            "high_intent": story.reason is HandoverReason.PAYMENT_INTENT,
            "journey_id": journey_id,
            "ai_notes": story.notes,
            "created_at": story.began_at,
            "last_message_at": story.lines[-1].at if story.lines else story.began_at,
            "last_staff_at": story.claimed_at,
            "closed_at": story.ended_at if story.status is Status.CLOSED else None,
        }
    )
    if story.reason and story.asked_at:
        rows[Handover].append(
            {
                "conversation_id": conversation_id,
                "reason": story.reason.value,
                "priority": story.priority.value,
                "asked_by": "bot",
                "asked_at": story.asked_at,
                "claimed_by": holder_id if story.claimed_at else None,
                "claimed_at": story.claimed_at,
                "ended_at": story.ended_at,
                "outcome": "closed" if story.ended_at else None,
                "rating": story.rating,
            }
        )


def _chat_id(story: DemoStory) -> str:
    return f"{story.phone}@c.us"


def _journey_rows(story: DemoStory, conversation_id: str, journey_id: str, rows: Rows) -> None:
    steps = PHASE_ORDER[: PHASE_ORDER.index(story.phase) + 1]
    moments = [story.began_at + timedelta(minutes=4 * at) for at in range(len(steps))]
    if story.phase is Phase.PAID and story.ended_at:
        moments[-1] = story.ended_at
    rows[Journey].append(
        {
            "id": journey_id,
            "conversation_id": conversation_id,
            "phase": story.phase.value,
            "package_code": story.package_code,
            "campaign_code": story.campaign_code,
            "preference": {},
            "shown": [],
            "asked": [],
            "started_at": story.began_at,
            "paid_at": moments[-1] if story.phase is Phase.PAID else None,
        }
    )
    triggers = {Phase.LEADS: "journey_began", Phase.INTEREST: "learn_more", Phase.BOOKING: "want_to_pay"}
    before: Phase | None = None
    for step, moment in zip(steps, moments, strict=True):
        rows[PhaseTransition].append(
            {
                "conversation_id": conversation_id,
                "journey_id": journey_id,
                "from_phase": before.value if before else None,
                "to_phase": step.value,
                "trigger": triggers.get(step, "staff_paid"),
                "at": moment,
            }
        )
        before = step


def _line_rows(story: DemoStory, conversation_id: str, journey_id: str, rows: Rows) -> None:
    """Messages and, for each of the customer's that the bot answered, the turn that says why."""
    for number, line in enumerate(story.lines):
        is_in = line.author == "customer"
        answered = number + 1 < len(story.lines) and story.lines[number + 1].author == "bot"
        turn_id = new_id("turn")
        if is_in and answered:
            turn = _turn(story, line, conversation_id, journey_id, turn_id)
            rows[Turn].append(turn)
        elif line.author == "bot" and rows[Turn]:
            turn_id = rows[Turn][-1]["id"]
        message: dict[str, Any] = {  # Any: column values.
            "id": new_id("msg"),
            "conversation_id": conversation_id,
            "direction": "in" if is_in else "out",
            "author": story.claimed_by if line.author == "staff" else line.author,
            "kind": "text",
            "body": line.body,
            "at": line.at,
            "position": 0,
            "prompt_version": said_from(rows[Turn][-1]) if line.author == "bot" and rows[Turn] else None,
            "wa_id": new_id("demo"),
            "ack": None if is_in else READ,
            "intent": line.intent,
            "confidence": line.confidence,
            "turn_id": turn_id if line.author != "staff" else None,
            "answers": [],
            "details": {},
        }
        rows[Message].append(message)
        if is_in:
            rows[InboxRow].append(received(message, SESSION))
        else:
            rows[OutboxRow].append(sent(message, SESSION, _chat_id(story)))
        if is_in and answered and (why := left_open(story, line, turn["status_after"])):
            rows[UnansweredMessage].append({"message_id": message["id"], "reason": why.value, "at": line.at})


def _turn(
    story: DemoStory, line: DemoLine, conversation_id: str, journey_id: str, turn_id: str
) -> dict[str, Any]:  # Any: column values.
    is_last = story.asked_at is not None and line.at >= story.asked_at - timedelta(seconds=10)
    after = Status.WAITING if story.reason and is_last else Status.BOT
    return {
        "id": turn_id,
        "conversation_id": conversation_id,
        "journey_id": journey_id,
        "at": line.at,
        "because": story.reason.value if after is Status.WAITING and story.reason else "answer",
        "intent": line.intent,
        "confidence": line.confidence,
        "status_before": Status.BOT.value,
        "status_after": after.value,
        "trace": {"demo": True},
        "milliseconds": 2.0,
    }


def _ads(rows: Rows, history: History, now: datetime, by: Actor) -> None:
    """Entered in the afternoon of each day. now is local."""
    today = now.date()
    rows[AdClicks] += [
        {"code": code, "day": today - timedelta(days=days), "clicks": count}
        for (code, days), count in history.clicks.items()
    ]
    rows[AdSpend] += [
        {
            "code": code,
            "day": today - timedelta(days=days),
            "amount": amount,
            "note": "Meta Ads",
            "entered_by": by.name,
            "at": min(now, datetime.combine(today - timedelta(days=days), ENTERED_AT, now.tzinfo)),
        }
        for (code, days), amount in history.spend.items()
    ]
    rows[AuditEvent] += spend_deeds(rows[AdSpend], by)
