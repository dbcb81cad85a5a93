"""Packages: what is sold, in any trade. The bot uses a change from the next message on."""

import re
from dataclasses import asdict
from datetime import date
from http import HTTPStatus
from typing import Annotated

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
)

from admin.endpoint import Answer, Call, Endpoint
from admin.problems import unprocessable
from admin.shapes import (
    MAX_MONEY,
    Input,
    Line,
    ListView,
    OptionalLabel,
    OptionalLine,
    OptionalText,
    PageQuery,
    View,
)
from flows.domain import Package, PackageInEnglish, Place
from flows.refusal import missing
from flows.roles import Permission
from storage.knowledge.packages import delete_package, find_package, list_packages, put_package

_CODE = re.compile(r"[A-Z0-9]{1,60}(?:_[A-Z0-9]{1,60})*")
LONGEST_CODE = 60
MAX_DAYS = 1_000
MAX_SEATS = 1_000_000
MAX_ITEMS = 50
_LISTS = ("features", "includes", "excludes")
OPEN, FULL, CLOSED = "OPEN", "FULL", "CLOSED"
_STATUS_WORDS = {"ACTIVE": OPEN, "AVAILABLE": OPEN, "SOLD_OUT": FULL, "INACTIVE": CLOSED}


def _status(value: object) -> object:
    """Three states; the words that other systems export for them are understood, in any case."""
    if not isinstance(value, str):
        return value
    word = value.strip().upper()
    return _STATUS_WORDS.get(word, word)


def _address(value: str | None) -> str | None:
    """A web address, or a path that Sapa itself serves."""
    if not value:
        return None
    if value.startswith(("https://", "http://")) or (value.startswith("/") and not value.startswith("//")):
        return value
    raise ValueError("must begin with https://, http:// or /")


Address = Annotated[
    Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000)] | None,
    AfterValidator(_address),
]
Lines = Annotated[tuple[Line, ...], Field(max_length=MAX_ITEMS, strict=False)]
Status = Annotated[str, BeforeValidator(_status), StringConstraints(pattern=f"^({OPEN}|{FULL}|{CLOSED})$")]


class PlaceBody(Input):
    name: Line
    lat: float = Field(ge=-90, le=90)
    lng: float = Field(ge=-180, le=180)


class InEnglish(Input):
    hotel_makkah: OptionalLine = None
    hotel_madinah: OptionalLine = None
    airline: OptionalLine = None
    features: Lines = ()
    includes: Lines = ()
    excludes: Lines = ()
    payment_terms: OptionalText = None


class PackageBody(Input):
    code: str | None = Field(None, description="If given, the same as in the address.")
    name: Line
    price: int = Field(ge=0, le=MAX_MONEY, description="Whole rupiah.")
    departure_date: date | None = None
    duration_days: int | None = Field(None, ge=1, le=MAX_DAYS)
    quota: int | None = Field(None, ge=0, le=MAX_SEATS)
    quota_left: int | None = Field(None, ge=0, le=MAX_SEATS)
    tier: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)] = "STANDARD"
    category: OptionalLabel = None
    ml_label: OptionalLabel = None
    image_url: Address = None
    brochure_url: Address = None
    itinerary_url: Address = None
    video_url: Address = None
    location: PlaceBody | None = None
    hotel_makkah: OptionalLine = None
    hotel_madinah: OptionalLine = None
    airline: OptionalLine = None
    features: Lines = ()
    includes: Lines = ()
    excludes: Lines = ()
    payment_terms: OptionalText = None
    status: Status = OPEN
    english: InEnglish | None = Field(
        None, description="What customers who write English hear instead; what is left out stays as it is."
    )

    @field_validator("quota_left")
    @classmethod
    def _fits_quota(cls, left: int | None, info: ValidationInfo) -> int | None:
        quota = info.data.get("quota")
        if left is not None and quota is not None and left > quota:
            raise ValueError(f"cannot be more than the quota of {quota}")
        return left


class PlaceView(View):
    name: str
    lat: float
    lng: float


