"""What falls due happens at its moment, in the running service, and a restart loses none of it."""

from datetime import timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import select

from bot.routine.due_things import LOOK_SECONDS, DueThings
from flows.decision import CaseDraft
from flows.domain import CasePriority, CaseStatus, Role
from ml.serve.understanding import Understanding
from storage.complaints.case_work import CaseChange, change_case, open_case
from storage.complaints.cases import CaseFile, cases_of
from storage.database import Connection, Database
from storage.moments.alerts import alert_page
from storage.moments.due import next_due
from storage.pages import Page
from storage.tables import Case
from tests.chat import open_house
from tests.people import NOW, hire, writes

DRAFT = CaseDraft(
    category="FRAUD_SCAM", priority=CasePriority.CRITICAL, subject="x", description="y"
)  # 0.5 / 4


class Bell:
    rings = 0

    def __call__(self) -> None:
        self.rings += 1


def complain(conn: Connection) -> CaseFile:
    said = writes(conn, "6281234567890", "Saya ditipu!")
    return open_case(conn, DRAFT, said.customer_id, said.conversation_id, NOW)


async def kinds(database: Database) -> list[str]:
    part = await database.read(partial(alert_page, page=Page()))
    return [alert.kind for alert in reversed(part.items)]


async def test_each_thing_happens_when_it_is_due_and_rings_for_its_alert(database: Database) -> None:
    at, bell = [NOW], Bell()
    due = DueThings(database, lambda: at[0], bell)
    assert await due.do_due() == LOOK_SECONDS
    await database.write(complain)
    at[0] = NOW + timedelta(minutes=14, seconds=58)
    assert 1.9 < await due.do_due() <= 2
    assert bell.rings == 0
    at[0] = NOW + timedelta(minutes=15)
    await due.do_due()
    assert (await kinds(database), bell.rings) == (["case_due"], 1)
    # A process that was away meanwhile, or another one, does the rest, each once.
    at[0] = NOW + timedelta(hours=4)
    for _ in range(2):
        await DueThings(database, lambda: at[0], bell).do_due()
    assert await kinds(database) == [
        "case_due",
        "case_due",
        "case_overdue",
        "case_due",
        "case_due",
        "case_overdue",
    ]


async def test_a_customers_answer_in_the_chat_starts_the_clocks_again_but_thanks_do_not(
    database_url: str, tmp_path: Path, model: Understanding
) -> None:
    async with open_house(database_url, tmp_path, model) as house:
        budi = house.somebody()
        await budi.says("Saya sangat kecewa, petugasnya kasar dan pelayanannya buruk sekali!")

        async def case() -> CaseFile:
            def look(conn: Connection) -> CaseFile:
                ids = list(conn.scalars(select(Case.customer_id)))
                return cases_of(conn, ids)[ids[0]][0]

            return await house.service.database.read(look)

        opened = await case()
        wait = CaseChange(status=CaseStatus.WAITING_CUSTOMER)

        def ask(conn: Connection) -> None:
            boss = hire(conn, "boss", Role.SUPERVISOR)
            change_case(conn, boss, opened.id, wait, house.clock.now)

        await house.service.database.write(ask)
        house.clock.passes(timedelta(hours=20))
        await budi.says("makasih ya")
        assert (await case()).status is CaseStatus.WAITING_CUSTOMER
        assert await house.service.database.read(lambda conn: next_due(conn, ("sla_warning",))) is None
        await budi.says("Hotelnya di mana? Nama saya Budi, rombongan Maret")
        running = await case()
        assert (running.status, running.paused_at) == (CaseStatus.IN_PROGRESS, None)
        assert running.resolution_due - opened.resolution_due == timedelta(hours=20)
