"""A conversation whose turn keeps failing is handed to a human, once, with an alert; its newer messages go on."""

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from flows.domain import HandoverReason, Priority, Status
from storage.dialect import insert_new
from storage.tables import Alert, Conversation, Handover


def park_conversation(conn: Connection, conversation_id: str, error: str, now: datetime) -> None:
    """error is an exception's class name: never its text, which may hold what the customer wrote."""
    status = conn.scalar(
        select(Conversation.status).where(Conversation.id == conversation_id).with_for_update()
    )
    note = f"Sistem gagal memproses satu pesan ({error}); baca percakapannya dan jawab sendiri."
    if status in (Status.BOT, Status.CLOSED):
        conn.execute(
            update(Conversation)
            .where(Conversation.id == conversation_id)
            .values(
                status=Status.WAITING.value,
                handover_reason=HandoverReason.COMPLEX_QUESTION.value,
                ai_notes=note,
            )
        )
        conn.execute(
            insert_new(conn, Handover),
            [
                {
                    "conversation_id": conversation_id,
                    "reason": HandoverReason.COMPLEX_QUESTION.value,
                    "priority": Priority.NORMAL.value,
                    "notes": note,
                    "asked_by": "system",
                    "asked_at": now,
                }
            ],
        )
    conn.execute(
        insert(Alert).values(
            kind="parked",
            conversation_id=conversation_id,
            facts={"error": error},
            dedupe_key=f"parked:{conversation_id}:{now.timestamp():.3f}",
            state="waiting",
            not_before=now,
            attempts=0,
            created_at=now,
        )
    )
