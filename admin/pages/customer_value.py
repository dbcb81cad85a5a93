"""What a customer is worth, why, what suits them and what to do next: parts that load by themselves, in their page and beside the chat."""

from dataclasses import dataclass

from aiohttp import web

from admin.actions.purchases_to_come import purchases_to_come
from admin.pages.page import Form, Page, Undo, Visit
from flows.masking import text_for
from flows.next_best_action import ActionStatus
from flows.roles import Permission
from storage.database import Connection
from storage.people.customers import living_customer
from storage.worth.churn import ChurnRisk, churn_of
from storage.worth.next_actions import ActionCard, actions_of, decide_action, propose_again
from storage.worth.value_views import BuyerCard, TrendPoint, ValueCard, buyer_card, value_of, value_trend

SHOWN_ACTIONS, SHOWN_DECIDED = 6, 3
SHOWN_PACKAGES = 3
SPARK_WIDTH, SPARK_HEIGHT = 240, 48
MOST_POINTS = 15  # R, F and M together.


class OutcomeForm(Form):
    outcome: ActionStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionsPart:
    """open: what is to be done, most urgent first; decided: what became of the last ones."""

    customer_id: str
    open: tuple[ActionCard, ...]
    decided: tuple[ActionCard, ...]
    may_decide: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ValuePart:
    """value is None until the customer was scored, churn until the model was asked. reasons are the persona's, masked by role.

    to_come: weeks and the purchases expected in them, empty where no model of purchases was trained.
    """

    customer_id: str
    value: ValueCard | None
    reasons: tuple[str, ...]
    trend: tuple[TrendPoint, ...]
    churn: ChurnRisk | None
    buyer: BuyerCard
    to_come: tuple[tuple[int, float], ...]
    actions: ActionsPart

    @property
    def spark(self) -> str:
        """The trend as points of an SVG line: the three scores together, from the first step kept to the newest."""
        points = [point.r + point.f + point.m for point in self.trend]
        if len(points) < 2:
            return ""
        step = SPARK_WIDTH / (len(points) - 1)
        return " ".join(
            f"{at * step:.1f},{SPARK_HEIGHT - 4 - (SPARK_HEIGHT - 8) * score / MOST_POINTS:.1f}"
            for at, score in enumerate(points)
        )


async def show(visit: Visit) -> web.Response:
    return visit.show("value/card.html", await visit.desk.database.read(lambda conn: _value(visit, conn)))


async def beside(visit: Visit) -> web.Response:
    """The short form, beside a conversation: who this is in two words, and what to do next."""
    return visit.show("value/beside.html", await visit.desk.database.read(lambda conn: _value(visit, conn)))


def _value(visit: Visit, conn: Connection) -> ValuePart:
    person = living_customer(conn, visit.actor, visit.path("id"))
    now = visit.desk.now()
    value = value_of(conn, visit.actor, person.id)
    rules, today = visit.desk.value_rules, visit.desk.local(now).date()
    buyer = buyer_card(conn, person.id, rules, now, today, SHOWN_PACKAGES)
    return ValuePart(
        customer_id=person.id,
        value=value,
        reasons=tuple(
            text_for(visit.frame.sight, why) or "" for why in (value.persona_reasons if value else ())
        ),
        trend=value_trend(conn, person.id),
        churn=churn_of(conn, [person.id]).get(person.id),
        buyer=buyer,
        to_come=purchases_to_come(visit.desk, buyer.purchases, today),
        actions=_actions(visit, conn, person.id),
    )


def _actions(visit: Visit, conn: Connection, customer_id: str) -> ActionsPart:
    cards = actions_of(conn, visit.actor, customer_id)
    is_open = [card for card in cards if card.status is ActionStatus.PROPOSED]
    decided = [card for card in cards if card.status in (ActionStatus.DONE, ActionStatus.DISMISSED)]
    return ActionsPart(
        customer_id=customer_id,
        open=tuple(is_open[:SHOWN_ACTIONS]),
        decided=tuple(decided[:SHOWN_DECIDED]),
        may_decide=visit.actor.may(Permission.FOLLOW_UP),
    )


async def decide(visit: Visit, taken: OutcomeForm) -> web.Response:
    """Done, dismissed, or (undone) proposed again; answers the customer's list as it is now."""
    action_id, now = visit.number("id"), visit.desk.now()

    def job(conn: Connection) -> tuple[ActionCard, ActionsPart]:
        if taken.outcome is ActionStatus.PROPOSED:
            card = propose_again(conn, visit.actor, action_id, now)
        else:
            card = decide_action(conn, visit.actor, action_id, taken.outcome, None, now)
        return card, _actions(visit, conn, card.customer_id)

    card, part = await visit.desk.database.write(job)
    is_back = taken.outcome is ActionStatus.PROPOSED
    undo = Undo(path=f"/panel/next-actions/{card.id}", fields={"outcome": ActionStatus.PROPOSED.value})
    return visit.show(
        "value/actions.html",
        part,
        toast=visit.t(f"value.said_{taken.outcome.value}", title=visit.t(f"value.action_{card.kind.value}")),
        undo=None if is_back else undo,
    )


PAGES = (
    Page(
        method="GET",
        path="/panel/customers/{id:id}/value",
        access=Permission.READ_CUSTOMERS,
        handle=show,
        part_of="/panel/customers/{id}",
    ),
    Page(
        method="GET",
        path="/panel/customers/{id:id}/next-actions",
        access=Permission.READ_CUSTOMERS,
        handle=beside,
        part_of="/panel/customers/{id}",
    ),
    Page(
        method="POST",
        path="/panel/next-actions/{id:int}",
        access=Permission.FOLLOW_UP,
        handle=decide,
        takes=OutcomeForm,
    ),
)
