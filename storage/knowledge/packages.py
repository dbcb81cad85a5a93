"""What do we sell? Packages as rows, read as `flows.domain.Package`; the bot uses a change from the next message on."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from flows.domain import Package, PackageInEnglish, Place
from flows.refusal import Changed, Refused, conflict, missing
from flows.roles import Actor
from storage.dialect import upsert
from storage.knowledge import knowledge_version
from storage.prepared import Prepared
from storage.tables import PackageRow
from storage.trail.audit import Event, note

_FIELDS = tuple(field.name for field in fields(Package))
_LISTS = ("features", "includes", "excludes")


def list_packages(conn: Connection) -> tuple[Package, ...]:
    """Every package, soonest departure first, those without a date last."""
    order = (PackageRow.departure_date.is_(None), PackageRow.departure_date, PackageRow.code)
    return tuple(parse_package(row) for row in conn.execute(select(PackageRow).order_by(*order)).mappings())


def package_names(conn: Connection) -> list[tuple[str, str]]:
    """Code and name of every package, for choosing one; the next departure first."""
    return [(row.code, row.name) for row in _NAMES.all(conn)]


_NAMES = Prepared(
    select(PackageRow.code, PackageRow.name).order_by(
        PackageRow.departure_date.asc().nulls_last(), PackageRow.name
    )
)


def find_package(conn: Connection, code: str) -> Package | None:
    """The package of that code, in any case."""
    rows = _OF_CODE.all(conn, code=code.upper())
    return next((parse_package(row._asdict()) for row in rows), None)


_OF_CODE = Prepared(select(*PackageRow.__table__.columns).where(PackageRow.code == bindparam("code")))


def package_seen(conn: Connection, code: str) -> datetime | None:
    """When the package was saved last, None when there is none."""
    return conn.scalar(select(PackageRow.updated_at).where(PackageRow.code == code))


def put_package(
    conn: Connection, package: Package, by: Actor, now: datetime, *, seen: datetime | None = None
) -> bool:
    """Creates or replaces the package; True when it is new. Raises Changed when somebody saved it after it was seen."""
    saved = package_seen(conn, package.code)
    if seen is not None and saved is not None and saved != seen:
        raise Changed(saved)
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


def shift_seats(conn: Connection, code: str, by_seats: int, by: Actor, now: datetime) -> Package:
    """More or fewer seats left, counted in the database, so that two who count at once both count. Raises Refused beyond the bounds."""
    left, quota = PackageRow.quota_left, PackageRow.quota
    fits = (left + by_seats >= 0, (quota.is_(None)) | (left + by_seats <= quota))
    changed = update(PackageRow).where(PackageRow.code == code, *fits)
    moved = conn.execute(changed.values(quota_left=left + by_seats, updated_at=now)).rowcount
    package = find_package(conn, code)
    if package is None:
        raise missing("package")
    if not moved:
        raise Refused(conflict("Seats left lie between none and the quota; write a quota first."))
    knowledge_version.bump(conn, now)
    note(conn, Event.CHANGE_PACKAGE, by, now, subject=code, is_new=False, changed=["quota_left"])
    return package


def set_status(conn: Connection, code: str, status: str, by: Actor, now: datetime) -> str:
    """On sale, full or put away; what it was before. Raises Refused when there is no such package."""
    package = find_package(conn, code)
    if package is None:
        raise missing("package")
    conn.execute(update(PackageRow).where(PackageRow.code == code).values(status=status, updated_at=now))
    knowledge_version.bump(conn, now)
    note(conn, Event.CHANGE_PACKAGE, by, now, subject=code, is_new=False, changed=["status"])
    return package.status


def delete_package(conn: Connection, code: str, by: Actor, now: datetime) -> None:
    """Takes the package off the shelf. Raises Refused when there is none; journeys keep its code as history."""
    if conn.execute(delete(PackageRow).where(PackageRow.code == code.upper())).rowcount == 0:
        raise missing("package")
    knowledge_version.bump(conn, now)
    note(conn, Event.DELETE_PACKAGE, by, now, subject=code.upper())


def parse_package(row: Mapping[Any, Any]) -> Package:  # Any: the columns of a package, by name.
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
