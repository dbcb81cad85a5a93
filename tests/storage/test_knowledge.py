"""What the business knows: changes are kept, counted once in the knowledge version, and written into the audit."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from flows.domain import Company, Package, Place, Role, Triggers, WorkingFrame
from flows.refusal import Kind, Refused
from flows.roles import SYSTEM, Actor
from storage.database import Database
from storage.knowledge import knowledge_version
from storage.knowledge.company import UNNAMED, load_company, save_company
from storage.knowledge.faq import FaqDraft, add_faq, all_faq, change_faq, delete_faq
from storage.knowledge.packages import delete_package, find_package, list_packages, put_package
from storage.knowledge.prompts import (
    PromptDraft,
    PromptState,
    approve_prompt,
    live_prompts,
    prompt_to_replace,
    put_prompt,
    restore_prompt,
    seed_prompts,
)
from storage.knowledge.shelf import load_shelf
from storage.knowledge.triggers import load_triggers, save_triggers
from storage.pages import Page
from storage.trail.audit import AuditQuestion, audit_entries

NOW = datetime(2027, 1, 4, 3, tzinfo=UTC)
MIRA = Actor(name="mira", role=Role.MARKETING)
SARI = Actor(name="sari", role=Role.SUPERVISOR)
HEMAT = Package(
    code="UMR_MAR_2027_HEMAT",
    name="Umroh Maret Hemat",
    price=25_000_000,
    departure_date=date(2027, 3, 15),
    duration_days=9,
    location=Place(name="Kantor", lat=3.58, lng=98.67),
    features=("Hotel dekat", "Makan 3x"),
)


async def test_a_package_comes_back_as_it_was_put(database: Database) -> None:
    assert await database.write(lambda conn: put_package(conn, HEMAT, MIRA, NOW)) is True
    assert await database.write(lambda conn: put_package(conn, HEMAT, MIRA, NOW)) is False
    assert await database.read(lambda conn: find_package(conn, "umr_mar_2027_hemat")) == HEMAT
    assert await database.read(list_packages) == (HEMAT,)


CHANGES: list[tuple[str, Callable[[Connection], object]]] = [
    ("CHANGE_PACKAGE", lambda conn: put_package(conn, HEMAT, MIRA, NOW)),
    ("CHANGE_FAQ", lambda conn: add_faq(conn, FaqDraft(question="Jam buka?", answer="08.00"), MIRA, NOW)),
    ("CHANGE_COMPANY", lambda conn: save_company(conn, Company(name="Amanah"), MIRA, NOW)),
    ("CHANGE_TRIGGERS", lambda conn: save_triggers(conn, Triggers(misses_before_human=3), MIRA, NOW)),
    (
        "CHANGE_PROMPT",
        lambda conn: put_prompt(
            conn, PromptDraft(type="base", version="1", content="x"), MIRA, NOW, needs_approval=False
        ),
    ),
]


@pytest.mark.parametrize(("event", "change"), CHANGES, ids=[event for event, _ in CHANGES])
async def test_each_change_bumps_the_version_once_and_is_audited(
    database: Database, event: str, change: Callable[[Connection], object]
) -> None:
    await database.write(change)
    assert await database.read(knowledge_version.current) == 1
    entries = await database.read(lambda conn: audit_entries(conn, AuditQuestion(), Page()))
    assert [(entry.event, entry.actor, entry.role) for entry in entries.items] == [
        (event, "mira", Role.MARKETING)
    ]


async def test_a_deleted_package_is_gone_and_cannot_be_deleted_twice(database: Database) -> None:
    await database.write(lambda conn: put_package(conn, HEMAT, MIRA, NOW))
    await database.write(lambda conn: delete_package(conn, HEMAT.code, MIRA, NOW))
    with pytest.raises(Refused) as refused:
        await database.write(lambda conn: delete_package(conn, HEMAT.code, MIRA, NOW))
    assert refused.value.refusal.kind is Kind.MISSING
    assert await database.read(knowledge_version.current) == 2


async def test_faq_entries_are_changed_and_removed_by_id(database: Database) -> None:
    draft = FaqDraft(
        question="Apa saja syaratnya?", answer="Paspor", variants=("syarat umroh",), answer_en="A passport"
    )
    faq = await database.write(lambda conn: add_faq(conn, draft, MIRA, NOW))
    assert (faq.variants, faq.answer_en) == (("syarat umroh",), "A passport")
    better = FaqDraft(question="Apa syaratnya?", answer="Paspor dan KTP")
    await database.write(lambda conn: change_faq(conn, faq.id, better, MIRA, NOW))
    assert [entry.answer for entry in await database.read(all_faq)] == ["Paspor dan KTP"]
    await database.write(lambda conn: delete_faq(conn, faq.id, MIRA, NOW))
    assert await database.read(all_faq) == ()


async def test_company_and_triggers_come_back_as_saved(database: Database) -> None:
    company = Company(
        name="Amanah",
        pin=Place(name="Kantor", lat=3.5, lng=98.6),
        hours=(WorkingFrame(weekday=0, opens=480, closes=1020),),
        branches=("Medan", "Binjai"),
    )
    triggers = Triggers(min_confidence=0.4, human_keywords=("orang asli",))
    assert (await database.read(load_company)).name == UNNAMED
    await database.write(lambda conn: save_company(conn, company, MIRA, NOW))
    await database.write(lambda conn: save_triggers(conn, triggers, MIRA, NOW))
    assert await database.read(load_company) == company
    assert await database.read(load_triggers) == triggers


async def test_the_shelf_puts_departed_packages_last(database: Database) -> None:
    gone = Package(code="UMR_JAN_2027_REGULER", name="Januari", price=1, departure_date=date(2027, 1, 1))
    undated = Package(code="ZZ_TOUR", name="Tour", price=1)
    for package in (gone, undated, HEMAT):
        await database.write(lambda conn, package=package: put_package(conn, package, MIRA, NOW))  # type: ignore[misc]  # bound per package
    shelf = await database.read(lambda conn: load_shelf(conn, date(2027, 2, 1)))
    assert [package.code for package in shelf.packages] == [HEMAT.code, "ZZ_TOUR", gone.code]


def _greeting(version: str) -> PromptDraft:
    return PromptDraft(type="reply:greeting:id", version=version, content=f"Salam {version}")


async def test_a_new_version_is_live_at_once_without_approval(database: Database) -> None:
    for version in ("1", "2"):
        await database.write(
            lambda conn, version=version: put_prompt(  # type: ignore[misc]  # bound per version
                conn, _greeting(version), MIRA, NOW, needs_approval=False
            )
        )
    assert (await database.read(live_prompts))["reply:greeting:id"].version == "2"


async def test_with_approval_a_draft_needs_another_person(database: Database) -> None:
    draft = await database.write(
        lambda conn: put_prompt(conn, _greeting("1"), MIRA, NOW, needs_approval=True)
    )
    assert draft.state is PromptState.DRAFT
    with pytest.raises(Refused, match="Another person"):
        await database.write(lambda conn: approve_prompt(conn, draft.type, "1", MIRA, NOW))
    approved = await database.write(lambda conn: approve_prompt(conn, draft.type, "1", SARI, NOW))
    assert (approved.state, approved.approved_by) == (PromptState.LIVE, "sari")


async def test_an_older_version_is_restored_but_never_an_unapproved_draft(database: Database) -> None:
    def restore(version: str) -> Callable[[Connection], object]:
        return lambda conn: restore_prompt(conn, "reply:greeting:id", version, MIRA, NOW, needs_approval=True)

    for version in ("1", "2"):
        await database.write(
            lambda conn, version=version: put_prompt(  # type: ignore[misc]  # bound per version
                conn, _greeting(version), MIRA, NOW, needs_approval=False
            )
        )
    await database.write(lambda conn: put_prompt(conn, _greeting("3"), MIRA, NOW, needs_approval=True))
    await database.write(restore("1"))
    assert (await database.read(live_prompts))["reply:greeting:id"].content == "Salam 1"
    with pytest.raises(Refused, match="never approved"):
        await database.write(restore("3"))


async def test_a_version_label_is_used_once(database: Database) -> None:
    await database.write(lambda conn: put_prompt(conn, _greeting("1"), MIRA, NOW, needs_approval=False))
    with pytest.raises(Refused) as refused:
        await database.write(lambda conn: put_prompt(conn, _greeting("1"), MIRA, NOW, needs_approval=False))
    assert refused.value.refusal.kind is Kind.CONFLICT


async def test_seeding_twice_adds_nothing_and_leaves_staffs_texts_alone(database: Database) -> None:
    await database.write(lambda conn: put_prompt(conn, _greeting("mine"), MIRA, NOW, needs_approval=False))
    drafts = (_greeting("pack-1"), PromptDraft(type="base", version="pack-1", content="…"))
    assert await database.write(lambda conn: seed_prompts(conn, drafts, SYSTEM, NOW)) == 1
    assert await database.write(lambda conn: seed_prompts(conn, drafts, SYSTEM, NOW)) == 0
    assert (await database.read(live_prompts))["reply:greeting:id"].version == "mine"


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_who_replaces_a_text_finds_no_other_replacing_it(database: Database) -> None:
    """Otherwise both would find the same text live, and the second would write over the first unseen."""
    first = PromptDraft(type="reply:ask_price:id", version="1", content="Harganya", note=None)
    await database.write(lambda conn: put_prompt(conn, first, MIRA, NOW, needs_approval=False))
    async with database.engine.begin() as one, database.engine.begin() as other:
        assert await one.run_sync(prompt_to_replace, first.type)
        await other.execute(text("SET LOCAL lock_timeout = '10ms'"))
        with pytest.raises(DBAPIError, match="lock timeout"):
            await other.run_sync(prompt_to_replace, first.type)
