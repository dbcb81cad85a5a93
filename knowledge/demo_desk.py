"""What do the demo's staff keep and have at hand: labels, canned answers, what they did in the newest conversations, whom they know?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

REPLY = "reply"  # Put off until the customer writes.


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoCanned:
    """body may hold blanks. brochure_of: the code of the package whose brochure goes along."""

    shortcut: str
    title: str
    body: str
    brochure_of: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoTalk:
    """What was done in one conversation, named by the last digits of its number. Hours count from the moment of loading.

    by does what has no other doer. tasks: (hours, words), those below zero are overdue. snooze: hours, or until the customer writes.
    party: the travellers of its lead, as facts.
    """

    talk: str
    by: str
    label: tuple[str, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    tasks: tuple[tuple[float, str], ...] = ()
    later: tuple[tuple[float, str], ...] = ()
    snooze: float | str | None = None
    party: tuple[Mapping[str, Any], ...] = ()  # Any: YAML, a traveller's facts.


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPerson:
    """Who one of the demo's customers is, beyond name and number; facts as staff would enter them."""

    number: int
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoDesk:
    labels: tuple[tuple[str, str], ...] = ()
    canned: tuple[DemoCanned, ...] = ()
    talks: tuple[DemoTalk, ...] = ()
    people: tuple[DemoPerson, ...] = ()


def read_desk(facts: Mapping[str, Any]) -> DemoDesk:  # Any: YAML.
    """The desk that this file describes; empty for a demo without one."""
    return DemoDesk(
        labels=tuple((row["name"], row["colour"]) for row in facts.get("labels", ())),
        canned=tuple(DemoCanned(**row) for row in facts.get("canned", ())),
        talks=tuple(
            DemoTalk(**{name: _frozen(value) for name, value in row.items()})
            for row in facts.get("talks", ())
        ),
        people=tuple(
            DemoPerson(number=row["number"], facts={k: str(v) for k, v in row.items() if k != "number"})
            for row in facts.get("people", ())
        ),
    )


def _frozen(value: Any) -> Any:  # Any: YAML's lists become tuples.
    return tuple(_frozen(one) for one in value) if isinstance(value, list) else value
