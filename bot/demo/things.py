"""The demo as single things that can be looked up, compared and written: what "loading" means for each kind.

`current` answers a mark of how the thing stands in the database, None where it is not there; `put` writes what the demo wants.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo

from bot.demo.cases import put_case, put_office_hours
from bot.demo.desk import do_talk, know_person, save_canned
from bot.demo.history import FIRST_NUMBER, history
from flows.roles import SYSTEM
from knowledge.demo import Demo, DemoCase, DemoPackage, DemoUser
from knowledge.demo_desk import DemoCanned, DemoDesk
from knowledge.pack import load_pack
from storage.database import Connection
from storage.demo.demo_history import has_history, write_history
from storage.desk.canned_answers import all_canned
from storage.desk.labels import add_label, all_labels
from storage.knowledge.company import UNNAMED, load_company, save_company
from storage.knowledge.faq import FaqDraft, add_faq, all_faq, change_faq
from storage.knowledge.packages import find_package, put_package
from storage.knowledge.prompts import PromptDraft, live_prompts, put_prompt
from storage.pages import Page
from storage.staff.users import NewUser, StaffMember, UserChange, add_branch, add_user, change_user, find_user
from storage.talks.media import NewMedia, keep_media
from storage.trail.audit import AuditQuestion, Event, audit_entries
from storage.worth.value import ValueRules

NO_WORK = "-"  # The mark of a thing whose looks nobody can change, such as a branch's name.


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """A package's poster and PDFs; no itinerary for what is no trip."""

    poster: bytes
    brochure: bytes
    itinerary: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """How the demo's people log in. mark differs when the password does.

    may_set_admin: the first ADMIN's password was nobody's choice, so it may become this one too.
    """

    password_hash: str
    mark: str
    may_set_admin: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    key: str
    wanted: str
    current: Callable[[Connection], str | None]
    put: Callable[[Connection], None]
    is_adopted: bool = False


def things(
    conn: Connection,
    demo: Demo,
    papers: Mapping[str, Papers],
    log: Log,
    now: datetime,
    known_since: datetime,
) -> Iterator[Thing]:
    """Everything the demo consists of; branches before the people who work there. known_since dates what it sells and knows."""
    yield Thing(
        key="company",
        wanted=mark(asdict(demo.company)),
        current=_company,
        put=lambda conn: save_company(conn, demo.company, SYSTEM, known_since),
    )
    for branch in demo.company.branches:
        yield _branch(branch)
    for user in demo.users:
        yield _user(conn, user, log, known_since)
    for package in demo.packages:
        yield _package(package, papers[package.package.code], known_since)
    for entry in demo.faq:
        draft = FaqDraft(
            question=entry.question,
            answer=entry.answer,
            variants=entry.variants,
            answer_en=entry.answer_en,
        )
        yield _faq(draft, known_since)
    for type_, content in demo.prompts.items():
        yield _prompt(type_, content, now)
    if demo.history is not None:
        yield _months(demo, now)

    yield Thing(
        key="calendar:office",
        wanted=NO_WORK,
        current=lambda _: None,
        put=lambda conn: put_office_hours(conn, known_since),
    )
    for case in demo.cases:
        yield _case(case, now)
    yield from _desk(demo.desk, now, known_since)


def _months(demo: Demo, now: datetime) -> Thing:
    """The months of conversations: written once, as a whole, and never again; from then on they are the company's own past."""

    def put(conn: Connection) -> None:
        assert demo.history is not None, "asked for only where there is a script"
        told = history(demo.history, [package.package for package in demo.packages], now)
        pack = load_pack(demo.pack)
        rules = ValueRules(thresholds=pack.rfm, bands=pack.bands)
        write_history(conn, told, rules, now, ZoneInfo(demo.company.timezone))

    def current(conn: Connection) -> str | None:
        return NO_WORK if has_history(conn, str(FIRST_NUMBER)) else None

    return Thing(key="months", wanted=NO_WORK, current=current, put=put)


def _desk(desk: DemoDesk, now: datetime, known_since: datetime) -> Iterator[Thing]:
    """Labels before what they hang on. What was done in a conversation or is known of a person is entered once."""
    for name, colour in desk.labels:
        yield _label(name, colour, known_since)
    for canned in desk.canned:
        yield _canned(canned, known_since)
    for person in desk.people:
        yield _once(f"person:{person.number}", partial(know_person, person=person))
    for talk in desk.talks:
        yield _once(f"talk:{talk.talk}", partial(do_talk, talk=talk, now=now))


def _once(key: str, put: Callable[[Connection], None]) -> Thing:
    """Done at the first loading; from then on it is staff's."""
    return Thing(key=key, wanted=NO_WORK, current=lambda _: None, put=put)


def _label(name: str, colour: str, now: datetime) -> Thing:
    def current(conn: Connection) -> str | None:
        return next((NO_WORK for label in all_labels(conn) if label.name.lower() == name.lower()), None)

    def put(conn: Connection) -> None:
        add_label(conn, name, colour, SYSTEM, now)

    return Thing(key=f"label:{name}", wanted=NO_WORK, current=current, put=put)


def _canned(canned: DemoCanned, now: datetime) -> Thing:
    def current(conn: Connection) -> str | None:
        found = next((one for one in all_canned(conn) if one.shortcut == canned.shortcut), None)
        return mark((found.title, found.body)) if found else None

    return Thing(
        key=f"canned:{canned.shortcut}",
        wanted=mark((canned.title, canned.body)),
        current=current,
        put=lambda conn: save_canned(conn, canned, now),
    )


