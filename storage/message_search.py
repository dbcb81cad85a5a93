"""Who said that? Searching everything that was ever written, on both databases alike, within the actor's scope.

Words are indexed a little later than messages are written, by a job beside the way of a message, which so pays nothing. What is younger
than the index is looked through as it is. Whoever sees masked finds only what they could read: numbers cannot be found out digit by digit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, column, func, or_, select, table, text

from flows.folding import folded, holds, terms_of
from flows.masking import text_for
from flows.roles import Actor, Reach, Sight, reach_of, sight_of
from storage.dialect import insert_new, upsert
from storage.live import database_millis
from storage.scope import conversations_within
from storage.tables import Conversation, Customer, Message, MessageWords, Setting

CURSOR = "message_search"
LAG_MS = 10_000  # Ids are times of writing; a transaction that began so long ago has committed.
BATCH = 500
MOST_YOUNG = 5_000
LOOKED_THROUGH = 400  # Hits that are looked at when a mask may hide some of them.
MOST_NAMES = 5

_FTS = table("message_words_fts", column("rowid"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A message that holds all the words, or (message_id None) a customer whose name or number does."""

    conversation_id: str
    customer_id: str
    customer_name: str | None
    phone: str | None
    message_id: str | None
    author: str | None
    body: str | None
    at: datetime | None


def search_messages(conn: Connection, actor: Actor, sought: str, limit: int) -> tuple[Hit, ...]:
    """People first, then messages, newest first."""
    terms = terms_of(sought)
    if not terms:
        return ()
    young, indexed_to = _young(conn, actor, terms)
    rows = [*young, *_indexed(conn, actor, terms, indexed_to)]
    sight = sight_of(actor)
    hits = [
        hit for hit in rows if sight is Sight.FULL or holds(folded(text_for(sight, hit.body) or ""), terms)
    ]
    return (*_people(conn, actor, sought.strip()), *hits[:limit])


def index_more(conn: Connection, now: datetime) -> int:
    """Indexes the next messages that are old enough; how many there were, so that the caller knows whether to go on."""
    after = conn.scalar(select(Setting.value).where(Setting.name == CURSOR)) or {}
    until = f"msg_{max(database_millis(conn) - LAG_MS, 0):012x}"
    rows = conn.execute(
        select(Message.id, Message.conversation_id, Message.body)
        .where(Message.id > after.get("id", ""), Message.id < until)
        .order_by(Message.id)
        .limit(BATCH)
    ).all()
    words = [
        {"message_id": row.id, "conversation_id": row.conversation_id, "words": folded(row.body)}
        for row in rows
        if row.body
    ]
    if words:
        conn.execute(insert_new(conn, MessageWords), words)
    if rows:
        _move_cursor(conn, rows[-1].id, now)
    return len(rows)


def search_again_from_the_start(conn: Connection, now: datetime) -> None:
    """For messages that were written into the past, such as a demo's: the index looks at everything once more."""
    _move_cursor(conn, "", now)


def _move_cursor(conn: Connection, message_id: str, now: datetime) -> None:
    moved = upsert(conn, Setting, "name", "value", "updated_at")
    conn.execute(moved.values(name=CURSOR, value={"id": message_id}, updated_at=now))


_HIT = (
    Message.id.label("message_id"),
    Message.conversation_id,
    Message.author,
    Message.body,
    Message.at,
    Conversation.customer_id,
    Customer.name.label("customer_name"),
    Customer.phone,
)


def _with_person(
    statement: Select[*tuple[Any, ...]], actor: Actor
) -> Select[Any]:  # Any: the columns of _HIT.
    return (
        statement.join(Conversation, Conversation.id == Message.conversation_id)
        .join(Customer, Customer.id == Conversation.customer_id)
        .where(conversations_within(actor))
    )


def _young(conn: Connection, actor: Actor, terms: tuple[str, ...]) -> tuple[list[Hit], str]:
    """Hits among the messages that the index does not know yet, and up to which message it does."""
    cursor = (conn.scalar(select(Setting.value).where(Setting.name == CURSOR)) or {}).get("id", "")
    chosen = _with_person(select(*_HIT).select_from(Message), actor).where(
        Message.id > cursor, Message.body.is_not(None)
    )
    rows = conn.execute(chosen.order_by(Message.id.desc()).limit(MOST_YOUNG)).mappings()
    return [Hit(**row) for row in rows if holds(folded(row["body"]), terms)], cursor


def _indexed(conn: Connection, actor: Actor, terms: tuple[str, ...], until: str) -> list[Hit]:
    chosen = _with_person(
        select(*_HIT).select_from(MessageWords).join(Message, Message.id == MessageWords.message_id), actor
    ).where(MessageWords.message_id <= until)
    if reach_of(actor) is Reach.PORTFOLIO:
        # A portfolio is small: its messages are looked through, instead of everybody's hits for its own.
        begins = (MessageWords.words.contains(f" {term}", autoescape=True) for term in terms)
        chosen = chosen.where(and_(*begins))
    elif conn.dialect.name == "sqlite":
        chosen = chosen.join(_FTS, _FTS.c.rowid == MessageWords.id).where(
            text("message_words_fts MATCH :sought").bindparams(
                bindparam("sought", " ".join(f'"{term}"*' for term in terms))
            )
        )
    else:
        query = func.to_tsquery("simple", " & ".join(f"{term}:*" for term in terms))
        chosen = chosen.where(func.to_tsvector("simple", MessageWords.words).op("@@")(query))
    rows = conn.execute(chosen.order_by(MessageWords.id.desc()).limit(LOOKED_THROUGH)).mappings()
    return [Hit(**row) for row in rows]


def _people(conn: Connection, actor: Actor, sought: str) -> Sequence[Hit]:
    """Customers by a part of their name, or by their number: whole for whoever sees it masked."""
    digits = "".join(sign for sign in sought if sign.isdigit())
    number = f"62{digits[1:]}" if digits.startswith("0") else digits
    by_name = func.lower(Customer.name).contains(sought.lower(), autoescape=True)
    is_whole = sight_of(actor) is not Sight.FULL
    by_number = Customer.phone == number if is_whole else Customer.phone.startswith(number, autoescape=True)
    wanted = or_(by_name, by_number) if len(digits) >= 5 else by_name  # shorter is no number
    rows = conn.execute(
        select(
            Conversation.id,
            Conversation.customer_id,
            Customer.name,
            Customer.phone,
            Conversation.last_message_at,
        )
        .join(Customer, Customer.id == Conversation.customer_id)
        .where(Conversation.merged_into.is_(None), wanted, conversations_within(actor))
        .order_by(Conversation.last_message_at.desc())
        .limit(MOST_NAMES)
    )
    return [
        Hit(
            conversation_id=row.id, customer_id=row.customer_id, customer_name=row.name, phone=row.phone,
            message_id=None, author=None, body=None, at=row.last_message_at,
        )
        for row in rows
    ]  # fmt: skip
