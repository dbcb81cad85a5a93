"""Has what the business knows changed since the bot last read it? One number, bumped with every change.

Read the number before the rows: a change in between then shows as a number that is still to come, never as one that was missed.
"""

from datetime import datetime

from sqlalchemy import Connection, select, update

from storage.dialect import insert_new
from storage.prepared import Prepared
from storage.tables import Setting

NAME = "knowledge_version"
_CURRENT = Prepared(select(Setting.value).where(Setting.name == NAME))


def current(conn: Connection) -> int:
    """The number now; 0 before the first change."""
    rows = _CURRENT.all(conn)
    return int(rows[0].value["version"]) if rows else 0


def hold(conn: Connection) -> None:
    """Whoever changes what the business knows waits from here on until the caller's transaction ends: for rules that depend on what is
    live now."""
    conn.execute(select(Setting.name).where(Setting.name == NAME).with_for_update())


def bump(conn: Connection, now: datetime) -> int:
    """Raises the number in the caller's transaction; whoever changes packages, FAQ, prompts, company or triggers calls this."""
    conn.execute(insert_new(conn, Setting).values(name=NAME, value={"version": 0}, updated_at=now))
    # The row lock makes two changers wait for each other; without it both could write the same number.
    value = conn.scalar(select(Setting.value).where(Setting.name == NAME).with_for_update())
    version = int(value["version"]) + 1 if value else 1
    conn.execute(
        update(Setting).where(Setting.name == NAME).values(value={"version": version}, updated_at=now)
    )
    return version
