"""The queue of complaints, and opening one by hand with a look ahead at both due times."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from aiohttp import web
from pydantic import Field

from admin.actions.case_export import send_cases
from admin.pages.case_bars import Bar, urgent_bar
from admin.pages.page import Form, Page, Visit
from admin.shapes import Query
from flows.decision import CaseDraft
from flows.domain import CasePriority, CaseStatus, Role
from flows.masking import phone_for, text_for
from flows.phone import phone_digits
from flows.refusal import Refused, invalid
from flows.roles import Permission
from flows.sla import Deadlines, deadlines
from flows.wording import phone_words
from storage import pages
from storage.complaints.case_clocks import pauses_by_case
from storage.complaints.case_work import open_case
from storage.complaints.cases import CaseFile, CaseQuestion, case_page, count_cases
from storage.complaints.sla import Category, all_categories, policy_for
from storage.database import Connection
from storage.people.customers import (
    CustomerQuestion,
    Person,
    customer_page,
    customer_with_phone,
    find_customer,
)
from storage.privacy.sightings import note_search
from storage.talks.conversations import find_conversation

TABS = ("mine", "branch", "unassigned", "overdue", "closed")
COUNTED_TABS = ("mine", "unassigned", "overdue")
ROWS, FOUND = 25, 6
SHORTEST_SEARCH = 2


class QueueQuery(Query):
    tab: str = Field("", max_length=12)
    category: str | None = Field(None, max_length=16)
    priority: CasePriority | None = None
    status: CaseStatus | None = None
    q: str | None = Field(None, max_length=100)
    offset: int = Field(0, ge=0, le=1_000_000)


class NewQuery(Query):
    """conversation_id: the chat in which the customer complained; the newest one where none is named."""

    customer_id: str | None = Field(None, max_length=64)
    conversation_id: str | None = Field(None, max_length=64)


class SearchQuery(Query):
    q: str = Field("", max_length=100)


class PreviewQuery(Query):
    category: str = Field("", max_length=16)
    priority: CasePriority = CasePriority.MEDIUM


class NewCaseForm(Form):
    customer_id: str | None = Field(None, max_length=64)
    conversation_id: str | None = Field(None, max_length=64)
    phone: str | None = Field(None, max_length=40)
    category: str = Field(max_length=16)
    priority: CasePriority
    subject: str = Field(min_length=1, max_length=200)
    description: str = Field(min_length=1, max_length=20_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """One case in the list; customer and subject as the visitor may see them, None where only the status may be known."""

    file: CaseFile
    customer: str | None
    subject: str | None
    bar: Bar


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePage:
    taken: QueueQuery
    tab: str
    tabs: tuple[tuple[str, int | None], ...]
    rows: tuple[QueueRow, ...]
    total: int
    categories: dict[str, str]
    may_write: bool
    may_export: bool

    @property
    def limit(self) -> int:
        return ROWS

    def address(self, **changes: str | int) -> str:
        """The list's address with these filters instead."""
        values = {"tab": self.tab, **self.taken.model_dump(exclude_none=True, exclude={"offset"}), **changes}
        return "/panel/cases?" + urlencode({name: value for name, value in values.items() if value != ""})


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPage:
    categories: tuple[Category, ...]
    person: Person | None
    preview: Deadlines | None
    found: "tuple[tuple[Person, str | None], ...] | None" = None
    conversation_id: str | None = None
    phone: str | None = None


async def browse(visit: Visit, taken: QueueQuery) -> web.Response:
    now = visit.desk.now()
    own = "mine" if visit.actor.role is Role.AGENT else "branch"
    tab = taken.tab if taken.tab in TABS else own

    def look(conn: Connection) -> QueuePage:
        page = pages.Page(limit=ROWS, offset=taken.offset)
        part = case_page(conn, visit.actor, _question(visit, taken, tab, now), page)
        pauses = pauses_by_case(conn, [file.id for file in part.items])
        counted = [name for name in TABS if name in COUNTED_TABS]
        asked = [_question(visit, QueueQuery(), name, now) for name in counted]
        counts = dict(zip(counted, count_cases(conn, visit.actor, asked), strict=True))
        return QueuePage(
            taken=taken,
            tab=tab,
            tabs=tuple((name, counts.get(name)) for name in TABS),
            rows=tuple(
                _row(visit, file, urgent_bar(file, pauses.get(file.id, ()), now)) for file in part.items
            ),
            total=part.total,
            categories={category.code: category.name for category in all_categories(conn)},
            may_write=visit.actor.may(Permission.WRITE_CASES),
            may_export=visit.actor.may(Permission.EXPORT_CASES),
        )

    page = await visit.desk.database.read(look)
    return visit.show("cases/list.html" if visit.wants_fragment else "cases/page.html", page)


