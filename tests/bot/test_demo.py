"""The demo company: what is in it, and that loading it again harms nothing."""

import asyncio
import io
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from sqlalchemy import func, select

from bot.demo.history import history
from bot.demo.load import ALL_THERE, Loaded, LogMade, draw_all, load
from bot.demo.things import Log
from flows.domain import Consent, HandoverReason, Package, Role
from flows.rfm import RfmSegment
from flows.roles import SYSTEM
from flows.unanswered import Unanswered
from knowledge.demo import Demo, NoDemo, load_demo
from knowledge.replies import pack_texts
from ml.telco import FIELDS, fault_of
from storage.database import Connection, Database
from storage.demo.demo_desk import story_ids
from storage.desk.canned_answers import all_canned
from storage.desk.later_messages import later_of
from storage.desk.notes import notes_of, write_note
from storage.knowledge.company import load_company
from storage.knowledge.faq import FaqDraft, all_faq, change_faq, delete_faq
from storage.knowledge.packages import find_package, list_packages, put_package
from storage.knowledge.prompts import live_prompts
from storage.numbers.analytics import Period, read_analytics
from storage.numbers.trends import read_trends
from storage.numbers.turn_numbers import roll_up
from storage.pages import Page
from storage.people.customers import CustomerQuestion, Person, customer_page
from storage.sales.lead_board import follow_ups
from storage.sales.travellers import party_of
from storage.staff.users import NewUser, StaffMember, UserChange, add_user, change_user, find_user
from storage.tables import ConsentChange, Message, TurnDay
from storage.trail.audit import AuditEntry, AuditQuestion, older_entries
from storage.way.unanswered import ungrouped
from storage.worth.value_spread import value_spread
from tests.company import sketches
from tests.postgres import fresh_database, name_of

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LOADED_ON_SQLITE = pytest.mark.parametrize("loaded_url", ["sqlite"], indirect=True)
# Nobody logs in here: what is kept in a password's place need only be another for another password.
HASHED = {password: f"hash of {password}" for password in ("one demo password", "another password")}


@pytest.fixture(scope="session")
def demo() -> Demo:
    return load_demo("umroh")


@pytest.fixture(scope="session")
def people_and_goods(demo: Demo) -> Demo:
    """The demo without what takes longest: its past and its open cases."""
    return replace(demo, history=None, cases=())


@pytest.fixture(scope="session")
def loaded_file(
    migrated_file: Path, tmp_path_factory: pytest.TempPathFactory, demo: Demo
) -> tuple[Path, Loaded]:
    """A SQLite file with the whole demo, to be copied, and what loading it told."""
    path = tmp_path_factory.mktemp("loaded") / "sapa.db"
    shutil.copy(migrated_file, path)
    return path, asyncio.run(_fills(f"sqlite:///{path}", demo))


@pytest.fixture(scope="session")
def loaded_template(postgres_server: str, postgres_template: str, demo: Demo) -> Iterator[tuple[str, Loaded]]:
    """The same as a PostgreSQL database's name."""
    with fresh_database(postgres_server, postgres_template) as url:
        loaded = asyncio.run(_fills(url, demo))
        yield name_of(url), loaded


async def _fills(url: str, demo: Demo) -> Loaded:
    database = Database(url)
    await database.start()
    loaded = await _loads(database, demo)
    await database.close()
    return loaded


@pytest.fixture(params=["sqlite", "postgresql"])
def loaded_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, Loaded]]:
    """The address of a database with the whole demo, once on each engine, and what loading it told."""
    if request.param == "sqlite":
        path, told = request.getfixturevalue("loaded_file")
        yield f"sqlite:///{shutil.copy(path, tmp_path / 'sapa.db')}", told
        return
    template, told = request.getfixturevalue("loaded_template")
    with fresh_database(request.getfixturevalue("postgres_server"), template) as url:
        yield url, told


@pytest.fixture
def told(loaded_url: tuple[str, Loaded]) -> Loaded:
    return loaded_url[1]


@pytest.fixture
async def loaded(loaded_url: tuple[str, Loaded]) -> AsyncIterator[Database]:
    """A database into which the whole demo was loaded once."""
    database = Database(loaded_url[0])
    await database.start()
    yield database
    await database.close()


