"""The company's facts, and the sentences that customers read because of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import web
from pydantic import Field, ValidationError

from admin.api.company import CompanyBody, company_from
from admin.knowledge_ports import Talk, WhatIf
from admin.pages.packages import Lines, SaysPart
from admin.pages.page import Form, Page, Visit
from admin.pages.stale import refuse_stale
from admin.problems import FieldError, invalid_input, several
from flows.domain import Company, WorkingFrame
from flows.hours_text import frames_of, hours_words
from flows.refusal import Changed
from flows.roles import Permission
from storage.knowledge.company import load_company, save_company
from storage.staff.seen_settings import setting_seen

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class CompanyForm(Form):
    """What each field may hold is `CompanyBody`'s to say; hours are typed, one line a day."""

    name: str = ""
    address: str | None = None
    pin_name: str | None = None
    pin_lat: float | None = None
    pin_lng: float | None = None
    licence: str | None = None
    phone: str | None = None
    email: str | None = None
    website: str | None = None
    branches: Lines = ()
    timezone: str = "Asia/Jakarta"
    mon: str = Field("", max_length=100)
    tue: str = Field("", max_length=100)
    wed: str = Field("", max_length=100)
    thu: str = Field("", max_length=100)
    fri: str = Field("", max_length=100)
    sat: str = Field("", max_length=100)
    sun: str = Field("", max_length=100)
    seen: datetime | None = None

    @property
    def company(self) -> Company:
        """Raises Problem naming every field that is wrong."""
        hours = self._hours()
        values: dict[str, Any] = {
            "name": self.name, "address": self.address, "licence": self.licence, "timezone": self.timezone,
            "contact": {"phone": self.phone, "email": self.email, "website": self.website},
            "branches": list(self.branches),
        }  # fmt: skip
        if self.pin_lat is not None and self.pin_lng is not None:
            values["pin"] = {"name": self.pin_name or self.name, "lat": self.pin_lat, "lng": self.pin_lng}
        try:
            company = company_from(CompanyBody.model_validate(values))
        except ValidationError as error:
            raise invalid_input(error) from error
        return Company(
            **{name: getattr(company, name) for name in Company.__slots__ if name != "hours"}, hours=hours
        )

    def _hours(self) -> tuple[WorkingFrame, ...]:
        frames: list[WorkingFrame] = []
        wrong: list[FieldError] = []
        for number, day in enumerate(DAYS):
            try:
                frames += frames_of(number, getattr(self, day))
            except ValueError as error:
                wrong.append(FieldError(field=day, message=str(error)))
        if wrong:
            raise several(wrong)
        return tuple(frames)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyPage:
    """hours: each day's as they may be typed back, by the field's name."""

    company: Company
    hours: dict[str, str]
    seen: datetime | None


async def read(visit: Visit) -> web.Response:
    company = await visit.desk.database.read(load_company)
    seen = await visit.desk.database.read(lambda conn: setting_seen(conn, "company"))
    hours = {day: hours_words(company.hours, number) for number, day in enumerate(DAYS)}
    return visit.show("company/page.html", CompanyPage(company=company, hours=hours, seen=seen))


async def save(visit: Visit, taken: CompanyForm) -> web.Response:
    company, now = taken.company, visit.desk.now()
    try:
        await visit.desk.database.write(
            lambda conn: save_company(conn, company, visit.actor, now, seen=taken.seen)
        )
    except Changed as changed:
        return refuse_stale(visit, changed.changed_at.isoformat())
    return visit.go("/panel/company", toast=visit.t("company.saved"))


async def preview(visit: Visit, taken: CompanyForm) -> web.Response:
    """Greeting, address, licence, and when a human answers, as the facts stand in the form."""
    messages = tuple(
        visit.t(key)
        for key in ("company.ask_hello", "company.ask_where", "company.ask_legal", "company.ask_human")
    )
    talks = [Talk(messages=(message,), is_new=number == 0) for number, message in enumerate(messages)]
    answers = await visit.desk.rehearsal.talks(talks, WhatIf(company=taken.company))
    said = zip(messages, (one[0] for one in answers), strict=True)
    return visit.show("packages/says.html", SaysPart(answers=tuple(said)))


_EDIT = Permission.EDIT_COMPANY
PAGES = (
    Page(method="GET", path="/panel/company", access=_EDIT, handle=read),
    Page(method="POST", path="/panel/company", access=_EDIT, handle=save, takes=CompanyForm),
    Page(method="POST", path="/panel/company/preview", access=_EDIT, handle=preview, takes=CompanyForm),
)
