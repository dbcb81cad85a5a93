"""Who said that? Searching everything that was ever written, on both databases alike, within the actor's scope.

Words are indexed a little later than messages are written, by a job beside the way of a message, which so pays nothing. What is younger
than the index is looked through as it is. Whoever sees masked finds only what they could read: numbers cannot be found out digit by digit.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    bindparam,
    insert,
    literal,
    null,
    select,
    union,
)

from flows.domain import Role
from flows.folding import folded, holds, terms_of
from flows.masking import text_for
from flows.roles import Actor, Reach, Sight, reach_of, sight_of
from storage.desk.word_index import NEWEST, Stretch, looks, place_of, places_of
from storage.dialect import database_millis, upsert
from storage.many import Many
from storage.people.name_search import customers_named
from storage.prepared import Prepared
from storage.scope import conversations_within, customers_within, ids_of, parts_of_reach, somebody
from storage.tables import Conversation, Customer, Message, MessageWords, Setting

CURSOR = "message_search"
LAG_MS = 10_000  # Ids are times of writing; a transaction that began so long ago has committed.
BATCH = 100  # Others wait for the writer meanwhile.
MOST_YOUNG = 5_000
# Hits that are looked at until enough may be shown: an RM's are few among all, and a mask may hide what somebody looks for.
MOST_LOOKED_AT, MOST_UNMASKED = 20_000, 2_000
MOST_NAMES = 5
FIRST_STEP, LARGEST_STEP = 200, 2_000
MOST_PEOPLE = (
    500  # Of one name, the newest within reach; whoever has more namesakes is found by more of the name.
)
SHORTEST_NUMBER = 5
SMALL_PORTFOLIO = 1_000

# Written once: it is asked and written for every hundred messages.
_CURSOR = Prepared(select(Setting.value).where(Setting.name == CURSOR))
_NEXT = Prepared(
    select(Message.id, Message.conversation_id, Message.body)
    .where(Message.id > bindparam("after"), Message.id < bindparam("until"))
    .order_by(Message.id)
    .limit(BATCH)
)
_BRANCHES = Prepared(
    select(Conversation.id, Customer.branch_id)
    .join(Customer, Customer.id == Conversation.customer_id)
    .where(Conversation.id.in_(bindparam("ids", expanding=True)))
)
_NEW_WORDS = Many(insert(MessageWords), skips_known=True)


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
    return (*people_called(conn, actor, sought), *messages_holding(conn, actor, sought, limit))


def people_called(conn: Connection, actor: Actor, sought: str) -> tuple[Hit, ...]:
    """Customers by the words of their name, or by their number."""
    terms = terms_of(sought)
    return tuple(_people(conn, actor, sought.strip(), terms)) if terms else ()


def messages_holding(conn: Connection, actor: Actor, sought: str, limit: int) -> tuple[Hit, ...]:
    """Messages that hold all the words, newest first."""
    return _messages(conn, actor, sought, limit, is_bare=False)


def conversations_holding(conn: Connection, actor: Actor, sought: str, limit: int) -> tuple[str, ...]:
    """The conversation of each of these messages, so that hundreds need not be told in full."""
    hits = _messages(conn, actor, sought, limit, is_bare=True)
    return tuple(hit.conversation_id for hit in hits)


def _messages(conn: Connection, actor: Actor, sought: str, limit: int, *, is_bare: bool) -> tuple[Hit, ...]:
    """is_bare: hits may say no more than what was written in which conversation."""
    terms = terms_of(sought)
    if not terms:
        return ()
    young, indexed_to = _young(conn, actor, terms)
    hits = _shown(actor, terms, young)[:limit]
    if len(hits) < limit:
        search = _Search(conn=conn, actor=actor, terms=terms, until=indexed_to, is_bare=is_bare)
        hits += search.of_index(limit - len(hits))
    return tuple(hits)


def index_more(conn: Connection, now: datetime) -> int:
    """Indexes the next messages that are old enough; how many there were, so that the caller knows whether to go on."""
    until = f"msg_{max(database_millis(conn) - LAG_MS, 0):012x}"
    rows = _NEXT.all(conn, after=_cursor(conn), until=until)
    branches = {
        row.id: row.branch_id for row in _BRANCHES.all(conn, ids={row.conversation_id for row in rows})
    }
    words = [
        {
            "message_id": row.id,
            "conversation_id": row.conversation_id,
            "words": folded(row.body),
            "place": place_of(branches.get(row.conversation_id)),
        }
        for row in rows
        if row.body
    ]
    _NEW_WORDS.run(conn, words)
    if rows:
        _move_cursor(conn, rows[-1].id, now)
    return len(rows)


def search_again_from_the_start(conn: Connection, now: datetime) -> None:
    """For messages that were written into the past, such as a demo's: the index looks at everything once more."""
    _move_cursor(conn, "", now)