async def _loads(
    database: Database, demo: Demo, password: str = "one demo password", may_set_admin: bool = True
) -> Loaded:
    log = Log(password_hash=HASHED[password], mark=password, may_set_admin=may_set_admin)
    return await load(database, demo, LogMade(mark=password, make=lambda: log), NOW, sketches)


CONTRACT = [
    ("UMR_JAN_2027_REGULER", 29_500_000, date(2027, 1, 12), 9),
    ("UMR_FEB_2027_RAMADHAN", 38_500_000, date(2027, 2, 20), 12),
    ("UMR_MAR_2027_HEMAT", 25_000_000, date(2027, 3, 15), 9),
    ("UMR_MAR_2027_VIP", 52_000_000, date(2027, 3, 20), 9),
    ("UMR_APR_2027_KELUARGA", 33_500_000, date(2027, 4, 10), 10),
    ("UMR_OKT_2027_PLUSTURKI", 41_500_000, date(2027, 10, 5), 12),
]


async def test_the_demo_is_there_after_loading_on_both_databases(loaded: Database, demo: Demo) -> None:
    packages = await loaded.read(list_packages)
    assert [(p.code, p.price, p.departure_date, p.duration_days) for p in packages] == CONTRACT
    left = {package.code: package.quota_left for package in packages}
    assert (left["UMR_MAR_2027_VIP"], left["UMR_APR_2027_KELUARGA"]) == (5, 0)
    assert all(
        p.image_url and p.brochure_url and p.itinerary_url and p.payment_terms and p.includes
        for p in packages
    )
    company = await loaded.read(load_company)
    assert company == demo.company
    assert "DEMO" in (company.licence or "")
    assert len(await loaded.read(all_faq)) == len(demo.faq)
    assert (await loaded.read(live_prompts))["company"].version.startswith("demo")


async def test_the_desks_are_full_and_staffs_own_words_stay(loaded: Database, demo: Demo) -> None:
    database = loaded
    rm, talk = await database.read(lambda conn: (find_user(conn, "rm"), story_ids(conn, "6280055500193")))
    assert rm is not None
    assert talk is not None
    assert talk.lead_id is not None
    lead_id = talk.lead_id
    assert [
        note.author for note in await database.read(lambda conn: notes_of(conn, talk.conversation_id))
    ] == ["rm"]
    assert len(await database.read(lambda conn: later_of(conn, talk.conversation_id, datetime.now(UTC)))) == 1
    tasks = await database.read(lambda conn: follow_ups(conn, rm.actor, Page()))
    assert {item.task.due_at is not None and item.task.due_at < NOW for item in tasks.items} == {True, False}
    assert len(await database.read(lambda conn: party_of(conn, lead_id))) == 2
    brochures = {one.shortcut: [file.name for file in one.files] for one in await database.read(all_canned)}
    assert brochures["brosur"] == ["Brosur-Umroh-Maret-2027-Hemat.pdf"]
    await database.write(lambda conn: write_note(conn, rm.actor, talk.conversation_id, "Sudah lunas.", NOW))
    await _loads(database, replace(demo, digest="changed"))
    assert len(await database.read(lambda conn: notes_of(conn, talk.conversation_id))) == 2


def test_nobody_can_be_whom_the_demo_names(demo: Demo) -> None:
    identities = [person.facts["nik"] for person in demo.desk.people if "nik" in person.facts]
    passports = [traveller["passport_number"] for talk in demo.desk.talks for traveller in talk.party]
    assert len(identities) >= 8
    assert {nik[:2] for nik in identities} == {"20"}, "No province has this number."
    assert {passport[:4] for passport in passports} == {"X000"}
    assert {
        person.facts["email"].rpartition(".")[2] for person in demo.desk.people if "email" in person.facts
    } == {"example"}


def test_the_company_has_44_branches_and_somebody_in_every_role(demo: Demo) -> None:
    assert len(set(demo.company.branches)) == 44
    assert "Binjai" in demo.company.branches
    assert {user.username for user in demo.users} == {role.value.lower() for role in Role} | {"marketing2"}
    assert {user.branch for user in demo.users} <= set(demo.company.branches)


