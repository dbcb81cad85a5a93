"""When does the bot ask for a human? The escalation triggers, one settings row that staff edit within bounds."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, select

from flows.domain import Triggers
from flows.roles import Actor
from storage.dialect import upsert
from storage.knowledge import knowledge_version
from storage.staff.seen_settings import refuse_unseen
from storage.tables import Setting
from storage.trail.audit import Event, note

_NAME = "triggers"
_LISTS = ("human_keywords", "complaint_keywords", "always_human")


def load_triggers(conn: Connection) -> Triggers:
    """The triggers as set; the defaults of `flows.domain.Triggers` until somebody changes them."""
    value = conn.scalar(select(Setting.value).where(Setting.name == _NAME))
    return Triggers(**(value | {name: tuple(value[name]) for name in _LISTS})) if value else Triggers()


def save_triggers(
    conn: Connection, triggers: Triggers, by: Actor, now: datetime, *, seen: datetime | None = None
) -> None:
    """Raises Changed when somebody saved after they were seen."""
    refuse_unseen(conn, _NAME, seen)
    before = asdict(load_triggers(conn))
    value = asdict(triggers)
    stored = value | {name: list(value[name]) for name in _LISTS}
    conn.execute(
        upsert(conn, Setting, "name", "value", "updated_at").values(name=_NAME, value=stored, updated_at=now)
    )
    knowledge_version.bump(conn, now)
    changed = [name for name in value if before[name] != value[name]]
    note(conn, Event.CHANGE_TRIGGERS, by, now, subject=_NAME, changed=changed)
