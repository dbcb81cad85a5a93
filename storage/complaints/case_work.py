"""What is done with a complaint: opened, given to somebody, changed, escalated, answered, closed, reopened.

Each with its entry in the log and the audit, and with both clocks brought up to date, in one transaction.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from flows.case import (
    MAX_LEVEL,
    RESOLVED_REASON,
    case_number,
    event_towards,
    reaches_branch,
    refuse_assign,
    refuse_close,
    refuse_escalation,
    refuse_reopen,
    refuse_work,
)
from flows.decision import CaseDraft
from flows.domain import CasePriority, CaseStatus, Role
from flows.machine import next_case_status
from flows.masking import as_written
from flows.refusal import Refusal, Refused, conflict, invalid
from flows.roles import BOT, Actor, sight_of
from flows.sla import deadlines
from storage.complaints.case_clocks import end_pause, plan_warnings, set_case, stand_still, stop_first_clock
from storage.complaints.case_events import Happened, write_line
from storage.complaints.cases import CaseFile, case_anyhow, lock_case
from storage.complaints.sla import Policy, policy_for
from storage.staff.users import StaffMember, find_user
from storage.tables import Case, CasePause, Conversation, new_id
from storage.trail.audit import Event, note

STALE = "Somebody changed this case in the meantime. Load it again."


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseChange:
    """What to change; None leaves a value as it is. version: the one that the person looked at, None where nobody looked."""

    status: CaseStatus | None = None
    category: str | None = None
    priority: CasePriority | None = None
    subject: str | None = None
    description: str | None = None
    version: int | None = None


def open_case(
    conn: Connection,
    draft: CaseDraft,
    customer_id: str,
    conversation_id: str | None,
    now: datetime,
    *,
    by: Actor = BOT,
) -> CaseFile:
    """Opens a case with its due times and a number of its own, which is the row's: no two cases can share one. Raises Refused."""
    policy = policy_for(conn, draft.category, draft.priority, now)
    due = deadlines(policy.promise, now, policy.calendar)
    values = {
        "case_number": new_id("new")[:24],
        "customer_id": customer_id,
        "conversation_id": conversation_id or _thread_of(conn, customer_id),
        "category": draft.category,
        "priority": draft.priority.value,
        "subject": draft.subject,
        "description": draft.description,
        "status": CaseStatus.NEW.value,
        "first_response_due": due.first_response,
        "resolution_due": due.resolution,
        "opened_at": now,
        "opened_by": by.name,
        "policy": policy.as_json(),
    }
    case_id = conn.execute(insert(Case).values(**values).returning(Case.id)).scalar_one()
    number = case_number(now.year, case_id)
    conn.execute(update(Case).where(Case.id == case_id).values(case_number=number))
    write_line(conn, case_id, Happened.OPENED, by, now)
    note(
        conn, Event.CREATE_CASE, by, now, subject=number,
        category=draft.category, priority=draft.priority.value,
    )  # fmt: skip
    plan_warnings(conn, case_anyhow(conn, case_id), now)
    return case_anyhow(conn, case_id)


def change_case(conn: Connection, actor: Actor, case_id: int, change: CaseChange, now: datetime) -> CaseFile:
    """Changes what is named; another category or priority brings its own promise while the case is not solved. Raises Refused.

    Where nothing differs from what the case holds nothing happens: it stays whose it is, too.
    """
    if change.status is CaseStatus.CLOSED:
        return close_case(conn, actor, case_id, now, version=change.version)
    file = _open_to(conn, actor, case_id, change.version)
    if change.status in (None, file.status) and not _changed(actor, file, change):
        return file
    file = _workable(conn, actor, case_id, change.version, now)
    values = _changed(actor, file, change)
    # What was answered or solved in time stays so: once both clocks have stopped, the promise is history.
    is_over = file.status is CaseStatus.RESOLVED
    if ("category" in values or "priority" in values) and not is_over:
        category, priority = change.category or file.category, change.priority or file.priority
        values["policy"] = _promised_anew(conn, file, category, priority).as_json()
    changed = sorted(set(values) - {"policy"})
    if values:
        set_case(conn, file.id, **values)
        facts = {name: str(values[name]) for name in changed if name in ("category", "priority")}
        write_line(
            conn, file.id, Happened.CHANGED, actor, now, facts={"changed": ", ".join(changed), **facts}
        )
    if change.status is not None and change.status is not file.status:
        changed.append("status")
        _move_towards(conn, actor, file, change.status, now)
    if changed:
        note(conn, Event.UPDATE_CASE, actor, now, subject=file.case_number, changed_fields=changed)
        plan_warnings_again(conn, file.id, now)
    return lock_case(conn, actor, case_id)


