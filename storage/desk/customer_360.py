"""What stands at the top of a customer's page? Alerts, journeys and the thread, in a few look-ups by index."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from flows.domain import Consent, Phase
from storage.complaints.cases import is_running, overdue
from storage.people.customers import Person
from storage.tables import Case, Conversation, Journey, PackageRow

SHOWN_JOURNEYS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class JourneyLine:
    id: str
    phase: Phase
    package_code: str | None
    package_name: str | None
    campaign_code: str | None
    started_at: datetime
    paid_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """open_cases and overdue_cases count; conversation_id is the living thread."""

    open_cases: int
    overdue_cases: int
    is_withdrawn: bool
    conversation_id: str | None
    journeys: tuple[JourneyLine, ...]


def standing_of(conn: Connection, person: Person, now: datetime) -> Standing:
    theirs = Case.customer_id == person.id
    open_cases = conn.scalar(select(func.count()).select_from(Case).where(theirs, is_running()))
    late = conn.scalar(select(func.count()).select_from(Case).where(theirs, overdue(now)))
    thread = conn.scalar(
        select(Conversation.id).where(
            Conversation.customer_id == person.id, Conversation.merged_into.is_(None)
        )
    )
    return Standing(
        open_cases=open_cases or 0,
        overdue_cases=late or 0,
        is_withdrawn=person.consent_marketing is Consent.WITHDRAWN,
        conversation_id=thread,
        journeys=_journeys(conn, thread) if thread else (),
    )


def _journeys(conn: Connection, conversation_id: str) -> tuple[JourneyLine, ...]:
    rows = conn.execute(
        select(
            Journey.id, Journey.phase, Journey.package_code, PackageRow.name.label("package_name"),
            Journey.campaign_code, Journey.started_at, Journey.paid_at,
        )
        .outerjoin(PackageRow, PackageRow.code == Journey.package_code)
        .where(Journey.conversation_id == conversation_id)
        .order_by(Journey.started_at.desc())
        .limit(SHOWN_JOURNEYS)
    ).mappings()  # fmt: skip
    return tuple(JourneyLine(**{**row, "phase": Phase(row["phase"])}) for row in rows)
