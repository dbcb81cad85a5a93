"""What happened to a case, in order? Its own log, append-only, for the people who work on it; the audit is a list beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, insert, select

from flows.roles import Actor
from storage.pages import Page, Part, page_of
from storage.tables import CaseEvent
from storage.tables.columns import JsonObject


class Happened(StrEnum):
    """Every kind of entry."""

    OPENED = "opened"
    ASSIGNED = "assigned"
    STATUS = "status"
    CHANGED = "changed"
    NOTED = "noted"
    FIRST_RESPONSE = "first_response"
    PAUSED = "paused"
    RESUMED = "resumed"
    ESCALATED = "escalated"
    WARNED = "warned"
    FINAL_RESPONSE = "final_response"
    CLOSED = "closed"
    REOPENED = "reopened"
    RATED = "rated"
    RECOVERY_OPENED = "recovery_opened"
    RECOVERED = "recovered"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """One entry. facts hold codes, names of staff and moments; note is what somebody wrote and may name a person."""

    id: int
    kind: Happened
    actor: str
    facts: JsonObject
    note: str | None
    at: datetime


def write_line(
    conn: Connection,
    case_id: int,
    kind: Happened,
    by: Actor,
    now: datetime,
    *,
    text: str | None = None,
    facts: Mapping[str, str | int | None] | None = None,
) -> None:
    conn.execute(
        insert(CaseEvent).values(
            case_id=case_id, kind=kind.value, actor=by.name, facts=dict(facts or {}), note=text, at=now
        )
    )


def case_lines(conn: Connection, case_id: int, page: Page) -> Part[CaseLine]:
    """The case's entries, newest first."""
    columns = (CaseEvent.id, CaseEvent.kind, CaseEvent.actor, CaseEvent.facts, CaseEvent.note, CaseEvent.at)
    chosen = select(*columns).where(CaseEvent.case_id == case_id)
    return page_of(
        conn,
        chosen,
        [CaseEvent.id.desc()],
        page,
        lambda row: CaseLine(**{**row, "kind": Happened(row["kind"])}),
    )