def _cursor(conn: Connection) -> str:
    """Up to which message the index knows them."""
    return str(next((row.value.get("id", "") for row in _CURSOR.all(conn)), ""))


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
    cursor = _cursor(conn)
    rows = _younger_than(actor.role).all(conn, cursor=cursor, **ids_of(actor))
    return [Hit(**row._asdict()) for row in rows if holds(folded(row.body), terms)], cursor


@lru_cache
def _younger_than(role: Role | None) -> Prepared:
    chosen = _with_person(select(*_HIT).select_from(Message), somebody(role)).where(
        Message.id > bindparam("cursor"), Message.body.is_not(None)
    )
    return Prepared(chosen.order_by(Message.id.desc()).limit(MOST_YOUNG))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    """Through what the index knows, which is everything up to the message `until`."""

    conn: Connection
    actor: Actor
    terms: tuple[str, ...]
    until: str
    is_bare: bool

    def of_index(self, wanted: int) -> list[Hit]:
        """So many that may be shown, as far as there are. Whole words are tried first: see `looks`."""
        if reach_of(self.actor) is Reach.PORTFOLIO:
            theirs = _small_portfolio(self.conn, self.actor)
            if theirs is not None:
                return _looked_through(self.conn, self.actor, self.terms, self.until, theirs)[:wanted]
        whole = self._newest(wanted, are_whole=True)
        return whole if len(whole) == wanted else self._newest(wanted, are_whole=False)

    def shown(self, ids: Sequence[int]) -> list[Hit]:
        """Of these rows of the index, those that may be shown."""
        asked = _BARE if self.is_bare else _of_words(self.actor.role)
        found = asked.all(self.conn, until=self.until, ids=ids, **ids_of(self.actor))
        return _shown(self.actor, self.terms, [Hit(**row._asdict()) for row in found])

    def _newest(self, wanted: int, *, are_whole: bool) -> list[Hit]:
        below, hits = NEWEST, list[Hit]()
        for above, take in looks(self.conn, self.terms, places_of(self.actor), are_whole=are_whole):
            hits += self._held(wanted - len(hits), partial(take, above=above), below)
            if len(hits) == wanted:
                break
            below = above + 1
        return hits

    def _held(self, wanted: int, take: Callable[..., Stretch], below: int) -> list[Hit]:
        """Of what each stretch holds so many that may be shown, stretch by stretch."""
        most = MOST_LOOKED_AT if sight_of(self.actor) is Sight.FULL else MOST_UNMASKED
        # Of an RM's few among all a long stretch is looked at at once; the index finds a branch's by itself.
        step, read = LARGEST_STEP if reach_of(self.actor) is Reach.PORTFOLIO else FIRST_STEP, 0
        hits: list[Hit] = []
        while read < most:
            stretch = take(below=below, step=step)
            rows = self.conn.execute(select(stretch.c.id, _is_within(self.actor, stretch)))
            # As plain tuples: rows compare several times as slowly, and there may be thousands.
            held = sorted(map(tuple, rows), reverse=True)
            within = [id_ for id_, is_within in held if is_within]
            # A mask hides few of them: as many are read at a time as are still wanted.
            while within and (missing := wanted - len(hits)) > 0:
                some, within = within[:missing], within[missing:]
                hits += self.shown(some)
            if len(hits) >= wanted or len(held) < step:
                break
            below, read, step = held[-1][0], read + step, min(step * 4, LARGEST_STEP)
        return hits[:wanted]


def _is_within(actor: Actor, stretch: Stretch) -> ColumnElement[bool]:
    """Whether each of the stretch lies within the actor's reach. A portfolio is gathered once, by its indexes; of a branch, which may be
    half of all, it is asked one by one: the offset of nothing keeps PostgreSQL from gathering that."""
    if reach_of(actor) is Reach.PORTFOLIO:
        parts = union(*(select(Conversation.id).where(part) for part in parts_of_reach(actor)))
        return stretch.c.conversation_id.in_(parts)
    theirs = select(Conversation.id).where(
        Conversation.id == stretch.c.conversation_id, conversations_within(actor)
    )
    return theirs.limit(1).offset(0).correlate(stretch).exists()


def _small_portfolio(conn: Connection, actor: Actor) -> Sequence[str] | None:
    """The conversations of a portfolio that is looked through as quickly as the index; None: there are more."""
    ids = [row.id for row in _of_portfolio(actor.role).all(conn, **ids_of(actor))]
    return None if len(ids) > SMALL_PORTFOLIO else ids


