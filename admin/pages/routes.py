"""Every page of the panel, in one list, and the router that leads to them. `admin/panel.py` loads this behind the service's start."""

from aiohttp import web

from admin.desk import Desk
from admin.pages import (
    account,
    audit,
    branches,
    calendars,
    canned,
    case,
    cases,
    customer,
    customer_value,
    customers,
    dashboard,
    day,
    grants,
    home,
    inbox,
    inbox_deeds,
    inbox_presence,
    inbox_tools,
    lead,
    leads,
    live_events,
    login,
    model_cards,
    privacy,
    queue,
    second_factor,
    segments,
    sign_on,
    sla,
    teaching,
    users,
    value,
    whatsapp,
)
from admin.pages.guard import guarded
from admin.pages.page import Page

PAGES: tuple[Page, ...] = (
    *home.PAGES,
    *login.PAGES,
    *account.PAGES,
    *customers.PAGES,
    *customer.PAGES,
    *customer_value.PAGES,
    *privacy.PAGES,
    *audit.PAGES,
    *dashboard.PAGES,
    *day.PAGES,
    *value.PAGES,
    *segments.PAGES,
    *model_cards.PAGES,
    *leads.PAGES,
    *lead.PAGES,
    *second_factor.PAGES,
    *sign_on.PAGES,
    *users.PAGES,
    *grants.PAGES,
    *branches.PAGES,
    *cases.PAGES,
    *case.PAGES,
    *sla.PAGES,
    *calendars.PAGES,
    *inbox.PAGES,
    *inbox_deeds.PAGES,
    *inbox_tools.PAGES,
    *inbox_presence.PAGES,
    *canned.PAGES,
    *queue.PAGES,
    *whatsapp.PAGES,
    *live_events.PAGES,
    *teaching.PAGES,
)


def page_router(desk: Desk) -> web.UrlDispatcher:
    """Leads to every page, through its guard."""
    router = web.UrlDispatcher()
    for page in PAGES:
        router.add_route(page.method, page.route, guarded(desk, page))
    return router
