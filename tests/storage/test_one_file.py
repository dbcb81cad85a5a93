"""SQLite's one writer: what shares a commit shares nothing else, and what was given to it is written."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import Connection, event, text

from storage.database import Database, DatabaseDown, Job
from storage.one_file import SHORTEST_GROUP_SECONDS, OneFile


@pytest.fixture
async def file(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'one.db'}")
    await database.start()
    await database.write(lambda conn: conn.execute(text("CREATE TABLE said (word TEXT UNIQUE)")) and None)
    yield database
    await database.close()


def say(word: str) -> Job[str]:
    def job(conn: Connection) -> str:
        conn.execute(text("INSERT INTO said VALUES (:word)"), {"word": word})
        return word

    return job


def words(conn: Connection) -> list[str]:
    return list(conn.scalars(text("SELECT word FROM said ORDER BY rowid")))


class Gate:
    """A job that holds the writer until it is let go, so that what comes meanwhile waits together."""

    def __init__(self) -> None:
        self.entered, self.opened = Event(), Event()

    def hold(self, _conn: Connection) -> None:
        self.entered.set()
        assert self.opened.wait(10)


class Work:
    """A clock that jobs move on by the seconds that they take."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def clock(self) -> float:
        return self.seconds

    def taking(self, seconds: float) -> Job[None]:
        def job(_conn: Connection) -> None:
            self.seconds += seconds

        return job


@pytest.mark.parametrize(
    ("seconds_each", "commits_of_five"),
    [(0.0, 1), (SHORTEST_GROUP_SECONDS * 0.4, 2), (1.0, 5)],
    ids=["quick jobs share", "until the time of a commit is over", "long ones commit alone"],
)
async def test_jobs_that_wait_together_share_a_commit_while_that_spares_time(
    tmp_path: Path, seconds_each: float, commits_of_five: int
) -> None:
    work, gate, commits = Work(), Gate(), list[int]()
    file = OneFile(f"sqlite:///{tmp_path / 'shared.db'}", clock=work.clock)
    file.start()
    event.listen(file.engine, "commit", lambda _connection: commits.append(1))
    holding = asyncio.ensure_future(file.write(gate.hold))
    await asyncio.to_thread(gate.entered.wait, 10)
    work.seconds += 1  # Nobody joins the one that holds the writer.
    together = asyncio.gather(*(file.write(work.taking(seconds_each)) for _ in range(5)))
    await asyncio.sleep(0)  # All five have been given to the writer.
    gate.opened.set()
    await asyncio.gather(holding, together)
    assert len(commits) == 1 + commits_of_five
    await file.close()


async def test_a_job_that_fails_takes_nobody_else_down_and_leaves_nothing(file: Database) -> None:
    def half(conn: Connection) -> None:
        say("half")(conn)
        raise LookupError("no such thing")

    outcomes = await asyncio.gather(
        file.write(say("one")), file.write(half), file.write(say("two")), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [str, LookupError, str]
    assert await file.read(words) == ["one", "two"]


async def test_what_was_given_to_the_writer_before_the_end_is_written(tmp_path: Path, file: Database) -> None:
    gate = Gate()
    holding = asyncio.ensure_future(file.write(gate.hold))
    await asyncio.to_thread(gate.entered.wait, 10)
    given = asyncio.ensure_future(file.write(say("last")))
    await asyncio.sleep(0)
    closing = asyncio.ensure_future(file.close())
    gate.opened.set()
    await closing
    assert (await given, holding.done()) == ("last", True)
    again = Database(f"sqlite:///{tmp_path / 'one.db'}")
    assert await again.read(words) == ["last"]
    await again.close()


async def test_a_caller_who_gave_up_before_his_turn_writes_nothing(file: Database) -> None:
    gate = Gate()
    holding = asyncio.ensure_future(file.write(gate.hold))
    await asyncio.to_thread(gate.entered.wait, 10)
    given_up = asyncio.ensure_future(file.write(say("given up")))
    await asyncio.sleep(0)
    given_up.cancel()
    await asyncio.sleep(0)
    gate.opened.set()
    await holding
    await file.write(say("stayed"))
    assert await file.read(words) == ["stayed"]


@pytest.mark.parametrize(
    ("patience", "order"),
    [(60.0, ["first", "second", "patient"]), (0.0, ["first", "patient", "second"])],
    ids=["everybody else goes first", "but not for ever"],
)
async def test_what_can_wait_waits_for_a_pause(
    file: Database, monkeypatch: pytest.MonkeyPatch, patience: float, order: list[str]
) -> None:
    monkeypatch.setattr("storage.one_file.PATIENCE_SECONDS", patience)
    gate = Gate()
    holding = asyncio.ensure_future(file.write(gate.hold))
    await asyncio.to_thread(gate.entered.wait, 10)
    first = asyncio.ensure_future(file.write(say("first")))
    patient = asyncio.ensure_future(file.write_in_a_pause(say("patient")))
    for _ in range(5):  # As long as it takes to lose patience at once.
        await asyncio.sleep(0)
    second = asyncio.ensure_future(file.write(say("second")))
    await asyncio.sleep(0)
    gate.opened.set()
    await asyncio.gather(holding, first, patient, second)
    assert await file.read(words) == order


async def test_a_file_that_cannot_be_opened_is_a_database_that_is_down(tmp_path: Path) -> None:
    nowhere = Database(f"sqlite:///{tmp_path / 'no' / 'folder.db'}")
    await nowhere.start()
    for attempt in (nowhere.read(words), nowhere.write(say("x"))):
        with pytest.raises(DatabaseDown, match="SAPA_DATABASE_URL"):
            await attempt
    await nowhere.close()
