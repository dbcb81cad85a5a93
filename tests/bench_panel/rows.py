"""A company's years in rows: 100,000 customers with a conversation each and a million messages, written straight into the tables."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, text

from flows.domain import HandoverReason, LeadStatus, Phase, Status
from storage.message_search import index_more
from storage.tables import (
    AuditEvent,
    Case,
    Conversation,
    Customer,
    FaqRow,
    Handover,
    Identity,
    Journey,
    Lead,
    LeadNote,
    Message,
    PackageRow,
    Turn,
)

MESSAGES_EACH = 10
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


def fill(conn: Connection, customers: int, staff: dict[str, int], branches: list[int], now: datetime) -> None:
    """Writes everything in the caller's transaction. staff: user ids by name."""
    dice = random.Random(7)
    _packages(conn, now)
    for start in range(0, customers, AT_ONCE):
        batch = [
            _person(dice, at, staff, branches, now) for at in range(start, min(start + AT_ONCE, customers))
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
        ):
            rows = [row for person in batch for row in person.get(table, ())]
            if rows:
                conn.execute(insert(table), rows)
    _audit(conn, dice, now)
    while index_more(conn, now):
        pass
    conn.execute(text("ANALYZE"))


def _person(
    dice: random.Random, at: int, staff: dict[str, int], branches: list[int], now: datetime
) -> dict[Any, list[Row]]:
    customer, conversation, journey = f"cust_{at:08}", f"conv_{at:08}", f"jour_{at:08}"
    phone = f"6281{at:09}"
    began = now - timedelta(days=dice.random() * 700, minutes=5)
    status = dice.choices(list(Status), (60, 2, 3, 35))[0]
    phase = dice.choices(list(Phase), (60, 25, 10, 5))[0]
    holder = staff[dice.choice(("rm", "agent"))] if status in (Status.HUMAN, Status.CLOSED) else None
    last = began + timedelta(minutes=3 * MESSAGES_EACH)
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
             "package_code": "UMR_MAR_2027_HEMAT", "campaign_code": "UMR_MAR_2027_HEMAT" if at % 3 else None,
             "preference": {}, "shown": [], "asked": []}
        ],
    }  # fmt: skip
    rows[Turn], rows[Message] = _talk(dice, at, conversation, journey, began)
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
             "interested_package": "UMR_MAR_2027_HEMAT"}
        ]  # fmt: skip
        rows[LeadNote] = [
            {"lead_id": at + 1, "kind": "TASK", "note": "Telepon", "due_at": last, "author": "rm", "at": last,
             "done_at": last if at % 8 else None}
        ]  # fmt: skip
    if at % 20 == 0:
        rows[Case] = [_case(dice, at, customer, conversation, began)]
    return rows


def _talk(
    dice: random.Random, at: int, conversation: str, journey: str, began: datetime
) -> tuple[list[Row], list[Row]]:
    turns: list[Row] = []
    messages: list[Row] = []
    for number in range(MESSAGES_EACH):
        moment = began + timedelta(minutes=3 * number)
        is_in, turn = number % 2 == 0, f"turn_{at:08}{number // 2:02}"
        intent = dice.choice(INTENTS) if is_in else None
        if is_in:
            turns.append(
                {"id": turn, "conversation_id": conversation, "journey_id": journey, "at": moment, "because": "answer",
                 "intent": intent, "confidence": 0.9, "status_before": "bot", "status_after": "bot", "trace": {}}
            )  # fmt: skip
        messages.append(
            {"id": f"msg_{int(moment.timestamp() * 1000):012x}{at:08}{number:02}", "conversation_id": conversation,
             "direction": "in" if is_in else "out",
             "author": "customer" if is_in else "bot", "kind": "text", "body": " ".join(dice.choices(WORDS, k=9)),
             "at": moment, "intent": intent, "confidence": 0.9, "turn_id": turn, "answers": [], "details": {}}
        )  # fmt: skip
    return turns, messages


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
            {"code": f"UMR_MAR_20{27 + at // 10}_P{at}" if at else "UMR_MAR_2027_HEMAT", "name": f"Umroh {at}",
             "price": 25_000_000 + at, "tier": "HEMAT", "status": "open", "features": [], "includes": [], "excludes": [], "updated_at": now}
            for at in range(60)
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
