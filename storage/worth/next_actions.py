"""What should staff do about which customer, and what did they make of it? Proposals follow the rules; outcomes are kept."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, RowMapping, case, func, select, update

from flows.domain import OPEN_LEAD, CaseStatus, Consent
from flows.next_best_action import (
    AGAIN_DAYS,
    TITLES,
    Action,
    ActionKind,
    ActionPriority,
    ActionStatus,
    Standing,
    next_best_actions,
)
from flows.refusal import Refused, conflict, missing
from flows.rfm import RfmSegment
from flows.roles import SYSTEM, Actor
from storage.dialect import insert_new
from storage.pages import Page, Part, page_by_key
from storage.scope import customers_within
from storage.tables import Case, Conversation, Customer, CustomerValue, Lead, NextAction
from storage.trail.audit import Event, note
from storage.worth.churn import churn_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionCard:
    """A proposal and what became of it. The person behind it is masked where it is shown."""

    id: int
    customer_id: str
    customer_name: str | None
    kind: ActionKind
    title: str
    priority: ActionPriority
    reason: str
    status: ActionStatus
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    note: str | None


def propose(conn: Connection, segments: Mapping[str, str], now: datetime) -> None:
    """Brings the proposals for these customers (id to RFM segment) in line with the rules.

    New ones are added, those whose reason is gone lapse. What staff decided is not proposed again while its reason holds on, unless
    AGAIN_DAYS have passed.
    """
    live = NextAction.customer_id.in_(list(segments)), NextAction.is_live
    rows = conn.execute(select(NextAction).where(*live)).mappings().all()
    wanted = {
        (customer_id, action.kind.value): action
        for customer_id, standing in _standings(conn, segments, now).items()
        for action in next_best_actions(standing)
    }
    over = {row["id"] for row in rows if (row["customer_id"], row["kind"]) not in wanted or _is_old(row, now)}
    _end(conn, over, now)
    standing_still = {(row["customer_id"], row["kind"]) for row in rows if row["id"] not in over}
    fresh = [_values(key[0], action, now) for key, action in wanted.items() if key not in standing_still]
    if fresh:
        conn.execute(insert_new(conn, NextAction), fresh)


def _is_old(row: RowMapping, now: datetime) -> bool:
    return row["decided_at"] is not None and row["decided_at"] < now - timedelta(days=AGAIN_DAYS)


def _end(conn: Connection, ids: Collection[int], now: datetime) -> None:
    """Open proposals lapse; decided ones keep their decision and only stop standing in the way of a new proposal."""
    if not ids:
        return
    proposed = NextAction.id.in_(ids), NextAction.status == ActionStatus.PROPOSED.value
    lapsed = {"status": ActionStatus.LAPSED.value, "decided_by": SYSTEM.name, "decided_at": now}
    conn.execute(update(NextAction).where(*proposed).values(**lapsed))
    conn.execute(update(NextAction).where(NextAction.id.in_(ids)).values(is_live=False))


def _values(customer_id: str, action: Action, now: datetime) -> dict[str, object]:
    return {
        "customer_id": customer_id,
        "kind": action.kind.value,
        "priority": action.priority.value,
        "reason": action.reason,
        "status": ActionStatus.PROPOSED.value,
        "is_live": True,
        "proposed_at": now,
    }


def _standings(conn: Connection, segments: Mapping[str, str], now: datetime) -> dict[str, Standing]:
    ids = list(segments)
    cases = dict(
        conn.execute(
            select(Case.customer_id, func.count())
            .where(Case.customer_id.in_(ids), Case.status != CaseStatus.CLOSED.value)
            .group_by(Case.customer_id)
        ).all()
    )
    contacts = dict(
        conn.execute(
            select(Conversation.customer_id, func.max(Conversation.last_message_at))
            .where(Conversation.customer_id.in_(ids))
            .group_by(Conversation.customer_id)
        ).all()
    )
    leads = dict(
        conn.execute(
            select(Lead.customer_id, Lead.updated_at).where(
                Lead.customer_id.in_(ids), Lead.status.in_(OPEN_LEAD)
            )
        ).all()
    )
    risks = churn_of(conn, ids)
    consents = conn.execute(select(Customer.id, Customer.consent_marketing).where(Customer.id.in_(ids)))
    return {
        customer_id: Standing(
            segment=RfmSegment(segments[customer_id]),
            consent=Consent(consent),
            open_cases=cases.get(customer_id, 0),
            days_since_contact=_days(contacts.get(customer_id), now),
            open_lead_days=_days(leads.get(customer_id), now),
            churn_risk=risks[customer_id].risk if customer_id in risks else None,
        )
        for customer_id, consent in consents
    }


def _days(moment: datetime | None, now: datetime) -> int | None:
    return None if moment is None else max((now - moment).days, 0)


_CARDS = select(NextAction, Customer.name.label("customer_name")).join(
    Customer, Customer.id == NextAction.customer_id
)
_URGENCY = case({priority.value: at for at, priority in enumerate(ActionPriority)}, value=NextAction.priority)


def actions_of(conn: Connection, actor: Actor, customer_id: str) -> tuple[ActionCard, ...]:
    """Everything proposed for the customer, open ones first and most urgent, then what was decided, newest first."""
    is_decided = case((NextAction.status == ActionStatus.PROPOSED.value, 0), else_=1)
    rows = conn.execute(
        _CARDS.where(NextAction.customer_id == customer_id, customers_within(actor)).order_by(
            is_decided, _URGENCY, NextAction.id.desc()
        )
    )
    return tuple(_card(row) for row in rows.mappings())


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which proposals a list shows; None is no limit."""

    priority: ActionPriority | None = None
    kind: ActionKind | None = None
    segment: RfmSegment | None = None


