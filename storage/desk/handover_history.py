"""When did a conversation pass from bot to people and back? Its handovers, oldest first, with who asked and who took it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from storage.prepared import Prepared
from storage.tables import Handover, User


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverFacts:
    """outcome: released, closed or lapsed, None while it goes on. claimed_by is what that colleague is called."""

    id: int
    reason: str
    asked_by: str
    asked_at: datetime
    claimed_by: str | None
    claimed_at: datetime | None
    ended_at: datetime | None
    outcome: str | None
    rating: int | None


def handovers_of(conn: Connection, conversation_id: str) -> tuple[HandoverFacts, ...]:
    rows = _HANDOVERS.all(conn, conversation_id=conversation_id)
    return tuple(HandoverFacts(**row._asdict()) for row in rows)


_COLUMNS = ("id", "reason", "asked_by", "asked_at", "claimed_at", "ended_at", "outcome", "rating")
_HANDOVERS = Prepared(
    select(*(getattr(Handover, name) for name in _COLUMNS), User.display_name.label("claimed_by"))
    .outerjoin(User, User.id == Handover.claimed_by)
    .where(Handover.conversation_id == bindparam("conversation_id"))
    .order_by(Handover.id)
)