def assign_case(
    conn: Connection, actor: Actor, case_id: int, to: str, now: datetime, *, version: int | None = None
) -> CaseFile:
    """The case is that colleague's. Raises Refused for somebody who is not there, cannot have it or cannot see it."""
    file = lock_case(conn, actor, case_id)
    _check_version(file, version)
    receiver = find_user(conn, to)
    if receiver is None or not receiver.is_active:
        raise Refused(invalid("assigned_to", f"There is no member of staff called {to!r}."))
    _check(refuse_assign(file.standing, actor, receiver.actor))
    if not reaches_branch(receiver.actor, file.branch_id):
        raise Refused(invalid("assigned_to", f"{receiver.display_name} works for another branch."))
    _give(conn, file, receiver, actor, now)
    return lock_case(conn, actor, case_id)


def escalate_case(
    conn: Connection, actor: Actor, case_id: int, reason: str | None, now: datetime
) -> CaseFile:
    """One level up, with the flag. Raises Refused at the top."""
    file = lock_case(conn, actor, case_id)
    _check(refuse_work(file.standing, actor) or refuse_escalation(file.standing))
    raise_level(conn, file, actor, now, text=reason)
    note(
        conn, Event.ESCALATE_CASE, actor, now, subject=file.case_number,
        escalation_level=file.escalation_level + 1,
    )  # fmt: skip
    return lock_case(conn, actor, case_id)


def raise_level(
    conn: Connection, file: CaseFile, by: Actor, now: datetime, *, text: str | None = None
) -> None:
    """The flag, and a level more as far as there is one."""
    level = min(file.escalation_level + 1, MAX_LEVEL)
    set_case(conn, file.id, is_escalated=True, escalation_level=level)
    write_line(conn, file.id, Happened.ESCALATED, by, now, text=text, facts={"level": level})


def respond_finally(
    conn: Connection, actor: Actor, case_id: int, text: str, now: datetime, *, version: int | None = None
) -> CaseFile:
    """The final response: the case is resolved and both clocks stop. Written again before closing, it replaces the text.

    Only a colleague's response in between makes it stale: a warning, or the customer's message meanwhile, does not. Raises Refused.
    """
    file = lock_case(conn, actor, case_id)
    if file.final_response_by not in (None, actor.name):
        _check_version(file, version)
    file = _workable(conn, actor, case_id, None, now)
    text = _meant(actor, "final_response", file.final_response, text)
    stop_first_clock(conn, file, actor, now)
    end_pause(conn, file, actor, now)
    set_case(conn, file.id, final_response=text, final_response_by=actor.name, final_response_at=now)
    write_line(conn, file.id, Happened.FINAL_RESPONSE, actor, now, text=text)
    status = next_case_status(file.status, "resolve")
    if status is not None:
        set_case(conn, file.id, status=status.value, resolved_at=now)
        plan_warnings_again(conn, file.id, now)
    note(conn, Event.FINAL_RESPONSE, actor, now, subject=file.case_number, response_length=len(text))
    return lock_case(conn, actor, case_id)


def close_case(
    conn: Connection, actor: Actor, case_id: int, now: datetime, *, version: int | None = None
) -> CaseFile:
    """The end of a case that has its final response. Raises Refused."""
    file = lock_case(conn, actor, case_id)
    _check_version(file, version)
    _check(refuse_close(file.standing, actor))
    status = next_case_status(file.status, "close")
    assert status is not None, "a final response has resolved the case"
    set_case(conn, file.id, status=status.value, closed_at=now)
    write_line(conn, file.id, Happened.CLOSED, actor, now)
    note(conn, Event.CLOSE_CASE, actor, now, subject=file.case_number, closed_at=now.isoformat())
    return lock_case(conn, actor, case_id)


def reopen_case(conn: Connection, actor: Actor, case_id: int, reason: str | None, now: datetime) -> CaseFile:
    """Work goes on. The time since it was resolved counts as a pause; the next closing needs a new final response. Raises Refused."""
    file = lock_case(conn, actor, case_id)
    _check(refuse_reopen(file.standing))
    status = next_case_status(file.status, "reopen")
    assert status is not None, "only what is over is reopened"
    conn.execute(
        insert(CasePause).values(
            case_id=file.id, reason=RESOLVED_REASON, started_at=file.resolved_at or now, ended_at=now
        )
    )
    set_case(
        conn, file.id,
        status=status.value, closed_at=None, resolved_at=None,
        final_response=None, final_response_by=None, final_response_at=None,
    )  # fmt: skip
    write_line(conn, file.id, Happened.REOPENED, actor, now, text=reason)
    note(conn, Event.REOPEN_CASE, actor, now, subject=file.case_number)
    plan_warnings_again(conn, file.id, now)
    return lock_case(conn, actor, case_id)


