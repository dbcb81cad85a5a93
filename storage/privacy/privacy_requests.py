"""Who asked to hand out or forget a person, and who agreed? Two persons of two roles, as `flows.privacy` says."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.orm import aliased

from flows.domain import Role
from flows.privacy import (
    REQUEST_LASTS,
    Asked,
    RequestKind,
    RequestState,
    Step,
    next_step,
    refuse_decline,
)
from flows.refusal import Refused, missing
from flows.roles import Actor
from storage.pages import Page, Part, page_of
from storage.tables import Customer, PrivacyRequest, User, new_id
from storage.trail.audit import Event, note

_ASKED_EVENT = {RequestKind.EXPORT: Event.ASK_EXPORT, RequestKind.ERASE: Event.ASK_ERASURE}


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyCase:
    """One request. name and phone are whole: whoever shows them masks them."""

    id: str
    kind: RequestKind
    customer_id: str
    name: str | None
    phone: str | None
    note: str | None
    state: RequestState
    asked_by_id: int
    asked_by: str
    asked_role: Role
    asked_at: datetime
    decided_by: str | None
    decided_at: datetime | None

    @property
    def asked(self) -> Asked:
        return Asked(
            state=self.state,
            asked_by=self.asked_by_id,
            asked_role=self.asked_role,
            asked_at=self.asked_at,
            decided_at=self.decided_at,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Turnout:
    """What a call came to, and the request it stands on."""

    step: Step
    request: PrivacyCase


def take_step(
    conn: Connection, actor: Actor, kind: RequestKind, customer_id: str, why: str | None, now: datetime
) -> Turnout:
    """Asks, waits, or (for the second person) marks the request as done; the caller does what was asked in the same transaction."""
    _expire(conn, now)
    # The customer's row is the lock: two calls at once must not both be first, or both second.
    conn.execute(select(Customer.id).where(Customer.id == customer_id).with_for_update())
    newest = _newest(conn, kind, customer_id)
    step = next_step(newest.asked if newest else None, actor, kind, now)
    if step is Step.ASK:
        return Turnout(step=step, request=_ask(conn, actor, kind, customer_id, why, now))
    assert newest is not None, "without a request the first step is to ask"
    if step is Step.PERFORM:
        _decide(conn, actor, newest.id, RequestState.DONE, now)
        newest = request_by_id(conn, newest.id)
    return Turnout(step=step, request=newest)


def decline(conn: Connection, actor: Actor, request_id: str, now: datetime) -> PrivacyCase:
    """The request is refused by the other one, or taken back by who made it. Raises Refused when it is decided already."""
    request = request_by_id(conn, request_id)
    if refusal := refuse_decline(request.asked):
        raise Refused(refusal)
    _decide(conn, actor, request_id, RequestState.DECLINED, now)
    note(conn, Event.DECLINE_REQUEST, actor, now, subject=request.customer_id, request_id=request_id)
    return request_by_id(conn, request_id)


def request_by_id(conn: Connection, request_id: str) -> PrivacyCase:
    row = conn.execute(_requests().where(PrivacyRequest.id == request_id)).mappings().first()
    if row is None:
        raise missing("request")
    return _request(dict(row))


def request_page(conn: Connection, state: RequestState | None, page: Page) -> Part[PrivacyCase]:
    """The requests, newest first."""
    chosen = _requests()
    if state is not None:
        chosen = chosen.where(PrivacyRequest.state == state.value)
    return page_of(
        conn,
        chosen,
        [PrivacyRequest.asked_at.desc(), PrivacyRequest.id.desc()],
        page,
        lambda row: _request(dict(row)),
    )


def open_requests(conn: Connection, customer_id: str, now: datetime) -> list[PrivacyCase]:
    """What is asked for about this person and not decided yet."""
    rows = conn.execute(
        _requests().where(
            PrivacyRequest.customer_id == customer_id,
            PrivacyRequest.state == RequestState.ASKED,
            PrivacyRequest.asked_at > now - REQUEST_LASTS,
        )
    ).mappings()
    return [_request(dict(row)) for row in rows]


def _newest(conn: Connection, kind: RequestKind, customer_id: str) -> PrivacyCase | None:
    chosen = _requests().where(PrivacyRequest.customer_id == customer_id, PrivacyRequest.kind == kind.value)
    row = (
        conn.execute(chosen.order_by(PrivacyRequest.asked_at.desc(), PrivacyRequest.id.desc()).limit(1))
        .mappings()
        .first()
    )
    return _request(dict(row)) if row else None


def _ask(
    conn: Connection, actor: Actor, kind: RequestKind, customer_id: str, why: str | None, now: datetime
) -> PrivacyCase:
    assert actor.user_id is not None, "who asks is a member of staff"
    assert actor.role is not None, "who asks has a role"
    request_id = new_id("req")
    conn.execute(
        insert(PrivacyRequest).values(
            id=request_id,
            kind=kind.value,
            customer_id=customer_id,
            note=why,
            state=RequestState.ASKED.value,
            asked_by=actor.user_id,
            asked_role=actor.role.value,
            asked_at=now,
        )
    )
    note(conn, _ASKED_EVENT[kind], actor, now, subject=customer_id, request_id=request_id)
    return request_by_id(conn, request_id)


def _decide(conn: Connection, actor: Actor, request_id: str, state: RequestState, now: datetime) -> None:
    conn.execute(
        update(PrivacyRequest)
        .where(PrivacyRequest.id == request_id)
        .values(state=state.value, decided_by=actor.user_id, decided_at=now)
    )


def _expire(conn: Connection, now: datetime) -> None:
    conn.execute(
        update(PrivacyRequest)
        .where(
            PrivacyRequest.state == RequestState.ASKED.value, PrivacyRequest.asked_at <= now - REQUEST_LASTS
        )
        .values(state=RequestState.EXPIRED.value)
    )


def _requests() -> Any:  # Any: a Select of these columns, read by name.
    decider = aliased(User)
    return (
        select(
            PrivacyRequest.id,
            PrivacyRequest.kind,
            PrivacyRequest.customer_id,
            Customer.name,
            Customer.phone,
            PrivacyRequest.note,
            PrivacyRequest.state,
            PrivacyRequest.asked_by.label("asked_by_id"),
            User.username.label("asked_by"),
            PrivacyRequest.asked_role,
            PrivacyRequest.asked_at,
            decider.username.label("decided_by"),
            PrivacyRequest.decided_at,
        )
        # Every request has its customer; an outer join only keeps SQLite from walking all customers to find the few who asked.
        .outerjoin(Customer, Customer.id == PrivacyRequest.customer_id)
        .join(User, User.id == PrivacyRequest.asked_by)
        .outerjoin(decider, decider.id == PrivacyRequest.decided_by)
    )


def _request(row: dict[str, Any]) -> PrivacyCase:  # Any: column values.
    parsed = {
        "kind": RequestKind(row["kind"]),
        "state": RequestState(row["state"]),
        "asked_role": Role(row["asked_role"]),
    }
    return PrivacyCase(**{**row, **parsed})
