"""The state machines as tables, and the only file that knows `transitions`.

One shared machine a flow is built at import and stepped with a throwaway object, so nothing is ever registered. An event that the table
does not allow answers None and changes nothing. `flows/README.md` draws these very tables.
"""

from dataclasses import dataclass
from functools import cache

from transitions import Machine

from flows.domain import CaseStatus, Phase, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    event: str
    sources: tuple[str, ...]
    target: str
    meaning: str


JOURNEY: tuple[Step, ...] = (
    Step(
        event="learn_more",
        sources=(Phase.LEADS,),
        target=Phase.INTEREST,
        meaning="a package is chosen and the customer asks about it or says yes to more",
    ),
    Step(
        event="want_to_pay",
        sources=(Phase.LEADS, Phase.INTEREST),
        target=Phase.BOOKING,
        meaning="the customer asks how to pay or to be registered",
    ),
    Step(
        event="pay",
        sources=(Phase.LEADS, Phase.INTEREST, Phase.BOOKING),
        target=Phase.PAID,
        meaning="staff saw the money",
    ),
)

CONVERSATION: tuple[Step, ...] = (
    Step(
        event="need_human", sources=(Status.BOT,), target=Status.WAITING, meaning="the bot asks for a human"
    ),
    Step(
        event="claim",
        sources=(Status.BOT, Status.WAITING, Status.CLOSED),
        target=Status.HUMAN,
        meaning="staff take the conversation, in the panel or on the business's phone",
    ),
    Step(
        event="release",
        sources=(Status.HUMAN, Status.WAITING),
        target=Status.BOT,
        meaning="staff give it back to the bot",
    ),
    Step(
        event="close",
        sources=(Status.BOT, Status.WAITING, Status.HUMAN),
        target=Status.CLOSED,
        meaning="staff are done",
    ),
    Step(
        event="lapse",
        sources=(Status.HUMAN,),
        target=Status.BOT,
        meaning="the customer writes and staff stayed away for SAPA_HUMAN_IDLE_HOURS",
    ),
    Step(event="reopen", sources=(Status.CLOSED,), target=Status.BOT, meaning="the customer writes again"),
)

_UNSOLVED = (CaseStatus.NEW, CaseStatus.ASSIGNED, CaseStatus.IN_PROGRESS)

CASE: tuple[Step, ...] = (
    Step(
        event="assign",
        sources=(CaseStatus.NEW,),
        target=CaseStatus.ASSIGNED,
        meaning="somebody is made responsible; later changes of hands keep the status",
    ),
    Step(
        event="start",
        sources=(CaseStatus.NEW, CaseStatus.ASSIGNED),
        target=CaseStatus.IN_PROGRESS,
        meaning="somebody works on it",
    ),
    Step(
        event="ask_customer",
        sources=_UNSOLVED,
        target=CaseStatus.WAITING_CUSTOMER,
        meaning="the customer must answer first; both clocks stand still",
    ),
    Step(
        event="hear",
        sources=(CaseStatus.WAITING_CUSTOMER,),
        target=CaseStatus.IN_PROGRESS,
        meaning="the customer answers, or staff go on without",
    ),
    Step(
        event="resolve",
        sources=(*_UNSOLVED, CaseStatus.WAITING_CUSTOMER),
        target=CaseStatus.RESOLVED,
        meaning="the final response is written",
    ),
    Step(
        event="close",
        sources=(CaseStatus.RESOLVED,),
        target=CaseStatus.CLOSED,
        meaning="done, with a final response",
    ),
    Step(
        event="reopen",
        sources=(CaseStatus.RESOLVED, CaseStatus.CLOSED),
        target=CaseStatus.IN_PROGRESS,
        meaning="a SUPERVISOR finds it is not solved; a new final response is needed",
    ),
)


class _Token:
    """What a shared machine steps: an object with a state, thrown away after the step."""

    __slots__ = ("state",)

    def __init__(self, state: str) -> None:
        self.state = state


def _build(table: tuple[Step, ...]) -> Machine:
    states = sorted({str(state) for step in table for state in (*step.sources, step.target)})
    machine = Machine(model=None, states=states, initial=states[0], auto_transitions=False)
    for step in table:
        machine.add_transition(step.event, [str(source) for source in step.sources], str(step.target))
    return machine


_JOURNEY = _build(JOURNEY)
_CONVERSATION = _build(CONVERSATION)
_CASE = _build(CASE)


# The tables never change, so each step is made once.
@cache
def next_phase(phase: Phase, event: str) -> Phase | None:
    """The phase after the event, None when this phase does not know it (it never goes backward)."""
    state = _step(_JOURNEY, phase, event)
    return Phase(state) if state else None


@cache
def next_status(status: Status, event: str) -> Status | None:
    """The status after the event, None when this status does not know it."""
    state = _step(_CONVERSATION, status, event)
    return Status(state) if state else None


@cache
def next_case_status(status: CaseStatus, event: str) -> CaseStatus | None:
    """The case's status after the event, None when this status does not know it."""
    state = _step(_CASE, status, event)
    return CaseStatus(state) if state else None


def _step(machine: Machine, state: str, event: str) -> str | None:
    if event not in machine.get_triggers(str(state)):
        return None
    token = _Token(str(state))
    machine.events[event].trigger(token)
    return token.state
