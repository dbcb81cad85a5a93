"""The preliminary jamaah of a lead's party: adding, changing and removing them, within one's scope."""

from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from admin.endpoint import Call, Endpoint
from admin.shapes import Day, Input, Line, OptionalNote, View
from flows.masking import mask_account, text_for
from flows.roles import Permission, Sight, sight_of
from flows.traveller import Gender, Relation, TravellerFacts, passport_warning
from storage.sales.leads import find_lead
from storage.sales.travellers import (
    TravellerEntry,
    add_traveller,
    change_traveller,
    party_of,
    remove_traveller,
)


def _compact(number: str | None) -> str | None:
    return number.replace(" ", "").upper() if number else None


Passport = Annotated[
    Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)] | None, AfterValidator(_compact)
]


class TravellerBody(Input):
    name: Line
    relation: Relation = Relation.SELF
    gender: Gender | None = None
    birth_date: date | None = None
    passport_number: Passport = None
    passport_expiry: Day | None = None
    note: OptionalNote = None

    @property
    def facts(self) -> TravellerFacts:
        return TravellerFacts(**self.model_dump())


class TravellerView(View):
    """passport_warning: `missing`, or `expires_early` when it ends less than six months after the departure."""

    id: int
    lead_id: int | None
    conversation_id: str | None
    package_code: str | None
    name: str | None
    relation: Relation
    gender: Gender | None
    birth_date: date | None
    passport_number: str | None
    passport_expiry: date | None
    passport_warning: str | None
    note: str | None
    created_by: str
    created_at: datetime


class PartyView(View):
    items: list[TravellerView]
    total: int


async def browse(call: Call) -> PartyView:
    lead_id = call.number("id")
    await call.desk.database.read(lambda conn: find_lead(conn, call.actor, lead_id))
    party = await call.desk.database.read(lambda conn: party_of(conn, lead_id))
    return PartyView(items=[traveller_view(call, entry) for entry in party], total=len(party))


async def add(call: Call, taken: TravellerBody) -> TravellerView:
    lead_id, now = call.number("id"), call.desk.now()
    today = call.desk.local(now).date()
    entry = await call.desk.database.write(
        lambda conn: add_traveller(conn, call.actor, lead_id, taken.facts, now, today)
    )
    return traveller_view(call, entry)


async def change(call: Call, taken: TravellerBody) -> TravellerView:
    traveller_id, now = call.number("id"), call.desk.now()
    today = call.desk.local(now).date()
    entry = await call.desk.database.write(
        lambda conn: change_traveller(conn, call.actor, traveller_id, taken.facts, now, today)
    )
    return traveller_view(call, entry)


async def remove(call: Call) -> None:
    traveller_id, now = call.number("id"), call.desk.now()
    await call.desk.database.write(lambda conn: remove_traveller(conn, call.actor, traveller_id, now))


def traveller_view(call: Call, entry: TravellerEntry) -> TravellerView:
    sight, facts = sight_of(call.actor), entry.facts
    number = facts.passport_number
    return TravellerView(
        id=entry.id,
        lead_id=entry.lead_id,
        conversation_id=entry.conversation_id,
        package_code=entry.package_code,
        name=text_for(sight, facts.name),
        relation=facts.relation,
        gender=facts.gender,
        birth_date=facts.birth_date if sight is Sight.FULL else None,
        passport_number=number if sight is Sight.FULL or number is None else mask_account(number),
        passport_expiry=facts.passport_expiry,
        passport_warning=passport_warning(facts, entry.departure),
        note=text_for(sight, facts.note),
        created_by=entry.created_by,
        created_at=call.desk.local(entry.created_at),
    )


_READ, _WRITE = Permission.READ_LEADS, Permission.WRITE_LEADS
ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/api/marketing/leads/{id:int}/travellers",
        access=_READ,
        summary="The preliminary jamaah of a lead's party",
        handle=browse,
        gives=PartyView,
    ),
    Endpoint(
        method="POST",
        path="/api/marketing/leads/{id:int}/travellers",
        access=_WRITE,
        summary="Add one to the party",
        handle=add,
        takes=TravellerBody,
        gives=TravellerView,
        status=HTTPStatus.CREATED,
    ),
    Endpoint(
        method="PUT",
        path="/api/travellers/{id:int}",
        access=_WRITE,
        summary="Replace what is written about one",
        handle=change,
        takes=TravellerBody,
        gives=TravellerView,
    ),
    Endpoint(
        method="DELETE",
        path="/api/travellers/{id:int}",
        access=_WRITE,
        summary="Take one out of the party",
        handle=remove,
    ),
)