class InEnglishView(View):
    hotel_makkah: str | None
    hotel_madinah: str | None
    airline: str | None
    features: list[str]
    includes: list[str]
    excludes: list[str]
    payment_terms: str | None


class PackageView(View):
    code: str
    name: str
    price: int
    departure_date: date | None
    duration_days: int | None
    quota: int | None
    quota_left: int | None
    tier: str
    category: str | None
    ml_label: str | None
    image_url: str | None
    brochure_url: str | None
    itinerary_url: str | None
    video_url: str | None
    location: PlaceView | None
    hotel_makkah: str | None
    hotel_madinah: str | None
    airline: str | None
    features: list[str]
    includes: list[str]
    excludes: list[str]
    payment_terms: str | None
    status: str
    english: InEnglishView | None = Field(None, exclude_if=lambda words: words is None)


class PackageList(ListView[PackageView]):
    pass


async def browse(call: Call, taken: PageQuery) -> PackageList:
    packages = await call.desk.database.read(list_packages)
    chosen = packages[taken.offset : taken.offset + taken.limit]
    return PackageList(items=[_view(package) for package in chosen], total=len(packages))


async def read(call: Call) -> PackageView:
    code = call.path("code")
    package = await call.desk.database.read(lambda conn: find_package(conn, code))
    if package is None:
        raise missing("package")
    return _view(package)


async def put(call: Call, taken: PackageBody) -> PackageView | Answer:
    package = package_from(_code(call, taken), taken)
    now = call.desk.now()
    is_new = await call.desk.database.write(lambda conn: put_package(conn, package, call.actor, now))
    view = _view(package)
    return Answer(view=view, status=HTTPStatus.CREATED) if is_new else view


async def delete(call: Call) -> None:
    code, now = call.path("code"), call.desk.now()
    await call.desk.database.write(lambda conn: delete_package(conn, code, call.actor, now))


def package_code(code: str) -> str:
    """The code as it may be kept. Raises Problem for one that is none."""
    if len(code) > LONGEST_CODE or not _CODE.fullmatch(code):
        raise unprocessable("code", "A code is capital letters, digits and underscores: UMR_MAR_2027_HEMAT.")
    return code


def _code(call: Call, body: PackageBody) -> str:
    code = package_code(call.path("code"))
    if body.code is not None and body.code != code:
        raise unprocessable("code", f"The address says {code}. A package keeps its code.")
    return code


def package_from(code: str, body: PackageBody) -> Package:
    values = body.model_dump(exclude={"code", "location", "english"})
    place = body.location
    location = Place(name=place.name, lat=place.lat, lng=place.lng) if place else None
    english = PackageInEnglish(**body.english.model_dump()) if body.english else None
    return Package(code=code, location=location, english=english, **values)


def _view(package: Package) -> PackageView:
    place = package.location
    values = {name: getattr(package, name) for name in PackageView.model_fields}
    location = PlaceView(name=place.name, lat=place.lat, lng=place.lng) if place else None
    lists = {name: list(values[name]) for name in _LISTS}
    return PackageView(**values | lists | {"location": location, "english": _english(package.english)})


def _english(words: PackageInEnglish | None) -> InEnglishView | None:
    if words is None:
        return None
    values = asdict(words)
    return InEnglishView(**values | {name: list(values[name]) for name in _LISTS})


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/api/packages",
        access=Permission.READ_PACKAGES,
        summary="All packages, soonest departure first",
        handle=browse,
        takes=PageQuery,
        gives=PackageList,
    ),
    Endpoint(
        method="GET",
        path="/api/packages/{code:word}",
        access=Permission.READ_PACKAGES,
        summary="One package",
        handle=read,
        gives=PackageView,
    ),
    Endpoint(
        method="PUT",
        path="/api/packages/{code:word}",
        access=Permission.WRITE_PACKAGES,
        summary="Create (201) or replace (200) a package",
        handle=put,
        takes=PackageBody,
        gives=PackageView,
        also=(HTTPStatus.CREATED,),
    ),
    Endpoint(
        method="DELETE",
        path="/api/packages/{code:word}",
        access=Permission.WRITE_PACKAGES,
        summary="Take a package off the shelf",
        handle=delete,
    ),
)
