"""What the API and the panel both do with cases when it takes more than one call: the final response that is also sent."""

from admin.desk import Desk
from flows.roles import Actor
from storage.complaints.case_work import respond_finally
from storage.complaints.cases import CaseFile
from storage.database import Connection
from storage.desk.staff_messages import queue_text
from storage.trail.audit import Event, note


async def respond(
    desk: Desk, actor: Actor, case_id: int, text: str, *, is_sent: bool, version: int | None = None
) -> CaseFile:
    """Keeps the final response and, if wanted and the case has a conversation, sends it to the customer. Raises Refused."""
    now = desk.now()

    def record(conn: Connection) -> CaseFile:
        file = respond_finally(conn, actor, case_id, text, now, version=version)
        if is_sent and file.conversation_id:
            # As it is kept: who sees a number in it masked sends it whole all the same.
            words = file.final_response or text
            message_id = queue_text(conn, file.conversation_id, words, now, author=actor.name)
            note(conn, Event.SEND_MESSAGE, actor, now, subject=file.conversation_id, message_id=message_id)
        return file

    file = await desk.database.write(record)
    if is_sent and file.conversation_id:
        desk.engine.wake_sender(file.conversation_id)
    return file
