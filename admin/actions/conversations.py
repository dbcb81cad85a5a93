"""What staff do with a conversation: each is one transaction, then whoever must act on it is woken."""

from dataclasses import dataclass

from admin.desk import Desk
from flows.roles import Actor
from storage.database import Connection
from storage.desk.handovers import claim, close, mark_paid, pass_on, release
from storage.desk.staff_files import send_kept
from storage.desk.staff_messages import queue_text, say_as_staff, was_queued
from storage.talks.conversations import ConversationFacts, MessageFacts, find_conversation


async def hand_over(
    desk: Desk, actor: Actor, conversation_id: str, to: str, notes: str | None
) -> ConversationFacts:
    """The conversation waits for a colleague. Raises Refused for an unknown conversation or colleague."""
    now = desk.now()
    return await desk.database.write(lambda conn: pass_on(conn, actor, conversation_id, to, notes, now))


async def take(desk: Desk, actor: Actor, conversation_id: str) -> ConversationFacts:
    """The conversation is the actor's. Raises Refused when a colleague holds it."""
    now = desk.now()
    return await desk.database.write(lambda conn: claim(conn, actor, conversation_id, now))


async def write_to(desk: Desk, actor: Actor, conversation_id: str, text: str) -> MessageFacts:
    """Sends a text, claiming the conversation where nobody holds it. Raises Refused when a colleague does."""
    now = desk.now()
    message = await desk.database.write(lambda conn: say_as_staff(conn, actor, conversation_id, text, now))
    desk.engine.wake_sender(message.conversation_id)
    return message


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What somebody wrote, and the kept files of ours that go after it. key: the sender's own name for this message."""

    text: str
    media_ids: tuple[str, ...] = ()
    key: str | None = None


async def write_with_files(desk: Desk, actor: Actor, conversation_id: str, written: Written) -> None:
    """Sends a text and after it kept files of ours, all or nothing, and once however often its key comes.

    Raises Refused as `write_to`, or for an unknown file.
    """
    now = desk.now()

    def record(conn: Connection) -> str:
        if written.key and was_queued(conn, conversation_id, written.key):
            return conversation_id
        message = say_as_staff(conn, actor, conversation_id, written.text, now, written.key)
        for media_id in written.media_ids:
            send_kept(conn, actor, message.conversation_id, media_id, now)
        return message.conversation_id

    desk.engine.wake_sender(await desk.database.write(record))


async def give_back(desk: Desk, actor: Actor, conversation_id: str) -> ConversationFacts:
    """The bot answers again. Raises Refused when there is nothing to release."""
    now = desk.now()
    facts = await desk.database.write(lambda conn: release(conn, actor, conversation_id, now))
    desk.engine.wake_worker(facts.id)
    return facts


async def end(desk: Desk, actor: Actor, conversation_id: str) -> ConversationFacts:
    """The conversation is over; a customer whom a human served is asked how it was. Raises Refused when it was over already."""
    now = desk.now()
    before = await desk.database.read(lambda conn: find_conversation(conn, actor, conversation_id))
    # The text is asked for before the transaction: nothing is awaited inside one.
    question = await desk.texts.rating_question("en" if before.language == "en" else "id")

    def record(conn: Connection) -> ConversationFacts:
        facts, asks = close(conn, actor, conversation_id, now)
        if asks:
            queue_text(conn, facts.id, question.text, now, author="system", prompt_version=question.version)
        return facts

    facts = await desk.database.write(record)
    desk.engine.wake_sender(facts.id)
    return facts


async def pay(desk: Desk, actor: Actor, conversation_id: str) -> ConversationFacts:
    """The purchase is paid and its lead WON. Raises Refused when there is nothing to pay."""
    now = desk.now()
    return await desk.database.write(lambda conn: mark_paid(conn, actor, conversation_id, now))
