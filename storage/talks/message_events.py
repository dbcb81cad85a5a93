"""What happens to a message after it was sent: reactions, edits and deletions, kept beside it for people to see."""

from typing import Any

from sqlalchemy import Connection, select, update

from storage.dialect import written
from storage.tables import InboxRow, Message
from storage.talks.touch import touch


def react(conn: Connection, wa_id: str, by: str, emoji: str) -> str | None:
    """Notes the reaction of `customer` or `us` (an empty emoji takes it back); the conversation, None for an unknown message."""

    def change(details: dict[str, Any]) -> None:  # Any: JSON as stored.
        reactions = {who: given for who, given in details.get("reactions", {}).items() if who != by}
        details["reactions"] = reactions | ({by: emoji} if emoji else {})

    return _change(conn, wa_id, change)


def edit(conn: Connection, wa_id: str, body: str) -> str | None:
    """The customer's new words; a message that still awaits its turn is answered as it reads now. The first words are kept."""

    def change(details: dict[str, Any]) -> None:  # Any: JSON as stored.
        details.setdefault("edits", []).append(body)

    conversation_id = _change(conn, wa_id, change)
    conn.execute(
        update(InboxRow)
        .where(InboxRow.bare_id == wa_id, InboxRow.state == written("waiting"))
        .values(body=body)
    )
    return conversation_id


def revoke(conn: Connection, wa_id: str) -> str | None:
    """The message was deleted for everyone; one that still awaits its turn is not answered any more."""

    def change(details: dict[str, Any]) -> None:  # Any: JSON as stored.
        details["revoked"] = True

    conversation_id = _change(conn, wa_id, change)
    conn.execute(
        update(InboxRow)
        .where(InboxRow.bare_id == wa_id, InboxRow.state == written("waiting"))
        .values(state="ignored")
    )
    return conversation_id


def _change(
    conn: Connection, wa_id: str, change: Any
) -> str | None:  # Any: a function that changes JSON in place.
    row = conn.execute(
        select(Message.id, Message.conversation_id, Message.details).where(Message.wa_id == wa_id)
    ).first()
    if row is None:
        return None
    details = dict(row.details)
    change(details)
    conn.execute(update(Message).where(Message.id == row.id).values(details=details))
    touch(conn, row.conversation_id)
    return str(row.conversation_id)
