"""What was said with whom, and where does it stand? Conversations as people read them: within scope, in full, unmasked.

Taking, passing on and ending one is in `storage/desk/handovers.py`; what a turn loads and locks is in `storage/way/threads.py`.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, RowMapping, Select, func, select

from flows.domain import Consent, HandoverReason, Phase, Priority, Status
from flows.refusal import Refused, conflict, missing
from flows.roles import Actor
from storage.complaints.cases import CaseFile, cases_of
from storage.newest import newest_ids
from storage.pages import Page, Part, page_by_key, page_of
from storage.scope import conversations_within, parts_of_reach
from storage.tables import Conversation, Customer, Identity, Journey, Message, PhaseTransition, User

RECENT = 50  # Messages of each conversation in a list.
ALL = 2_000  # Messages of one conversation on its own: more than anybody reads, few enough to send.


ERASED_CUSTOMER = "This customer's data was erased; nobody is there to write to or about."


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationFacts:
    """Where one conversation stands. branch_id is its customer's.

    is_erased: nothing is left of its customer but what numbers are counted from.
    """

    id: str
    customer_id: str
    customer_name: str | None
    phone: str | None
    consent_marketing: Consent
    journey_id: str | None
    phase: Phase
    package_code: str | None
    campaign_code: str | None
    status: Status
    language: str
    high_intent: bool
    handover_reason: HandoverReason | None
    priority: Priority
    assigned_to_id: int | None
    assigned_to: str | None
    ai_notes: str | None
    created_at: datetime
    last_message_at: datetime | None
    rating_asked_at: datetime | None
    branch_id: int | None = None
    is_erased: bool = False


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """One message; author is `customer`, `bot`, `system`, `phone` or a username."""

    id: str
    conversation_id: str
    direction: str
    author: str
    type: str
    body: str | None
    media_id: str | None
    media_url: str | None
    at: datetime
    ack: int | None
    intent: str | None
    confidence: float | None
    prompt_version: str | None
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A journey's step forward; from_phase is None where the journey began."""

    conversation_id: str
    journey_id: str
    from_phase: Phase | None
    to_phase: Phase
    trigger: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationFile:
    """A conversation with everything that belongs to it, messages and steps in the order in which they came."""

    facts: ConversationFacts
    messages: tuple[MessageFacts, ...] = ()
    steps: tuple[Step, ...] = ()
    cases: tuple[CaseFile, ...] = field(default=())


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
    if question.ids is not None or question.phone:
        whole = _ALL_FACTS.where(conversations_within(actor), *_where(question))
        part = page_of(conn, whole, _ORDER, page, _facts)
    else:
        part = _newest(conn, actor, question, page)
    return Part(items=_files(conn, part.items, ALL if question.phone else RECENT), total=part.total)


def _newest(
    conn: Connection, actor: Actor, question: ConversationQuestion, page: Page
) -> Part[ConversationFacts]:
    def narrowed(ids: Select[Any]) -> Select[Any]:  # Any: whatever columns were selected.
        if question.phase:
            ids = ids.outerjoin(Journey, Journey.id == Conversation.journey_id)
        return ids.where(Conversation.merged_into.is_(None), *_where(question))

    first = partial(
        newest_ids,
        parts_of_reach(actor),
        Conversation.id,
        Conversation.last_message_at,
        narrowed,
        with_timeless=True,
    )
    return page_by_key(conn, first, Conversation.id, _ALL_FACTS, _ORDER, page, _facts)


_ORDER = (Conversation.last_message_at.desc().nulls_last(), Conversation.id.desc())


def find_conversation(conn: Connection, actor: Actor, conversation_id: str) -> ConversationFacts:
    """Where that conversation stands. Raises Refused when there is none within the actor's scope."""
    chosen = _ALL_FACTS.where(Conversation.id == _living(conn, conversation_id), conversations_within(actor))
    row = conn.execute(chosen).mappings().first()
    if row is None:
        raise missing("conversation")
    return _facts(row)


def conversation_to_change(conn: Connection, actor: Actor, conversation_id: str) -> ConversationFacts:
    """As `find_conversation`, for whoever adds to it. Raises Refused where its customer was erased, too: nothing of them is kept anew."""
    facts = find_conversation(conn, actor, conversation_id)
    if facts.is_erased:
        raise Refused(conflict(ERASED_CUSTOMER))
    return facts


def read_conversation(conn: Connection, actor: Actor, conversation_id: str) -> ConversationFile:
    """That conversation whole. Raises Refused when there is none within the actor's scope."""
    return _files(conn, [find_conversation(conn, actor, conversation_id)], ALL)[0]


def find_message(conn: Connection, message_id: str) -> MessageFacts:
    """That message, whoever asks: for what was just written."""
    return _message(conn.execute(select(*_MESSAGE).where(Message.id == message_id)).one())


def conversation_with_phone(conn: Connection, conversation_id: str) -> str | None:
    """The phone of that conversation's customer, empty when only a LID is known; None when there is no such conversation."""
    chosen = (
        select(func.coalesce(Customer.phone, ""))
        .join(Conversation, Conversation.customer_id == Customer.id)
        .where(Conversation.id == conversation_id)
    )
    return conn.scalar(chosen)


