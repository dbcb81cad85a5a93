"""What is sold: pictures, prices and seats at a glance, an editor with everything about a package, and what the bot would say of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal
from urllib.parse import quote

from aiohttp import web
from pydantic import BeforeValidator, Field, ValidationError

from admin.api.packages import PackageBody, package_code, package_from
from admin.knowledge_ports import Talk, WhatIf
from admin.pages.page import Form, Page, Undo, Upload, Visit
from admin.pages.stale import refuse_stale
from admin.ports import BotAnswer
from admin.problems import Problem, invalid_input, unprocessable
from admin.shapes import Query
from flows.domain import Package, PackageInEnglish
from flows.file_kinds import ENDINGS, LARGEST, MEGABYTE, kind_of
from flows.packages import PAPERS, Availability, availability, perhaps_outdated
from flows.refusal import Changed, missing
from flows.roles import Permission
from storage.database import Connection
from storage.knowledge.packages import (
    find_package,
    list_packages,
    package_seen,
    put_package,
    set_status,
    shift_seats,
)
from storage.talks.media import NewMedia, keep_media

PICTURES = ("image/jpeg", "image/png", "image/webp")
# Which kinds of file each field takes.
TAKES: Mapping[str, tuple[str, ...]] = {
    "image_url": PICTURES,
    "brochure_url": ("application/pdf", *PICTURES),
    "itinerary_url": ("application/pdf", *PICTURES),
    "video_url": ("video/mp4",),
}
# What customers who write English hear instead, under `en_` in the form.
IN_ENGLISH = tuple(PackageInEnglish.__slots__)
MediaField = Literal["image_url", "brochure_url", "itinerary_url", "video_url"]


def _lines(value: object) -> object:
    return [line.strip() for line in value.splitlines() if line.strip()] if isinstance(value, str) else value


Lines = Annotated[tuple[str, ...] | str, BeforeValidator(_lines)]


class PackageForm(Form):
    """The editor's fields; what they may hold is `PackageBody`'s to say, so that page and API never differ."""

    code: str = Field("", max_length=60)
    name: str = ""
    price: int
    departure_date: str | None = None
    duration_days: int | None = None
    quota: int | None = None
    quota_left: int | None = None
    tier: str = "STANDARD"
    category: str | None = None
    ml_label: str | None = None
    image_url: str | None = None
    brochure_url: str | None = None
    itinerary_url: str | None = None
    video_url: str | None = None
    place_name: str | None = None
    place_lat: float | None = None
    place_lng: float | None = None
    hotel_makkah: str | None = None
    hotel_madinah: str | None = None
    airline: str | None = None
    features: Lines = ()
    includes: Lines = ()
    excludes: Lines = ()
    payment_terms: str | None = None
    status: str = "OPEN"
    en_hotel_makkah: str | None = None
    en_hotel_madinah: str | None = None
    en_airline: str | None = None
    en_features: Lines = ()
    en_includes: Lines = ()
    en_excludes: Lines = ()
    en_payment_terms: str | None = None
    seen: datetime | None = None

    @property
    def package(self) -> Package:
        """Raises Problem naming every field that is wrong."""
        values: dict[str, Any] = self.model_dump(exclude={"place_name", "place_lat", "place_lng", "seen"})
        english = {name: values.pop(f"en_{name}") for name in IN_ENGLISH}
        values["english"] = english if any(english.values()) else None
        if self.place_name and self.place_lat is not None and self.place_lng is not None:
            values["location"] = {"name": self.place_name, "lat": self.place_lat, "lng": self.place_lng}
        code = package_code(self.code.upper())
        try:
            return package_from(code, PackageBody.model_validate(values | {"code": None}, strict=False))
        except ValidationError as error:
            raise invalid_input(error) from error


class PackageQuery(Query):
    look: str = Field("", max_length=200)


class SeatsForm(Form):
    by: int = Field(ge=-1, le=1)


class StatusForm(Form):
    status: Literal["OPEN", "FULL", "CLOSED"]


class MediaForm(Form):
    field: MediaField
    file: Upload


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    package: Package
    availability: Availability

    @property
    def sold_share(self) -> float | None:
        """How much of the quota is taken, 0 to 1; None where there is none."""
        quota, left = self.package.quota, self.package.quota_left
        return (quota - left) / quota if quota and left is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PackagesPage:
    on_sale: tuple[Offer, ...]
    others: tuple[Offer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PackagePage:
    """package is None for a new one. look: which pictures and papers may tell what is true no more."""

    package: Package | None
    availability: Availability | None
    seen: datetime | None
    look: frozenset[str] = frozenset()

    @property
    def papers(self) -> tuple[str, ...]:
        """Of pictures and papers those to be looked at that are there."""
        return tuple(paper for paper in PAPERS if paper in self.look and getattr(self.package, paper, None))


@dataclass(frozen=True, slots=True, kw_only=True)
class SaysPart:
    answers: tuple[tuple[str, BotAnswer], ...]


async def browse(visit: Visit) -> web.Response:
    packages = await visit.desk.database.read(list_packages)
    today = visit.frame.now.date()
    offers = [Offer(package=package, availability=availability(package, today)) for package in packages]
    page = PackagesPage(
        on_sale=tuple(offer for offer in offers if offer.availability is Availability.OPEN),
        others=tuple(offer for offer in offers if offer.availability is not Availability.OPEN),
    )
    return visit.show("packages/page.html", page)


async def new(visit: Visit) -> web.Response:
    return visit.show("packages/one.html", PackagePage(package=None, availability=None, seen=None))


async def read(visit: Visit, taken: PackageQuery) -> web.Response:
    code = visit.path("code")
    package = await visit.desk.database.read(lambda conn: find_package(conn, code))
    if package is None:
        raise missing("package")
    seen = await visit.desk.database.read(lambda conn: package_seen(conn, code))
    available = availability(package, visit.frame.now.date())
    page = PackagePage(
        package=package, availability=available, seen=seen, look=frozenset(taken.look.split(","))
    )
    return visit.show("packages/one.html", page)


async def add(visit: Visit, taken: PackageForm) -> web.Response:
    package, now = taken.package, visit.desk.now()
    if await visit.desk.database.read(lambda conn: find_package(conn, package.code)):
        raise unprocessable("code", "There is a package with this code already.")
    await visit.desk.database.write(lambda conn: put_package(conn, package, visit.actor, now))
    return visit.go("/panel/packages", toast=visit.t("packages.saved", name=package.name))


async def change(visit: Visit, taken: PackageForm) -> web.Response:
    """Saved; whoever changed what stands on pictures and papers comes back to look at these."""
    package, now = taken.model_copy(update={"code": visit.path("code")}).package, visit.desk.now()

    def record(conn: Connection) -> tuple[str, ...]:
        before = find_package(conn, package.code)
        put_package(conn, package, visit.actor, now, seen=taken.seen)
        return perhaps_outdated(before, package) if before else ()

    try:
        outdated = await visit.desk.database.write(record)
    except Changed as changed:
        return refuse_stale(visit, changed.changed_at.isoformat())
    if outdated:
        where = f"/panel/packages/{quote(package.code)}?look={','.join(outdated)}"
        return visit.go(where, toast=visit.t("packages.saved", name=package.name))
    return visit.go("/panel/packages", toast=visit.t("packages.saved", name=package.name))


async def preview(visit: Visit, taken: PackageForm) -> web.Response:
    """Greeting and price as a new customer who comes with the package's code would read them."""
    package = taken.package
    messages = (package.code, visit.t("packages.ask_price"), visit.t("packages.ask_hotel"))
    (answers,) = await visit.desk.rehearsal.talks([Talk(messages=messages)], WhatIf(packages=(package,)))
    return visit.show("packages/says.html", SaysPart(answers=tuple(zip(messages, answers, strict=True))))


