"""What is on somebody's own desk today? Numbers first, then the conversations, complaints and tasks themselves, the most pressing first."""

from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web

from admin.pages.case_bars import Bar, urgent_bar
from admin.pages.inbox_cards import CardView, card_view
from admin.pages.lead_views import seen_lead
from admin.pages.page import Page, Visit
from flows.masking import phone_for, text_for
from flows.roles import Permission
from storage.complaints.case_clocks import pauses_by_case
from storage.complaints.case_numbers import AgentDay, agent_day
from storage.complaints.cases import CaseFile, CaseQuestion, case_page
from storage.database import Connection
from storage.desk.inbox_list import inbox_page
from storage.desk.inbox_question import InboxQuestion
from storage.numbers.trends import OwnDay, own_day
from storage.pages import Page as Part
from storage.sales.lead_board import FollowUp, follow_ups

SHOWN = 5  # Of each kind; the list itself is a press away.


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCase:
    """A complaint that the visitor works on; customer and subject as they may see them."""

    file: CaseFile
    customer: str | None
    subject: str | None
    bar: Bar


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPage:
    """cases is None for whoever works on none, and so is tasks."""

    day: OwnDay
    talks: tuple[CardView, ...]
    cases: AgentDay | None
    own_cases: tuple[OwnCase, ...]
    tasks: tuple[FollowUp, ...] | None


async def show(visit: Visit) -> web.Response:
    return visit.show("dashboard/day.html", await visit.desk.database.read(lambda conn: _day(visit, conn)))


def _day(visit: Visit, conn: Connection) -> DayPage:
    now, actor, zone = visit.desk.now(), visit.actor, visit.desk.zone
    midnight = visit.desk.midnight(visit.desk.local(now).date() + timedelta(days=1))
    works_on_cases = actor.may(Permission.WRITE_CASES)
    held = inbox_page(conn, actor, InboxQuestion(), SHOWN, now)
    return DayPage(
        day=own_day(conn, actor, now, midnight),
        talks=tuple(card_view(visit.frame, card) for card in held.cards),
        cases=agent_day(conn, actor, now, zone) if works_on_cases else None,
        own_cases=_own_cases(visit, conn) if works_on_cases else (),
        tasks=_tasks(visit, conn) if actor.may(Permission.WRITE_LEADS) else None,
    )


def _own_cases(visit: Visit, conn: Connection) -> tuple[OwnCase, ...]:
    now, sight = visit.desk.now(), visit.frame.sight
    mine = CaseQuestion(assigned_to=visit.actor.name, is_active=True)
    files = case_page(conn, visit.actor, mine, Part(limit=SHOWN)).items
    pauses = pauses_by_case(conn, [file.id for file in files])
    return tuple(
        OwnCase(
            file=file,
            customer=text_for(sight, file.customer_name) or phone_for(sight, file.customer_phone),
            subject=text_for(sight, file.subject),
            bar=urgent_bar(file, pauses.get(file.id, ()), now),
        )
        for file in files
    )


def _tasks(visit: Visit, conn: Connection) -> tuple[FollowUp, ...]:
    found = follow_ups(conn, visit.actor, Part(limit=SHOWN))
    return tuple(FollowUp(task=item.task, lead=seen_lead(visit, item.lead)) for item in found.items)


PAGES = (Page(method="GET", path="/panel/day", access=Permission.SEE_OWN_DAY, handle=show),)
