"""What do we sell? Packages as rows, read as `flows.domain.Package`; the bot uses a change from the next message on."""

from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, select

from flows.domain import Package, PackageInEnglish, Place
from flows.refusal import missing
from flows.roles import Actor
from storage import knowledge_version
from storage.audit import Event, note
from storage.dialect import upsert
from storage.tables import PackageRow

_FIELDS = tuple(field.name for field in fields(Package))
_LISTS = ("features", "includes", "excludes")


def list_packages(conn: Connection) -> tuple[Package, ...]:
    """Every package, soonest departure first, those without a date last."""
    order = (PackageRow.departure_date.is_(None), PackageRow.departure_date, PackageRow.code)
    return tuple(parse_package(row) for row in conn.execute(select(PackageRow).order_by(*order)).mappings())


def package_names(conn: Connection) -> list[tuple[str, str]]:
    """Code and name of every package, for choosing one; the next departure first."""
    rows = conn.execute(
        select(PackageRow.code, PackageRow.name).order_by(PackageRow.departure_date, PackageRow.name)
    ).all()
    return [(str(code), str(name)) for code, name in rows]


def find_package(conn: Connection, code: str) -> Package | None:
    """The package of that code, in any case."""
    row = conn.execute(select(PackageRow).where(PackageRow.code == code.upper())).mappings().first()
    return parse_package(row) if row else None


def put_package(conn: Connection, package: Package, by: Actor, now: datetime) -> bool:
    """Creates or replaces the package; True when it is new."""
    before = find_package(conn, package.code)
    columns = tuple(name for name in _FIELDS if name != "code")
    conn.execute(
        upsert(conn, PackageRow, "code", *columns, "updated_at").values(**_columns(package), updated_at=now)
    )
    knowledge_version.bump(conn, now)
    note(
        conn, Event.CHANGE_PACKAGE, by, now,
        subject=package.code, is_new=before is None, changed=_changed(before, package),
    )  # fmt: skip
    return before is None


def delete_package(conn: Connection, code: str, by: Actor, now: datetime) -> None:
    """Takes the package off the shelf. Raises Refused when there is none; journeys keep its code as history."""
    if conn.execute(delete(PackageRow).where(PackageRow.code == code.upper())).rowcount == 0:
        raise missing("package")
    knowledge_version.bump(conn, now)
    note(conn, Event.DELETE_PACKAGE, by, now, subject=code.upper())


def parse_package(row: RowMapping) -> Package:
    values = {name: row[name] for name in _FIELDS}
    values["location"] = Place(**values["location"]) if values["location"] else None
    values |= {name: tuple(values[name] or ()) for name in _LISTS}
    values["english"] = _english(values["english"]) if values["english"] else None
    return Package(**values)


def _english(kept: dict[str, Any]) -> PackageInEnglish:  # Any: JSON as stored.
    return PackageInEnglish(**(kept | {name: tuple(kept.get(name) or ()) for name in _LISTS}))


def _columns(package: Package) -> dict[str, Any]:  # Any: column values.
    return asdict(package) | {name: list(getattr(package, name)) for name in _LISTS}


def _changed(before: Package | None, after: Package) -> list[str]:
    if before is None:
        return []
    return [name for name in _FIELDS if getattr(before, name) != getattr(after, name)]
