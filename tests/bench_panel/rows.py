"""A company's years in rows: 100,000 customers with a conversation each and a million messages, written straight into the tables."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert

from flows.domain import HandoverReason, LeadStatus, Phase, Status
from flows.next_best_action import ActionKind, ActionPriority, ActionStatus
from flows.persona import Persona
from flows.rfm import RfmSegment
from storage.tables import (
    AuditEvent,
    Case,
    ConsentChange,
    Conversation,
    Customer,
    CustomerValue,
    FaqRow,
    Handover,
    Identity,
    InboxRow,
    Journey,
    Lead,
    LeadMove,
    LeadNote,
    Message,
    NextAction,
    OutboxRow,
    PackageRow,
    PhaseTransition,
    QuestionGroup,
    Turn,
    UnansweredMessage,
)

MESSAGES_EACH = 10
# Ids of messages begin with the database's own time of writing. The tests' clock may be ahead of it, and what was written in the future is
# not searched for: so the ids say that it was written long ago.
WRITTEN_AGO = timedelta(days=1_000)
PACKAGES = ("UMR_MAR_2027_HEMAT", *(f"UMR_MAR_20{27 + at // 10}_P{at}" for at in range(1, 60)))
AT_ONCE = 5_000
WORDS = (
    *(
        "assalamualaikum",
        "mau",
        "tanya",
        "paket",
        "umroh",
        "maret",
        "kursi",
        "hotel",
        "dekat",
        "haram",
        "berapa",
    ),
    *("harganya", "termasuk", "visa", "cicilan", "bisa", "transfer", "besok", "jadwal", "manasik", "brosur"),
    *("keluarga", "empat", "orang", "ibu", "saya", "pakai", "roda", "terima", "kasih"),
)
INTENTS = (
    "ask_price",
    "ask_hotel",
    "ask_schedule",
    "ask_packages",
    "payment_intent",
    "out_of_scope",
    "thanks",
)
Row = dict[str, Any]  # Any: column values.


def fill(conn: Connection, customers: int, holders: list[int], branches: list[int], now: datetime) -> None:
    """Writes everything in the caller's transaction. holders: ids of users who serve customers."""
    dice = random.Random(7)
    _packages(conn, now)
    for start in range(0, customers, AT_ONCE):
        batch = [
            _person(dice, at, holders, branches, now) for at in range(start, min(start + AT_ONCE, customers))
        ]
        for table in (
            Customer,
            Identity,
            Conversation,
            Journey,
            Handover,
            Lead,
            LeadNote,
            Case,
            Turn,
            Message,
            InboxRow,
            OutboxRow,
            PhaseTransition,
            ConsentChange,
            CustomerValue,
            NextAction,
            LeadMove,
            QuestionGroup,
            UnansweredMessage,
        ):
            rows = [row for person in batch for row in person.get(table, ())]
            if rows:
                conn.execute(insert(table), rows)
    _audit(conn, dice, now)


