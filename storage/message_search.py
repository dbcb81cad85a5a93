"""Who said that? Searching everything that was ever written, on both databases alike, within the actor's scope.

Words are indexed a little later than messages are written, by a job beside the way of a message, which so pays nothing. What is younger
than the index is looked through as it is. Whoever sees masked finds only what they could read: numbers cannot be found out digit by digit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, func, select, text

from flows.folding import folded, holds, terms_of
from flows.masking import text_for
from flows.roles import Actor, Reach, Sight, reach_of, sight_of
from storage.dialect import insert_new, upsert
from storage.live import database_millis
from storage.scope import conversations_within, portfolio_ids
from storage.tables import Conversation, Customer, Message, MessageWords, Setting

CURSOR = "message_search"
LAG_MS = 10_000  # Ids are times of writing; a transaction that began so long ago has committed.
BATCH = 500
MOST_YOUNG = 5_000
LOOKED_THROUGH = 400  # Hits that are looked at when a mask may hide some of them.
MOST_NAMES = 5
MOST_PEOPLE = 500  # Of one name; whoever has more namesakes is found by more of the name.
SHORTEST_NUMBER = 5
STEP, MOST_STEPS = 400, 25  # Rows of the index looked at in one go, and how often.

_STEP = text(
    "SELECT rowid FROM message_words_fts WHERE message_words_fts MATCH :sought AND rowid < :below"
    " ORDER BY rowid DESC LIMIT :step"
)


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
    if reach_of(actor) is not Reach.PORTFOLIO and conn.dialect.name == "sqlite":
        return _newest_first(conn, actor, terms)
    chosen = _with_person(
        select(*_HIT).select_from(MessageWords).join(Message, Message.id == MessageWords.message_id), actor
    ).where(MessageWords.message_id <= until)
    if reach_of(actor) is Reach.PORTFOLIO:
        # A portfolio is small: its messages are looked through, instead of everybody's hits for its own.
        begins = (MessageWords.words.contains(f" {term}", autoescape=True) for term in terms)
        chosen = chosen.where(MessageWords.conversation_id.in_(portfolio_ids(actor)), and_(*begins))
    else:
        query = func.to_tsquery("simple", " & ".join(f"{term}:*" for term in terms))
        chosen = chosen.where(func.to_tsvector("simple", MessageWords.words).op("@@")(query))
    rows = conn.execute(chosen.order_by(MessageWords.id.desc()).limit(LOOKED_THROUGH)).mappings()
    return [Hit(**row) for row in rows]


def _newest_first(conn: Connection, actor: Actor, terms: tuple[str, ...]) -> list[Hit]:
    """SQLite's index, from its newest end. Whole words are tried first: their lists are read in steps, while a beginning needs all of its
    lists joined before the first hit. So a word that stands in every message is found as fast as a rare one."""
    whole = _in_steps(conn, actor, " ".join(f'"{term}"' for term in terms))
    if len(whole) >= LOOKED_THROUGH:
        return whole
    return _in_steps(conn, actor, " ".join(f'"{term}"*' for term in terms))


def _in_steps(conn: Connection, actor: Actor, sought: str) -> list[Hit]:
    hits: list[Hit] = []
    below = 2**62
    for _ in range(MOST_STEPS):
        ids = list(conn.scalars(_STEP, {"sought": sought, "below": below, "step": STEP}))
        chosen = _with_person(
            select(*_HIT).select_from(MessageWords).join(Message, Message.id == MessageWords.message_id),
            actor,
        ).where(MessageWords.id.in_(ids))
        rows = conn.execute(chosen.order_by(MessageWords.id.desc())).mappings()
        hits += [Hit(**row) for row in rows]
        if len(ids) < STEP or len(hits) >= LOOKED_THROUGH:
            break
        below = ids[-1]
    return hits[:LOOKED_THROUGH]


def _people(conn: Connection, actor: Actor, sought: str) -> Sequence[Hit]:
    """Customers by a part of their name, or by their number: whole for whoever sees it masked."""
    digits = "".join(sign for sign in sought if sign.isdigit())
    if len(digits) >= SHORTEST_NUMBER and not any(sign.isalpha() for sign in sought):
        number = f"62{digits[1:]}" if digits.startswith("0") else digits
        is_whole = sight_of(actor) is not Sight.FULL
        wanted = Customer.phone == number if is_whole else Customer.phone.startswith(number, autoescape=True)
    else:
        wanted = func.lower(Customer.name).contains(sought.lower(), autoescape=True)
    ids = list(conn.scalars(select(Customer.id).where(wanted).limit(MOST_PEOPLE)))
    rows = conn.execute(
        select(
            Conversation.id,
            Conversation.customer_id,
            Customer.name,
            Customer.phone,
            Conversation.last_message_at,
        )
        .join(Customer, Customer.id == Conversation.customer_id)
        .where(Conversation.merged_into.is_(None), Customer.id.in_(ids), conversations_within(actor))
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