_ALL_FACTS = (
    select(
        Conversation.id,
        Conversation.customer_id,
        Conversation.journey_id,
        Conversation.status,
        Conversation.language,
        Conversation.high_intent,
        Conversation.handover_reason,
        Conversation.priority,
        Conversation.assigned_to.label("assigned_to_id"),
        Conversation.ai_notes,
        Conversation.created_at,
        Conversation.last_message_at,
        Conversation.rating_asked_at,
        Conversation.branch_id,
        Customer.name.label("customer_name"),
        Customer.phone,
        Customer.consent_marketing,
        Customer.erased_at.is_not(None).label("is_erased"),
        func.coalesce(Journey.phase, Phase.LEADS.value).label("phase"),
        Journey.package_code,
        Journey.campaign_code,
        User.username.label("assigned_to"),
    )
    .join(Customer, Customer.id == Conversation.customer_id)
    .outerjoin(Journey, Journey.id == Conversation.journey_id)
    .outerjoin(User, User.id == Conversation.assigned_to)
    .where(Conversation.merged_into.is_(None))
)


def _living(conn: Connection, conversation_id: str) -> str:
    """The conversation itself, or the one that took it over when two turned out to be the same person's."""
    taken_over = conn.scalar(select(Conversation.merged_into).where(Conversation.id == conversation_id))
    return taken_over or conversation_id


def _where(question: ConversationQuestion) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if question.phone:
        owners = select(Identity.customer_id).where(
            Identity.kind == "phone", Identity.value == question.phone
        )
        where.append((Customer.phone == question.phone) | Customer.id.in_(owners))
    if question.ids is not None:
        where.append(Conversation.id.in_(question.ids))
    if question.status:
        where.append(Conversation.status == question.status)
    if question.phase:
        where.append(func.coalesce(Journey.phase, Phase.LEADS.value) == question.phase)
    return where


def _files(
    conn: Connection, found: Sequence[ConversationFacts], message_limit: int
) -> tuple[ConversationFile, ...]:
    ids = [facts.id for facts in found]
    messages, steps = defaultdict(list), defaultdict(list)
    for message in _messages(conn, ids, message_limit):
        messages[message.conversation_id].append(message)
    for step in steps_of(conn, ids):
        steps[step.conversation_id].append(step)
    cases = cases_of(conn, {facts.customer_id for facts in found})
    return tuple(
        ConversationFile(
            facts=facts,
            messages=tuple(messages[facts.id]),
            steps=tuple(steps[facts.id]),
            cases=cases.get(facts.customer_id, ()),
        )
        for facts in found
    )


def _messages(conn: Connection, conversation_ids: Collection[str], limit: int) -> list[MessageFacts]:
    """The newest messages of each, in the order in which they were written down: ids are time-ordered.

    WhatsApp's own times cannot order them: they have whole seconds, and the flat form may name any.
    """
    newest_first = (
        func.row_number().over(partition_by=Message.conversation_id, order_by=Message.id.desc()).label("age")
    )
    ranked = select(Message.id, newest_first).where(Message.conversation_id.in_(conversation_ids)).subquery()
    recent = select(*_MESSAGE).join(ranked, ranked.c.id == Message.id).where(ranked.c.age <= limit)
    return [_message(row) for row in conn.execute(recent.order_by(Message.id)).all()]


def steps_of(conn: Connection, conversation_ids: Collection[str]) -> list[Step]:
    """The steps forward that these conversations' journeys took, oldest first."""
    chosen = select(PhaseTransition).where(PhaseTransition.conversation_id.in_(conversation_ids))
    return [_step(row) for row in conn.execute(chosen.order_by(PhaseTransition.id)).mappings()]


def _facts(row: RowMapping) -> ConversationFacts:
    reason = row["handover_reason"]
    return ConversationFacts(
        **{
            **row,
            "consent_marketing": Consent(row["consent_marketing"]),
            "phase": Phase(row["phase"]),
            "status": Status(row["status"]),
            "handover_reason": HandoverReason(reason) if reason else None,
            "priority": Priority(row["priority"]),
        }
    )


# In the order of MessageFacts: a page holds hundreds of them.
_MESSAGE = [getattr(Message, {"type": "kind"}.get(name, name)) for name in MessageFacts.__dataclass_fields__]


def _message(row: Row[Any]) -> MessageFacts:  # Any: the columns of _MESSAGE, which end with the answers.
    values: list[Any] = [*row]
    values[-1] = tuple(values[-1] or ())
    return MessageFacts(*values)


def _step(row: RowMapping) -> Step:
    return Step(
        conversation_id=row["conversation_id"],
        journey_id=row["journey_id"],
        from_phase=Phase(row["from_phase"]) if row["from_phase"] else None,
        to_phase=Phase(row["to_phase"]),
        trigger=row["trigger"],
        at=row["at"],
    )
