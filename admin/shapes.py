"""What goes in and comes out: the three kinds of model that every endpoint's shapes build on, and the texts they hold.

Bodies are strict about types (a number is a number, not a string that looks like one); fields we do not know are ignored, because the
documents' bodies carry some, but for bodies in which leaving a field out means something. Queries are written by hand into
an address, so they are read leniently.
"""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from flows.phone import phone_digits
from flows.staff_name import USER_NAME
from storage.pages import DEFAULT_LIMIT, MAX_LIMIT, Part

T = TypeVar("T")
V = TypeVar("V", bound="View")

MAX_OFFSET = 1_000_000
MAX_MONEY = 10**15  # Rupiah; more than any price, less than a database's integer holds.
# What JavaScript counts exactly; no table of ours gets there, and every database's integer holds it.
MAX_ID = 2**53
LONGEST_TEXT = 20_000
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)
DEFERRED = True  # A model is built when it is first used: a hundred of them would keep every start of the service waiting.


class Input(BaseModel):
    """A request's JSON body."""

    model_config = ConfigDict(
        strict=True, extra="ignore", frozen=True, allow_inf_nan=False, defer_build=DEFERRED
    )

    # True: `NaN` and `Infinity` in the body are told as wrong values of their fields instead of as broken JSON.
    takes_nan: ClassVar[bool] = False


class ExactInput(Input):
    """A body in which leaving a field out means something: one that we do not know is refused, or a misspelt one would mean the same."""

    model_config = ConfigDict(extra="forbid")


class Query(BaseModel):
    """What stands behind the question mark."""

    model_config = ConfigDict(
        extra="ignore", frozen=True, populate_by_name=True, allow_inf_nan=False, defer_build=DEFERRED
    )


class PageQuery(Query):
    """Which part of a list."""

    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, description="How many items, at most.")
    offset: int = Field(0, ge=0, le=MAX_OFFSET, description="How many items to skip.")


class View(BaseModel):
    """What an endpoint answers."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, defer_build=DEFERRED)


class ListView(View, Generic[T]):
    """One page of a list; next is the address of the page after it, null on the last one."""

    items: list[T]
    total: int
    next: str | None = None


def list_of(part: Part[T], change: Callable[[T], V]) -> dict[str, Any]:  # Any: the fields of a ListView of V.
    """The page as the fields of its view; the guard fills in where the next one is."""
    return {"items": [change(item) for item in part.items], "total": part.total}


def _within_our_time(moment: datetime) -> datetime:
    if not EARLIEST.year <= moment.year <= LATEST.year:
        raise ValueError(f"must lie between {EARLIEST.year} and {LATEST.year}")
    return moment


def _phone(written: str) -> str:
    digits = phone_digits(written.removesuffix("@c.us"))  # WAHA's address of a person is that number, too.
    if digits is None:
        raise ValueError("is no phone number; write it like 6281234567890")
    return digits


# In an address a plus sign that nobody escaped has become a blank.
_LOST_PLUS = re.compile(r"(?<=\d) (?=\d\d:?\d\d$)")
_LENGTH_OF_DAY = len("2027-03-15")


def _day_or_moment(written: object) -> object:
    if not isinstance(written, str):
        return written
    try:
        if len(written) <= _LENGTH_OF_DAY:
            found: date = date.fromisoformat(written)
        else:
            found = datetime.fromisoformat(_LOST_PLUS.sub("+", written))
    except ValueError as error:
        raise ValueError("must be a day as 2027-03-15, or a time as 2027-03-15T10:00:00+07:00") from error
    if not EARLIEST.year <= found.year <= LATEST.year:
        raise ValueError(f"must lie between {EARLIEST.year} and {LATEST.year}")
    return found


def blank_as_none(value: str | None) -> str | None:
    return value or None


Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_TEXT)]
# A bound on an optional text stands inside: outside it would meet null and break.
OptionalLabel = Annotated[
    Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)] | None,
    AfterValidator(blank_as_none),
]
OptionalLine = Annotated[
    Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] | None,
    AfterValidator(blank_as_none),
]
OptionalNote = Annotated[
    Annotated[str, StringConstraints(strip_whitespace=True, max_length=1_000)] | None,
    AfterValidator(blank_as_none),
]
OptionalText = Annotated[
    Annotated[str, StringConstraints(strip_whitespace=True, max_length=4_000)] | None,
    AfterValidator(blank_as_none),
]
# As people write it (0812…, +62 812…), kept as digits with country code.
Phone = Annotated[str, StringConstraints(max_length=40), AfterValidator(_phone)]
# Within what a calendar of ours can mean; far beyond it even time zones cannot be computed.
Day = Annotated[date, Field(ge=EARLIEST, le=LATEST)]
Moment = Annotated[datetime, AfterValidator(_within_our_time)]
Id = Annotated[int, Field(ge=1, le=MAX_ID)]
# Whole days for people, moments for scripts that look for what they just did.
DayOrMoment = Annotated[date | datetime, BeforeValidator(_day_or_moment)]

SHORTEST_PASSWORD = 8  # NIST SP 800-63B's least for a password that people choose.
UserName = Annotated[str, StringConstraints(pattern=USER_NAME)]
Password = Annotated[str, StringConstraints(min_length=SHORTEST_PASSWORD, max_length=1_000)]
TelegramId = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,20}$")]
