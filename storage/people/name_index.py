"""Which words are in customers' names? Written down so that `name_search` finds each by its beginning, on both databases alike.

Words are written down a little later than the customers, beside the way of a message, which so pays nothing. Whoever is newer, and
whoever was renamed since (a trigger notes that, migration 0020), is looked at as they are. An emptied name is forgotten at once. The branch
and the owner beside the words move with the customer (another trigger, migration 0027).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select

from flows.folding import folded, holds
from storage.dialect import database_millis, insert_new, upsert
from storage.prepared import Prepared
from storage.tables import Customer, NameChange, NameWord, Setting

CURSOR = "name_words"
LAG_MS = 10_000  # As with messages: ids are times of writing, and a transaction that began so long ago has committed.
BATCH = 100  # As many as messages in one go: whoever indexes both goes on while either is full.
MOST_NEW = 1_000
LONGEST = 200  # Letters of a word, as the column holds them.

# Whoever is renamed or moves meanwhile waits until the words are there, so that the trigger finds them.
_NAMED = (
    select(Customer.id, Customer.name, Customer.branch_id, Customer.owner_id)
    .order_by(Customer.id)
    .with_for_update(key_share=True)
)


def index_names(conn: Connection, now: datetime) -> int:
    """Writes down the words of the next names; how many names there were, so that the caller knows whether to go on."""
    until = f"cust_{max(database_millis(conn) - LAG_MS, 0):012x}"
    new = _NAMED.where(Customer.id > _cursor(conn), Customer.id < until).limit(BATCH)
    changed = _NAMED.where(Customer.id.in_(select(NameChange.customer_id).limit(BATCH)))
    rows, renamed = conn.execute(new).all(), conn.execute(changed).all()
    write_words(conn, [*rows, *renamed])
    conn.execute(delete(NameChange).where(NameChange.customer_id.in_([row.id for row in renamed])))
    if rows:
        moved = upsert(conn, Setting, "name", "value", "updated_at")
        conn.execute(moved.values(name=CURSOR, value={"id": rows[-1].id}, updated_at=now))
    return max(len(rows), len(renamed))


def write_words(conn: Connection, people: Sequence[Any]) -> None:  # Any: rows of _NAMED.
    """The words of these people's names, instead of those that were there."""
    conn.execute(delete(NameWord).where(NameWord.customer_id.in_([row.id for row in people])))
    words = [
        {"word": word, "customer_id": row.id, "branch_id": row.branch_id, "owner_id": row.owner_id}
        for row in people
        for word in {one[:LONGEST] for one in folded(row.name or "").split()}
    ]
    if words:
        conn.execute(insert_new(conn, NameWord), words)


# Written once: they are asked for each search.
_CURSOR = Prepared(select(Setting.value).where(Setting.name == CURSOR))
_WITH_NAME = select(Customer.id, Customer.name).where(Customer.name.is_not(None))
_NEWEST = Prepared(
    _WITH_NAME.where(Customer.id > bindparam("after")).order_by(Customer.id.desc()).limit(MOST_NEW)
)
_RENAMED = Prepared(_WITH_NAME.where(Customer.id.in_(select(NameChange.customer_id).limit(MOST_NEW))))


def _cursor(conn: Connection) -> str:
    return str(next((row.value.get("id", "") for row in _CURSOR.all(conn)), ""))


def fresh_named(conn: Connection, terms: Sequence[str]) -> list[str]:
    """Whoever bears these words among the newest customers, whose words are not written down yet, and among those renamed since."""
    people = [*_NEWEST.all(conn, after=_cursor(conn)), *_RENAMED.all(conn)]
    return [row.id for row in people if holds(folded(row.name), tuple(terms))]
