"""Which customers within somebody's reach bear this name, the newest first? On both databases alike.

Beside each word of a name stand its customer's branch and owner (`name_index`), so that a reach is a few stretches of indexes: a branch's
own bearers of a frequent name are found without meeting everybody else's. Whether somebody may be shown is still decided by the scope, in
the query that reads them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    String,
    bindparam,
    exists,
    false,
    func,
    literal,
    select,
    union,
)
from sqlalchemy.orm import aliased

from flows.roles import Actor, Reach, reach_of
from storage.people.name_index import fresh_named
from storage.prepared import Prepared
from storage.scope import served_in_parts
from storage.tables import Conversation, Customer, NameWord

AFTER_ALL_LETTERS = "\U0010ffff"
# So many bearers of a word are counted before the rarest of several words is told; where all have more, the first is as good as any.
COUNTED = (1_000, 20_000)
FEW = 2_000  # So few bearers are asked one by one whether they lie within a portfolio.


@dataclass(frozen=True, slots=True)
class _Term:
    """A folded word, or how one begins. Any: a value, or one still to come."""

    text: Any
    is_whole: bool

    def stands_in(self, words: Any) -> list[ColumnElement[bool]]:  # Any: NameWord or an alias of it.
        if self.is_whole:
            return [words.word == _said(self.text)]
        return [words.word >= _said(self.text), words.word < _said(self.text + AFTER_ALL_LETTERS)]


def _said(text: Any) -> Any:
    """The word in the statement itself: after a few times PostgreSQL would plan for any word, which took a frequent one three times as
    long."""
    return bindparam(None, text, String, literal_execute=True) if isinstance(text, str) else text


def customers_named(
    conn: Connection, actor: Actor, terms: Sequence[str], most: int | None = None, *, is_whole: bool = False
) -> ColumnElement[bool]:
    """A condition on customers: each of these folded terms begins a word of their name, and they lie within the actor's reach, as far as
    words tell it. most: the newest so many in each part of the reach; of None all. is_whole: the first term is not just a beginning, and
    however many bear it, the newest are found at once."""
    if reach_of(actor) is Reach.NOBODY:
        return false()
    wanted = _rarest_first(conn, [_Term(text, is_whole and at == 0) for at, text in enumerate(terms)])
    found = _parts(conn, actor, wanted, most)
    # Of the words of those who are new or were renamed nobody knows yet.
    if fresh := fresh_named(conn, terms):
        found.append(select(Customer.id).where(Customer.id.in_(fresh)))
    return Customer.id.in_(found[0] if len(found) == 1 else union(*found))


def _parts(conn: Connection, actor: Actor, wanted: Sequence[_Term], most: int | None) -> list[Select[str]]:
    """The bearers of all words in each part of the reach."""
    bearers = _bearers(wanted)
    match reach_of(actor):
        case Reach.BRANCH:
            branches = (NameWord.branch_id.is_(None), NameWord.branch_id == actor.branch_id)
            return [_newest(bearers.where(branch), most) for branch in branches]
        case Reach.PORTFOLIO if _count(conn, wanted[:1], FEW)[0] == FEW:
            own = _newest(bearers.where(NameWord.owner_id == actor.user_id), most)
            return [own, *(_served(part, wanted) for part in served_in_parts(actor))]
        case Reach.PORTFOLIO:
            return [bearers]
        case _:
            return [_newest(bearers, most)]


def _bearers(wanted: Sequence[_Term]) -> Select[str]:
    """Found by the first word; each bearer's others are looked up."""
    first, *others = wanted
    also = (_bears(NameWord.customer_id, term) for term in others)
    return select(NameWord.customer_id).where(*first.stands_in(NameWord), *also)


def _served(part: ColumnElement[bool], wanted: Sequence[_Term]) -> Select[str]:
    """Customers of these conversations who bear the words: they are fewer than all who do. As many as they are, for sorting
    them would tempt the databases to begin elsewhere."""
    named = (_bears(Conversation.customer_id, term) for term in wanted)
    return select(Conversation.customer_id).where(part, *named)


def _bears(customer_id: Any, term: _Term) -> ColumnElement[bool]:  # Any: a mapped column.
    words = aliased(NameWord)
    return exists().where(words.customer_id == customer_id, *term.stands_in(words))


def _newest(bearers: Select[str], most: int | None) -> Select[str]:
    """As ids tell it, which begin with the time of writing. Each once: two words of a name may begin alike."""
    if most is None:
        return bearers
    (customer_id,) = bearers.selected_columns
    newest = bearers.group_by(customer_id).order_by(customer_id.desc()).limit(most).subquery()
    return select(newest.c.customer_id)


def _rarest_first(conn: Connection, terms: Sequence[_Term]) -> Sequence[_Term]:
    """Whoever bears them all is found among the few who bear the rarest."""
    if len(terms) == 1:
        return terms
    for most in COUNTED:
        counts = _count(conn, terms, most)
        if min(counts) < most:
            break
    return [term for _, term in sorted(zip(counts, terms, strict=True), key=lambda pair: pair[0])]


def _count(conn: Connection, terms: Sequence[_Term], most: int) -> list[int]:
    """How many bear each word, counted up to that many."""
    return [_HOW_MANY[term.is_whole].all(conn, text=term.text, most=most)[0].number for term in terms]


def _how_many(is_whole: bool) -> Prepared:
    some = select(literal(1)).where(*_Term(bindparam("text", type_=String), is_whole).stands_in(NameWord))
    limited = some.limit(bindparam("most", type_=Integer)).subquery()
    return Prepared(select(func.count().label("number")).select_from(limited))


# Written once: they are asked for each word that is sought.
_HOW_MANY = {is_whole: _how_many(is_whole) for is_whole in (True, False)}
