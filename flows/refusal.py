"""How a business rule says no: as data, with one sentence that the person at the screen can act on.

A rule returns a `Refusal`; whoever records raises `Refused` with it, so that the transaction is undone.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What the caller should do: nothing is there, ask somebody else, look again, or mend the named field."""

    MISSING = "missing"
    FORBIDDEN = "forbidden"
    CONFLICT = "conflict"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why not. field names the input to mend, None when no single one is at fault."""

    kind: Kind
    sentence: str
    field: str | None = None


class Refused(Exception):
    """A rule said no; nothing was recorded. The refusal says what to do instead."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.sentence)
        self.refusal = refusal


class Changed(Refused):
    """Somebody else saved it after it was seen; changed_at is when. Nothing was written over: look, then save again."""

    def __init__(self, changed_at: datetime) -> None:
        super().__init__(conflict(SAVED_MEANWHILE))
        self.changed_at = changed_at


SAVED_MEANWHILE = "Somebody else saved this while you wrote. Your words are kept here: compare, then save again to put them in its place."


def missing(what: str) -> Refused:
    """Nothing of that name exists, or not for this person: both answers look alike, so that nobody can probe."""
    return Refused(Refusal(kind=Kind.MISSING, sentence=f"There is no such {what}."))


def conflict(sentence: str, field: str | None = None) -> Refusal:
    return Refusal(kind=Kind.CONFLICT, sentence=sentence, field=field)


def forbidden(sentence: str) -> Refusal:
    return Refusal(kind=Kind.FORBIDDEN, sentence=sentence)


def invalid(field: str, sentence: str) -> Refusal:
    return Refusal(kind=Kind.INVALID, sentence=sentence, field=field)
