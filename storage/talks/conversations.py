"""What was said with whom, and where does it stand? Conversations as people read them: within scope, in full, unmasked.

Taking, passing on and ending one is in `storage/desk/handovers.py`; what a turn loads and locks is in `storage/way/threads.py`.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Integer, String, bindparam, func, select
from sqlalchemy.orm import aliased

from flows.domain import Consent, HandoverReason, Phase, Priority, Role, Status
from flows.refusal import Refused, conflict, missing
from flows.roles import Actor
from storage.complaints.cases import CaseFile, cases_of
from storage.prepared import Prepared
from storage.scope import conversations_within, ids_of, somebody
from storage.tables import Conversation, Customer, Journey, Message, PhaseTransition, User

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


def find_conversation(conn: Connection, actor: Actor, conversation_id: str) -> ConversationFacts:
    """Where that conversation stands. Raises Refused when there is none within the actor's scope."""
    found = _facts_within(actor.role).all(conn, id=conversation_id, **ids_of(actor))
    if not found:
        raise missing("conversation")
    return facts_from(found[0])


def conversation_to_change(conn: Connection, actor: Actor, conversation_id: str) -> ConversationFacts:
    """As `find_conversation`, for whoever adds to it. Raises Refused where its customer was erased, too: nothing of them is kept anew."""
    facts = find_conversation(conn, actor, conversation_id)
    if facts.is_erased:
        raise Refused(conflict(ERASED_CUSTOMER))
    return facts


def read_conversation(conn: Connection, actor: Actor, conversation_id: str) -> ConversationFile:
    """That conversation whole. Raises Refused when there is none within the actor's scope."""
    return conversation_files(conn, [find_conversation(conn, actor, conversation_id)], ALL)[0]


def find_message(conn: Connection, message_id: str) -> MessageFacts:
    """That message, whoever asks: for what was just written."""
    return _message(_ONE_MESSAGE.all(conn, id=message_id)[0])


def conversation_with_phone(conn: Connection, conversation_id: str) -> str | None:
    """The phone of that conversation's customer, empty when only a LID is known; None when there is no such conversation."""
    chosen = (
        select(func.coalesce(Customer.phone, ""))
        .join(Conversation, Conversation.customer_id == Customer.id)
        .where(Conversation.id == conversation_id)
    )
    return conn.scalar(chosen)


ALL_FACTS = (
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


@lru_cache
def _facts_within(role: Role | None) -> Prepared:
    """The conversation itself, or the one that took it over when two turned out to be the same person's."""
    asked = bindparam("id", type_=String)
    before = aliased(Conversation)
    taken_over = select(before.merged_into).where(before.id == asked).scalar_subquery()
    living = Conversation.id == func.coalesce(taken_over, asked)
    return Prepared(ALL_FACTS.where(living, conversations_within(somebody(role))))


def conversation_files(
    conn: Connection, found: Sequence[ConversationFacts], message_limit: int
) -> tuple[ConversationFile, ...]:
    """These conversations, each with what belongs to it and so many of its newest messages."""
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
    return [_message(row) for row in _NEWEST.all(conn, ids=conversation_ids, most=limit)]


def steps_of(conn: Connection, conversation_ids: Collection[str]) -> list[Step]:
    """The steps forward that these conversations' journeys took, oldest first."""
    return [_step(row) for row in _STEPS.all(conn, ids=conversation_ids)]


_IDS = bindparam("ids", expanding=True, type_=String)
# In the order of MessageFacts: a page holds hundreds of them.
_MESSAGE = [
    getattr(Message, {"type": "kind"}.get(name, name)).label(name)
    for name in MessageFacts.__dataclass_fields__
]
_ONE_MESSAGE = Prepared(select(*_MESSAGE).where(Message.id == bindparam("id", type_=String)))
_AGE = func.row_number().over(partition_by=Message.conversation_id, order_by=Message.id.desc())
_RANKED = select(*_MESSAGE, _AGE.label("age")).where(Message.conversation_id.in_(_IDS)).subquery()
_NEWEST = Prepared(
    select(*(column for column in _RANKED.c if column.name != "age"))
    .where(_RANKED.c.age <= bindparam("most", type_=Integer))
    .order_by(_RANKED.c.id)
)
_STEPS = Prepared(
    select(*(getattr(PhaseTransition, name) for name in Step.__dataclass_fields__))
    .where(PhaseTransition.conversation_id.in_(_IDS))
    .order_by(PhaseTransition.id)
)


def facts_from(row: Any) -> ConversationFacts:  # Any: a prepared row of ALL_FACTS.
    values = row._asdict()
    reason = values["handover_reason"]
    values["consent_marketing"] = Consent(values["consent_marketing"])
    values["phase"] = Phase(values["phase"])
    values["status"] = Status(values["status"])
    values["handover_reason"] = HandoverReason(reason) if reason else None
    values["priority"] = Priority(values["priority"])
    return ConversationFacts(**values)


def _message(row: Any) -> MessageFacts:  # Any: a row of _MESSAGE, which ends with the answers.
    values: list[Any] = [*row]
    values[-1] = tuple(values[-1] or ())
    return MessageFacts(*values)


def _step(row: Any) -> Step:  # Any: a row of _STEPS.
    values = row._asdict()
    before = values["from_phase"]
    values["from_phase"] = Phase(before) if before else None
    return Step(**values | {"to_phase": Phase(values["to_phase"])})
