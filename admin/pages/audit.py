"""What happened in this house, for COMPLIANCE: deeds with their seals, interactions, and who agreed to marketing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Literal
from urllib.parse import urlencode

from aiohttp import web
from pydantic import Field

from admin.actions.audit_export import send_audit
from admin.api.audit import AuditExportQuery, AuditQuery, ConsentQuery, question_of, span_of
from admin.pages.page import Page, Visit
from admin.shapes import Day, Moment, Query
from flows.domain import Role
from flows.masking import phone_for, text_for
from flows.refusal import missing
from flows.roles import Permission
from flows.timeline import Happening, whole_moments
from storage import pages
from storage.database import Connection
from storage.pages import Part
from storage.people.consent_report import ConsentStep, ConsentTotals, consent_steps, consent_totals
from storage.people.happenings import INTERACTIONS, Window, interactions
from storage.privacy.audit_reading import note_audit_view, note_consents_view
from storage.privacy.reveals import reasons_in
from storage.trail.audit import AuditEntry, Event, audit_entries, find_entry, note_once
from storage.trail.audit_chain import hashes_of
from storage.trail.audit_check import Check, keep_check, last_check, prove

AT_ONCE = 50


class DeedsQuery(AuditQuery):
    limit: int = Field(AT_ONCE, ge=1, le=pages.MAX_LIMIT)


class InteractionsQuery(Query):
    kind: Literal["message", "phase", "handover"] | None = None
    from_date: Day | None = Field(None, alias="from")
    to_date: Day | None = Field(None, alias="to")
    before: Moment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A filter that is on, and the address without it."""

    name: str
    value: str
    without: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeedsPage:
    entries: Part[AuditEntry]
    reasons: dict[int, str]
    check: Check | None
    taken: AuditQuery
    chips: tuple[Chip, ...]
    query: str
    events: tuple[str, ...] = tuple(sorted(event.value for event in Event))
    roles: tuple[Role, ...] = tuple(Role)

    @property
    def address(self) -> str:
        return f"/panel/audit?{self.query}{'&' if self.query else ''}offset="


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One setting before and after; None where there was none."""

    name: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeedPage:
    entry: AuditEntry
    changes: tuple[Change, ...]
    facts: tuple[tuple[str, Any], ...]  # Any: JSON.
    reason: str | None
    hash: str | None
    is_part: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class InteractionsPage:
    """older: the address of what happened before the last one shown; None at the beginning."""

    happenings: tuple[Happening, ...]
    taken: InteractionsQuery
    query: str
    older: str | None
    kinds: tuple[str, ...] = INTERACTIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentsPage:
    steps: Part[ConsentStep]
    totals: ConsentTotals
    taken: ConsentQuery
    query: str

    @property
    def address(self) -> str:
        return f"/panel/audit/consents?{self.query}{'&' if self.query else ''}offset="


async def deeds(visit: Visit, taken: DeedsQuery) -> web.Response:
    question, page = question_of(visit.desk, taken), pages.Page(limit=taken.limit, offset=taken.offset)

    def look(conn: Connection) -> tuple[Part[AuditEntry], dict[int, str], Check | None]:
        part = audit_entries(conn, question, page)
        return part, reasons_in(conn, part.items), last_check(conn)

    part, reasons, check = await visit.desk.database.read(look)
    now, since = visit.desk.now(), visit.session.created_at
    await visit.desk.database.write(lambda conn: note_audit_view(conn, visit.actor, question, now, since))
    filters = _filters(taken)
    content = DeedsPage(
        entries=part,
        reasons=_masked(visit, reasons),
        check=check,
        taken=taken,
        chips=_chips(filters),
        query=urlencode(filters),
    )
    return visit.show("audit/deeds.html" if visit.wants_fragment else "audit/page.html", content)


def _filters(taken: Query) -> dict[str, str]:
    """The filters that are on, as the address holds them."""
    chosen = taken.model_dump(mode="json", by_alias=True, exclude_none=True)
    return {name: str(value) for name, value in chosen.items() if name not in ("limit", "offset", "format")}


def _chips(filters: dict[str, str]) -> tuple[Chip, ...]:
    return tuple(
        Chip(
            name=name,
            value=value,
            without="/panel/audit?" + urlencode({n: v for n, v in filters.items() if n != name}),
        )
        for name, value in filters.items()
    )


def _masked(visit: Visit, reasons: dict[int, str]) -> dict[int, str]:
    return {key: text_for(visit.frame.sight, reason) or "" for key, reason in reasons.items()}


async def deed(visit: Visit) -> web.Response:
    entry_id = visit.number("id")

    def look(conn: Connection) -> DeedPage:
        entry = find_entry(conn, entry_id)
        if entry is None:
            raise missing("event")
        reasons = _masked(visit, reasons_in(conn, [entry]))
        return DeedPage(
            entry=entry,
            changes=_changes(entry.facts),
            facts=tuple((name, value) for name, value in entry.facts.items() if name not in _SIDES),
            reason=reasons.get(entry.id),
            hash=hashes_of(conn, [entry.id]).get(entry.id),
            is_part=visit.wants_fragment,
        )

    page = await visit.desk.database.read(look)
    return visit.show("audit/deed.html" if page.is_part else "audit/one.html", page)


_SIDES = ("old_value", "new_value")


def _changes(facts: dict[str, Any]) -> tuple[Change, ...]:  # Any: JSON as stored.
    """What was before and after, setting by setting, as far as the event says so."""
    old, new = (facts.get(side) for side in _SIDES)
    if old is None and new is None:
        return ()
    if isinstance(old, dict) or isinstance(new, dict):
        before, after = (side if isinstance(side, dict) else {} for side in (old, new))
        names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
        return tuple(
            Change(name=name, old=_said(before.get(name)), new=_said(after.get(name))) for name in names
        )
    return (Change(name=str(facts.get("field") or ""), old=_said(old), new=_said(new)),)


def _said(value: Any) -> str | None:  # Any: JSON as stored.
    return None if value is None else str(value)


async def export(visit: Visit, taken: AuditExportQuery) -> web.StreamResponse:
    """What the filters show, as a file."""
    question = question_of(visit.desk, taken)
    return await send_audit(visit.desk, visit.request, visit.actor, question, taken.format)


async def verify(visit: Visit) -> web.Response:
    check = await visit.desk.database.read(partial(prove, now=visit.desk.now()))
    await visit.desk.database.write(partial(keep_check, check=check, by=visit.actor))
    return visit.go("/panel/audit", toast=visit.t("audit.proven" if check.is_whole else "audit.broken_toast"))


async def talks(visit: Visit, taken: InteractionsQuery) -> web.Response:
    since = visit.desk.midnight(taken.from_date) if taken.from_date else None
    until = visit.desk.midnight(taken.to_date + timedelta(days=1)) if taken.to_date else None
    before = min(filter(None, (taken.before, until)), default=None)
    kinds = (taken.kind,) if taken.kind else INTERACTIONS
    window = Window(since=since, before=before, limit=AT_ONCE + 1)
    found = await visit.desk.database.read(lambda conn: interactions(conn, window, kinds))
    now, facts = visit.desk.now(), {"kind": taken.kind}
    await visit.desk.database.write(
        lambda conn: note_once(
            conn, Event.VIEW_INTERACTIONS, visit.actor, now, visit.session.created_at, facts
        )
    )
    shown, older = whole_moments(found, AT_ONCE)
    content = InteractionsPage(
        happenings=tuple(_seen(visit, one) for one in shown),
        taken=taken,
        older=_older(taken, older) if older else None,
        query=urlencode({name: value for name, value in _filters(taken).items() if name != "before"}),
    )
    return visit.show("audit/interactions.html", content)


def _seen(visit: Visit, one: Happening) -> Happening:
    """The happening with its words masked."""
    sight = visit.frame.sight
    return Happening(
        kind=one.kind,
        key=one.key,
        at=one.at,
        actor=one.actor,
        text=text_for(sight, one.text),
        conversation_id=one.conversation_id,
        facts=one.facts,
    )


def _older(taken: InteractionsQuery, last: datetime) -> str:
    filters = {name: value for name, value in _filters(taken).items() if name != "before"}
    return "/panel/audit/interactions?" + urlencode({**filters, "before": last.isoformat()})


async def consents(visit: Visit, taken: ConsentQuery) -> web.Response:
    since, until = span_of(visit.desk, taken)
    page = pages.Page(limit=taken.limit, offset=taken.offset)
    part = await visit.desk.database.read(lambda conn: consent_steps(conn, since, until, page))
    totals = await visit.desk.database.read(lambda conn: consent_totals(conn, since, until))
    sight, now, logged_in = visit.frame.sight, visit.desk.now(), visit.session.created_at
    await visit.desk.database.write(
        lambda conn: note_consents_view(conn, visit.actor, (since, until), now, logged_in)
    )
    shown = part.map(
        lambda step: ConsentStep(
            **{name: getattr(step, name) for name in ConsentStep.__dataclass_fields__}
            | {
                "name": text_for(sight, step.name),
                "phone": phone_for(sight, step.phone),
                "proof": text_for(sight, step.proof),
                "request_note": text_for(sight, step.request_note),
            }
        )
    )
    content = ConsentsPage(steps=shown, totals=totals, taken=taken, query=urlencode(_filters(taken)))
    return visit.show("audit/consents.html", content)


_READ = Permission.READ_AUDIT
PAGES = (
    Page(method="GET", path="/panel/audit", access=_READ, handle=deeds, takes=DeedsQuery),
    Page(method="GET", path="/panel/audit/export", access=_READ, handle=export, takes=AuditExportQuery),
    Page(method="GET", path="/panel/audit/{id:int}", access=_READ, handle=deed),
    Page(method="POST", path="/panel/audit/verify", access=_READ, handle=verify),
    Page(method="GET", path="/panel/audit/interactions", access=_READ, handle=talks, takes=InteractionsQuery),
    Page(method="GET", path="/panel/audit/consents", access=_READ, handle=consents, takes=ConsentQuery),
)
