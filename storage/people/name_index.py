"""Which customers bear this name? The words of their names, each found by its beginning through an index, on both databases alike.

Words are written down a little later than the customers, beside the way of a message, which so pays nothing. Whoever is newer, and
whoever was renamed since (a trigger notes that, migration 0020), is looked at as they are. An emptied name is forgotten at once.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, delete, or_, select
from sqlalchemy.orm import aliased

from flows.folding import folded, holds
from storage.dialect import database_millis, insert_new, upsert
from storage.tables import Customer, NameChange, NameWord, Setting

CURSOR = "name_words"
LAG_MS = 10_000  # As with messages: ids are times of writing, and a transaction that began so long ago has committed.
BATCH = 100  # As many as messages in one go: whoever indexes both goes on while either is full.
MOST_NEW = 1_000
LONGEST = 200  # Letters of a word, as the column holds them.
AFTER_ALL_LETTERS = "\U0010ffff"


def customers_named(conn: Connection, terms: Sequence[str]) -> ColumnElement[bool]:
    """A condition on customers: each of these folded terms begins a word of their name."""
    return _with_fresh(conn, terms, Customer.id.in_(_known(terms)))


def newest_named(
    conn: Connection, terms: Sequence[str], most: int, *, are_whole: bool
) -> ColumnElement[bool]:
    """A condition on customers: among the newest whose names hold these words, about so many at most. are_whole: the first of them is not
    just a beginning; however many bear it, the newest are found at once."""
    newest = _known(terms, is_whole=are_whole).order_by(NameWord.customer_id.desc()).limit(most)
    return _with_fresh(conn, terms, Customer.id.in_(newest))


def index_names(conn: Connection, now: datetime) -> int:
    """Writes down the words of the next names; how many names there were, so that the caller knows whether to go on."""
    until = f"cust_{max(database_millis(conn) - LAG_MS, 0):012x}"
    new = select(Customer.id, Customer.name).where(Customer.id > _cursor(conn), Customer.id < until)
    rows = conn.execute(new.order_by(Customer.id).limit(BATCH)).all()
    renamed = conn.execute(
        select(Customer.id, Customer.name)
        .where(Customer.id.in_(select(NameChange.customer_id).limit(BATCH)))
        .order_by(Customer.id)
        .with_for_update()
    ).all()
    write_words(conn, [*rows, *renamed])
    conn.execute(delete(NameChange).where(NameChange.customer_id.in_([row.id for row in renamed])))
    if rows:
        moved = upsert(conn, Setting, "name", "value", "updated_at")
        conn.execute(moved.values(name=CURSOR, value={"id": rows[-1].id}, updated_at=now))
    return max(len(rows), len(renamed))


def write_words(conn: Connection, people: Sequence[Any]) -> None:  # Any: rows of id and name.
    """The words of these people's names, instead of those that were there."""
    conn.execute(delete(NameWord).where(NameWord.customer_id.in_([row.id for row in people])))
    words = [
        {"word": word, "customer_id": row.id}
        for row in people
        for word in {one[:LONGEST] for one in folded(row.name or "").split()}
    ]
    if words:
        conn.execute(insert_new(conn, NameWord), words)


def _cursor(conn: Connection) -> str:
    value = conn.scalar(select(Setting.value).where(Setting.name == CURSOR)) or {}
    return str(value.get("id", ""))


def _with_fresh(conn: Connection, terms: Sequence[str], known: ColumnElement[bool]) -> ColumnElement[bool]:
    fresh = _fresh(conn, terms)
    return or_(known, Customer.id.in_(fresh)) if fresh else known


def _known(terms: Sequence[str], *, is_whole: bool = False) -> Select[str]:
    """The ids of those whose words are written down."""
    first, *others = terms
    begins = [NameWord.word >= first, NameWord.word < first + AFTER_ALL_LETTERS]
    if is_whole:
        begins = [NameWord.word == first]
    also = (NameWord.customer_id.in_(_bearing(term)) for term in others)
    return select(NameWord.customer_id).where(*begins, *also)


def _bearing(term: str) -> Select[str]:
    word = aliased(NameWord)  # Each term looks for another word of the same person.
    return select(word.customer_id).where(word.word >= term, word.word < term + AFTER_ALL_LETTERS)


def _fresh(conn: Connection, terms: Sequence[str]) -> list[str]:
    """Of the newest customers, whose words are not written down yet, and of those who were renamed since."""
    named = select(Customer.id, Customer.name).where(Customer.name.is_not(None))
    newest = named.where(Customer.id > _cursor(conn)).order_by(Customer.id.desc()).limit(MOST_NEW)
    renamed = named.where(Customer.id.in_(select(NameChange.customer_id).limit(MOST_NEW)))
    people = [*conn.execute(newest), *conn.execute(renamed)]
    return [row.id for row in people if holds(folded(row.name), tuple(terms))]
