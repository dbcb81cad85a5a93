"""The directory of customers at the panel, and entering or mending one."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from aiohttp import web
from pydantic import Field

from admin.api.customer_views import CustomerView, customer_view
from admin.pages.page import Form, Page, Visit
from admin.pages.stale import refuse_stale
from admin.shapes import MAX_ID, Query
from flows.customer import CustomerTier
from flows.domain import Consent, Language
from flows.phone import phone_digits
from flows.refusal import Refused, invalid
from flows.rfm import RfmSegment
from flows.roles import Permission
from storage import pages
from storage.database import Connection
from storage.pages import Part
from storage.people.customer_entry import FACTS, CustomerDraft, enter_customer, mend_customer
from storage.people.customers import (
    NOBODY,
    CustomerQuestion,
    Person,
    customer_page,
    is_within_reach,
    living_customer,
)
from storage.people.mended_meanwhile import MendedMeanwhile, last_mend
from storage.privacy.sightings import note_search
from storage.staff.users import branch_page
from storage.worth.value_views import ValueCard, values_of

AT_ONCE = 25
EVERY_BRANCH = pages.Page(limit=pages.MAX_LIMIT)


class DirectoryQuery(Query):
    q: str | None = Field(None, max_length=100)
    branch: str | None = Field(None, max_length=120)
    owner: str | None = Field(None, max_length=80)
    consent: Consent | None = None
    tier: CustomerTier | None = None
    segment: RfmSegment | None = None
    offset: int = Field(0, ge=0, le=1_000_000)


class CustomerForm(Form):
    """name is required when somebody is entered; the form always brings every field, so that an emptied one is emptied.

    seen: the last change that stood behind what the form showed.
    """

    name: str = Field(min_length=1, max_length=200)
    phone: str | None = Field(None, max_length=40)
    cif: str | None = Field(None, max_length=60)
    tier: CustomerTier = CustomerTier.MASS
    language: Language = "id"
    branch: str | None = Field(None, max_length=120)
    nik: str | None = Field(None, max_length=20)
    email: str | None = Field(None, max_length=200)
    account: str | None = Field(None, max_length=30)
    birth_date: date | None = None
    address: str | None = Field(None, max_length=1_000)
    job: str | None = Field(None, max_length=200)
    note: str | None = Field(None, max_length=1_000)
    seen: int | None = Field(None, ge=0, le=MAX_ID)


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryPage:
    """address ends in `offset=` and repeats the filters."""

    people: Part[CustomerView]
    values: dict[str, ValueCard]
    branches: tuple[str, ...]
    taken: DirectoryQuery
    address: str
    limit: int = AT_ONCE
    nobody: str = NOBODY

    @property
    def is_filtered(self) -> bool:
        return bool(self.address.removeprefix("/panel/customers?offset="))


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPage:
    """person is None where somebody new is entered. seen: the last change of what is known of them."""

    person: CustomerView | None
    branches: tuple[str, ...]
    seen: int = 0


async def directory(visit: Visit, taken: DirectoryQuery) -> web.Response:
    question = CustomerQuestion(
        q=taken.q and taken.q.strip(),
        branch=taken.branch,
        owner=taken.owner,
        consent=taken.consent,
        tier=taken.tier,
        segment=taken.segment,
    )
    page = pages.Page(limit=AT_ONCE, offset=taken.offset)
    part = await visit.desk.database.read(lambda conn: customer_page(conn, visit.actor, question, page))
    ids = [person.id for person in part.items]
    values = await visit.desk.database.read(lambda conn: values_of(conn, ids))
    if question.q:
        now = visit.desk.now()
        await visit.desk.database.write(
            lambda conn: note_search(conn, visit.actor, "customers", part.total, now)
        )
    shown = part.map(lambda person: customer_view(visit.desk, visit.frame.sight, person))
    filters = taken.model_dump(mode="json", exclude_none=True, exclude={"offset"})
    content = DirectoryPage(
        people=shown,
        values=values,
        branches=await _branches(visit),
        taken=taken,
        address=f"/panel/customers?{urlencode(filters)}{'&' if filters else ''}offset=",
    )
    return visit.show("customers/list.html" if visit.wants_fragment else "customers/page.html", content)


async def new(visit: Visit) -> web.Response:
    return visit.show("customers/entry.html", EntryPage(person=None, branches=await _branches(visit)))


async def enter(visit: Visit, taken: CustomerForm) -> web.Response:
    now, draft = visit.desk.now(), _draft(taken)
    person = await visit.desk.database.write(lambda conn: enter_customer(conn, visit.actor, draft, now))
    return await _on_to(visit, person, visit.t("customers.entered"))


async def edit(visit: Visit) -> web.Response:
    customer_id = visit.path("id")

    def look(conn: Connection) -> tuple[Person, int]:
        person = living_customer(conn, visit.actor, customer_id)
        return person, last_mend(conn, person.id)

    person, seen = await visit.desk.database.read(look)
    view = customer_view(visit.desk, visit.frame.sight, person)
    return visit.show(
        "customers/entry.html", EntryPage(person=view, branches=await _branches(visit), seen=seen)
    )


async def mend(visit: Visit, taken: CustomerForm) -> web.Response:
    now, draft, customer_id = visit.desk.now(), _draft(taken), visit.path("id")
    try:
        person = await visit.desk.database.write(
            lambda conn: mend_customer(conn, visit.actor, customer_id, draft, now, taken.seen)
        )
    except MendedMeanwhile as meanwhile:
        return await _refuse_mended(visit, customer_id, meanwhile)
    return await _on_to(visit, person, visit.t("customers.mended"))


async def _on_to(visit: Visit, person: Person, toast: str) -> web.Response:
    """To the customer's page, or back to the list where they are another branch's now."""
    if await visit.desk.database.read(lambda conn: is_within_reach(conn, visit.actor, person.id)):
        return visit.go(f"/panel/customers/{person.id}", toast=toast)
    return visit.go("/panel/customers", toast=visit.t("customers.moved", branch=person.branch))


async def _refuse_mended(visit: Visit, customer_id: str, meanwhile: MendedMeanwhile) -> web.Response:
    """Every word stays typed; beside what a colleague mended stands what it says now."""
    person = await visit.desk.database.read(lambda conn: living_customer(conn, visit.actor, customer_id))
    view = customer_view(visit.desk, visit.frame.sight, person)
    marks = {
        name: visit.t("customers.reads_now", value=getattr(view, name) or "—") for name in meanwhile.fields
    }
    return refuse_stale(visit, str(meanwhile.newest), marks)


def _draft(taken: CustomerForm) -> CustomerDraft:
    phone = phone_digits(taken.phone) if taken.phone else None
    if taken.phone and phone is None:
        raise Refused(invalid("phone", "is no phone number; write it like 6281234567890"))
    facts = {name: getattr(taken, name) for name in FACTS}
    return CustomerDraft(
        name=taken.name,
        phone=phone,
        cif=taken.cif,
        tier=taken.tier,
        language=taken.language,
        branch=taken.branch,
        facts=facts | {"birth_date": taken.birth_date.isoformat() if taken.birth_date else None},
        given=frozenset(CustomerForm.model_fields) - {"seen"},
    )


async def _branches(visit: Visit) -> tuple[str, ...]:
    def names(conn: Connection) -> tuple[str, ...]:
        return branch_page(conn, EVERY_BRANCH).items

    return await visit.desk.database.read(names)


_READ, _WRITE = Permission.READ_CUSTOMERS, Permission.WRITE_CUSTOMERS
PAGES = (
    Page(method="GET", path="/panel/customers", access=_READ, handle=directory, takes=DirectoryQuery),
    Page(method="GET", path="/panel/customers/new", access=_WRITE, handle=new),
    Page(method="POST", path="/panel/customers/new", access=_WRITE, handle=enter, takes=CustomerForm),
    Page(method="GET", path="/panel/customers/{id:id}/edit", access=_WRITE, handle=edit),
    Page(method="POST", path="/panel/customers/{id:id}/edit", access=_WRITE, handle=mend, takes=CustomerForm),
)