def _question(visit: Visit, taken: QueueQuery, tab: str, now: datetime) -> CaseQuestion:
    return CaseQuestion(
        status=taken.status or (CaseStatus.CLOSED if tab == "closed" else None),
        category=taken.category,
        priority=taken.priority,
        text=taken.q,
        assigned_to=visit.actor.name if tab == "mine" else None,
        is_unassigned=tab == "unassigned",
        overdue_at=now if tab == "overdue" else None,
        is_active=tab != "closed",
    )


def _row(visit: Visit, file: CaseFile, bar: Bar) -> QueueRow:
    sight = visit.frame.sight
    phone = phone_for(sight, file.customer_phone)
    is_brief = visit.actor.role is Role.RM
    return QueueRow(
        file=file,
        customer=file.customer_name or (phone_words(phone) if phone else None),
        subject=None if is_brief else text_for(sight, file.subject),
        bar=bar,
    )


async def export(visit: Visit, taken: QueueQuery) -> web.StreamResponse:
    tab = taken.tab if taken.tab in TABS else "branch"
    question = _question(visit, taken, tab, visit.desk.now())
    return await send_cases(visit.desk, visit.request, visit.actor, question)


async def new(visit: Visit, taken: NewQuery) -> web.Response:
    now = visit.desk.now()

    def look(conn: Connection) -> NewPage:
        categories = all_categories(conn, retired_too=False)
        person = find_customer(conn, visit.actor, taken.customer_id) if taken.customer_id else None
        due = _preview(conn, categories[0].code, CasePriority.MEDIUM, now)
        return NewPage(
            categories=categories,
            person=person,
            preview=due,
            conversation_id=taken.conversation_id,
            phone=phone_for(visit.frame.sight, person.phone) if person else None,
        )

    return visit.show("cases/new.html", await visit.desk.database.read(look))


async def search(visit: Visit, taken: SearchQuery) -> web.Response:
    """Customers whose name or number fits, to choose from; the search is audited."""
    now, asked = visit.desk.now(), taken.q.strip()

    def look(conn: Connection) -> tuple[Person, ...]:
        if len(asked) < SHORTEST_SEARCH:
            return ()
        part = customer_page(conn, visit.actor, CustomerQuestion(q=asked), pages.Page(limit=FOUND))
        note_search(conn, visit.actor, "new_case", part.total, now)
        return part.items

    found = await visit.desk.database.write(look)
    seen = tuple((person, phone_for(visit.frame.sight, person.phone)) for person in found)
    return visit.show("cases/found.html", NewPage(categories=(), person=None, preview=None, found=seen))


async def preview(visit: Visit, taken: PreviewQuery) -> web.Response:
    now = visit.desk.now()
    due = await visit.desk.database.read(lambda conn: _preview(conn, taken.category, taken.priority, now))
    return visit.show("cases/preview.html", NewPage(categories=(), person=None, preview=due))


async def add(visit: Visit, taken: NewCaseForm) -> web.Response:
    now = visit.desk.now()
    digits = phone_digits(taken.phone) if taken.phone else None
    if not taken.customer_id and digits is None:
        raise Refused(invalid("phone", "Choose a customer, or enter a phone number like 0812…"))
    draft = CaseDraft(
        category=taken.category,
        priority=taken.priority,
        subject=taken.subject,
        description=taken.description,
    )

    def record(conn: Connection) -> CaseFile:
        customer_id = taken.customer_id or customer_with_phone(conn, digits or "", now)
        person = find_customer(conn, visit.actor, customer_id)
        talk = taken.conversation_id and find_conversation(conn, visit.actor, taken.conversation_id)
        is_theirs = talk and talk.customer_id == person.id
        return open_case(conn, draft, person.id, talk.id if talk and is_theirs else None, now, by=visit.actor)

    file = await visit.desk.database.write(record)
    return visit.go(f"/panel/cases/{file.id}", toast=visit.t("cases.opened", number=file.case_number))


def _preview(conn: Connection, category: str, priority: CasePriority, now: datetime) -> Deadlines:
    policy = policy_for(conn, category, priority, now)
    return deadlines(policy.promise, now, policy.calendar)


_READ, _WRITE = Permission.READ_CASES, Permission.WRITE_CASES
PAGES = (
    Page(method="GET", path="/panel/cases", access=_READ, handle=browse, takes=QueueQuery),
    Page(
        method="GET",
        path="/panel/cases/export",
        access=Permission.EXPORT_CASES,
        handle=export,
        takes=QueueQuery,
    ),
    Page(method="GET", path="/panel/cases/new", access=_WRITE, handle=new, takes=NewQuery),
    Page(
        method="GET",
        path="/panel/cases/new/customers",
        access=_WRITE,
        handle=search,
        takes=SearchQuery,
        part_of="/panel/cases/new",
    ),
    Page(
        method="GET",
        path="/panel/cases/new/preview",
        access=_WRITE,
        handle=preview,
        takes=PreviewQuery,
        part_of="/panel/cases/new",
    ),
    Page(method="POST", path="/panel/cases", access=_WRITE, handle=add, takes=NewCaseForm),
)
