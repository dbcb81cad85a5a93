"""How do we make it good? The recovery task of a case that went badly: opened once, recorded or dismissed once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, RowMapping, select, update

from flows.case import refuse_colleagues
from flows.recovery import (
    BAD_RATING,
    RecoveryAction,
    RecoveryReason,
    RecoveryState,
    refuse_settling,
    suggestion,
)
from flows.refusal import Refused, missing
from flows.roles import SYSTEM, Actor
from storage.complaints.case_events import Happened, write_line
from storage.complaints.cases import CaseFile, cases_in, lock_case
from storage.dialect import insert_new
from storage.tables import Case, Recovery
from storage.trail.audit import Event, note

# A rating belongs to a case that was closed lately; later ones are about something else.
RATED_AFTER = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryFile:
    case_id: int
    reason: RecoveryReason
    suggestion: RecoveryAction
    state: RecoveryState
    action: RecoveryAction | None
    note: str | None
    opened_at: datetime
    settled_by: str | None
    settled_at: datetime | None


def open_recovery(conn: Connection, file: CaseFile, reason: RecoveryReason, now: datetime) -> None:
    """A task with a suggestion, unless the case has one already."""
    offer = suggestion(file.category, file.priority, reason)
    statement = insert_new(conn, Recovery).values(
        case_id=file.id,
        reason=reason.value,
        suggestion=offer.value,
        state=RecoveryState.OPEN.value,
        opened_at=now,
    )
    if conn.execute(statement).rowcount:
        facts = {"reason": reason.value, "suggestion": offer.value}
        write_line(conn, file.id, Happened.RECOVERY_OPENED, SYSTEM, now, facts=facts)


def conversation_rated(conn: Connection, conversation_id: str, rating: int, now: datetime) -> None:
    """A bad rating opens the recovery of the conversation's newest case, where that is open or was closed lately."""
    if rating > BAD_RATING:
        return
    is_recent = (Case.closed_at.is_(None)) | (Case.closed_at > now - RATED_AFTER)
    files = cases_in(conn, conversation_id, is_recent)
    if files:
        write_line(conn, files[-1].id, Happened.RATED, SYSTEM, now, facts={"rating": rating})
        open_recovery(conn, files[-1], RecoveryReason.BADLY_RATED, now)


def recovery_of(conn: Connection, case_id: int) -> RecoveryFile | None:
    row = conn.execute(select(Recovery).where(Recovery.case_id == case_id)).mappings().first()
    return _file(row) if row else None


def settle_recovery(
    conn: Connection,
    actor: Actor,
    case_id: int,
    action: RecoveryAction | None,
    text: str | None,
    now: datetime,
    *,
    is_dismissed: bool = False,
) -> RecoveryFile:
    """What was done for the customer is recorded, or why nothing is. Raises Refused."""
    file = lock_case(conn, actor, case_id)
    if refusal := refuse_colleagues(file.standing, actor):
        raise Refused(refusal)
    before = recovery_of(conn, case_id)
    if before is None:
        raise missing("recovery")
    if refusal := refuse_settling(before.state, action, text, is_dismissed=is_dismissed):
        raise Refused(refusal)
    state = RecoveryState.DISMISSED if is_dismissed else RecoveryState.DONE
    conn.execute(
        update(Recovery)
        .where(Recovery.case_id == case_id)
        .values(
            state=state.value,
            action=action.value if action and not is_dismissed else None,
            note=text,
            settled_by=actor.name,
            settled_at=now,
        )
    )
    facts = {"state": state.value, "action": action.value if action and not is_dismissed else None}
    write_line(conn, file.id, Happened.RECOVERED, actor, now, text=text, facts=facts)
    note(conn, Event.RECOVER_CASE, actor, now, subject=file.case_number, state=state.value)
    settled = recovery_of(conn, case_id)
    assert settled is not None, "it was changed in this transaction"
    return settled


def _file(row: RowMapping) -> RecoveryFile:
    return RecoveryFile(
        case_id=row["case_id"],
        reason=RecoveryReason(row["reason"]),
        suggestion=RecoveryAction(row["suggestion"]),
        state=RecoveryState(row["state"]),
        action=RecoveryAction(row["action"]) if row["action"] else None,
        note=row["note"],
        opened_at=row["opened_at"],
        settled_by=row["settled_by"],
        settled_at=row["settled_at"],
    )
