"""Which lists are asked for, and in whose name?

Every GET page and endpoint without a parameter in its address is asked for by a role that may, so a new list is measured by itself. What
needs a word or an id in its address stands here by name; ids are taken from what the asker's own scope holds.
"""

from admin.api.routes import endpoints
from admin.endpoint import Door, Endpoint, parameters_of
from admin.pages.page import Page
from admin.pages.routes import PAGES
from flows.domain import Role
from flows.roles import GRANTS, Actor
from storage import pages
from storage.database import Connection
from storage.desk.inbox_list import inbox_page
from storage.desk.inbox_question import InboxQuestion, Tab
from storage.people.customers import CustomerQuestion, customer_page
from tests.admin.house import House
from tests.bench_panel.years import name_of
from tests.people import NOW, member

# Not lists: files, streams, forms that only ask, what works on a model, and what measures or exports everything by design.
LEFT_OUT = (
    "/events",
    "/export",
    "/new",
    "/docs",
    "/openapi",
    "/metrics",
    "/readyz",
    "/healthz",
    "/login",
    "/go/",
    "/qr",
)
BY_NAME = (
    (Role.RM, "/panel/inbox/{conversation}"),
    (Role.SUPERVISOR, "/panel/inbox?tab=all&q=kursi+roda"),
    (Role.SUPERVISOR, "/api/conversations?q=manasik"),
    (Role.SUPERVISOR, "/panel/inbox?tab=all&sort=waiting"),
    (Role.RM, "/panel/inbox?tab=all"),
    (Role.RM, "/panel/inbox?q=visa"),
    (Role.SUPERVISOR, "/api/conversations?status=closed"),
    (Role.SUPERVISOR, "/api/conversations?phase=booking"),
    (Role.SUPERVISOR, "/panel/customers?q=Haram"),
    (Role.COMPLIANCE, "/panel/customers?q=Haram+Visa"),
    (Role.AGENT, "/panel/customers/{customer}"),
    (Role.AGENT, "/api/customers?q=umroh"),
    (Role.RM, "/panel/leads?q=haram"),
    (Role.COMPLIANCE, "/panel/audit?event=LOG_IN"),
)
FIRST_ASKERS = (Role.SUPERVISOR, Role.RM, Role.AGENT, *Role)


def asked(house: House, ids: dict[Role, dict[str, str]]) -> list[tuple[Role, str]]:
    """Who asks for which address. ids: what stands for `{conversation}` and `{customer}` in a role's addresses."""
    rows: list[Page | Endpoint] = [*PAGES, *endpoints(house.desk)]
    found = []
    for row in rows:
        is_list = row.method == "GET" and not parameters_of(row.path)
        if isinstance(row.access, Door) or not is_list or any(part in row.path for part in LEFT_OUT):
            continue
        found.append((next(role for role in FIRST_ASKERS if role in GRANTS[row.access]), row.path))
    return [*found, *((role, path.format(**ids[role])) for role, path in BY_NAME)]


def ids_within(conn: Connection) -> dict[Role, dict[str, str]]:
    """For each asker by name a conversation and a customer that they see."""
    return {role: _ids(conn, member(conn, name_of(role)).actor) for role, _ in BY_NAME}


def _ids(conn: Connection, actor: Actor) -> dict[str, str]:
    card = next(iter(inbox_page(conn, actor, InboxQuestion(tab=Tab.ALL), 1, NOW).cards), None)
    person = next(iter(customer_page(conn, actor, CustomerQuestion(), pages.Page(limit=1)).items), None)
    return {"conversation": card.id if card else "", "customer": person.id if person else ""}
