"""What would leave next, and to whom? For a sender that sees, types and waits before it claims.

Nothing is claimed here; the gate is only asked early, so that nobody watches the bot type what it may not say.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from storage.tables import Message
from storage.way.outbox import EVERYTHING, HELD_BY_HUMAN, Claimer, Scope, drop, due_rows

WRITTEN_BY_MACHINE = ("bot", "system")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The next message of a conversation. characters: of a text, None for anything else. answered: WhatsApp ids that it answers.

    is_by_staff: a person typed it already, so nobody need play that again.
    """

    conversation_id: str
    session: str
    chat_id: str
    characters: int | None
    answered: tuple[str, ...]
    is_by_staff: bool


def heads(conn: Connection, who: Claimer, scope: Scope = EVERYTHING) -> list[Head]:
    """The next message of each conversation that is due, oldest first; what the gate refuses is dropped on the way."""
    rows = due_rows(conn, who, scope)
    held = {row.conversation_id for row in rows if row.by_bot and row.status == HELD_BY_HUMAN}
    if held:
        drop(conn, held)
    kept = [row for row in rows if row.conversation_id not in held]
    messages = _messages(conn, [row.message_id for row in kept])
    return [_head(row, messages.get(row.message_id)) for row in kept]


def _messages(conn: Connection, message_ids: Sequence[str]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Author and answered WhatsApp ids, by message."""
    rows = conn.execute(
        select(Message.id, Message.author, Message.answers).where(Message.id.in_(message_ids))
    ).all()
    inbound = {answered for row in rows for answered in row.answers}
    found = conn.execute(select(Message.id, Message.wa_id).where(Message.id.in_(inbound)))
    wa_ids = {row.id: row.wa_id for row in found}
    return {
        row.id: (row.author, tuple(wa_id for answered in row.answers if (wa_id := wa_ids.get(answered))))
        for row in rows
    }


def _head(row: Any, message: tuple[str, tuple[str, ...]] | None) -> Head:  # Any: a row of `due_rows`.
    author, answered = message or ("bot", ())
    return Head(
        conversation_id=row.conversation_id,
        session=row.session,
        chat_id=row.chat_id,
        characters=len(str(row.payload.get("text") or "")) if row.call == "sendText" else None,
        answered=answered,
        is_by_staff=author not in WRITTEN_BY_MACHINE,
    )
