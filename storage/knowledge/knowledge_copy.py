"""A copy of what the business knows, without anybody's conversations: for trying scripts out."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, true, update

from storage.knowledge.knowledge_version import NAME as VERSION
from storage.tables import FaqRow, PackageRow, Prompt, Setting

_KNOWLEDGE: tuple[Any, ...] = (
    PackageRow,
    FaqRow,
    Prompt,
    Setting,
)  # Any: mapped classes of different shapes.

KnowledgeRows = Mapping[str, Sequence[dict[str, Any]]]  # Any: column values by table name.


# The number that says whether something changed belongs to each database: going back to an earlier one would hide a change.
_COPIED: dict[Any, Any] = {Setting: Setting.name != VERSION}  # Any: mapped classes and their conditions.


def read_knowledge(conn: Connection) -> KnowledgeRows:
    """Every row of packages, FAQ, texts and settings."""
    return {
        model.__tablename__: [
            dict(row) for row in conn.execute(select(model).where(_COPIED.get(model, true()))).mappings()
        ]
        for model in _KNOWLEDGE
    }


def write_knowledge(conn: Connection, rows: KnowledgeRows) -> None:
    """Replaces what is known by these rows. The caller bumps the version."""
    for model in _KNOWLEDGE:
        conn.execute(delete(model).where(_COPIED.get(model, true())))
        if rows[model.__tablename__]:
            conn.execute(insert(model), list(rows[model.__tablename__]))


def with_text(rows: KnowledgeRows, type: str, content: str, now: datetime) -> KnowledgeRows:
    """The same rows, but this text live in the place of what is live now."""
    name = Prompt.__tablename__
    live = {"type": type, "state": "live"}
    others = [row for row in rows[name] if {key: row[key] for key in live} != live]
    unsaid = dict.fromkeys(Prompt.__table__.columns.keys())  # Rows written together name the same columns.
    ours = {
        "id": 1 + max((row["id"] for row in rows[name]), default=0),
        "version": "draft-on-trial",
        "content": content,
        "author": "draft",
        "created_at": now,
    }
    return {**rows, name: [*others, unsaid | ours | live]}


def sell_out(conn: Connection, codes: Sequence[str]) -> None:
    conn.execute(update(PackageRow).where(PackageRow.code.in_(codes)).values(quota_left=0))


def forget(conn: Connection, what: str) -> None:
    """Takes away all packages or all FAQ entries."""
    conn.execute(delete(PackageRow if what == "packages" else FaqRow))
