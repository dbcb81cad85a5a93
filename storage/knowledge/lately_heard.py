"""What did customers write lately, and which of it did a text answer? For trying a new text on what is really asked."""

from sqlalchemy import Connection, select

from storage.tables import Message, Turn

LOOKED_AT = 400  # Turns, newest first: enough to find some, few enough to be quick whatever the table holds.


def lately_heard(conn: Connection, reply_key: str | None, limit: int) -> tuple[str, ...]:
    """The words of the newest messages, each once; with a reply key only those that were answered with it. Mask before showing."""
    newest = select(Turn.trace).order_by(Turn.at.desc()).limit(LOOKED_AT)
    ids = [
        heard["message_id"]
        for trace in conn.scalars(newest)
        if reply_key is None or reply_key in trace.get("replies", ())
        for heard in trace.get("heard", ())
    ]
    rows = conn.execute(select(Message.id, Message.body).where(Message.id.in_(ids)))
    words = {row.id: (row.body or "").strip() for row in rows}
    said = dict.fromkeys(words[message_id] for message_id in ids if words.get(message_id))
    return tuple(said)[:limit]