def test_the_faq_has_enough_ways_to_ask(demo: Demo) -> None:
    assert len(demo.faq) >= 40
    assert all(3 <= len(entry.variants) <= 12 for entry in demo.faq)
    asked = [text.lower() for entry in demo.faq for text in (entry.question, *entry.variants)]
    assert len(asked) == len(set(asked))


@LOADED_ON_SQLITE
async def test_loading_again_changes_nothing(loaded: Database, told: Loaded, demo: Demo) -> None:
    assert (dict(told.updated), dict(told.left)) == ({}, {})
    assert await _loads(loaded, demo) == ALL_THERE


@LOADED_ON_SQLITE
async def test_what_staff_changed_or_deleted_stays_so_even_when_the_demo_is_new(
    loaded: Database, demo: Demo
) -> None:
    hemat, vip = demo.packages[2].package.code, demo.packages[3].package.code
    dearer = replace(await _package(loaded, hemat), price=26_000_000)
    await loaded.write(lambda conn: put_package(conn, dearer, SYSTEM, NOW))
    first, second, *_ = await loaded.read(all_faq)
    await loaded.write(lambda conn: delete_faq(conn, first.id, SYSTEM, NOW))
    edited = FaqDraft(question=second.question, answer="Jawaban kami sendiri.")
    await loaded.write(lambda conn: change_faq(conn, second.id, edited, SYSTEM, NOW))

    again = await _loads(loaded, _everything_costs_more(demo))

    assert (await _package(loaded, hemat)).price == 26_000_000
    assert (await _package(loaded, vip)).price == 52_000_001
    assert again.updated == {"package": 5, "faq": len(demo.faq) - 2}
    assert again.left == {"package": 1, "faq": 2}
    left = {entry.question: entry.answer for entry in await loaded.read(all_faq)}
    assert first.question not in left
    assert left[second.question] == "Jawaban kami sendiri."


@ON_SQLITE
async def test_what_was_there_before_the_demo_is_left_alone(
    database: Database, people_and_goods: Demo
) -> None:
    own = replace(people_and_goods.packages[2].package, name="Paket kami", price=1)
    await database.write(lambda conn: put_package(conn, own, SYSTEM, NOW))
    assert (await _loads(database, people_and_goods)).left == {"package": 1}
    assert (await _package(database, own.code)).name == "Paket kami"


@LOADED_ON_SQLITE
async def test_a_new_demo_password_reaches_those_who_kept_the_old_one(loaded: Database, demo: Demo) -> None:
    own = await _password_of(loaded, "rm")
    rm = await loaded.read(lambda conn: find_user(conn, "rm"))
    assert rm is not None
    change = UserChange(password_hash="my own")
    await loaded.write(lambda conn: change_user(conn, rm.id, change, SYSTEM, NOW))

    await _loads(loaded, demo, password="another password")

    assert await _password_of(loaded, "rm") == "my own"
    assert await _password_of(loaded, "agent") == HASHED["another password"] != own


@ON_SQLITE
@pytest.mark.parametrize(
    ("may_set_admin", "expected"),
    [
        pytest.param(True, HASHED["one demo password"], id="nobody chose its password"),
        pytest.param(False, "made by migrate", id="SAPA_ADMIN_PASSWORD chose it"),
    ],
)
async def test_the_first_admin_gets_the_demo_password_only_when_nobody_chose_another(
    database: Database, people_and_goods: Demo, may_set_admin: bool, expected: str
) -> None:
    await _admin(database)
    await _loads(database, people_and_goods, may_set_admin=may_set_admin)
    assert await _password_of(database, "admin") == expected


@ON_SQLITE
async def test_an_admin_who_changed_the_password_keeps_it(database: Database, people_and_goods: Demo) -> None:
    admin_id = await _admin(database)
    change = UserChange(password_hash="chosen by a person")
    await database.write(lambda conn: change_user(conn, admin_id, change, SYSTEM, NOW))
    await _loads(database, people_and_goods)
    assert await _password_of(database, "admin") == "chosen by a person"