@lru_cache
def _of_portfolio(role: Role | None) -> Prepared:
    most = SMALL_PORTFOLIO + 1
    parts = (
        select(Conversation.id).where(part).limit(most).subquery() for part in parts_of_reach(somebody(role))
    )
    return Prepared(select(union(*(select(part) for part in parts)).subquery()).limit(most))


def _looked_through(
    conn: Connection, actor: Actor, terms: tuple[str, ...], until: str, theirs: Sequence[str]
) -> list[Hit]:
    begins = (MessageWords.words.contains(f" {term}", autoescape=True) for term in terms)
    within = MessageWords.conversation_id.in_(theirs)
    rows = conn.execute(_words_within(actor, until).where(within, *begins)).mappings()
    return [Hit(**row) for row in rows]


@lru_cache
def _of_words(role: Role | None) -> Prepared:
    until: Any = bindparam("until")  # Any: a value still to come.
    some = MessageWords.id.in_(bindparam("ids", expanding=True, type_=BigInteger))
    return Prepared(_words_within(somebody(role), until).where(some))


# Of rows that lie within the reach: whoever asks for them has made sure.
_BARE = Prepared(
    select(
        MessageWords.conversation_id,
        Message.body,
        literal("").label("customer_id"),
        *(null().label(name) for name in ("customer_name", "phone", "message_id", "author", "at")),
    )
    .select_from(MessageWords)
    .join(Message, Message.id == MessageWords.message_id)
    .where(
        MessageWords.id.in_(bindparam("ids", expanding=True, type_=BigInteger)),
        MessageWords.message_id <= bindparam("until"),
    )
    .order_by(MessageWords.id.desc())
)


def _words_within(actor: Actor, until: str) -> Select[Any]:  # Any: the columns of _HIT.
    """Messages of the index, newest first, up to where it is trusted: what is younger was looked at already."""
    chosen = select(*_HIT).select_from(MessageWords).join(Message, Message.id == MessageWords.message_id)
    return (
        _with_person(chosen, actor).where(MessageWords.message_id <= until).order_by(MessageWords.id.desc())
    )


def _shown(actor: Actor, terms: tuple[str, ...], hits: list[Hit]) -> list[Hit]:
    """Those in which the words can be read by whoever asks."""
    sight = sight_of(actor)
    if sight is Sight.FULL:
        return hits
    return [hit for hit in hits if _can_be_read(hit.body or "", text_for(sight, hit.body) or "", terms)]


def _can_be_read(body: str, seen: str, terms: tuple[str, ...]) -> bool:
    """Whether the words, which stand in the text, stand in what is seen of it. Most texts hide nothing."""
    return seen == body or holds(folded(seen), terms)


def _people(conn: Connection, actor: Actor, sought: str, terms: tuple[str, ...]) -> Sequence[Hit]:
    """Customers by the words of their name, or by their number: whole for whoever sees it masked."""
    digits = "".join(sign for sign in sought if sign.isdigit())
    if len(digits) >= SHORTEST_NUMBER and not any(sign.isalpha() for sign in sought):
        number = f"62{digits[1:]}" if digits.startswith("0") else digits
        is_whole = sight_of(actor) is not Sight.FULL
        wanted = Customer.phone == number if is_whole else Customer.phone.startswith(number, autoescape=True)
        some = select(Customer.id).where(wanted).limit(MOST_PEOPLE).subquery()
        # Told by an index first and then opened: few of them are within a branch.
        within = select(Customer.id).where(Customer.id.in_(select(some)), customers_within(actor))
        return _chosen_people(conn, actor, Customer.id.in_(conn.scalars(within).all()))
    bearers = _chosen_people(conn, actor, customers_named(conn, actor, terms, MOST_PEOPLE, is_whole=True))
    if len(bearers) == MOST_NAMES:
        return bearers
    return _chosen_people(conn, actor, customers_named(conn, actor, terms, MOST_PEOPLE))


def _chosen_people(conn: Connection, actor: Actor, are_sought: ColumnElement[bool]) -> Sequence[Hit]:
    rows = conn.execute(_PEOPLE.where(are_sought, conversations_within(actor))).mappings()
    return [Hit(**row, message_id=None, author=None, body=None) for row in rows]


_PEOPLE = (
    select(
        Conversation.id.label("conversation_id"),
        Conversation.customer_id,
        Customer.name.label("customer_name"),
        Customer.phone,
        Conversation.last_message_at.label("at"),
    )
    .join(Customer, Customer.id == Conversation.customer_id)
    .where(Conversation.merged_into.is_(None))
    .order_by(Conversation.last_message_at.desc())
    .limit(MOST_NAMES)
)
