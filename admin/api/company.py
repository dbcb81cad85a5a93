"""The company's facts: what greeting, address and legality stand on. The bot states nothing that is not here."""

import re
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import Field, field_validator

from admin.api.packages import PlaceBody, PlaceView
from admin.endpoint import Call, Endpoint
from admin.shapes import Input, Line, OptionalLine, OptionalNote, View
from flows.domain import Company, Place, WorkingFrame
from flows.roles import Permission
from storage.knowledge.company import load_company, save_company

MAX_FRAMES = 50
MAX_BRANCHES = 500
MINUTES_AN_HOUR = 60
_TIME = re.compile(r"([01]\d|2[0-4])[:.]([0-5]\d)")
_MIDNIGHT = 24 * MINUTES_AN_HOUR


class FrameBody(Input):
    """One stretch of a weekday in which people answer; a lunch break makes two."""

    weekday: int = Field(ge=0, le=6, description="0 is Monday.")
    opens: str = Field(description="`08:00`, on the company's clock.")
    closes: str = Field(description="`17:00`; `24:00` is the end of the day.")

    @field_validator("opens", "closes")
    @classmethod
    def _is_a_time(cls, value: str) -> str:
        found = _TIME.fullmatch(value)
        if not found or _minutes(value) > _MIDNIGHT:
            raise ValueError("must be a time like 08:00")
        return value


class ContactBody(Input):
    phone: OptionalLine = None
    email: OptionalLine = None
    website: OptionalLine = None


class CompanyBody(Input):
    name: Line
    address: OptionalNote = None
    pin: PlaceBody | None = Field(None, description="The office on the map.")
    hours: Annotated[list[FrameBody], Field(max_length=MAX_FRAMES)] = Field(default_factory=list)
    licence: OptionalLine = None
    contact: ContactBody = ContactBody()
    branches: Annotated[list[Line], Field(max_length=MAX_BRANCHES)] = Field(default_factory=list)
    timezone: str = "Asia/Jakarta"

    @field_validator("timezone")
    @classmethod
    def _is_known(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError("is no time zone; write one like Asia/Jakarta")
        return value

    @field_validator("hours")
    @classmethod
    def _open_before_they_close(cls, frames: list[FrameBody]) -> list[FrameBody]:
        for frame in frames:
            if _minutes(frame.opens) >= _minutes(frame.closes):
                raise ValueError(f"opens at {frame.opens}, so it cannot close at {frame.closes}")
        return frames


class FrameView(View):
    weekday: int
    opens: str
    closes: str


class ContactView(View):
    phone: str | None
    email: str | None
    website: str | None


class CompanyView(View):
    name: str
    address: str | None
    pin: PlaceView | None
    hours: list[FrameView]
    licence: str | None
    contact: ContactView
    branches: list[str]
    timezone: str


async def read(call: Call) -> CompanyView:
    return _view(await call.desk.database.read(load_company))


async def put(call: Call, taken: CompanyBody) -> CompanyView:
    company, now = company_from(taken), call.desk.now()
    await call.desk.database.write(lambda conn: save_company(conn, company, call.actor, now))
    return _view(company)


def company_from(body: CompanyBody) -> Company:
    pin = body.pin
    return Company(
        name=body.name,
        address=body.address,
        pin=Place(name=pin.name, lat=pin.lat, lng=pin.lng) if pin else None,
        licence=body.licence,
        phone=body.contact.phone,
        email=body.contact.email,
        website=body.contact.website,
        hours=tuple(
            WorkingFrame(weekday=frame.weekday, opens=_minutes(frame.opens), closes=_minutes(frame.closes))
            for frame in body.hours
        ),
        branches=tuple(body.branches),
        timezone=body.timezone,
    )


def _view(company: Company) -> CompanyView:
    pin = company.pin
    return CompanyView(
        name=company.name,
        address=company.address,
        pin=PlaceView(name=pin.name, lat=pin.lat, lng=pin.lng) if pin else None,
        hours=[
            FrameView(weekday=frame.weekday, opens=_clock(frame.opens), closes=_clock(frame.closes))
            for frame in company.hours
        ],
        licence=company.licence,
        contact=ContactView(phone=company.phone, email=company.email, website=company.website),
        branches=list(company.branches),
        timezone=company.timezone,
    )


def _minutes(clock: str) -> int:
    """Minutes from midnight: "08:30" is 510."""
    return int(clock[:2]) * MINUTES_AN_HOUR + int(clock[3:])


def _clock(minutes: int) -> str:
    return f"{minutes // MINUTES_AN_HOUR:02d}:{minutes % MINUTES_AN_HOUR:02d}"


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/api/company",
        access=Permission.EDIT_COMPANY,
        summary="The company's facts",
        handle=read,
        gives=CompanyView,
    ),
    Endpoint(
        method="PUT",
        path="/api/company",
        access=Permission.EDIT_COMPANY,
        summary="Replace the company's facts",
        handle=put,
        takes=CompanyBody,
        gives=CompanyView,
    ),
)