def test_a_pack_without_a_demo_says_so() -> None:
    with pytest.raises(NoDemo, match="SAPA_PACK=umroh"):
        load_demo("no such pack")


def test_posters_and_papers_are_what_they_say_and_small(demo: Demo) -> None:
    one = replace(demo, packages=demo.packages[:1])
    first, second = draw_all(one), draw_all(one)
    papers = first[demo.packages[0].package.code]
    assert first == second
    assert Image.open(io.BytesIO(papers.poster)).size == (1080, 1350)
    assert papers.brochure.startswith(b"%PDF")
    assert papers.itinerary is not None
    assert papers.brochure.count(b"/Type /Page\n") == 2
    assert max(map(len, (papers.poster, papers.brochure, papers.itinerary))) < 300_000


def _everything_costs_more(demo: Demo) -> Demo:
    packages = tuple(
        replace(package, package=replace(package.package, price=package.package.price + 1))
        for package in demo.packages
    )
    faq = tuple(replace(entry, answer=f"{entry.answer} Baru.") for entry in demo.faq)
    return replace(demo, packages=packages, faq=faq, digest="newer")


async def _package(database: Database, code: str) -> Package:
    package = await database.read(lambda conn: find_package(conn, code))
    assert package is not None
    return package


async def _password_of(database: Database, username: str) -> str:
    member = await database.read(lambda conn: find_user(conn, username))
    assert member is not None
    return member.password_hash


async def _admin(database: Database) -> int:
    new = NewUser(
        username="admin", display_name="Administrator", role=Role.ADMIN, password_hash="made by migrate"
    )
    return (await database.write(lambda conn: add_user(conn, new, SYSTEM, NOW))).id


@pytest.mark.parametrize("pack", ["umroh", "telco", "retail", "bank"])
def test_everything_that_a_demo_says_of_its_own_can_be_said_in_english(pack: str) -> None:
    demo = load_demo(pack)
    assert [entry.question for entry in demo.faq if not entry.answer_en] == []
    for package in (each.package for each in demo.packages):
        english = package.spoken("en")
        assert len(english.includes) == len(package.includes)
        assert not set(english.includes) & set(package.includes)
        assert english.payment_terms != package.payment_terms


async def test_months_of_conversations_fill_every_screen(loaded: Database) -> None:
    period = Period(
        since=NOW - timedelta(days=200),
        until=NOW + timedelta(days=1),
        first=date(2026, 5, 1),
        last=date(2026, 11, 21),
    )
    numbers = await loaded.read(lambda conn: read_analytics(conn, period))
    assert numbers.funnel.leads > numbers.funnel.interest > numbers.funnel.booking > numbers.funnel.paid > 10
    assert all(item.clicks > item.conversations > 0 for item in numbers.campaigns)
    assert numbers.bot.satisfaction is not None
    # Counted from the rows of both queues, as for everybody; the story tells of answers after two to six seconds.
    assert numbers.bot.avg_response_seconds is not None
    assert 2 < numbers.bot.avg_response_seconds < 6
    open_questions = await loaded.write(lambda conn: ungrouped(conn, 100))
    assert {asked.reason for asked in open_questions} >= set(Unanswered) - {Unanswered.WEAK_ANSWER}
    trends = await loaded.read(lambda conn: read_trends(conn, period, ZoneInfo("Asia/Jakarta")))
    assert len([day for day in trends.days if day.journeys]) > 60
    assert all(
        trends.reasons[reason]
        for reason in set(HandoverReason) - {HandoverReason.CUSTOMER_REQUEST, HandoverReason.STAFF}
    )


def test_the_newest_days_are_as_busy_as_those_before_and_nothing_is_told_of_tomorrow(demo: Demo) -> None:
    assert demo.history is not None
    packages = [package.package for package in demo.packages]
    for now in (NOW, NOW.replace(hour=17, minute=5)):  # 10.00 and five past midnight in Jakarta.
        stories = history(demo.history, packages, now).stories
        began = [story.began_at for story in stories if story.lines]
        days = {(now - at).days for at in began if now - at < timedelta(days=10)}
        assert len(days) >= 8
        moments = [at for story in stories for at in (story.asked_at, story.claimed_at, story.ended_at) if at]
        assert max(moments) <= now


