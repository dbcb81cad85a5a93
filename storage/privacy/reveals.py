"""For whom is the glass broken? COMPLIANCE sees one person unmasked for half an hour, for a reason, and the supervisors are told."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from flows.domain import Role
from flows.privacy import REVEAL_LASTS, refuse_reveal
from flows.refusal import Refused
from flows.roles import Actor, Sight, sight_of
from storage.moments.alerts import NewAlert, raise_alert
from storage.people.customers import living_customer
from storage.scope import customers_within
from storage.tables import Customer, Reveal, User, new_id
from storage.trail.audit import AuditEntry, Event, note

ALERT = "reveal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Revealed:
    """Who sees the person unmasked, why and until when."""

    id: str
    customer_id: str
    who: str
    reason: str
    at: datetime
    until: datetime


def reveal(conn: Connection, actor: Actor, customer_id: str, reason: str, now: datetime) -> Revealed:
    """Breaks the glass. Raises Refused for who may not, a reason too short, or nobody there."""
    if refusal := refuse_reveal(actor, reason):
        raise Refused(refusal)
    person = living_customer(conn, actor, customer_id)
    reveal_id, until = new_id("reveal"), now + REVEAL_LASTS
    values = {"id": reveal_id, "customer_id": person.id, "user_id": actor.user_id, "reason": reason.strip()}
    conn.execute(insert(Reveal).values(**values, at=now, until=until))
    note(
        conn, Event.REVEAL_CUSTOMER, actor, now, subject=person.id,
        reveal_id=reveal_id, until=until.isoformat(), reason_length=len(reason.strip()),
    )  # fmt: skip
    alert = NewAlert(
        kind=ALERT,
        dedupe_key=f"{ALERT}:{reveal_id}",
        facts={"by": actor.name, "customer_id": person.id, "reveal_id": reveal_id},
    )
    raise_alert(conn, alert, now)
    return Revealed(
        id=reveal_id, customer_id=person.id, who=actor.name, reason=reason.strip(), at=now, until=until
    )


def sight_on(conn: Connection, actor: Actor, customer_id: str, now: datetime) -> Sight:
    """How clearly this person sees that customer right now: the role's sight, or full while the glass is broken."""
    if actor.role is Role.COMPLIANCE and active_reveal(conn, actor, customer_id, now):
        return Sight.FULL
    return sight_of(actor)


def active_reveal(conn: Connection, actor: Actor, customer_id: str, now: datetime) -> Revealed | None:
    """The glass that this person broke for that customer and that is still open, the one that lasts longest."""
    found = _reveals().where(
        Reveal.user_id == actor.user_id, Reveal.customer_id == customer_id, Reveal.until > now
    )
    row = conn.execute(found.order_by(Reveal.until.desc()).limit(1)).mappings().first()
    return Revealed(**row) if row else None


def reasons_in(conn: Connection, entries: Iterable[AuditEntry]) -> dict[int, str]:
    """Why each of these audit entries broke a glass, by the entry's id, as far as the reasons were not erased with the person."""
    wanted = {entry.facts["reveal_id"]: entry.id for entry in entries if "reveal_id" in entry.facts}
    if not wanted:
        return {}
    rows = conn.execute(select(Reveal.id, Reveal.reason).where(Reveal.id.in_(wanted)))
    return {wanted[row.id]: row.reason for row in rows}


def told_of(conn: Connection, actor: Actor, now: datetime) -> list[Revealed]:
    """What SUPERVISOR is told: the glasses within their reach that are open right now, the newest first. Nobody else hears of it here."""
    if actor.role is not Role.SUPERVISOR:
        return []
    within = Reveal.customer_id.in_(select(Customer.id).where(customers_within(actor)))
    rows = conn.execute(_reveals().where(Reveal.until > now, within).order_by(Reveal.at.desc())).mappings()
    return [Revealed(**row) for row in rows]


def _reveals() -> Any:  # Any: a Select of these columns, whose type is longer than itself.
    return select(
        Reveal.id, Reveal.customer_id, User.username.label("who"), Reveal.reason, Reveal.at, Reveal.until
    ).join(User, User.id == Reveal.user_id)
