"""Who looked at whom? Reading a person is a deed, too, and is written into the audit; what was sought is not, it may be a number."""

from datetime import datetime

from sqlalchemy import Connection

from flows.roles import Actor
from storage.talks.conversations import ConversationFacts
from storage.trail.audit import Event, note


def note_search(conn: Connection, actor: Actor, where: str, results_count: int, now: datetime) -> None:
    note(conn, Event.SEARCH_CUSTOMER, actor, now, where=where, results_count=results_count)


def note_view(
    conn: Connection, actor: Actor, facts: ConversationFacts, now: datetime, *, is_revealed: bool = False
) -> None:
    """is_revealed: read unmasked behind a broken glass, which whoever reads the audit should see at once."""
    more = {"revealed": True} if is_revealed else {}
    note(conn, Event.VIEW_CONVERSATION, actor, now, subject=facts.id, customer_id=facts.customer_id, **more)


def note_profile(
    conn: Connection, actor: Actor, customer_id: str, now: datetime, *, is_revealed: bool = False
) -> None:
    more = {"revealed": True} if is_revealed else {}
    note(conn, Event.VIEW_PROFILE, actor, now, subject=customer_id, **more)


def note_file(conn: Connection, actor: Actor, media_id: str, now: datetime) -> None:
    note(conn, Event.VIEW_MEDIA, actor, now, subject=media_id)


def note_case(conn: Connection, actor: Actor, case_number: str, now: datetime) -> None:
    note(conn, Event.VIEW_CASE, actor, now, subject=case_number)
