"""One customer, all around: who it is, what happened, what they agreed to, whether they stand in the book twice, and their rights."""

from dataclasses import dataclass, replace
from datetime import datetime

from aiohttp import web
from pydantic import Field

from admin.actions.consents import ConsentAsked, record_consent
from admin.api.customer_views import CustomerView, customer_view
from admin.pages.customer_story import Story, story_of
from admin.pages.page import Form, Page, Undo, Visit
from admin.shapes import Moment, Query
from flows.domain import Consent
from flows.masking import phone_for, text_for
from flows.privacy import REQUEST_LASTS, RequestKind, Step, other_role
from flows.roles import Permission, Sight
from storage.database import Connection
from storage.desk.customer_360 import Standing, standing_of
from storage.pages import Page as Rows
from storage.people.consent_report import ConsentStep, consent_steps
from storage.people.consents import Proof, possible_proofs
from storage.people.customers import CustomerQuestion, customer_page, living_customer
from storage.people.duplicates import Duplicate, duplicates_of, merge_by_staff
from storage.people.merge_undo import MergeRecord, merges_of, undo_merge
from storage.people.person import person_ids
from storage.privacy.erasure import erase
from storage.privacy.privacy_requests import PrivacyCase, open_requests, take_step
from storage.privacy.reveals import Revealed, active_reveal, reveal, sight_on
from storage.privacy.sightings import note_profile, note_search

SHOWN_CONSENTS = 5
SHOWN_PROOFS = 12
SHOWN_TWINS = (
    5  # Of those whom somebody looks for to merge; who is not among them is looked for more exactly.
)


class StoryQuery(Query):
    before: Moment | None = None


class ConsentForm(Form):
    value: Consent
    request_note: str | None = Field(None, max_length=1_000)
    message_id: str | None = Field(None, max_length=40)


class RevealForm(Form):
    reason: str = Field("", max_length=1_000)


class MergeForm(Form):
    other_id: str = Field(max_length=64)


class TwinQuery(Query):
    q: str = Field(min_length=1, max_length=100)


