"""What staff should do about customers next, and what they made of it."""

from datetime import datetime
from enum import StrEnum
from http import HTTPStatus

from admin.endpoint import Call, Endpoint
from admin.shapes import Input, ListView, OptionalNote, PageQuery, View, list_of
from flows.masking import text_for
from flows.next_best_action import ActionKind, ActionPriority, ActionStatus
from flows.roles import Permission, sight_of
from storage.database import Connection
from storage.pages import Page
from storage.people.customers import find_customer
from storage.worth.next_actions import ActionCard, action_page, actions_of, decide_action


class Outcome(StrEnum):
    """What staff may make of a proposal."""

    DONE = "done"
    DISMISSED = "dismissed"


class OutcomeBody(Input):
    outcome: Outcome
    note: OptionalNote = None


class ActionView(View):
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


class ActionList(ListView[ActionView]):
    pass


async def browse(call: Call, taken: PageQuery) -> ActionList:
    page = Page(limit=taken.limit, offset=taken.offset)
    part = await call.desk.database.read(lambda conn: action_page(conn, call.actor, page))
    return ActionList(**list_of(part, lambda card: _view(call, card)))


async def of_customer(call: Call) -> ActionList:
    customer_id = call.path("id")

    def read(conn: Connection) -> tuple[ActionCard, ...]:
        return actions_of(conn, call.actor, find_customer(conn, call.actor, customer_id).id)

    cards = await call.desk.database.read(read)
    return ActionList(items=[_view(call, card) for card in cards], total=len(cards))


async def decide(call: Call, taken: OutcomeBody) -> ActionView:
    action_id, now, status = call.number("id"), call.desk.now(), ActionStatus(taken.outcome)
    card = await call.desk.database.write(
        lambda conn: decide_action(conn, call.actor, action_id, status, taken.note, now)
    )
    return _view(call, card)


def _view(call: Call, card: ActionCard) -> ActionView:
    fields = {name: getattr(card, name) for name in ActionView.model_fields}
    shown = {
        "customer_name": text_for(sight_of(call.actor), card.customer_name),
        "proposed_at": call.desk.local(card.proposed_at),
        "decided_at": call.desk.local(card.decided_at) if card.decided_at else None,
        "note": text_for(sight_of(call.actor), card.note),
    }
    return ActionView(**fields | shown)


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/api/next-actions",
        access=Permission.FOLLOW_UP,
        summary="What to do next about the customers within one's scope, most urgent first",
        handle=browse,
        takes=PageQuery,
        gives=ActionList,
    ),
    Endpoint(
        method="POST",
        path="/api/next-actions/{id:int}",
        access=Permission.FOLLOW_UP,
        summary="Say that a proposed action is done, or dismissed",
        handle=decide,
        takes=OutcomeBody,
        gives=ActionView,
        fails=(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    ),
    Endpoint(
        method="GET",
        path="/api/customers/{id:id}/next-actions",
        access=Permission.FOLLOW_UP,
        summary="What to do next about this customer, and what became of earlier proposals",
        handle=of_customer,
        gives=ActionList,
        fails=(HTTPStatus.NOT_FOUND,),
    ),
)