EVERYTHING = Wanted()


def action_page(conn: Connection, actor: Actor, page: Page, wanted: Wanted = EVERYTHING) -> Part[ActionCard]:
    """What is proposed within the actor's scope, the most urgent and oldest first."""
    ids = (
        select(NextAction.id)
        .join(Customer, Customer.id == NextAction.customer_id)
        .where(NextAction.status == ActionStatus.PROPOSED.value, customers_within(actor))
    )
    if wanted.priority:
        ids = ids.where(NextAction.priority == wanted.priority.value)
    if wanted.kind:
        ids = ids.where(NextAction.kind == wanted.kind.value)
    if wanted.segment:
        of_segment = select(CustomerValue.customer_id).where(CustomerValue.segment == wanted.segment.value)
        ids = ids.where(NextAction.customer_id.in_(of_segment))
    order = (_URGENCY, NextAction.proposed_at, NextAction.id)
    return page_by_key(conn, ids.order_by(*order).limit, NextAction.id, _CARDS, order, page, _card)


def decide_action(
    conn: Connection, actor: Actor, action_id: int, outcome: ActionStatus, words: str | None, now: datetime
) -> ActionCard:
    """Done or dismissed, by whom. Raises Refused when it is not within scope, or was decided already."""
    found = conn.execute(_CARDS.where(NextAction.id == action_id, customers_within(actor))).mappings().first()
    if found is None:
        raise missing("action")
    decided = conn.execute(
        update(NextAction)
        .where(NextAction.id == action_id, NextAction.status == ActionStatus.PROPOSED.value)
        .values(status=outcome.value, decided_by=actor.name, decided_at=now, note=words)
    )
    if decided.rowcount == 0:
        raise Refused(conflict(f"This action is {found['status']} already."))
    note(
        conn, Event.DECIDE_NEXT_ACTION, actor, now,
        subject=found["customer_id"], action=found["kind"], outcome=outcome.value,
    )  # fmt: skip
    return _card(conn.execute(_CARDS.where(NextAction.id == action_id)).mappings().one())


def propose_again(conn: Connection, actor: Actor, action_id: int, now: datetime) -> ActionCard:
    """Takes a decision back, while the reason for the action still holds. Raises Refused when it is not within scope, or does not."""
    found = conn.execute(_CARDS.where(NextAction.id == action_id, customers_within(actor))).mappings().first()
    if found is None:
        raise missing("action")
    decided = ActionStatus.DONE.value, ActionStatus.DISMISSED.value
    back = conn.execute(
        update(NextAction)
        .where(NextAction.id == action_id, NextAction.status.in_(decided), NextAction.is_live)
        .values(status=ActionStatus.PROPOSED.value, decided_by=None, decided_at=None, note=None)
    )
    if back.rowcount == 0:
        raise Refused(conflict("This action cannot be taken back any more."))
    note(
        conn, Event.DECIDE_NEXT_ACTION, actor, now,
        subject=found["customer_id"], action=found["kind"], outcome=ActionStatus.PROPOSED.value,
    )  # fmt: skip
    return _card(conn.execute(_CARDS.where(NextAction.id == action_id)).mappings().one())


def _card(row: RowMapping) -> ActionCard:
    kind = ActionKind(row["kind"])
    plain = (
        "id",
        "customer_id",
        "customer_name",
        "reason",
        "proposed_at",
        "decided_by",
        "decided_at",
        "note",
    )
    return ActionCard(
        **{name: row[name] for name in plain},
        kind=kind,
        title=TITLES[kind],
        priority=ActionPriority(row["priority"]),
        status=ActionStatus(row["status"]),
    )
