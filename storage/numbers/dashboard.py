"""What needs people right now? The numbers and the queue that open the dashboard, as the contract's section 5 defines them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, RowMapping, and_, func, select

from flows.domain import PHASE_ORDER, HandoverReason, Phase, Priority, Status
from flows.roles import Actor
from storage.scope import conversations_within
from storage.tables import Conversation, Customer, Handover, Journey, Message, PackageRow, User

ACTIVE_FOR = timedelta(hours=24)
QUEUE_LIMIT = 100  # More than anybody can work off before looking again.


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """One conversation that waits for a human, in full; what of it may be shown is decided where it is shown."""

    id: int
    conversation_id: str
    phone: str | None
    customer_name: str | None
    phase: Phase
    last_message: str | None
    package_code: str | None
    interested_package: str | None
    ai_notes: str | None
    reason: HandoverReason
    priority: Priority
    waiting_since: datetime
    assigned_to: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    active_conversations: int
    phase_distribution: dict[Phase, int]
    escalated_conversations: int
    waiting: int


def read_dashboard(conn: Connection, actor: Actor, now: datetime) -> Dashboard:
    """The numbers over everything, and how many wait within the actor's scope."""
    return Dashboard(
        active_conversations=_active(conn, now),
        phase_distribution=phase_distribution(conn),
        escalated_conversations=_escalated(conn),
        waiting=_waiting(conn, actor),
    )


def _active(conn: Connection, now: datetime) -> int:
    active = select(func.count()).where(
        Conversation.merged_into.is_(None),
        Conversation.status != Status.CLOSED.value,
        Conversation.last_message_at >= now - ACTIVE_FOR,
    )
    return conn.scalar(active) or 0


def phase_distribution(conn: Connection) -> dict[Phase, int]:
    """How many journeys stand in each phase, of all there ever were."""
    counted: dict[str, int] = {}
    for phase, count in conn.execute(select(Journey.phase, func.count()).group_by(Journey.phase)):
        counted[phase] = count
    return {phase: counted.get(phase.value, 0) for phase in PHASE_ORDER}


def _escalated(conn: Connection) -> int:
    # Taken over from the business's phone there is no reason in the row: that was staff's own doing.
    reason = func.coalesce(Conversation.handover_reason, HandoverReason.STAFF.value)
    escalated = select(func.count()).where(
        Conversation.merged_into.is_(None),
        Conversation.status.in_((Status.WAITING.value, Status.HUMAN.value)),
        reason != HandoverReason.PAYMENT_INTENT.value,
    )
    return conn.scalar(escalated) or 0


def _waiting(conn: Connection, actor: Actor) -> int:
    waiting = select(func.count()).select_from(Conversation).where(*_WAITS, conversations_within(actor))
    return conn.scalar(waiting) or 0


_WAITS = (Conversation.merged_into.is_(None), Conversation.status == Status.WAITING.value)


def pending_queue(conn: Connection, actor: Actor, most: int = QUEUE_LIMIT) -> tuple[Pending, ...]:
    """Who waits within the actor's scope, the most urgent first."""
    # Found by what indexes hold, and told in full for the few that are shown. Joined from the outside, or SQLite would begin with
    # every open handover.
    first = (
        select(Handover.id)
        .select_from(Conversation)
        .outerjoin(Handover, _IS_OPEN)
        .where(*_WAITS, Handover.id.is_not(None), conversations_within(actor))
        .order_by(*_URGENT_FIRST)
        .limit(most)
    )
    chosen = _PENDING.where(Handover.id.in_(conn.scalars(first).all())).order_by(*_URGENT_FIRST)
    return tuple(_row(row) for row in conn.execute(chosen).mappings())


_IS_OPEN = and_(Handover.conversation_id == Conversation.id, Handover.ended_at.is_(None))
_URGENT_FIRST = (
    (Conversation.priority == Priority.HIGH.value).desc(),
    Handover.asked_at,
    Handover.id,
)
# Looked up for each that waits: grouping all messages would read years to show a queue.
_NEWEST_IN = (
    select(Message.id)
    .where(Message.conversation_id == Conversation.id, Message.direction == "in")
    .order_by(Message.id.desc())
    .limit(1)
    .correlate(Conversation)
    .scalar_subquery()
)
_PENDING = (
    select(
        Handover.id,
        Handover.reason,
        Handover.asked_at.label("waiting_since"),
        Conversation.id.label("conversation_id"),
        Conversation.priority,
        Conversation.ai_notes,
        Customer.phone,
        Customer.name.label("customer_name"),
        func.coalesce(Journey.phase, Phase.LEADS.value).label("phase"),
        Journey.package_code,
        PackageRow.name.label("interested_package"),
        Message.body.label("last_message"),
        User.username.label("assigned_to"),
    )
    .select_from(Handover)
    .join(Conversation, Conversation.id == Handover.conversation_id)
    .join(Customer, Customer.id == Conversation.customer_id)
    .outerjoin(Journey, Journey.id == Conversation.journey_id)
    .outerjoin(PackageRow, PackageRow.code == Journey.package_code)
    .outerjoin(Message, Message.id == _NEWEST_IN)
    .outerjoin(User, User.id == Conversation.assigned_to)
)


def _row(row: RowMapping) -> Pending:
    parsed = {
        "phase": Phase(row["phase"]),
        "reason": HandoverReason(row["reason"]),
        "priority": Priority(row["priority"]),
        "interested_package": row["interested_package"] or row["package_code"],
    }
    return Pending(**{**row, **parsed})
