"""What proves that a message of ours went out? WhatsApp's own echo of it, an acknowledgement, or a known id.

Echoes and acks come in any order, before or after WAHA's answer to the send, and also when that answer never came.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select, update

from storage.moments.alerts import NewAlert, raise_alert
from storage.tables import Conversation, Identity, Message, OutboxRow
from storage.way.outbox import HELD_BY_HUMAN, SendState, note_details

ERROR_ACK = -1
UNPROVEN = (SendState.SENDING, SendState.UNKNOWN, SendState.WAITING)
NAMELESS = (
    SendState.SENDING,
    SendState.UNKNOWN,
    SendState.SENT,
)  # May have gone out without our learning the id.
RECENT = timedelta(
    hours=1
)  # An echo comes within seconds, or with WAHA's last retry; later the same words are a person's.
LONG_QUEUE = timedelta(days=7)  # How long a message may have waited to be sent; bounds what is read.
KINDS_OF_CALL = {
    "sendText": {"text"},
    "sendImage": {"image", "sticker"},
    "sendFile": {"document", "image"},
    "sendVideo": {"video"},
    "sendLocation": {"location"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Echo:
    """A message from our own number, as WhatsApp shows it. chat_id, phone and lid are the customer's, as far as they are known."""

    session: str
    bare_id: str
    chat_id: str
    phone: str | None
    lid: str | None
    kind: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ack:
    """WhatsApp's word on how far a message of ours came; error is its code ("463") where it names one."""

    session: str
    bare_id: str
    ack: int
    error: str | None = None


def note_echo(conn: Connection, echo: Echo, now: datetime) -> bool:
    """True when the message is one of ours, which is proven sent by it; False when a person typed it on the phone."""
    found = (
        _by_id(conn, echo.session, echo.bare_id)
        or _being_sent(conn, echo, now)
        # WAHA's answer may have brought the id between the two looks: PostgreSQL shows what others commit meanwhile.
        or _by_id(conn, echo.session, echo.bare_id)
    )
    if found is None:
        return False
    _prove(conn, found, echo.bare_id, now)
    return True


def note_ack(conn: Connection, ack: Ack, now: datetime) -> bool:
    """Moves the message's ack forward, never back; True when the message is known. An error ack is told to staff, once."""
    if ack.ack != ERROR_ACK and _moved_forward(conn, ack):
        return True
    found = _by_id(conn, ack.session, ack.bare_id)
    if found is None:
        return _exists(conn, ack.bare_id)
    if ack.ack == ERROR_ACK:
        _note_error(conn, found, ack, now)
        return True
    _prove(conn, found, ack.bare_id, now)
    _moved_forward(conn, ack)
    return True


def is_taken(conn: Connection, wa_id: str, message_id: str) -> bool:
    """Whether that WhatsApp id already belongs to another message: then it proves nothing about this one."""
    query = select(Message.id).where(Message.wa_id == wa_id, Message.id != message_id).limit(1)
    return conn.scalar(query) is not None


def state_of(conn: Connection, row_id: int) -> tuple[SendState, str | None]:
    """Where a row stands, and who sends it."""
    row = conn.execute(select(OutboxRow.state, OutboxRow.claimed_by).where(OutboxRow.id == row_id)).one()
    return SendState(row.state), row.claimed_by


def may_go_again(conn: Connection, row_id: int, worker_id: str) -> bool:
    """The send gate for a second try of a doubtful row. Where a human holds the conversation by now it stays unknown."""
    row = conn.execute(
        select(OutboxRow.by_bot, OutboxRow.message_id, Conversation.status)
        .join(Conversation, Conversation.id == OutboxRow.conversation_id)
        .where(
            OutboxRow.id == row_id, OutboxRow.claimed_by == worker_id, OutboxRow.state == SendState.SENDING
        )
        .with_for_update(of=OutboxRow)
    ).first()
    if row is None:
        return False
    if row.by_bot and row.status == HELD_BY_HUMAN:
        conn.execute(update(OutboxRow).where(OutboxRow.id == row_id).values(state=SendState.UNKNOWN))
        note_details(conn, [row.message_id], {"unproven": True})
        return False
    conn.execute(update(OutboxRow).where(OutboxRow.id == row_id).values(attempts=OutboxRow.attempts + 1))
    return True