def _person(
    dice: random.Random, at: int, holders: list[int], branches: list[int], now: datetime
) -> dict[Any, list[Row]]:
    customer, conversation, journey = f"cust_{at:08}", f"conv_{at:08}", f"jour_{at:08}"
    phone = f"6281{at:09}"
    began = now - timedelta(days=dice.random() * 700, minutes=5)
    status = dice.choices(list(Status), (60, 2, 3, 35))[0]
    phase = dice.choices(list(Phase), (60, 25, 10, 5))[0]
    holder = dice.choice(holders) if status in (Status.HUMAN, Status.CLOSED) else None
    last = began + timedelta(minutes=3 * MESSAGES_EACH)
    package = dice.choice(PACKAGES)
    rows: dict[Any, list[Row]] = {
        Customer: [
            {"id": customer, "phone": phone, "name": f"{dice.choice(WORDS).title()} {dice.choice(WORDS).title()} {at}",
             "branch_id": dice.choice(branches), "owner_id": holder, "created_at": began, "profile": {},
             "consent_marketing": dice.choice(("UNKNOWN", "GRANTED", "WITHDRAWN"))}
        ],
        Identity: [{"customer_id": customer, "kind": "phone", "value": phone}],
        Conversation: [
            {"id": conversation, "customer_id": customer, "session": "default", "chat_id": f"{phone}@c.us",
             "status": status.value, "assigned_to": holder, "priority": dice.choice(("normal", "high")),
             "handover_reason": "payment_intent" if status is not Status.BOT else None, "journey_id": journey,
             "created_at": began, "last_message_at": last}
        ],
        Journey: [
            {"id": journey, "conversation_id": conversation, "phase": phase.value, "started_at": began,
             "package_code": package, "campaign_code": package if at % 3 else None,
             "preference": {}, "shown": [], "asked": []}
        ],
    }  # fmt: skip
    rows |= _talk(dice, at, conversation, journey, began)
    rows |= _worth(dice, at, customer, last)
    rows[PhaseTransition] = [
        {"conversation_id": conversation, "journey_id": journey, "from_phase": None, "to_phase": phase.value,
         "trigger": "campaign_code", "at": began}
    ]  # fmt: skip
    if status is not Status.BOT:
        rows[Handover] = [
            {"conversation_id": conversation, "reason": dice.choice(list(HandoverReason)).value, "priority": "high",
             "asked_by": "bot", "asked_at": last, "claimed_by": holder, "claimed_at": last if holder else None,
             "ended_at": last if status is Status.CLOSED else None}
        ]  # fmt: skip
    if at % 4 == 0:
        rows[Lead] = [
            {"id": at + 1, "customer_id": customer, "conversation_id": conversation, "phase": phase.value,
             "status": dice.choice(list(LeadStatus)).value, "owner_id": holder, "created_at": began, "updated_at": last,
             "interested_package": package}
        ]  # fmt: skip
        rows[LeadMove] = [
            {
                "lead_id": at + 1,
                "from_status": "NEW",
                "to_status": rows[Lead][0]["status"],
                "moved_by": "rm",
                "at": last,
            }
        ]
        rows[LeadNote] = [
            {"lead_id": at + 1, "kind": "TASK", "note": "Telepon", "due_at": last, "author": "rm", "at": last,
             "done_at": last if at % 8 else None}
        ]  # fmt: skip
    if at % 20 == 0:
        rows[Case] = [_case(dice, at, customer, conversation, began)]
    return rows


def _talk(
    dice: random.Random, at: int, conversation: str, journey: str, began: datetime
) -> dict[Any, list[Row]]:
    """Customer and bot in turns, with what the engine keeps of each message: how it came in, how it went out, and why."""
    rows: dict[Any, list[Row]] = {
        table: [] for table in (Turn, Message, InboxRow, OutboxRow, QuestionGroup, UnansweredMessage)
    }
    for number in range(MESSAGES_EACH):
        moment = began + timedelta(minutes=3 * number)
        is_in, turn = number % 2 == 0, f"turn_{at:08}{number // 2:02}"
        message = f"msg_{int((moment - WRITTEN_AGO).timestamp() * 1000):012x}{at:08}{number:02}"
        wa_id = f"3EB{int(not is_in)}{at:08}{number:02}"
        intent = dice.choice(INTENTS) if is_in else None
        body = " ".join(dice.choices(WORDS, k=9))
        if is_in:
            rows[Turn].append(
                {"id": turn, "conversation_id": conversation, "journey_id": journey, "at": moment, "because": "answer",
                 "intent": intent, "confidence": 0.9, "status_before": "bot", "status_after": "bot", "trace": {}}
            )  # fmt: skip
            rows[InboxRow].append(
                {"session": "default", "from_me": False, "bare_id": wa_id, "conversation_id": conversation,
                 "message_id": message, "kind": "text", "body": body, "facts": {}, "at": moment,
                 "received_at": moment + timedelta(seconds=1), "state": "done", "attempts": 1}
            )  # fmt: skip
        else:
            rows[OutboxRow].append(
                {"conversation_id": conversation, "message_id": message, "session": "default", "chat_id": f"6281{at:09}@c.us",
                 "call": "sendText", "payload": {"text": body}, "by_bot": True, "state": "sent", "not_before": moment,
                 "attempts": 1, "sent_at": moment + timedelta(seconds=4), "created_at": moment}
            )  # fmt: skip
        rows[Message].append(
            {"id": message, "conversation_id": conversation, "direction": "in" if is_in else "out",
             "author": "customer" if is_in else "bot", "kind": "text", "body": body,
             "at": moment, "intent": intent, "confidence": 0.9, "turn_id": turn, "answers": [], "details": {}, "wa_id": wa_id}
        )  # fmt: skip
    if at % 10 == 0:
        _nobody_knew(dice, at, rows, began)
    return rows


