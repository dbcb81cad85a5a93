"""What must be true of a jamaah to be? A booking names the party; papers come later, so only what is wrong for sure is refused."""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from flows.masking import mask_account, mask_text
from flows.refusal import Refusal, invalid

# Saudi Arabia wants a passport that is good for six months after the arrival.
PASSPORT_GOOD_FOR = timedelta(days=183)
OLDEST_YEARS = 120
_PASSPORT = re.compile(r"[A-Z]{1,2}\d{6,7}")


class Relation(StrEnum):
    """Who the traveller is to the customer who books."""

    SELF = "self"
    SPOUSE = "spouse"
    CHILD = "child"
    PARENT = "parent"
    SIBLING = "sibling"
    OTHER = "other"


class Gender(StrEnum):
    MALE = "m"
    FEMALE = "f"


@dataclass(frozen=True, slots=True, kw_only=True)
class TravellerFacts:
    """A traveller as staff write one down; passport_number without spaces, in capitals."""

    name: str
    relation: Relation = Relation.SELF
    gender: Gender | None = None
    birth_date: date | None = None
    passport_number: str | None = None
    passport_expiry: date | None = None
    note: str | None = None


def refuse_traveller(facts: TravellerFacts, today: date) -> Refusal | None:
    """What cannot be right about these facts, None when they may be kept."""
    if facts.birth_date and not today.year - OLDEST_YEARS <= facts.birth_date.year <= today.year:
        return invalid("birth_date", "This date of birth cannot be right.")
    if facts.birth_date and facts.birth_date > today:
        return invalid("birth_date", "This date of birth lies in the future.")
    if facts.passport_number and not _PASSPORT.fullmatch(facts.passport_number):
        return invalid("passport_number", "A passport number is one or two letters and six or seven digits.")
    return None


def hidden_kept(before: TravellerFacts, after: TravellerFacts) -> TravellerFacts:
    """What somebody who sees people masked has written, without losing what was hidden: left out, or sent back masked, stays as it was."""

    def kept(was: str | None, now: str | None, hidden: str | None) -> str | None:
        return was if now is None or now == hidden else now

    number, remark = before.passport_number, before.note
    return replace(
        after,
        name=kept(before.name, after.name, mask_text(before.name)) or after.name,
        birth_date=after.birth_date or before.birth_date,
        passport_number=kept(number, after.passport_number, number and mask_account(number)),
        note=kept(remark, after.note, remark and mask_text(remark)),
    )


def passport_warning(facts: TravellerFacts, departure: date | None) -> str | None:
    """What staff should tell the traveller about the passport: `missing`, `expires_early`, or nothing."""
    if facts.passport_number is None:
        return "missing"
    if facts.passport_expiry and departure and facts.passport_expiry < departure + PASSPORT_GOOD_FOR:
        return "expires_early"
    return None
