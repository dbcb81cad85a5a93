"""What every table shares: the declarative base, the two column types that SQLite and PostgreSQL must agree on, and ids."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, MetaData
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator
from uuid_utils import uuid7

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


MOMENTS_KEPT = 1_000  # As text: those of a few batches.


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)


class Instant(TypeDecorator[datetime]):
    """An aware moment, UTC inside. SQLite keeps no offset, so it is stored as UTC there and given back aware."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        utc = self._to_utc(value)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any] | None:
        """For SQLite the very text that SQLAlchemy would write, in less of its time: each message brings a dozen moments, nearly all of
        them the one at which its batch was taken."""
        if dialect.name != "sqlite":
            return super().bind_processor(dialect)
        to_utc = self._to_utc
        return lambda value: None if value is None else _as_text(to_utc(value))

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None] | None:
        """For SQLite: read at once with the offset that is not written there."""
        if dialect.name != "sqlite":
            return super().result_processor(dialect, coltype)
        return lambda text: None if text is None else datetime.fromisoformat(text + "+00:00")

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    @staticmethod
    def _to_utc(value: datetime) -> datetime:
        if value.tzinfo is None:
            raise ValueError(
                f"A stored time needs an offset, got {value.isoformat()}. Attach a time zone first."
            )
        return value if value.tzinfo is UTC else value.astimezone(UTC)


@lru_cache(maxsize=MOMENTS_KEPT)
def _as_text(utc: datetime) -> str:
    """Of moments in UTC only: elsewhere two of them may look alike when clocks are put back."""
    return utc.isoformat(" ", "microseconds").removesuffix("+00:00")


# JSONB on PostgreSQL can be indexed and compared; SQLite keeps JSON text.
Json = JSON().with_variant(JSONB(), "postgresql")
# SQLite gives row ids by itself only to INTEGER PRIMARY KEY; PostgreSQL wants 64 bits.
SerialId = BigInteger().with_variant(Integer(), "sqlite")


class DatabaseMillis(FunctionElement[int]):
    """Milliseconds since 1970 by the database's own clock, the same for every process that writes."""

    type = BigInteger()
    inherit_cache = True


@compiles(DatabaseMillis, "postgresql")
def _postgres_millis(_element: Any, _compiler: Any, **_: Any) -> str:  # Any: SQLAlchemy's own signature.
    return "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)"


@compiles(DatabaseMillis, "sqlite")
def _sqlite_millis(_element: Any, _compiler: Any, **_: Any) -> str:  # Any: SQLAlchemy's own signature.
    return "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"


JsonObject = dict[str, Any]  # Any: JSON values as stored; parsed where they are read.


def new_id(prefix: str) -> str:
    """A time-ordered public id such as `conv_0199…`, so that rows made together lie together in the index."""
    return f"{prefix}_{uuid7().hex}"
