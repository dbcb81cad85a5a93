"""The handover queue: who waits for a human, why, how long, and the button that takes the next one."""

from dataclasses import dataclass

from aiohttp import web

from admin.pages.inbox_cards import CardView, card_view
from admin.pages.page import Page, Visit
from flows.assignment import FAIR_SHARE
from flows.roles import Permission
from storage.database import Connection
from storage.desk.inbox_list import InboxPage, inbox_count, inbox_page
from storage.desk.inbox_question import QUEUE
from storage.desk.next_to_serve import take_next, taken_lately

SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePage:
    """In the order of service. held of share: how many this person took lately, and may."""

    cards: tuple[CardView, ...]
    total: int
    held: int
    share: int


async def show(visit: Visit) -> web.Response:
    actor, now = visit.actor, visit.desk.now()

    def job(conn: Connection) -> tuple[InboxPage, int, int]:
        page = inbox_page(conn, actor, QUEUE, SHOWN, now)
        return page, inbox_count(conn, actor, QUEUE, now), taken_lately(conn, actor, now)

    page, total, held = await visit.desk.database.read(job)
    cards = tuple(card_view(visit.frame, card) for card in page.cards)
    view = QueuePage(cards=cards, total=total, held=held, share=FAIR_SHARE)
    return visit.show("queue/list.html" if visit.wants_fragment else "queue/page.html", view)


async def take(visit: Visit) -> web.Response:
    actor, now = visit.actor, visit.desk.now()
    conversation_id = await visit.desk.database.write(lambda conn: take_next(conn, actor, now))
    return visit.go(f"/panel/inbox/{conversation_id}", toast=visit.t("inbox.claimed"))


_HOLD = Permission.HOLD_CONVERSATIONS
PAGES = (
    Page(method="GET", path="/panel/queue", access=_HOLD, handle=show),
    Page(method="POST", path="/panel/queue/next", access=_HOLD, handle=take),
)