def _nobody_knew(dice: random.Random, at: int, rows: dict[Any, list[Row]], began: datetime) -> None:
    """The first message had no good answer; every tenth such began a group of its own."""
    message, group = rows[Message][0]["id"], at // 100 + 1
    if at % 100 == 0:
        state = dice.choice(("open", "handled", "ignored"))
        rows[QuestionGroup].append(
            {"id": group, "example_id": message, "state": state, "count": dice.randrange(1, 90),
             "first_at": began, "last_at": began, "updated_at": began}
        )  # fmt: skip
    rows[UnansweredMessage].append(
        {"message_id": message, "reason": "low_confidence", "at": began, "group_id": group}
    )


def _worth(dice: random.Random, at: int, customer: str, last: datetime) -> dict[Any, list[Row]]:
    """What each customer is worth, what to do about every third, and what every fifth agreed to."""
    segment, persona = dice.choice(list(RfmSegment)), dice.choice(list(Persona))
    rows: dict[Any, list[Row]] = {
        CustomerValue: [
            {"customer_id": customer, "r": dice.randrange(1, 6), "f": dice.randrange(1, 6), "m": dice.randrange(1, 6),
             "recency_days": 30, "frequency": 1, "monetary": 25_000_000, "segment": segment.value, "segment_reason": "-",
             "clv_proxy": "GROWING", "ruleset_version": "v2", "window_label": "12 months", "persona": persona.value,
             "persona_source": "purchases", "persona_reasons": [], "scored_at": last}
        ]
    }  # fmt: skip
    if at % 3 == 0:
        rows[NextAction] = [
            {"customer_id": customer, "kind": dice.choice(list(ActionKind)).value,
             "priority": dice.choice(list(ActionPriority)).value, "reason": "-",
             "status": dice.choice(list(ActionStatus)).value, "is_live": True, "proposed_at": last}
        ]  # fmt: skip
    if at % 5 == 0:
        rows[ConsentChange] = [
            {
                "customer_id": customer,
                "value": "GRANTED",
                "changed_by": "rm",
                "request_note": "Telepon",
                "at": last,
            }
        ]
    return rows


def _case(dice: random.Random, at: int, customer: str, conversation: str, began: datetime) -> Row:
    is_closed = at % 40 == 0
    return {
        "case_number": f"CASE-2026-{at:06}", "customer_id": customer, "conversation_id": conversation,
        "category": "SERVICE", "priority": dice.choice(("LOW", "MEDIUM", "HIGH", "CRITICAL")), "subject": "Keluhan",
        "description": "Keluhan", "status": "CLOSED" if is_closed else dice.choice(("NEW", "ASSIGNED", "IN_PROGRESS")),
        "first_response_due": began + timedelta(hours=8), "resolution_due": began + timedelta(hours=72),
        "opened_at": began, "closed_at": began + timedelta(hours=30) if is_closed else None, "policy": {},
    }  # fmt: skip


def _audit(conn: Connection, dice: random.Random, now: datetime) -> None:
    rows: Iterator[Row] = (
        {"event": dice.choice(("VIEW_PROFILE", "SEARCH_CUSTOMER", "LOG_IN", "CLAIM_CONVERSATION")), "actor": "rm",
         "role": "RM", "subject": f"cust_{at:08}", "facts": {}, "at": now - timedelta(minutes=at)}
        for at in range(200_000)
    )  # fmt: skip
    for batch in _batches(rows):
        conn.execute(insert(AuditEvent), batch)


def _packages(conn: Connection, now: datetime) -> None:
    conn.execute(
        insert(PackageRow),
        [
            {"code": code, "name": f"Umroh {at}",
             "price": 25_000_000 + at, "tier": "HEMAT", "status": "open", "features": [], "includes": [], "excludes": [], "updated_at": now}
            for at, code in enumerate(PACKAGES)
        ],
    )  # fmt: skip
    conn.execute(
        insert(FaqRow),
        [
            {"question": f"Pertanyaan {at}?", "answer": "Jawaban.", "variants": [], "updated_at": now}
            for at in range(300)
        ],
    )


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch
