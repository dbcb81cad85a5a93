"""What came of playing the conversation scripts on a text that is not live yet? One row a run, kept for whoever approves the text."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from flows.refusal import missing
from flows.roles import Actor
from storage.tables import ScriptRun, new_id
from storage.trail.audit import Event, note

SILENT_FOR = timedelta(minutes=3)  # A run that says nothing for so long went down with its process.


class RunState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """done of total scripts are played. result: `{passed, failed, failures[], changes[], changes_count}` once it is done."""

    id: str
    type: str
    content: str
    state: RunState
    done: int
    total: int
    result: Mapping[str, Any]  # Any: JSON as described above.
    started_by: str
    started_at: datetime
    updated_at: datetime

    @property
    def is_over(self) -> bool:
        return self.state in (RunState.DONE, RunState.FAILED)

    @property
    def new_failures(self) -> int:
        """How many scripts this text fails that the text before it passed."""
        return sum(1 for failure in self.result.get("failures", ()) if failure["is_new"])


def ask_for_run(conn: Connection, type: str, content: str, by: Actor, now: datetime) -> Run:
    """Writes down that this text is to be played; the stage takes it from there."""
    run_id = new_id("run")
    conn.execute(
        insert(ScriptRun).values(
            id=run_id, type=type, digest=digest_of(content), content=content, state=RunState.WAITING,
            done=0, total=0, result={}, started_by=by.name, started_at=now, updated_at=now,
        )
    )  # fmt: skip
    note(conn, Event.RUN_SCRIPTS, by, now, subject=type)
    return find_run(conn, run_id, now)


def find_run(conn: Connection, run_id: str, now: datetime) -> Run:
    """The run; one whose process went away counts as failed. Raises Refused when there is none."""
    row = conn.execute(select(ScriptRun).where(ScriptRun.id == run_id)).mappings().first()
    if row is None:
        raise missing("script run")
    return _run(row, now)


def latest_run(conn: Connection, type: str, content: str, now: datetime) -> Run | None:
    """The newest run of exactly this text, None when it was never played."""
    chosen = select(ScriptRun).where(ScriptRun.type == type, ScriptRun.digest == digest_of(content))
    row = conn.execute(chosen.order_by(ScriptRun.started_at.desc()).limit(1)).mappings().first()
    return _run(row, now) if row else None


def new_failures(conn: Connection, type: str, contents: Collection[str]) -> dict[str, int]:
    """Of these texts those that fail scripts, as they were played last, and how many."""
    digests = {digest_of(content): content for content in contents}
    chosen = select(ScriptRun).where(
        ScriptRun.type == type, ScriptRun.digest.in_(digests), ScriptRun.state == RunState.DONE
    )
    rows = conn.execute(chosen.order_by(ScriptRun.started_at)).mappings()
    latest = {digests[row["digest"]]: _run(row, row["updated_at"]).new_failures for row in rows}
    return {content: count for content, count in latest.items() if count}


def note_progress(conn: Connection, run_id: str, done: int, total: int, now: datetime) -> None:
    conn.execute(
        update(ScriptRun)
        .where(ScriptRun.id == run_id, ScriptRun.state.in_([RunState.WAITING, RunState.RUNNING]))
        .values(state=RunState.RUNNING, done=done, total=total, updated_at=now)
    )


def finish_run(
    conn: Connection,
    run_id: str,
    result: Mapping[str, Any],  # Any: JSON of `Run.result`.
    now: datetime,
) -> None:
    done = ScriptRun.total
    values = {"state": RunState.DONE, "done": done, "result": dict(result), "updated_at": now}
    conn.execute(update(ScriptRun).where(ScriptRun.id == run_id).values(values))


def fail_run(conn: Connection, run_id: str, now: datetime) -> None:
    conn.execute(
        update(ScriptRun).where(ScriptRun.id == run_id).values(state=RunState.FAILED, updated_at=now)
    )


def digest_of(content: str) -> str:
    return sha256(content.encode()).hexdigest()


def _run(row: RowMapping, now: datetime) -> Run:
    values = {name: row[name] for name in Run.__dataclass_fields__}
    run = Run(**{**values, "state": RunState(row["state"])})
    if not run.is_over and now - run.updated_at > SILENT_FOR:
        return Run(**{**values, "state": RunState.FAILED})
    return run
