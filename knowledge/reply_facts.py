"""Which facts may a reply text use, of which kind, and what do they look like to a text? Plain values, never our own objects.

Every text knows `company` and `package`; whether this message has named the package before (`is_named`), whether it goes on after
this text (`has_more`), and whether the customer said salam (`is_salam`). What else a text may name stands here by key. A fact that a
turn does not give is None.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from functools import lru_cache
from operator import attrgetter
from types import MappingProxyType

from flows.decision import Fact
from flows.domain import Company, Package, Place, WorkingFrame
from flows.reply_keys import Key


class FactKind(StrEnum):
    """What a fact is to a text. A list, of packages or of words, can only be given to a filter."""

    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"
    WORDS = "words"
    DAY = "day"
    PACKAGE = "package"
    PACKAGES = "packages"
    COMPANY = "company"


ALWAYS: Mapping[str, FactKind] = {
    "company": FactKind.COMPANY,
    "package": FactKind.PACKAGE,
    "is_named": FactKind.FLAG,
    "has_more": FactKind.FLAG,
    "is_salam": FactKind.FLAG,
}
_PACKAGES = {"packages": FactKind.PACKAGES}
_INTRODUCED = {"returning": FactKind.FLAG}
_GONE = {"asked": FactKind.PACKAGE, **_PACKAGES}
_WISHES = {"pax": FactKind.NUMBER, "budget": FactKind.NUMBER, **_PACKAGES}
_ADVICE = {**_WISHES, "reasons": FactKind.WORDS}
_HUMAN = {"answered_at": FactKind.TEXT}

_MORE: Mapping[Key, Mapping[str, FactKind]] = {
    Key.WELCOME: {"is_unclear": FactKind.FLAG, **_PACKAGES},
    Key.WELCOME_BACK: _PACKAGES,
    Key.GREET_PACKAGE: _INTRODUCED,
    Key.PACKAGE_INTRO: {**_INTRODUCED, "is_cheapest": FactKind.FLAG, "is_soonest": FactKind.FLAG},
    Key.PACKAGE_AGAIN: _INTRODUCED,
    Key.PACKAGE_FULL: _GONE,
    Key.PACKAGE_DEPARTED: _GONE,
    Key.PACKAGE_UNAVAILABLE: _GONE,
    Key.UNKNOWN_CODE: {"written": FactKind.TEXT, **_PACKAGES},
    Key.CHEAPER: {
        "asked": FactKind.PACKAGE,
        "pax": FactKind.NUMBER,
        "is_other_month": FactKind.FLAG,
        "is_other_kind": FactKind.FLAG,
        **_PACKAGES,
    },
    Key.CHEAPEST: {"asked": FactKind.PACKAGE},
    Key.LIST_PACKAGES: _PACKAGES,
    Key.LIST_PRICES: _PACKAGES,
    Key.LIST_SCHEDULES: _PACKAGES,
    Key.LIST_QUOTAS: _PACKAGES,
    Key.LIST_HOTELS: _PACKAGES,
    Key.LIST_FLIGHTS: _PACKAGES,
    Key.CHOOSE_FIRST: _PACKAGES,
    Key.ASK_PRICE: {"pax": FactKind.NUMBER, "total": FactKind.NUMBER, "is_told": FactKind.FLAG},
    Key.ASK_SCHEDULE: {"returns": FactKind.DAY},
    Key.ASK_QUOTA: {"pax": FactKind.NUMBER, "is_enough": FactKind.FLAG},
    Key.ASK_PAYMENT_TERMS: {"terms": FactKind.TEXT},
    Key.ASK_LOCATION: {"branch": FactKind.TEXT},
    Key.ASK_LEGALITY: {"again": FactKind.FLAG},
    Key.SHARED_INCLUSIONS: {"includes": FactKind.WORDS},
    Key.COMPARE: {"cheapest": FactKind.PACKAGE, "soonest": FactKind.PACKAGE, "is_one": FactKind.FLAG},
    Key.SIDE_BY_SIDE: _PACKAGES,
    Key.STILL_FITS: {"pax": FactKind.NUMBER},
    Key.ASK_MORE: {"asks_pax": FactKind.FLAG, "asks_month": FactKind.FLAG},
    Key.REMIND_PREFERENCE: {"asks_pax": FactKind.FLAG, "asks_month": FactKind.FLAG},
    Key.PAYMENT_NOTED: _PACKAGES,
    Key.FAQ: {"answer": FactKind.TEXT},
    Key.RECOMMEND: _ADVICE,
    Key.SURVEY_NEED: {"again": FactKind.FLAG},
    Key.SURVEY_BUDGET: {"again": FactKind.FLAG},
    Key.LIKED: {"liked": FactKind.PACKAGE},
    Key.DISLIKED: _ADVICE,
    Key.NO_MATCH: {**_WISHES, "months": FactKind.TEXT},
    Key.ASK_PREFERENCE: _PACKAGES,
    Key.CLARIFY: _PACKAGES,
    Key.HANDOVER_PAYMENT: _HUMAN | _PACKAGES,
    Key.HANDOVER_PAID: _HUMAN | _PACKAGES,
    Key.HANDOVER_PAYMENT_EARLY: _HUMAN | _PACKAGES,
    Key.HANDOVER_HUMAN: _HUMAN,
    Key.HANDOVER_UNKNOWN: _HUMAN,
    Key.HANDOVER_LOW: _HUMAN,
    Key.HANDOVER_COMPLAINT: _HUMAN,
    Key.HANDOVER_FILE: _HUMAN,
}

FACTS: Mapping[Key, Mapping[str, FactKind]] = {key: {**ALWAYS, **_MORE.get(key, {})} for key in Key}

# The model's own label is no word for customers, and English facts stand in the others' places.
_HIDDEN = frozenset({"ml_label", "english"})
_PACKAGE_NAMES = tuple(field.name for field in fields(Package) if field.name not in _HIDDEN)
_COMPANY_NAMES = tuple(field.name for field in fields(Company))
_PLACE_NAMES = ("name",)
_package_values = attrgetter(*_PACKAGE_NAMES)
_company_values = attrgetter(*_COMPANY_NAMES)

ATTRIBUTES: Mapping[FactKind, frozenset[str]] = {
    FactKind.PACKAGE: frozenset(_PACKAGE_NAMES),
    FactKind.COMPANY: frozenset(_COMPANY_NAMES),
}
# The only attributes that have attributes themselves.
PLACES = frozenset({"pin", "location"})
PLACE_ATTRIBUTES = frozenset(_PLACE_NAMES)

Plain = MappingProxyType[str, object]


def plain(value: Fact) -> object:
    """A fact as a text sees it: packages and the company as read-only mappings, everything else as it is."""
    match value:
        case Package():
            return _plain_package(value)
        case Company():
            return _plain_company(value)
    return value


@lru_cache(maxsize=512)  # The same few packages stand in every reply.
def _plain_package(package: Package) -> Plain:
    known = dict(zip(_PACKAGE_NAMES, _package_values(package), strict=True))
    return Plain({**known, "location": _place(package.location)})


@lru_cache(maxsize=8)
def _plain_company(company: Company) -> Plain:
    known = dict(zip(_COMPANY_NAMES, _company_values(company), strict=True))
    return Plain({**known, "pin": _place(company.pin)})


def _place(place: Place | None) -> Plain | None:
    return None if place is None else Plain({"name": place.name})


RICH, POOR = "all facts known", "few facts known"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Facts to try a text with. name says what is special about them."""

    name: str
    facts: dict[str, Fact]