async def seats(visit: Visit, taken: SeatsForm) -> web.Response:
    code, now = visit.path("code"), visit.desk.now()
    package = await visit.desk.database.write(
        lambda conn: shift_seats(conn, code, taken.by, visit.actor, now)
    )
    offer = Offer(package=package, availability=availability(package, visit.frame.now.date()))
    return visit.show("packages/seats.html", offer)


async def put_away(visit: Visit, taken: StatusForm) -> web.Response:
    """Off the shelf, or back; its history stays."""
    code, now = visit.path("code"), visit.desk.now()
    before = await visit.desk.database.write(
        lambda conn: set_status(conn, code, taken.status, visit.actor, now)
    )
    undo = Undo(path=f"/panel/packages/{quote(code)}/status", fields={"status": before})
    toast = visit.t(f"packages.now_{taken.status.lower()}", code=code)
    return visit.go("/panel/packages", toast=toast, undo=undo)


async def upload(visit: Visit, taken: MediaForm) -> web.Response:
    """Keeps the file among ours and tells the form its address."""
    kind, content = kind_of(taken.file.content), taken.file.content
    if kind is None or kind not in TAKES[taken.field]:
        raise unprocessable(taken.field, _WRONG_KIND)
    if len(content) > LARGEST[kind]:
        raise Problem(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"This file is larger than {LARGEST[kind] // MEGABYTE} MB, which WhatsApp would not send.",
        )
    name, now = _named(taken.file.name, ENDINGS[kind]), visit.desk.now()
    media = NewMedia(owner="package", name=name, mimetype=kind, content=content)
    media_id = await visit.desk.database.write(lambda conn: keep_media(conn, media, now))
    url = f"/media/{media_id}/{quote(name)}"
    return visit.done(visit.t("packages.uploaded"), events={"uploaded": {"field": taken.field, "url": url}})


_WRONG_KIND = (
    "This field takes pictures (JPEG, PNG, WebP), PDF or MP4, as it says; this file is something else."
)


def _named(claimed: str, ending: str) -> str:
    """The file's own name as far as it is harmless, with the ending of what it really is."""
    stem = claimed.replace("\\", "/").rpartition("/")[2].rpartition(".")[0] or claimed
    kept = "".join(letter if letter.isalnum() or letter in "-_ " else "-" for letter in stem).strip()
    return f"{kept[:80] or 'file'}{ending}".replace(" ", "-")


_READ, _WRITE = Permission.READ_PACKAGES, Permission.WRITE_PACKAGES
_ONE = "/panel/packages/{code:word}"
PAGES = (
    Page(method="GET", path="/panel/packages", access=_READ, handle=browse),
    Page(method="POST", path="/panel/packages", access=_WRITE, handle=add, takes=PackageForm),
    Page(method="GET", path="/panel/packages/new", access=_WRITE, handle=new),
    Page(method="POST", path="/panel/packages/preview", access=_WRITE, handle=preview, takes=PackageForm),
    Page(method="POST", path="/panel/packages/media", access=_WRITE, handle=upload, takes=MediaForm),
    Page(method="GET", path=_ONE, access=_WRITE, handle=read, takes=PackageQuery),
    Page(method="POST", path=_ONE, access=_WRITE, handle=change, takes=PackageForm),
    Page(method="POST", path=f"{_ONE}/seats", access=_WRITE, handle=seats, takes=SeatsForm),
    Page(method="POST", path=f"{_ONE}/status", access=_WRITE, handle=put_away, takes=StatusForm),
)