class AskForm(Form):
    note: str | None = Field(None, max_length=1_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerPage:
    """requests: what is asked for about this person and not decided yet; missing_role says whose yes each one lacks.

    proofs: what the customer wrote last, for whoever may record a consent.
    """

    person: CustomerView
    standing: Standing
    story: Story
    consents: tuple[ConsentStep, ...]
    revealed: Revealed | None
    duplicates: tuple[Duplicate, ...]
    merges: tuple[MergeRecord, ...]
    requests: tuple[tuple[PrivacyCase, str, datetime, bool], ...]
    proofs: tuple[Proof, ...]
    sight: Sight


@dataclass(frozen=True, slots=True, kw_only=True)
class TwinsPage:
    """Whom this person may be merged with, as looked for; no likeness speaks for them but whoever looks."""

    person_id: str
    twins: tuple[Duplicate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryPage:
    person_id: str
    story: Story


async def show(visit: Visit) -> web.Response:
    customer_id, now = visit.path("id"), visit.desk.now()
    content = await visit.desk.database.write(lambda conn: _page(conn, visit, customer_id, now))
    if content.person.id != customer_id:
        return visit.go(f"/panel/customers/{content.person.id}")
    return visit.show("customers/customer.html", content)


def _page(conn: Connection, visit: Visit, customer_id: str, now: datetime) -> CustomerPage:
    person = living_customer(conn, visit.actor, customer_id)
    sight = sight_on(conn, visit.actor, person.id, now)
    opened = active_reveal(conn, visit.actor, person.id, now)
    note_profile(conn, visit.actor, person.id, now, is_revealed=opened is not None)
    may_merge = visit.actor.may(Permission.MERGE_CUSTOMERS)
    may_ask = visit.actor.may(Permission.HAND_OUT_PERSON)
    steps = consent_steps(conn, None, None, Rows(limit=SHOWN_CONSENTS), person.id).items
    return CustomerPage(
        person=customer_view(visit.desk, sight, person, opened.until if opened else None),
        standing=standing_of(conn, person, now),
        story=story_of(conn, sight, person_ids(conn, person.id), None),
        consents=tuple(_seen_step(sight, step) for step in steps),
        revealed=opened,
        duplicates=tuple(_seen_twin(sight, twin) for twin in duplicates_of(conn, visit.actor, person))
        if may_merge
        else (),
        merges=tuple(merges_of(conn, person.id)) if may_merge else (),
        requests=tuple(_request(visit, one) for one in open_requests(conn, person.id, now))
        if may_ask
        else (),
        proofs=_proofs(conn, sight, person.id) if visit.actor.may(Permission.CHANGE_CONSENT) else (),
        sight=sight,
    )


def _proofs(conn: Connection, sight: Sight, customer_id: str) -> tuple[Proof, ...]:
    found = possible_proofs(conn, customer_id, SHOWN_PROOFS)
    return tuple(replace(one, body=text_for(sight, one.body) or "") for one in found)


def _seen_step(sight: Sight, step: ConsentStep) -> ConsentStep:
    return ConsentStep(
        **{name: getattr(step, name) for name in ConsentStep.__dataclass_fields__}
        | {
            "name": None,
            "phone": None,
            "proof": text_for(sight, step.proof),
            "request_note": text_for(sight, step.request_note),
        }
    )


def _seen_twin(sight: Sight, twin: Duplicate) -> Duplicate:
    return Duplicate(
        id=twin.id,
        name=text_for(sight, twin.name),
        phone=phone_for(sight, twin.phone),
        created_at=twin.created_at,
        because=twin.because,
    )


def _request(visit: Visit, request: PrivacyCase) -> tuple[PrivacyCase, str, datetime, bool]:
    missing = other_role(request.asked_role)
    is_mine_to_answer = visit.actor.role is missing and visit.actor.user_id != request.asked_by_id
    return request, missing.value, request.asked_at + REQUEST_LASTS, is_mine_to_answer


async def older(visit: Visit, taken: StoryQuery) -> web.Response:
    customer_id, now = visit.path("id"), visit.desk.now()

    def look(conn: Connection) -> StoryPage:
        person = living_customer(conn, visit.actor, customer_id)
        sight = sight_on(conn, visit.actor, person.id, now)
        return StoryPage(
            person_id=person.id,
            story=story_of(conn, sight, person_ids(conn, person.id), taken.before),
        )

    return visit.show("customers/story.html", await visit.desk.database.read(look))


async def consent(visit: Visit, taken: ConsentForm) -> web.Response:
    asked = ConsentAsked(**taken.model_dump())
    person = await record_consent(visit.desk, visit.actor, visit.path("id"), asked)
    return visit.go(f"/panel/customers/{person.id}", toast=visit.t("customers.consent_recorded"))


async def break_glass(visit: Visit, taken: RevealForm) -> web.Response:
    customer_id, now = visit.path("id"), visit.desk.now()
    revealed = await visit.desk.database.write(
        lambda conn: reveal(conn, visit.actor, customer_id, taken.reason, now)
    )
    return visit.go(f"/panel/customers/{revealed.customer_id}", toast=visit.t("customers.revealed"))


async def find_twins(visit: Visit, taken: TwinQuery) -> web.Response:
    customer_id, now = visit.path("id"), visit.desk.now()

    def look(conn: Connection) -> TwinsPage:
        person = living_customer(conn, visit.actor, customer_id)
        question, few = CustomerQuestion(q=taken.q.strip()), Rows(limit=SHOWN_TWINS + 1)
        found = customer_page(conn, visit.actor, question, few)
        note_search(conn, visit.actor, "customers", found.total, now)
        twins = [
            Duplicate(id=one.id, name=one.name, phone=one.phone, created_at=one.created_at, because=())
            for one in found.items
            if one.id != person.id
        ]
        return TwinsPage(
            person_id=person.id,
            twins=tuple(_seen_twin(visit.frame.sight, twin) for twin in twins[:SHOWN_TWINS]),
        )

    return visit.show("customers/twins.html", await visit.desk.database.write(look))


async def merge(visit: Visit, taken: MergeForm) -> web.Response:
    customer_id, now = visit.path("id"), visit.desk.now()
    merge_id = await visit.desk.database.write(
        lambda conn: merge_by_staff(conn, visit.actor, customer_id, taken.other_id, now)
    )
    undo = Undo(path=f"/panel/merges/{merge_id}/undo", fields={})
    return visit.go(f"/panel/customers/{customer_id}", toast=visit.t("customers.merged"), undo=undo)


async def part(visit: Visit) -> web.Response:
    merge_id, now = visit.path("id"), visit.desk.now()
    record = await visit.desk.database.write(lambda conn: undo_merge(conn, visit.actor, merge_id, now))
    return visit.go(f"/panel/customers/{record.kept_id}", toast=visit.t("customers.parted"))


async def ask_export(visit: Visit, taken: AskForm) -> web.Response:
    customer_id, now = visit.path("id"), visit.desk.now()

    def step(conn: Connection) -> Step:
        person = living_customer(conn, visit.actor, customer_id)
        return take_step(conn, visit.actor, RequestKind.EXPORT, person.id, taken.note, now).step

    taken_step = await visit.desk.database.write(step)
    is_ready = taken_step in (Step.PERFORM, Step.AGAIN)
    words = visit.t("customers.export_ready" if is_ready else "customers.asked")
    return visit.go("/panel/privacy" if is_ready else f"/panel/customers/{customer_id}", toast=words)


async def ask_erasure(visit: Visit, taken: AskForm) -> web.Response:
    customer_id, now = visit.path("id"), visit.desk.now()

    def step(conn: Connection) -> Step:
        person = living_customer(conn, visit.actor, customer_id)
        turnout = take_step(conn, visit.actor, RequestKind.ERASE, person.id, taken.note, now)
        if turnout.step is Step.PERFORM:
            erase(conn, visit.actor, person.id, turnout.request.id, now)
        return turnout.step

    if await visit.desk.database.write(step) is Step.PERFORM:
        await visit.desk.database.leave_no_trace()
        return visit.go("/panel/privacy", toast=visit.t("customers.erased"))
    return visit.go(f"/panel/customers/{customer_id}", toast=visit.t("customers.asked"))


_READ, _TWO, _MERGE = Permission.READ_CUSTOMERS, Permission.HAND_OUT_PERSON, Permission.MERGE_CUSTOMERS
_ONE = "/panel/customers/{id:id}"
_WHOLE = "/panel/customers/{id}"
PAGES = (
    Page(method="GET", path=_ONE, access=_READ, handle=show),
    Page(method="GET", path=f"{_ONE}/story", access=_READ, handle=older, takes=StoryQuery, part_of=_WHOLE),
    Page(
        method="POST",
        path=f"{_ONE}/consent",
        access=Permission.CHANGE_CONSENT,
        handle=consent,
        takes=ConsentForm,
    ),
    Page(
        method="POST",
        path=f"{_ONE}/reveal",
        access=Permission.REVEAL_CUSTOMER,
        handle=break_glass,
        takes=RevealForm,
    ),
    Page(
        method="GET", path=f"{_ONE}/twins", access=_MERGE, handle=find_twins, takes=TwinQuery, part_of=_WHOLE
    ),
    Page(method="POST", path=f"{_ONE}/merge", access=_MERGE, handle=merge, takes=MergeForm),
    Page(method="POST", path="/panel/merges/{id:id}/undo", access=_MERGE, handle=part),
    Page(method="POST", path=f"{_ONE}/export", access=_TWO, handle=ask_export, takes=AskForm),
    Page(method="POST", path=f"{_ONE}/erase", access=_TWO, handle=ask_erasure, takes=AskForm),
)
