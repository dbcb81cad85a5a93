"""Which messages hold these words, newest first? The full-text index of `message_words`, as each of the two databases has it.

Beside a message's words stands its place: a mark of the customer's branch, which no word can look like. So what a branch may not see is
left out by the index, instead of being read and thrown away; triggers move the mark when the branch changes (migration 0020). Whether a
message may be shown is still decided by the scope, in the query that reads it.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Connection,
    Integer,
    String,
    Subquery,
    TextClause,
    bindparam,
    column,
    func,
    select,
    text,
    union_all,
)

from flows.roles import Actor, Reach, reach_of
from storage.prepared import Prepared
from storage.tables import MessageWords

NOWHERE = "@0"  # The place of whoever has no branch yet.
NEWEST = 2**62  # Above every id.

# The newest messages, which are looked at first where an index alone would gather all: by reading them, and by the index.
READ_OF_PLACE, READ_THROUGH, LATELY = 3_000, 20_000, 50_000
LONGEST_BEGINNING = 6  # Letters of a beginning that SQLite's index knows (migration 0029).

# So many of `message_words`, newest first: a table (id, conversation_id) to join with.
Stretch = Subquery

_SQLITE = (
    "SELECT message_words.id, conversation_id FROM (SELECT rowid AS id FROM message_words_fts"
    " WHERE message_words_fts MATCH :query AND rowid > :above AND rowid < :below ORDER BY rowid DESC) AS found"
    " CROSS JOIN message_words ON message_words.id = found.id{also} ORDER BY found.id DESC LIMIT :step"
)
# The words stand in the statement itself: where they were a value, the planner would guess how frequent they are, and gather hundreds
# of thousands of messages where walking from the newest finds the first hits at once.
# What is walked past is told by its letters first, which costs a tenth of taking it apart into words.
_POSTGRES = text(
    "SELECT id, conversation_id FROM message_words WHERE words_and_place(words, place) @@ CAST(:query AS tsquery)"
    " AND words LIKE ALL (:begin) AND id > :above AND id < :below ORDER BY id DESC LIMIT :step"
).bindparams(bindparam("query", type_=String, literal_execute=True), bindparam("begin", type_=ARRAY(String)))


def place_of(branch_id: int | None) -> str:
    return f"@{branch_id or 0}"


def places_of(actor: Actor) -> tuple[str, ...]:
    """The places that the actor sees; empty: all of them, or not a matter of places."""
    if reach_of(actor) is not Reach.BRANCH:
        return ()
    return (NOWHERE,) if actor.branch_id is None else (NOWHERE, place_of(actor.branch_id))


def looks(
    conn: Connection, terms: Sequence[str], places: Sequence[str], *, are_whole: bool
) -> Iterator[tuple[int, Callable[..., Stretch]]]:
    """How to look for messages that hold these folded words (not are_whole: words that begin so): one look after the other, each above
    which id, and what makes a stretch of it: take(above=, below=, step=).

    SQLite reads a list from its newest end, and finds what stands in every message as fast as what is rare; but of beginnings longer than
    its index knows it joins the lists of all words first. PostgreSQL gathers of everything all that there is. So there what is frequent is
    found among the newest before: read as they are, which costs little and always the same, a branch's own where there is one; and by the
    index within the last months.
    """
    if conn.dialect.name == "sqlite":
        if not are_whole and any(len(term) > LONGEST_BEGINNING for term in terms):
            yield max(_newest(conn) - LATELY, 0), partial(_cut_on_sqlite, terms, places)
        yield 0, partial(_on_sqlite, terms, places, are_whole=are_whole)
    else:
        by_index = partial(_on_postgres, terms, places, are_whole=are_whole)
        by_reading = partial(_by_reading, terms, places, are_whole=are_whole)
        if places:
            yield max(_read_down_to(conn, place) for place in places), by_reading
        else:
            newest = _newest(conn)
            yield max(newest - READ_THROUGH, 0), by_reading
            yield max(newest - LATELY, 0), by_index
        yield 0, by_index


def _newest(conn: Connection) -> int:
    return _NEWEST.all(conn)[0].id or 0


def _read_down_to(conn: Connection, place: str) -> int:
    return next((row.id for row in _LAST_READ.all(conn, place=place, read=READ_OF_PLACE)), 0)


_LAST_READ = Prepared(
    select(MessageWords.id)
    .where(MessageWords.place == bindparam("place"))
    .order_by(MessageWords.id.desc())
    .limit(1)
    .offset(bindparam("read", type_=Integer))
)
_NEWEST = Prepared(select(func.max(MessageWords.id).label("id")))


def _on_sqlite(
    terms: Sequence[str], places: Sequence[str], *, are_whole: bool, above: int, below: int, step: int
) -> Stretch:
    query = _query(terms, places, '"', " AND ", " OR ", "" if are_whole else "*")
    return _stretch(text(_SQLITE.format(also="")), query=query, above=above, below=below, step=step)


def _cut_on_sqlite(
    terms: Sequence[str], places: Sequence[str], *, above: int, below: int, step: int
) -> Stretch:
    """By as much of each beginning as the index knows, of which those are left out that go on otherwise."""
    begin = {f"begin{at}": f"% {term}%" for at, term in enumerate(terms)}
    also = "".join(f" AND words LIKE :{name}" for name in begin)
    cut = [term[:LONGEST_BEGINNING] for term in terms]
    query = _query(cut, places, '"', " AND ", " OR ", "*")
    asked = text(_SQLITE.format(also=also))
    return _stretch(asked, query=query, above=above, below=below, step=step, **begin)


def _on_postgres(
    terms: Sequence[str], places: Sequence[str], *, are_whole: bool, above: int, below: int, step: int
) -> Stretch:
    query = _query(terms, places, "'", " & ", " | ", "" if are_whole else ":*")
    begin = [f"% {term}%" for term in terms]
    return _stretch(_POSTGRES, query=query, begin=begin, above=above, below=below, step=step)


def _stretch(asked: TextClause, **values: Any) -> Stretch:  # Any: what the statement names.
    columns = (column("id", BigInteger), column("conversation_id", String))
    return asked.bindparams(**values).columns(*columns).subquery("held")


def _by_reading(
    terms: Sequence[str], places: Sequence[str], *, are_whole: bool, above: int, below: int, step: int
) -> Stretch:
    end = " " if are_whole else ""
    # Not by LIKE, which takes half as long again for each that is read.
    held = [func.strpos(MessageWords.words + end, f" {term}{end}") > 0 for term in terms]
    chosen = (
        select(MessageWords.id, MessageWords.conversation_id)
        .where(MessageWords.id > above, MessageWords.id < below, *held)
        .order_by(MessageWords.id.desc())
        .limit(step)
    )
    if not places:
        return chosen.subquery("held")
    # Each place is one stretch of an index.
    of_places = (chosen.where(MessageWords.place == place).subquery() for place in places)
    both = union_all(*(select(part) for part in of_places)).subquery()
    return select(both).order_by(both.c.id.desc()).limit(step).subquery("held")


def _query(
    terms: Sequence[str], places: Sequence[str], quote: str, both: str, either: str, beginning: str
) -> str:
    """The same in the language of either index. Folded words hold letters and digits only, so quoting them is enough."""
    words = both.join(f"{quote}{term}{quote}{beginning}" for term in terms)
    if not places:
        return words
    return f"{words}{both}({either.join(f'{quote}{place}{quote}' for place in places)})"