@LOADED_ON_SQLITE
async def test_the_audit_tells_of_the_months_in_the_order_of_what_happened(loaded: Database) -> None:
    def look(conn: Connection) -> tuple[list[AuditEntry], int]:
        entries = older_entries(conn, AuditQuestion(), None, 10_000)
        changes = conn.scalar(select(func.count()).select_from(ConsentChange)) or 0
        return entries, changes

    entries, changes = await loaded.read(look)
    moments = [entry.at for entry in entries]
    assert moments == sorted(moments, reverse=True)
    told = Counter(entry.event for entry in entries)
    assert told["CHANGE_CONSENT"] == changes > 100
    assert (
        min(
            told[event]
            for event in ("CLAIM_CONVERSATION", "CLOSE_CONVERSATION", "MARK_PAID", "ENTER_AD_SPEND")
        )
        > 20
    )
    assert entries[-1].at < NOW - timedelta(days=180)
    said = select(Message.prompt_version).where(Message.author == "bot").distinct()
    versions = await loaded.read(lambda conn: set(conn.scalars(said)))
    texts = {text.type for text in pack_texts("umroh")}
    assert versions <= {f"{type}@1.0" for type in texts}
    assert len(versions) > 10


async def test_seed_004s_customers_stand_in_their_segments_and_every_segment_has_someone(
    loaded: Database,
) -> None:
    found = await loaded.read(lambda conn: value_spread(conn, None).segments)
    assert {segment for segment, count in found.items() if count} == set(RfmSegment)
    assert max(found.values()) / sum(found.values()) < 2 / 3, "a company that has only one kind of customer"
    supervisor = await loaded.write(lambda conn: find_user(conn, "admin"))
    assert supervisor is not None
    people = {
        name: (await loaded.read(lambda conn, name=name: _named(conn, supervisor, name))).consent_marketing  # type: ignore[misc]  # bound per name
        for name in ("Amir Hamzah", "Bunga Citra Lubis")
    }
    assert people["Amir Hamzah"] is Consent.WITHDRAWN
    assert people["Bunga Citra Lubis"] is Consent.GRANTED


def _named(conn: Connection, who: StaffMember, name: str) -> Person:
    return customer_page(conn, who.actor, CustomerQuestion(q=name), Page(limit=1)).items[0]


@LOADED_ON_SQLITE
async def test_the_days_of_the_demo_need_no_adding_up_any_more(loaded: Database, demo: Demo) -> None:
    zone = ZoneInfo(demo.company.timezone)
    assert await loaded.write(lambda conn: roll_up(conn, zone, NOW)) is False
    assert await loaded.read(lambda conn: len(conn.scalars(select(TurnDay.day).distinct()).all())) > 100


async def test_the_months_are_written_once(loaded: Database, demo: Demo) -> None:
    before = await loaded.read(lambda conn: value_spread(conn, None).segments)
    await _loads(loaded, replace(demo, digest="changed"))
    assert await loaded.read(lambda conn: value_spread(conn, None).segments) == before


def test_the_same_seed_tells_the_same_months(demo: Demo) -> None:
    assert demo.history is not None
    packages = [package.package for package in demo.packages]
    first, second = (history(demo.history, packages, NOW) for _ in range(2))
    assert first == second
    assert all(line.at <= NOW for story in first.stories for line in story.lines)


@pytest.mark.parametrize(("pack", "least", "most"), [("umroh", 0.15, 0.35), ("telco", 1.0, 1.0)])
def test_the_customers_of_whom_enough_is_known_can_be_foreseen(pack: str, least: float, most: float) -> None:
    company = load_demo(pack)
    assert company.history is not None
    stories = history(company.history, [package.package for package in company.packages], NOW).stories
    known = [story.usage for story in stories if story.usage]
    assert least <= len(known) / len(stories) <= most
    assert {fault_of(name, usage.get(name)) for usage in known for name in FIELDS} == {None}
    assert not [line.body for story in stories for line in story.lines if "{" in line.body]
    assert {story.branch for story in stories} - {None} <= set(company.company.branches)
