"""What a customer is worth and what to do next, as a part of their page that loads by itself."""

from dataclasses import dataclass

from aiohttp import web

from admin.pages.page import Page, Visit
from flows.roles import Permission
from storage.customers import living_customer
from storage.database import Connection
from storage.next_actions import ActionCard, actions_of
from storage.value_views import TrendPoint, ValueCard, value_of, value_trend

SHOWN_ACTIONS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ValuePage:
    """value is None until the customer was scored."""

    value: ValueCard | None
    trend: tuple[TrendPoint, ...]
    actions: tuple[ActionCard, ...]


async def show(visit: Visit) -> web.Response:
    customer_id = visit.path("id")

    def look(conn: Connection) -> ValuePage:
        person = living_customer(conn, visit.actor, customer_id)
        return ValuePage(
            value=value_of(conn, visit.actor, person.id),
            trend=value_trend(conn, person.id),
            actions=actions_of(conn, visit.actor, person.id)[:SHOWN_ACTIONS],
        )

    return visit.show("customers/value.html", await visit.desk.database.read(look))


PAGES = (
    Page(method="GET", path="/panel/customers/{id:id}/value", access=Permission.READ_CUSTOMERS, handle=show),
)