def _case(case: DemoCase, now: datetime) -> Thing:
    """Opened once: what became of it since is staff's."""

    def put(conn: Connection) -> None:
        put_case(conn, case, now)

    return Thing(key=f"case:{case.key}", wanted=NO_WORK, current=lambda _: None, put=put)


def mark(facts: object) -> str:
    """A short text that differs when the facts do."""
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:20]


def drawing_mark() -> str:
    """Differs when the posters or papers would come out differently."""
    drawn_by = ("paints.py", "papers.py", "poster.py", "scenery.py", "words.py")
    folder = Path(__file__).parent
    return hashlib.sha256(b"".join((folder / name).read_bytes() for name in drawn_by)).hexdigest()


def _company(conn: Connection) -> str | None:
    company = load_company(conn)
    return None if company.name == UNNAMED else mark(asdict(company))


def _branch(name: str) -> Thing:
    def put(conn: Connection) -> None:
        add_branch(conn, name)

    return Thing(key=f"branch:{name}", wanted=NO_WORK, current=lambda _: None, put=put)


def _user(conn: Connection, user: DemoUser, log: Log, now: datetime) -> Thing:
    def current(conn: Connection) -> str | None:
        member = find_user(conn, user.username)
        return (
            mark((member.display_name, member.role, member.branch, member.is_active, member.password_hash))
            if member
            else None
        )

    def put(conn: Connection) -> None:
        member = find_user(conn, user.username)
        if member is None:
            new = NewUser(
                username=user.username,
                display_name=user.display_name,
                role=user.role,
                password_hash=log.password_hash,
                branch=user.branch,
            )
            add_user(conn, new, SYSTEM, now)
        else:
            change = UserChange(
                display_name=user.display_name, branch=user.branch, password_hash=log.password_hash
            )
            change_user(conn, member.id, change, SYSTEM, now)

    member = find_user(conn, user.username)
    return Thing(
        key=f"user:{user.username}",
        wanted=mark((asdict(user), log.mark)),
        current=current,
        put=put,
        is_adopted=member is not None and _is_first_admin(conn, member, log),
    )


def _is_first_admin(conn: Connection, member: StaffMember, log: Log) -> bool:
    """Whether this is the ADMIN that `sapa migrate` made with a password of its own, which nobody has changed since."""
    if not log.may_set_admin:
        return False
    question = AuditQuestion(event=Event.CHANGE_PASSWORD, text=member.username)
    changes = audit_entries(conn, question, Page(limit=1)).items
    made = audit_entries(conn, AuditQuestion(event=Event.CREATE_USER, actor=SYSTEM.name), Page()).items
    return not changes and any(entry.subject == member.username for entry in made)


def _package(demo: DemoPackage, papers: Papers, now: datetime) -> Thing:
    code = demo.package.code

    def current(conn: Connection) -> str | None:
        found = find_package(conn, code)
        return mark(asdict(found)) if found else None

    def put(conn: Connection) -> None:
        name = demo.package.name.replace(" ", "-")
        package = replace(
            demo.package,
            image_url=_keep(conn, f"{name}.jpg", "image/jpeg", papers.poster, now),
            brochure_url=_keep(conn, f"Brosur-{name}.pdf", "application/pdf", papers.brochure, now),
            itinerary_url=_keep(conn, f"Itinerary-{name}.pdf", "application/pdf", papers.itinerary, now)
            if papers.itinerary
            else None,
        )
        put_package(conn, package, SYSTEM, now)

    drawn = (papers.poster, papers.brochure, papers.itinerary)
    return Thing(key=f"package:{code}", wanted=mark((asdict(demo), drawn)), current=current, put=put)


def _keep(conn: Connection, name: str, mimetype: str, content: bytes, now: datetime) -> str:
    media_id = keep_media(conn, NewMedia(owner="package", name=name, mimetype=mimetype, content=content), now)
    return f"/media/{media_id}/{quote(name)}"


def _faq(draft: FaqDraft, now: datetime) -> Thing:
    def current(conn: Connection) -> str | None:
        found = next((entry for entry in all_faq(conn) if entry.question == draft.question), None)
        return mark((found.answer, found.variants)) if found else None

    def put(conn: Connection) -> None:
        found = next((entry for entry in all_faq(conn) if entry.question == draft.question), None)
        if found:
            change_faq(conn, found.id, draft, SYSTEM, now)
        else:
            add_faq(conn, draft, SYSTEM, now)

    return Thing(
        key=f"faq:{draft.question}", wanted=mark((draft.answer, draft.variants)), current=current, put=put
    )


def _prompt(type_: str, content: str, now: datetime) -> Thing:
    wanted = mark(content)

    def current(conn: Connection) -> str | None:
        live = live_prompts(conn).get(type_)
        is_packs_own = live is not None and live.author == SYSTEM.name and not live.version.startswith("demo")
        return None if live is None or is_packs_own else mark((live.version, live.content))

    def put(conn: Connection) -> None:
        draft = PromptDraft(
            type=type_, version=f"demo {wanted[:8]}", content=content, note="Perusahaan contoh"
        )
        put_prompt(conn, draft, SYSTEM, now, needs_approval=False)

    return Thing(key=f"prompt:{type_}", wanted=wanted, current=current, put=put)