def note_on_case(conn: Connection, actor: Actor, case_id: int, text: str, now: datetime) -> CaseFile:
    """A remark in the log. Raises Refused."""
    file = _workable(conn, actor, case_id, None, now)
    write_line(conn, file.id, Happened.NOTED, actor, now, text=text)
    note(conn, Event.UPDATE_CASE, actor, now, subject=file.case_number, changed_fields=["note"])
    return lock_case(conn, actor, case_id)


def plan_warnings_again(conn: Connection, case_id: int, now: datetime) -> None:
    plan_warnings(conn, case_anyhow(conn, case_id), now)


def _promised_anew(conn: Connection, file: CaseFile, category: str, priority: CasePriority) -> Policy:
    """The promise of another category or priority; an answer that was given is measured by the one it was given under. Raises Refused."""
    policy = policy_for(conn, category, priority, file.opened_at)
    if file.first_response_at is None:
        return policy
    hours = file.policy.promise.first_response_hours
    return replace(policy, promise=replace(policy.promise, first_response_hours=hours))


def _changed(actor: Actor, file: CaseFile, change: CaseChange) -> dict[str, Any]:  # Any: column values.
    """What is named and differs from what the case holds. Raises Refused."""
    values: dict[str, Any] = {"category": change.category, "priority": change.priority}
    for name in ("subject", "description"):
        sent = getattr(change, name)
        values[name] = sent and _meant(actor, name, getattr(file, name), sent)
    return {name: value for name, value in values.items() if value not in (None, getattr(file, name))}


def _meant(actor: Actor, field: str, before: str | None, sent: str) -> str:
    """Raises Refused for a text in which something stands that is hidden from whoever sends it."""
    meant = as_written(sight_of(actor), before, sent)
    if meant is None:
        raise Refused(invalid(field, "Part of this text is hidden from your role. Write it without ●."))
    return meant


def _workable(conn: Connection, actor: Actor, case_id: int, version: int | None, now: datetime) -> CaseFile:
    """The case, held, if this person may work on it; one that nobody has becomes the AGENT's who does."""
    file = _open_to(conn, actor, case_id, version)
    if file.assigned_to_id is not None or actor.role is not Role.AGENT:
        return file
    member = find_user(conn, actor.name)
    assert member is not None, "the guard knows this person"
    _give(conn, file, member, actor, now)
    return lock_case(conn, actor, case_id)


def _open_to(conn: Connection, actor: Actor, case_id: int, version: int | None) -> CaseFile:
    """The case, held, if this person may work on it; whose it is stays. Raises Refused."""
    file = lock_case(conn, actor, case_id)
    _check_version(file, version)
    _check(refuse_work(file.standing, actor))
    return file


def _give(conn: Connection, file: CaseFile, to: StaffMember, by: Actor, now: datetime) -> None:
    status = next_case_status(file.status, "assign") or file.status
    set_case(conn, file.id, assigned_to=to.id, status=status.value)
    write_line(conn, file.id, Happened.ASSIGNED, by, now, facts={"to": to.display_name})
    note(conn, Event.ASSIGN_CASE, by, now, subject=file.case_number, assigned_to=to.username)


def _move_towards(conn: Connection, actor: Actor, file: CaseFile, wanted: CaseStatus, now: datetime) -> None:
    # The case may just have become the actor's, which moves a new one to ASSIGNED.
    found = event_towards(case_anyhow(conn, file.id).standing, wanted)
    if isinstance(found, Refusal):
        raise Refused(found)
    set_case(conn, file.id, status=wanted.value)
    write_line(conn, file.id, Happened.STATUS, actor, now, facts={"from": file.status, "to": wanted})
    match found:
        case "ask_customer":
            stand_still(conn, file, actor, now)
        case "hear":
            end_pause(conn, file, actor, now)
        case _:
            pass


def _check_version(file: CaseFile, version: int | None) -> None:
    if version is not None and version != file.version:
        raise Refused(conflict(STALE))


def _check(refusal: Refusal | None) -> None:
    if refusal:
        raise Refused(refusal)


def _thread_of(conn: Connection, customer_id: str) -> str | None:
    """The customer's conversation, so that a case entered by hand is linked, too."""
    return conn.scalar(
        select(Conversation.id)
        .where(Conversation.customer_id == customer_id, Conversation.merged_into.is_(None))
        .order_by(Conversation.created_at.desc())
        .limit(1)
    )
