"""Which facts about a customer can be true, and who looks like somebody we know already?

NIK is the Indonesian identity number: two digits of province, four of district, the day of birth as DDMMYY (women's days are 40 later),
four of a serial. CIF is the customer's number in the bank's or company's own books.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from flows.refusal import Refusal, invalid

NIK_DIGITS = 16
WOMENS_DAYS = 40  # Added to the day of birth in a woman's NIK.
FIRST_PROVINCE, LAST_PROVINCE = 11, 97  # Aceh to South-West Papua, as the statistics office numbers them.
MONTHS, LONGEST_MONTH = 12, 31
CIF = re.compile(r"[A-Z0-9][A-Z0-9-]{3,19}")
ACCOUNT = re.compile(r"[0-9]{6,20}")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class CustomerTier(StrEnum):
    """How much a customer's business weighs; said by staff, never computed. Not the RFM segment, not a package's tier."""

    MASS = "MASS"
    EMERGING = "EMERGING"
    PRIORITY = "PRIORITY"
    PRIVATE = "PRIVATE"


# What the tiers are called in sentences that staff read.
TIER_WORDS: Mapping[str, str] = {
    CustomerTier.MASS: "Umum",
    CustomerTier.EMERGING: "Berkembang",
    CustomerTier.PRIORITY: "Prioritas",
    CustomerTier.PRIVATE: "Privat",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """What two customers are compared by."""

    name: str | None
    phone: str | None
    facts: Mapping[str, str]


def tidy_cif(written: str) -> str:
    """`cif 00-12` → `CIF00-12`: as the books write it."""
    return re.sub(r"\s+", "", written).upper()


def refuse_facts(facts: Mapping[str, str | None]) -> Refusal | None:
    """Why one of the facts (nik, cif, email, account, birth_date) cannot be true; the first one. None when all can."""
    for name, check in _CHECKS.items():
        value = facts.get(name)
        if value and (sentence := check(value)):
            return invalid(name, sentence)
    return _contradiction(facts)


def born_on(nik: str, today: date) -> date | None:
    """The day of birth that the NIK names, the century being the last one in which it has passed; None when it names none."""
    if not re.fullmatch(r"[0-9]{16}", nik):
        return None
    day, month, year = int(nik[6:8]), int(nik[8:10]), int(nik[10:12])
    day = day - WOMENS_DAYS if day > WOMENS_DAYS else day
    for century in (today.year // 100 * 100, today.year // 100 * 100 - 100):
        try:
            born = date(century + year, month, day)
        except ValueError:
            continue
        if born <= today:
            return born
    return None


def likenesses(one: Likeness, other: Likeness) -> tuple[str, ...]:
    """What speaks for both being one person: `name_birth`, `nik`, `email`, `account`, `name_lid`; empty when too little does.

    A name alone is no proof: there are many of each. One that is known only by a LID may well be the one with the number.
    """
    found = [
        name
        for name in ("nik", "email", "account")
        if one.facts.get(name) and one.facts.get(name) == other.facts.get(name)
    ]
    if one.name and other.name and one.name.casefold() == other.name.casefold():
        if one.facts.get("birth_date") and one.facts.get("birth_date") == other.facts.get("birth_date"):
            found.insert(0, "name_birth")
        if (one.phone is None) != (other.phone is None):
            found.append("name_lid")
    return tuple(found)


def _nik(value: str) -> str | None:
    if not re.fullmatch(rf"[0-9]{{{NIK_DIGITS}}}", value):
        return f"A NIK has {NIK_DIGITS} digits."
    day, month, province = int(value[6:8]), int(value[8:10]), int(value[:2])
    day = day - WOMENS_DAYS if day > WOMENS_DAYS else day
    if not FIRST_PROVINCE <= province <= LAST_PROVINCE:
        return "No province has the number with which this NIK begins."
    if not (1 <= day <= LONGEST_MONTH and 1 <= month <= MONTHS):
        return "Digits 7 to 12 of a NIK are the day of birth; these are none."
    return None


def _cif(value: str) -> str | None:
    return None if CIF.fullmatch(value) else "A CIF has 4 to 20 letters, digits or hyphens."


def _account(value: str) -> str | None:
    return None if ACCOUNT.fullmatch(value) else "An account number has 6 to 20 digits."


def _email(value: str) -> str | None:
    return None if EMAIL.fullmatch(value) else "This is no e-mail address."


def _birth_date(value: str) -> str | None:
    try:
        date.fromisoformat(value)
    except ValueError:
        return "A day of birth is written like 1990-05-21."
    return None


_CHECKS = {"nik": _nik, "cif": _cif, "account": _account, "email": _email, "birth_date": _birth_date}


def _contradiction(facts: Mapping[str, str | None]) -> Refusal | None:
    nik, written = facts.get("nik"), facts.get("birth_date")
    if not nik or not written:
        return None
    said = date.fromisoformat(written)
    if (born := born_on(nik, date(said.year + 100, 1, 1))) and (born.month, born.day, born.year % 100) != (
        said.month,
        said.day,
        said.year % 100,
    ):
        return invalid("birth_date", "The NIK names another day of birth.")
    return None
