"""Which conversations are there, within somebody's scope? A page at a time, each with its recent messages.

Statements are written once for each kind of question: a page holds hundreds of messages, and its SQL took longer than they do.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, String, bindparam, func, or_, select

from flows.domain import Phase, Role, Status
from flows.roles import Actor
from storage.newest import newest_ids
from storage.pages import Page, Part, PreparedKeys
from storage.prepared import Prepared
from storage.scope import conversations_within, ids_of, parts_of_reach, somebody
from storage.tables import Conversation, Customer, Identity, Journey
from storage.talks.conversations import ALL, ALL_FACTS, ConversationFile, conversation_files, facts_from

RECENT = 50  # Messages of each conversation in a list.


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationQuestion:
    """Which conversations; phone is digits with country code, ids are the only ones to choose from."""

    phone: str | None = None
    status: Status | None = None
    phase: Phase | None = None
    ids: tuple[str, ...] | None = None


def conversation_page(
    conn: Connection, actor: Actor, question: ConversationQuestion, page: Page
) -> Part[ConversationFile]:
    """The conversations within the actor's scope, the most recently written first, each with its recent messages.

    Asked for by phone there is one at most, and it comes whole.
    """
    keys = _keys(actor.role, _kind(question)).of_page(conn, page, {**ids_of(actor), **_values(question)})
    places = {id_: at for at, id_ in enumerate(keys.items)}
    rows = sorted(_FACTS.all(conn, ids=places), key=lambda row: places[row.id]) if places else ()
    facts = [facts_from(row) for row in rows]
    files = conversation_files(conn, facts, ALL if question.phone else RECENT)
    return Part(items=files, total=keys.total)


_FACTS = Prepared(ALL_FACTS.where(Conversation.id.in_(bindparam("ids", expanding=True, type_=String))))


@dataclass(frozen=True, slots=True)
class _Kind:
    """A question without the values that are chosen among many."""

    status: Status | None
    phase: Phase | None
    has_phone: bool
    has_ids: bool


def _kind(question: ConversationQuestion) -> _Kind:
    return _Kind(question.status, question.phase, bool(question.phone), question.ids is not None)


def _values(question: ConversationQuestion) -> dict[str, Any]:  # Any: a number as text, or many ids.
    values = {"phone": question.phone or None, "among": question.ids}
    return {name: value for name, value in values.items() if value is not None}


@lru_cache
def _keys(role: Role | None, kind: _Kind) -> PreparedKeys:
    someone = somebody(role)

    def some(most: Any) -> Select[Any]:
        """Of few that are found by something else, each says whether it lies within."""
        few = _narrowed(select(Conversation.id), kind).where(conversations_within(someone))
        newest = Conversation.last_message_at.desc().nulls_last()
        return few.order_by(newest, Conversation.id.desc()).limit(most)

    def newest(most: Any) -> Select[Any]:
        return newest_ids(
            parts_of_reach(someone),
            Conversation.id,
            Conversation.last_message_at,
            lambda ids: _narrowed(ids, kind),
            most,
            with_timeless=True,
        )

    return PreparedKeys(some if kind.has_phone or kind.has_ids else newest)


def _narrowed(ids: Select[Any], kind: _Kind) -> Select[Any]:  # Any: whatever columns were selected.
    if kind.phase:
        ids = ids.outerjoin(Journey, Journey.id == Conversation.journey_id)
    if kind.has_phone:
        ids = ids.join(Customer, Customer.id == Conversation.customer_id)
    return ids.where(Conversation.merged_into.is_(None), *_conditions(kind))


def _conditions(kind: _Kind) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if kind.has_phone:
        phone = bindparam("phone", type_=String)
        owners = select(Identity.customer_id).where(Identity.kind == "phone", Identity.value == phone)
        where.append(or_(Customer.phone == phone, Customer.id.in_(owners)))
    if kind.has_ids:
        where.append(Conversation.id.in_(bindparam("among", expanding=True, type_=String)))
    if kind.status:
        where.append(Conversation.status == kind.status.value)
    if kind.phase:
        where.append(func.coalesce(Journey.phase, Phase.LEADS.value) == kind.phase.value)
    return where
