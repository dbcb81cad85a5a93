"""Situations for tests of the pure rules: a shelf like the demo company's, and messages whose meaning is given, not guessed."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flows.decide import decide
from flows.decision import Decision, Journey, Shelf, Situation
from flows.domain import (
    CodeMention,
    Company,
    Entities,
    FaqHit,
    Heard,
    Meaning,
    MessageKind,
    Package,
    Place,
    Status,
    Triggers,
    WorkingFrame,
)

JAKARTA = ZoneInfo("Asia/Jakarta")
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=JAKARTA)  # A Monday morning in working hours.
TODAY = NOW.date()

OFFICE = tuple(WorkingFrame(weekday=day, opens=8 * 60, closes=17 * 60) for day in range(5))


def package(
    code: str, name: str, price: int, departs: date, days: int, left: int | None, **facts: Any
) -> Package:
    # Any: tests set any column.
    papers = {
        "image_url": f"https://media.example/{code}/poster.jpg",
        "brochure_url": f"https://media.example/{code}/brosur.pdf",
        "itinerary_url": f"https://media.example/{code}/itinerary.pdf",
        "hotel_makkah": "Hotel Al Fajr",
        "hotel_madinah": "Hotel Dar Salam",
        "airline": "Garuda Nusantara",
        "includes": ("Visa", "Makan tiga kali sehari"),
        "excludes": ("Paspor",),
        "payment_terms": "DP Rp 5.000.000, pelunasan 45 hari sebelum berangkat.",
    }
    known = {"code": code, "name": name, "price": price, "departure_date": departs, "duration_days": days}
    return Package(**{**papers, **known, "quota_left": left, **facts})


HEMAT = package("UMR_MAR_2027_HEMAT", "Umroh Maret 2027 Hemat", 25_000_000, date(2027, 3, 15), 9, 20)
VIP = package("UMR_MAR_2027_VIP", "Umroh Maret 2027 VIP", 52_000_000, date(2027, 3, 20), 9, 5)
REGULER = package("UMR_JAN_2027_REGULER", "Umroh Januari 2027 Reguler", 29_500_000, date(2027, 1, 12), 9, 30)
RAMADHAN = package(
    "UMR_FEB_2027_RAMADHAN", "Umroh Ramadhan Februari 2027", 38_500_000, date(2027, 2, 20), 12, 25
)
KELUARGA = package("UMR_APR_2027_KELUARGA", "Umroh April 2027 Keluarga", 33_500_000, date(2027, 4, 10), 10, 0)
TURKI = package(
    "UMR_OKT_2027_PLUSTURKI", "Umroh Oktober 2027 Plus Turki", 41_500_000, date(2027, 10, 5), 12, 18
)
GONE = package("UMR_OKT_2026_HEMAT", "Umroh Oktober 2026 Hemat", 24_000_000, date(2026, 10, 5), 9, 4)
ALL = (REGULER, RAMADHAN, HEMAT, VIP, KELUARGA, TURKI, GONE)

COMPANY = Company(
    name="Sapa Barokah",
    address="Jalan Contoh 1, Medan",
    pin=Place(name="Kantor Sapa Barokah", lat=3.59, lng=98.67),
    licence="PPIU 000/2020 (contoh)",
    hours=OFFICE,
)
SHELF = Shelf(packages=ALL, company=COMPANY, triggers=Triggers())


def hears(
    *intents: str,
    text: str = "…",
    code: str | None = None,
    unknown: str | None = None,
    nearest: tuple[str, ...] = (),
    kind: MessageKind = MessageKind.TEXT,
    faq: tuple[FaqHit, ...] = (),
    named: tuple[str, ...] = (),
    number: int | None = None,
    confidence: float = 0.9,
    is_stale: bool = False,
    file_failed: bool = False,
    **entities: Any,  # Any: the fields of Entities.
) -> Heard:
    """One message that means these intents; no intent at all is a bare code or number."""
    codes = [CodeMention(written=code, canonical=code)] if code else []
    codes += [CodeMention(written=unknown, canonical=None, nearest=nearest)] if unknown else []
    meaning = Meaning(
        text=text,
        kind=kind,
        intent=intents[0] if intents else None,
        confidence=confidence,
        asks=tuple(intent for intent in intents if intent != "out_of_scope"),
        entities=Entities(campaign_codes=(code,) if code else (), **entities),
        codes=tuple(codes),
        named_packages=named,
        faq=faq,
        number=number,
        rating=number if number in range(1, 6) else None,
        is_stop_word=text.strip().upper() in ("STOP", "BERHENTI"),
    )
    return Heard(
        message_id="msg_1", kind=kind, meaning=meaning, at=NOW, is_stale=is_stale, file_failed=file_failed,
        has_file=kind in (MessageKind.IMAGE, MessageKind.DOCUMENT),
    )  # fmt: skip


def at_first(*heard: Heard, **facts: Any) -> Situation:  # Any: the fields of Situation.
    """Somebody who never wrote before."""
    return Situation(**{"now": NOW, "today": TODAY, "heard": heard, "shelf": SHELF, "is_new": True, **facts})


def later(
    *heard: Heard, package: Package | None = None, **facts: Any
) -> Situation:  # Any: the fields of Situation.
    """Somebody we know, with this package chosen if any; facts named like Journey's fields go there."""
    journey_facts = {name: facts.pop(name) for name in list(facts) if name in Journey.__dataclass_fields__}
    journey = Journey(package_code=package.code if package else None, **journey_facts)
    return Situation(
        **{"now": NOW, "today": TODAY, "heard": heard, "shelf": SHELF, "journey": journey, **facts}
    )


def after(decision: Decision, before: Situation, *heard: Heard, **facts: Any) -> Situation:  # Any: as above.
    """The situation that this decision leads to, with the next messages."""
    return replace(
        before,
        heard=heard,
        is_new=False,
        status=decision.status,
        journey=decision.journey,
        misses=decision.misses,
        awaiting=decision.awaiting,
        high_intent=decision.high_intent,
        handover_reason=decision.handover_reason,
        priority=decision.priority,
        consent=decision.consent or before.consent,
        has_open_case=before.has_open_case or decision.case is not None,
        **facts,
    )


def talk(*turns: Heard) -> tuple[list[Decision], Situation]:
    """Plays these messages one after another with somebody new; the decisions, and the last situation."""
    situation = at_first(turns[0])
    decisions = [decide(situation)]
    for heard in turns[1:]:
        situation = after(decisions[-1], situation, heard)
        decisions.append(decide(situation))
    return decisions, situation


def said(decision: Decision) -> list[str]:
    return [part.key for part in decision.say]


def shown(decision: Decision) -> list[str]:
    return [part.kind.value for part in decision.show]


UTC_NOW = NOW.astimezone(UTC)
WAITING = Status.WAITING
