"""What may be done with a complaint, by whom, and when does its clock stand still?

    Agent: closes. → "Write the final response before closing."
    Agent: writes it, closes. Supervisor: reopens; the next closing needs a new final response.

AGENT works on what is theirs or nobody's (and takes the latter by working on it); SUPERVISOR works on everything in the branch, gives it
to whom they want, and alone reopens. Where a case stands moves along `machine.CASE`.
"""

from collections.abc import Collection
from dataclasses import dataclass

from flows.domain import CaseStatus, Role
from flows.machine import next_case_status
from flows.refusal import Refusal, conflict, forbidden, invalid
from flows.roles import Actor, Reach, reach_of

ACTIVE: tuple[CaseStatus, ...] = tuple(status for status in CaseStatus if status is not CaseStatus.CLOSED)
# The clock of the solution runs in these; in WAITING_CUSTOMER it is paused, later it has stopped.
RUNNING = frozenset({CaseStatus.NEW, CaseStatus.ASSIGNED, CaseStatus.IN_PROGRESS})
MAX_LEVEL = 3  # Supervisor, head of branch, management.
# What a customer says who wants nothing more; it does not start the clock again.
FAREWELLS = frozenset({"thanks", "goodbye"})
WAITING_REASON = "waiting_customer"
RESOLVED_REASON = "resolved"
WORKERS = frozenset({Role.AGENT, Role.SUPERVISOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseStanding:
    """What the rules need to know of a case. holder names whoever it is assigned to."""

    status: CaseStatus
    has_final_response: bool
    assigned_to_id: int | None = None
    holder: str | None = None
    escalation_level: int = 0


def case_number(year: int, serial: int) -> str:
    """The number people quote on the phone: `CASE-2027-000042`. year is the one (UTC) in which it was opened."""
    return f"CASE-{year}-{serial:06d}"


def refuse_work(case: CaseStanding, actor: Actor) -> Refusal | None:
    """Why this person may not change the case, None when they may."""
    if case.status is CaseStatus.CLOSED:
        return conflict("This case is closed. A supervisor can reopen it.")
    return refuse_colleagues(case, actor)


def refuse_colleagues(case: CaseStanding, actor: Actor) -> Refusal | None:
    """Why a case, closed or not, is none of this person's work. What makes good a case that went badly may come after its end."""
    if actor.role is Role.AGENT and case.assigned_to_id not in (None, actor.user_id):
        return forbidden(f"This case is {case.holder}'s. Ask a supervisor to give it to you.")
    return None


def refuse_assign(case: CaseStanding, actor: Actor, to: Actor) -> Refusal | None:
    """Why the case cannot be given to that colleague."""
    if case.status is CaseStatus.CLOSED:
        return conflict("This case is closed. A supervisor can reopen it.")
    if to.role not in WORKERS:
        return invalid("assigned_to", "Only an AGENT or a SUPERVISOR can have a case.")
    if actor.role is Role.AGENT and to.user_id != actor.user_id:
        return forbidden("Only a supervisor gives cases to others. You can take one that nobody has.")
    return refuse_work(case, actor)


def reaches_branch(to: Actor, branch_id: int | None) -> bool:
    """Whether that colleague could see a case of this branch (None: a customer of no branch, whom everybody serves)."""
    return branch_id is None or reach_of(to) is not Reach.BRANCH or to.branch_id == branch_id


def refuse_escalation(case: CaseStanding) -> Refusal | None:
    if case.status is CaseStatus.CLOSED:
        return conflict("This case is closed. A supervisor can reopen it.")
    if case.escalation_level >= MAX_LEVEL:
        return conflict(f"This case stands on the highest level ({MAX_LEVEL}) already.")
    return None


def refuse_close(case: CaseStanding, actor: Actor) -> Refusal | None:
    """The guardrail: no case is closed without a final response."""
    if case.status is CaseStatus.CLOSED:
        return conflict("This case is closed already.")
    if refusal := refuse_work(case, actor):
        return refusal
    if not case.has_final_response:
        return conflict("Write the final response before closing.")
    return None


def refuse_reopen(case: CaseStanding) -> Refusal | None:
    if case.status not in (CaseStatus.RESOLVED, CaseStatus.CLOSED):
        return conflict(f"This case is open already ({case.status}).")
    return None


def event_towards(case: CaseStanding, wanted: CaseStatus) -> str | Refusal:
    """The event of the machine that brings the case to the wanted status, or why there is none."""
    events = {
        CaseStatus.IN_PROGRESS: ("start", "hear"),
        CaseStatus.WAITING_CUSTOMER: ("ask_customer",),
        CaseStatus.RESOLVED: ("resolve",),
    }
    if wanted is CaseStatus.RESOLVED and not case.has_final_response:
        return conflict("Write the final response before resolving.")
    for event in events.get(wanted, ()):
        if next_case_status(case.status, event) is wanted:
            return event
    return conflict(f"A case that is {case.status} cannot become {wanted} this way.")


def resumes(intents: Collection[str | None]) -> bool:
    """Whether what the customer just wrote ends the wait: anything but a mere "makasih" or "sampai jumpa" does."""
    return any(intent not in FAREWELLS for intent in intents)
