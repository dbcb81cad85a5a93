"""What happens when half, four fifths or all of a promise's time is used up? An alert for the next on the ladder; at the end an escalation.

Called in the transaction that took the due row, so that a warning is given exactly once or not at all.
"""

from datetime import datetime

from sqlalchemy import Connection, or_, select

from flows.domain import Role
from flows.recovery import RecoveryReason
from flows.roles import SYSTEM
from flows.sla import BREACH_PERCENT, Clock, warned_role
from storage.complaints.case_clocks import WARNING, is_ticking
from storage.complaints.case_events import Happened, write_line
from storage.complaints.case_work import raise_level
from storage.complaints.cases import CaseFile, case_anyhow
from storage.complaints.recoveries import open_recovery
from storage.moments.alerts import NewAlert, raise_alert
from storage.moments.due import Due, finish, waiting_of
from storage.tables import User

NAMED_AT_MOST = 3  # People in one alert; a longer list is read by nobody.


def warn(conn: Connection, due: Due, now: datetime) -> None:
    """Tells whoever is next, unless the clock has stopped in the meantime."""
    file = case_anyhow(conn, int(due.subject))
    clock, percent = Clock(due.facts["clock"]), int(due.facts["percent"])
    if not is_ticking(file, clock):
        return
    role = warned_role(percent, is_assigned=file.assigned_to_id is not None)
    told = _names(conn, file, role)
    facts = {
        "case_id": str(file.id),
        "case_number": file.case_number,
        "clock": clock.value,
        "percent": str(percent),
        "to": ", ".join(told) or None,
    }
    alert = NewAlert(
        kind="case_overdue" if percent >= BREACH_PERCENT else "case_due",
        dedupe_key=due.key,
        conversation_id=file.conversation_id,
        facts=facts,
    )
    raise_alert(conn, alert, now)
    line = {"clock": clock.value, "percent": percent, "to": facts["to"], "role": role.value}
    write_line(conn, file.id, Happened.WARNED, SYSTEM, now, facts=line)
    if percent >= BREACH_PERCENT:
        raise_level(conn, file, SYSTEM, now)
        open_recovery(conn, file, RecoveryReason.BREACHED, now)


def warn_of_past(conn: Connection, case_id: int, now: datetime) -> None:
    """Gives the warnings of this case that fell due by that moment, each at its own: for histories that are written afterwards."""
    mine = [due for due in waiting_of(conn, WARNING, str(case_id)) if due.due_at <= now]
    for due in mine:
        finish(conn, due, due.due_at)
        warn(conn, due, due.due_at)


def _names(conn: Connection, file: CaseFile, role: Role) -> list[str]:
    """Whom the warning calls by name; where the branch has no supervisor, all of them."""
    if role is Role.AGENT:
        return [file.holder] if file.holder else []
    staff = (
        select(User.display_name).where(User.role == role.value, User.is_active.is_(True)).order_by(User.id)
    )
    if role is Role.SUPERVISOR and file.branch_id is not None:
        near = staff.where(or_(User.branch_id == file.branch_id, User.branch_id.is_(None)))
        if names := list(conn.scalars(near.limit(NAMED_AT_MOST))):
            return names
    return list(conn.scalars(staff.limit(NAMED_AT_MOST)))
