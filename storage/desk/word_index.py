"""Which messages hold these words, newest first? The full-text index of `message_words`, as each of the two databases has it.

Beside a message's words stands its place: a mark of the customer's branch, which no word can look like. So what a branch may not see is
left out by the index, instead of being read and thrown away; triggers move the mark when the branch changes (migration 0020). Whether a
message may be shown is still decided by the scope, in the query that reads it.
"""

from collections.abc import Sequence

from sqlalchemy import ARRAY, BigInteger, Connection, String, Subquery, bindparam, column, text

from flows.roles import Actor, Reach, reach_of

NOWHERE = "@0"  # The place of whoever has no branch yet.
NEWEST = 2**62  # Above every id.

Stretch = Subquery

_SQLITE = text(
    "SELECT message_words.id, conversation_id FROM (SELECT rowid AS id FROM message_words_fts"
    " WHERE message_words_fts MATCH :query AND rowid < :below ORDER BY rowid DESC LIMIT :step) AS found"
    " CROSS JOIN message_words ON message_words.id = found.id"
)
# The words stand in the statement itself: where they were a value, the planner would guess how frequent they are, and gather hundreds
# of thousands of messages where walking from the newest finds the first hits at once.
# What is walked past is told by its letters first, which costs a tenth of taking it apart into words.
_POSTGRES = text(
    "SELECT id, conversation_id FROM message_words WHERE words_and_place(words, place) @@ CAST(:query AS tsquery)"
    " AND words LIKE ALL (:begin) AND id < :below ORDER BY id DESC LIMIT :step"
).bindparams(bindparam("query", type_=String, literal_execute=True), bindparam("begin", type_=ARRAY(String)))


def place_of(branch_id: int | None) -> str:
    return f"@{branch_id or 0}"


def places_of(actor: Actor) -> tuple[str, ...]:
    """The places that the actor sees; empty: all of them, or not a matter of places."""
    if reach_of(actor) is not Reach.BRANCH:
        return ()
    return (NOWHERE,) if actor.branch_id is None else (NOWHERE, place_of(actor.branch_id))


def stretch_holding(
    conn: Connection,
    terms: Sequence[str],
    places: Sequence[str],
    *,
    are_whole: bool,
    below: int = NEWEST,
    step: int,
) -> Stretch:
    """So many of `message_words` below that one, newest first, as a table (id, conversation_id) to join with. terms are folded
    words, or how words begin.

    A whole word that stands in every message is found as fast as a rare one: its list is read from the newest end. Of beginnings all
    lists are joined before the first hit.
    """
    if conn.dialect.name == "sqlite":
        query = _query(terms, places, '"', " AND ", " OR ", "" if are_whole else "*")
        statement = _SQLITE
    else:
        query = _query(terms, places, "'", " & ", " | ", "" if are_whole else ":*")
        statement = _POSTGRES.bindparams(begin=[f"% {term}%" for term in terms])
    asked = statement.bindparams(query=query, below=below, step=step)
    return asked.columns(column("id", BigInteger), column("conversation_id", String)).subquery("held")


def _query(
    terms: Sequence[str], places: Sequence[str], quote: str, both: str, either: str, beginning: str
) -> str:
    """The same in the language of either index. Folded words hold letters and digits only, so quoting them is enough."""
    words = both.join(f"{quote}{term}{quote}{beginning}" for term in terms)
    if not places:
        return words
    return f"{words}{both}({either.join(f'{quote}{place}{quote}' for place in places)})"
