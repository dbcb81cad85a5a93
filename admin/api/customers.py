"""Customers within one's scope, masked by role; entering and mending them; recording what they agreed to."""

from http import HTTPStatus
from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from admin.actions.consents import ConsentAsked, record_consent
from admin.api.customer_views import CustomerView, customer_view
from admin.endpoint import Answer, Call, Endpoint
from admin.shapes import (
    ExactInput,
    Input,
    ListView,
    OptionalLabel,
    OptionalLine,
    OptionalNote,
    PageQuery,
    Phone,
    list_of,
)
from flows.customer import CustomerTier
from flows.domain import Consent, Language
from flows.rfm import RfmSegment
from flows.roles import Permission, sight_of
from storage.database import Connection
from storage.pages import Page
from storage.people.customer_entry import FACTS, CustomerDraft, enter_customer, mend_customer
from storage.people.customers import CustomerQuestion, customer_page, living_customer
from storage.privacy.reveals import active_reveal, sight_on
from storage.privacy.sightings import note_profile, note_search


class CustomerQuery(PageQuery):
    q: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] | None = Field(
        None, description="Part of a name, a CIF, or a phone number."
    )
    branch: str | None = Field(None, max_length=120, description="A branch's name; `-`: without one.")
    owner: str | None = Field(None, max_length=80, description="A username; `-`: without an owner.")
    consent: Consent | None = None
    tier: CustomerTier | None = None
    segment: RfmSegment | None = Field(None, description="Only customers of this RFM segment.")


class CustomerPatch(ExactInput):
    """Fields that are not sent stay as they are; null empties one."""

    name: OptionalLine = None
    phone: Phone | None = None
    cif: OptionalLabel = None
    tier: CustomerTier | None = None
    language: Language | None = None
    branch: OptionalLine = None
    nik: OptionalLabel = None
    email: OptionalLine = None
    account: OptionalLabel = None
    birth_date: OptionalLabel = Field(None, description="Like 1990-05-21.")
    address: OptionalNote = None
    job: OptionalLine = None
    note: OptionalNote = None


class CustomerBody(CustomerPatch):
    model_config = ConfigDict(extra="ignore")  # As with all bodies that must name something.

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class ConsentBody(Input):
    value: Consent
    request_note: OptionalNote = Field(None, description="How and when the customer asked.")
    message_id: str | None = Field(None, max_length=40, description="The customer's message that proves it.")


class CustomerList(ListView[CustomerView]):
    pass


async def browse(call: Call, taken: CustomerQuery) -> CustomerList:
    page, now, sight = Page(limit=taken.limit, offset=taken.offset), call.desk.now(), sight_of(call.actor)
    question = CustomerQuestion(
        q=taken.q,
        branch=taken.branch,
        owner=taken.owner,
        consent=taken.consent,
        tier=taken.tier,
        segment=taken.segment,
    )
    part = await call.desk.database.read(lambda conn: customer_page(conn, call.actor, question, page))
    if taken.q:
        await call.desk.database.write(
            lambda conn: note_search(conn, call.actor, "customers", part.total, now)
        )
    return CustomerList(**list_of(part, lambda person: customer_view(call.desk, sight, person)))


async def read(call: Call) -> CustomerView:
    return await seen(call, call.path("id"))


async def seen(call: Call, customer_id: str) -> CustomerView:
    """The customer as the asker may see them now; looking is noted."""
    now = call.desk.now()

    def look(conn: Connection) -> CustomerView:
        person = living_customer(conn, call.actor, customer_id)
        sight = sight_on(conn, call.actor, person.id, now)
        opened = active_reveal(conn, call.actor, person.id, now)
        note_profile(conn, call.actor, person.id, now, is_revealed=opened is not None)
        return customer_view(call.desk, sight, person, opened.until if opened else None)

    return await call.desk.database.write(look)


async def enter(call: Call, taken: CustomerBody) -> Answer:
    now, draft = call.desk.now(), _draft(taken)
    person = await call.desk.database.write(lambda conn: enter_customer(conn, call.actor, draft, now))
    return Answer(view=customer_view(call.desk, sight_of(call.actor), person), status=HTTPStatus.CREATED)


async def mend(call: Call, taken: CustomerPatch) -> CustomerView:
    now, draft, customer_id = call.desk.now(), _draft(taken), call.path("id")
    person = await call.desk.database.write(
        lambda conn: mend_customer(conn, call.actor, customer_id, draft, now)
    )
    return customer_view(call.desk, sight_of(call.actor), person)


def _draft(taken: CustomerPatch) -> CustomerDraft:
    return CustomerDraft(
        name=taken.name,
        phone=taken.phone,
        cif=taken.cif,
        tier=taken.tier,
        language=taken.language,
        branch=taken.branch,
        facts={name: getattr(taken, name) for name in FACTS if name in taken.model_fields_set},
        given=frozenset(taken.model_fields_set),
    )


async def consent(call: Call, taken: ConsentBody) -> CustomerView:
    asked = ConsentAsked(**taken.model_dump())
    person = await record_consent(call.desk, call.actor, call.path("id"), asked)
    return customer_view(call.desk, sight_of(call.actor), person)


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/api/customers",
        access=Permission.READ_CUSTOMERS,
        summary="The customers within your scope",
        handle=browse,
        takes=CustomerQuery,
        gives=CustomerList,
    ),
    Endpoint(
        method="POST",
        path="/api/customers",
        access=Permission.WRITE_CUSTOMERS,
        summary="Enter a customer",
        handle=enter,
        takes=CustomerBody,
        gives=CustomerView,
        status=HTTPStatus.CREATED,
        fails=(HTTPStatus.CONFLICT,),
    ),
    Endpoint(
        method="GET",
        path="/api/customers/{id:id}",
        access=Permission.READ_CUSTOMERS,
        summary="One customer",
        handle=read,
        gives=CustomerView,
    ),
    Endpoint(
        method="PATCH",
        path="/api/customers/{id:id}",
        access=Permission.WRITE_CUSTOMERS,
        summary="Mend what is known of a customer",
        handle=mend,
        takes=CustomerPatch,
        gives=CustomerView,
        fails=(HTTPStatus.CONFLICT,),
    ),
    Endpoint(
        method="POST",
        path="/api/customers/{id:id}/consent",
        access=Permission.CHANGE_CONSENT,
        summary="Record what the customer agreed to, with how they asked",
        handle=consent,
        takes=ConsentBody,
        gives=CustomerView,
        fails=(HTTPStatus.CONFLICT,),
    ),
)
