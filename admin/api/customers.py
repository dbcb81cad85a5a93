"""Customers within one's scope, masked by role; recording what they agreed to."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from admin.endpoint import Call, Endpoint
from admin.shapes import Input, ListView, OptionalNote, PageQuery, View, list_of
from flows.consent import refuse_consent
from flows.domain import Consent
from flows.masking import mask_account, mask_email, mask_nik, phone_for, text_for
from flows.refusal import Refused
from flows.rfm import RfmSegment
from flows.roles import Permission, Sight, sight_of
from storage.consents import change_consent, check_proof
from storage.customers import Person, customer_page, find_customer
from storage.database import Connection
from storage.pages import Page
from storage.sightings import note_profile, note_search

# What of a profile is personal, and how it is hidden from those who see masked.
_PERSONAL = {"nik": mask_nik, "email": mask_email, "account": mask_account}


class CustomerQuery(PageQuery):
    q: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] | None = Field(
        None, description="Part of a name, or a phone number."
    )
    segment: RfmSegment | None = Field(None, description="Only customers of this RFM segment.")


class ConsentBody(Input):
    value: Consent
    request_note: OptionalNote = Field(None, description="How and when the customer asked.")
    message_id: str | None = Field(None, max_length=40, description="The customer's message that proves it.")


class CustomerView(View):
    id: str
    name: str | None
    phone: str | None
    language: str
    consent_marketing: Consent
    branch: str | None
    owner: str | None
    nik: str | None
    email: str | None
    account: str | None
    created_at: datetime


class CustomerList(ListView[CustomerView]):
    pass


async def browse(call: Call, taken: CustomerQuery) -> CustomerList:
    page, now = Page(limit=taken.limit, offset=taken.offset), call.desk.now()
    part = await call.desk.database.read(
        lambda conn: customer_page(conn, call.actor, taken.q, page, taken.segment)
    )
    if taken.q:
        await call.desk.database.write(
            lambda conn: note_search(conn, call.actor, "customers", part.total, now)
        )
    return CustomerList(**list_of(part, lambda person: _view(call, person)))


async def read(call: Call) -> CustomerView:
    customer_id, now = call.path("id"), call.desk.now()
    person = await call.desk.database.read(lambda conn: find_customer(conn, call.actor, customer_id))
    await call.desk.database.write(lambda conn: note_profile(conn, call.actor, person.id, now))
    return _view(call, person)


async def consent(call: Call, taken: ConsentBody) -> CustomerView:
    if refusal := refuse_consent(call.actor, taken.value, taken.request_note):
        raise Refused(refusal)
    customer_id, now = call.path("id"), call.desk.now()

    def record(conn: Connection) -> Person:
        person = find_customer(conn, call.actor, customer_id)
        if taken.message_id:
            check_proof(conn, person.id, taken.message_id)
        change_consent(
            conn,
            person.id,
            taken.value,
            changed_by=call.actor.name,
            role=call.actor.role,
            message_id=taken.message_id,
            request_note=taken.request_note,
            now=now,
        )
        return find_customer(conn, call.actor, person.id)

    return _view(call, await call.desk.database.write(record))


def _view(call: Call, person: Person) -> CustomerView:
    sight = sight_of(call.actor)
    return CustomerView(
        id=person.id,
        name=text_for(sight, person.name),
        phone=phone_for(sight, person.phone),
        language=person.language,
        consent_marketing=person.consent_marketing,
        branch=person.branch,
        owner=person.owner,
        **{name: _personal(sight, name, person.profile) for name in _PERSONAL},
        created_at=call.desk.local(person.created_at),
    )


def _personal(sight: Sight, name: str, profile: dict[str, Any]) -> str | None:  # Any: JSON as stored.
    value = profile.get(name)
    if not value or sight is Sight.NONE:
        return None
    return str(value) if sight is Sight.FULL else _PERSONAL[name](str(value))


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
        method="GET",
        path="/api/customers/{id:id}",
        access=Permission.READ_CUSTOMERS,
        summary="One customer",
        handle=read,
        gives=CustomerView,
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
