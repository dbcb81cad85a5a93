"""When is somebody reminded of a follow-up? An alert that falls due with the task, and is over when the task is done."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, select, update

from storage.moments.alerts import AlertState, NewAlert, raise_alert
from storage.tables import Alert, Lead, LeadNote

KIND = "task_due"
TASK = "TASK"  # `leads.NoteKind`, which stands on this module.


def remind(conn: Connection, lead_id: int, task_id: int, due_at: datetime) -> None:
    """Writes the reminder down for then. One task has one reminder."""
    conversation_id = conn.scalar(select(Lead.conversation_id).where(Lead.id == lead_id))
    new = NewAlert(
        kind=KIND, dedupe_key=_key(task_id), conversation_id=conversation_id, facts={"lead": str(lead_id)}
    )
    # Told at the due moment and counted from it: an alert older than a day is noise, a task planned for next week is not.
    raise_alert(conn, new, due_at)


def settle_reminder(conn: Connection, task_id: int) -> None:
    """The task is done, so nobody is reminded any more."""
    untold = Alert.state.in_([AlertState.WAITING, AlertState.SNOOZED])
    conn.execute(update(Alert).where(Alert.dedupe_key == _key(task_id), untold).values(state=AlertState.DONE))


def wake_reminder(conn: Connection, task_id: int) -> None:
    """The task was not done after all."""
    conn.execute(
        update(Alert)
        .where(Alert.dedupe_key == _key(task_id), Alert.state == AlertState.DONE)
        .values(state=AlertState.WAITING)
    )


def let_tasks_go(conn: Connection, lead_id: int, lost_at: datetime) -> None:
    """The lead is lost: nobody has to do anything about it any more, or is reminded of it. Planned afterwards, a task is a new one."""
    for task_id in _take(conn, lead_id, LeadNote.done_at.is_(None), lost_at):
        settle_reminder(conn, task_id)


def take_tasks_up_again(conn: Connection, lead_id: int, lost_at: datetime) -> None:
    """The lead was not lost after all: what was let go with it is to be done again."""
    for task_id in _take(conn, lead_id, LeadNote.done_at == lost_at, None):
        wake_reminder(conn, task_id)


def _take(
    conn: Connection, lead_id: int, which: ColumnElement[bool], done_at: datetime | None
) -> Sequence[int]:
    tasks = update(LeadNote).where(LeadNote.lead_id == lead_id, LeadNote.kind == TASK, which)
    return conn.scalars(tasks.values(done_at=done_at).returning(LeadNote.id)).all()


def _key(task_id: int) -> str:
    return f"task:{task_id}"