def _moved_forward(conn: Connection, ack: Ack) -> bool:
    moved = conn.execute(
        update(Message)
        .where(Message.wa_id == ack.bare_id, Message.direction == "out")
        .where(or_(Message.ack.is_(None), Message.ack < ack.ack))
        .values(ack=ack.ack)
    )
    return bool(moved.rowcount)


def _by_id(conn: Connection, session: str, bare_id: str) -> Any:  # Any: a row of `_columns`, or None.
    by_premade = select(*_columns()).where(OutboxRow.premade_id == bare_id, OutboxRow.session == session)
    by_wa_id = (
        select(*_columns()).join(Message, Message.id == OutboxRow.message_id).where(Message.wa_id == bare_id)
    )
    return conn.execute(by_premade).first() or conn.execute(by_wa_id).first()


def _exists(conn: Connection, bare_id: str) -> bool:
    return conn.scalar(select(Message.id).where(Message.wa_id == bare_id).limit(1)) is not None


def _being_sent(conn: Connection, echo: Echo, now: datetime) -> Any:  # Any: a row of `_columns`, or None.
    """The row that just went to this very chat with these very words under no known id: for engines that choose their own."""
    same_person = or_(
        and_(Identity.kind == "phone", Identity.value == (echo.phone or "")),
        and_(Identity.kind == "lid", Identity.value == (echo.lid or "")),
    )
    conversations = (
        select(Conversation.id)
        .join(Identity, Identity.customer_id == Conversation.customer_id)
        .where(same_person, Conversation.merged_into.is_(None))
    )
    rows = conn.execute(
        select(*_columns(), OutboxRow.call, OutboxRow.payload)
        .join(Message, Message.id == OutboxRow.message_id)
        .where(Message.conversation_id.in_(conversations), Message.at > now - LONG_QUEUE)
        .where(Message.direction == "out", Message.wa_id.is_(None))
        .where(OutboxRow.state.in_(NAMELESS), OutboxRow.claimed_at > now - RECENT)
        .where(OutboxRow.session == echo.session)
        .order_by(OutboxRow.id)
    ).all()
    return next((row for row in rows if _says(row.call, row.payload, echo)), None)


def _columns() -> tuple[Any, ...]:  # Any: column expressions.
    return (OutboxRow.id, OutboxRow.message_id, OutboxRow.conversation_id, OutboxRow.state, OutboxRow.session)


def _says(call: str, payload: dict[str, Any], echo: Echo) -> bool:
    if echo.kind not in KINDS_OF_CALL.get(call, ()):
        return False
    if call == "sendLocation":
        return True
    meant = payload.get("text") if call == "sendText" else payload.get("caption")
    return str(meant or "").split() == echo.body.split()


def _prove(conn: Connection, row: Any, bare_id: str, now: datetime) -> None:  # Any: a row of `_columns`.
    if row.state in UNPROVEN:
        conn.execute(
            update(OutboxRow)
            .where(OutboxRow.id == row.id, OutboxRow.state.in_(UNPROVEN))
            .values(state=SendState.SENT, sent_at=now, error=None)
        )
    conn.execute(
        update(Message)
        .where(Message.id == row.message_id, Message.wa_id.is_(None))
        .values(wa_id=bare_id, ack=func.coalesce(Message.ack, 0))
    )


def _note_error(conn: Connection, row: Any, ack: Ack, now: datetime) -> None:  # Any: a row of `_columns`.
    """WhatsApp gave a message back. One that somebody has received all the same keeps its better ack."""
    reason = (
        f"WhatsApp did not deliver it (error {ack.error})." if ack.error else "WhatsApp did not deliver it."
    )
    changed = conn.execute(
        update(Message)
        .where(Message.id == row.message_id, or_(Message.ack.is_(None), Message.ack == 0))
        .values(ack=ERROR_ACK, wa_id=func.coalesce(Message.wa_id, ack.bare_id))
    )
    if not changed.rowcount:
        return
    conn.execute(update(OutboxRow).where(OutboxRow.id == row.id).values(state=SendState.FAILED, error=reason))
    note_details(conn, [row.message_id], {"send_failed": reason})
    alert = NewAlert(
        kind="send_failed",
        dedupe_key=f"send_failed:{row.id}",
        conversation_id=row.conversation_id,
        facts={"reason": reason, "error": ack.error},
    )
    raise_alert(conn, alert, now)
