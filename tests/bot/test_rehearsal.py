"""What the bot would say if something were different: the demo company, one talk in memory, and the scripts on a draft."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from admin.knowledge_ports import Talk, WhatIf
from bot.app import Parts, Service, open_service
from bot.models import load_understanding
from bot.scripts.draft_stage import compared
from bot.scripts.played import Exchange, Played
from bot.scripts.recorder import Recorder
from bot.settings import Settings
from flows.domain import Triggers
from flows.roles import SYSTEM
from storage.database import Connection
from storage.knowledge.faq import Faq
from storage.knowledge.packages import find_package
from storage.knowledge.script_runs import RunState, ask_for_run, find_run
from tests.company import found_company
from tests.people import NOW
from tests.trained import trained_models

SCRIPT = """
- name: Harga
  steps:
    - says: UMR_MAR_2027_HEMAT
    - says: "harganya berapa?"
      hears: [Rp 25.000.000]
"""
PRICE = Talk(messages=("UMR_MAR_2027_HEMAT", "harganya berapa?"))


@pytest.fixture(scope="module")
def settings(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    var = tmp_path_factory.mktemp("rehearsal")
    (var / "models").symlink_to(trained_models())
    settings = Settings(var=var, _env_file=None)
    shutil.copy(migrated_file, var / "sapa.db")
    asyncio.run(found_company(settings.database, settings.pack))
    return settings


@pytest.fixture
async def service(settings: Settings) -> AsyncIterator[Service]:
    model = await load_understanding(settings.models, settings.pack, print)
    parts = Parts(whatsapp=Recorder(), model=model, now=lambda: NOW, is_web=False)
    async with open_service(settings, parts) as service:
        await service.load_models()
        yield service


async def test_a_draft_is_heard_in_its_place_and_nowhere_else(service: Service) -> None:
    text = "Cuma {{ package.price|rupiah }} saja, Bapak/Ibu."
    (today,) = await service.rehearsal.talks([PRICE])
    (with_draft,) = await service.rehearsal.talks([PRICE], WhatIf(texts={"reply:ask_price:id": text}))
    assert "Rp 25.000.000" in today[1].response_text
    assert "Cuma Rp 25.000.000 saja" in with_draft[1].response_text
    assert today[0] == with_draft[0]
    assert "reply:ask_price:id@draft" in with_draft[1].trace["prompt_version"]


async def test_a_rehearsed_talk_leaves_no_trace(service: Service) -> None:
    def written(conn: Connection) -> list[object]:
        tables = ("turns", "messages", "conversations", "outbox", "leads", "unanswered_messages")
        return [conn.exec_driver_sql(f"select count(*) from {table}").scalar() for table in tables]

    before = await service.database.read(written)
    ((_, told),) = await service.rehearsal.talks([Talk(messages=("halo", "DP berapa?"))])
    assert told.should_escalate
    assert await service.database.read(written) == before


async def test_a_dearer_package_is_told_before_it_is_saved(service: Service) -> None:
    package = await service.database.read(lambda conn: find_package(conn, "UMR_MAR_2027_HEMAT"))
    assert package is not None
    dearer = type(package)(**{n: getattr(package, n) for n in package.__slots__} | {"price": 26_000_000})
    (told,) = await service.rehearsal.talks([PRICE], WhatIf(packages=(dearer,)))
    assert "Rp 26.000.000" in told[0].response_text


async def test_a_new_entry_answers_what_had_no_answer(service: Service) -> None:
    question = "bisa titip kucing selama umroh?"
    entry = Faq(id=0, question=question, answer="Mohon maaf, belum bisa.", variants=(), updated_at=NOW)
    talk = Talk(messages=(question,), is_new=False)
    (before,), (after,) = (
        *(await service.rehearsal.talks([talk])),
        *(await service.rehearsal.talks([talk], WhatIf(faq=(entry,)))),
    )
    assert "belum bisa" not in before.response_text
    assert "Mohon maaf, belum bisa." in after.response_text
    (best, *_) = await service.rehearsal.faq_matches(question, WhatIf(faq=(entry,)))
    assert (best.faq_id, best.is_answer) == (0, True)


async def test_a_keyword_hands_over_before_it_is_saved(service: Service) -> None:
    talk = Talk(messages=("tolong sambungkan ke pawang",), is_new=False)
    triggers = Triggers(human_keywords=("pawang",))
    (told,) = await service.rehearsal.talks([talk], WhatIf(triggers=triggers))
    assert (told[0].should_escalate, told[0].handover_reason) == (True, "customer_request")


def test_runs_are_compared_answer_by_answer() -> None:
    def played(name: str, heard: str, *differs: str) -> Played:
        return Played(name=name, differs=list(differs), exchanges=[Exchange(said="harga?", heard=heard)])

    before = [played("a", "lama"), played("b", "sama", "x"), played("c", "sama")]
    after = [played("a", "baru", "not heard"), played("b", "sama", "x"), played("c", "sama")]
    result = compared(before, after)
    assert (result["passed"], result["failed"], result["changes_count"]) == (1, 2, 1)
    assert [(row["script"], row["is_new"]) for row in result["failures"]] == [("a", True), ("b", False)]
    assert result["changes"] == [
        {"script": "a", "step": 1, "said": "harga?", "before": "lama", "after": "baru"}
    ]


async def test_the_scripts_play_on_a_draft_and_say_what_changes(service: Service, tmp_path: Path) -> None:
    (tmp_path / "harga.yaml").write_text(SCRIPT)
    service.stage.chats = tmp_path
    run = await service.database.write(
        lambda conn: ask_for_run(conn, "reply:ask_price:id", "Nanti kami kabari.", SYSTEM, NOW)
    )
    service.stage.begin(run.id)
    playing = asyncio.create_task(service.stage.run())
    while not (found := await service.database.read(lambda conn: find_run(conn, run.id, NOW))).is_over:
        await asyncio.wait({playing}, timeout=0.05)
    playing.cancel()
    assert (found.state, found.result["passed"], found.result["failed"]) == (RunState.DONE, 0, 1)
    (change,) = found.result["changes"]
    assert change["said"] == "harganya berapa?"
    assert change["after"].startswith("Nanti kami kabari.")
    late = datetime(2028, 1, 1, tzinfo=UTC)
    assert (await service.database.read(lambda conn: find_run(conn, run.id, late))).state is RunState.DONE