def samples(key: Key) -> tuple[Sample, Sample]:
    """Facts as rich and as poor as they come: a text must read well with both."""
    rich = {name: _ALL[kind] for name, kind in FACTS[key].items()} | _ALONE
    poor = {name: _FEW[kind] for name, kind in FACTS[key].items()}
    return Sample(name=RICH, facts=rich), Sample(name=POOR, facts=poor)


_FULL = Package(
    code="UMR_MAR_2027_HEMAT",
    name="Umroh Maret 2027 Hemat",
    price=25_000_000,
    departure_date=date(2027, 3, 15),
    duration_days=9,
    quota=45,
    quota_left=5,
    category="Umroh",
    image_url="https://example.com/a.jpg",
    brochure_url="https://example.com/b.pdf",
    itinerary_url="https://example.com/c.pdf",
    video_url="https://example.com/d.mp4",
    location=Place(name="Bandara", lat=3.6, lng=98.9),
    hotel_makkah="Hotel Contoh Makkah",
    hotel_madinah="Hotel Contoh Madinah",
    airline="Maskapai Contoh",
    features=("Manasik dua kali", "Pembimbing"),
    includes=("Visa", "Tiket pesawat", "Makan"),
    excludes=("Paspor",),
    payment_terms="Uang muka dahulu, sisanya sebelum berangkat.",
)
_BARE = Package(code="UMR_MAR_2027_HEMAT", name="Umroh Maret 2027 Hemat", price=25_000_000)
_ALONE: dict[str, Fact] = {"is_named": False, "has_more": False, "is_salam": False}
_ALL: Mapping[FactKind, Fact] = {
    FactKind.TEXT: "besok (Senin) pukul 08.00 WIB",
    FactKind.NUMBER: 4,
    FactKind.FLAG: True,
    FactKind.WORDS: ("Visa", "Tiket pesawat"),
    FactKind.DAY: date(2027, 3, 23),
    FactKind.PACKAGE: _FULL,
    FactKind.PACKAGES: (_FULL, _BARE),
    FactKind.COMPANY: Company(
        name="Contoh Wisata",
        address="Jalan Contoh 1, Medan",
        pin=Place(name="Kantor", lat=3.6, lng=98.7),
        licence="PPIU 1/2020",
        phone="061 000",
        email="halo@example.com",
        website="example.com",
        hours=tuple(WorkingFrame(weekday=day, opens=480, closes=1020) for day in range(5)),
        branches=("Binjai", "Medan"),
    ),
}
_FEW: Mapping[FactKind, Fact] = {
    FactKind.TEXT: None,
    FactKind.NUMBER: None,
    FactKind.FLAG: False,
    FactKind.WORDS: (),
    FactKind.DAY: None,
    FactKind.PACKAGE: _BARE,
    FactKind.PACKAGES: (),
    FactKind.COMPANY: Company(name="Contoh Wisata"),
}
