"""Complaints: the case with its two clocks, what happened to it, when it stood still, and the rows by which promises are made."""

from datetime import datetime

from sqlalchemy import Boolean, Float, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.columns import Base, Instant, Json, JsonObject, SerialId


class Case(Base):
    """A complaint with its two clocks; due times are computed ahead and move only with pauses and changes of the promise.

    policy is the promise and the calendar as they stood when the case was opened (or its category or priority changed), so that later
    edits of the table rewrite no history. paused_at: since when both clocks stand still. version counts changes, for stale forms.
    branch_id is the customer's, kept beside it by triggers (migration 0023): nobody else writes it.
    """

    __tablename__ = "cases"
    __table_args__ = (
        Index(
            "ix_cases_open_resolution_due",
            "resolution_due",
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("ix_cases_assigned_to_resolution_due", "assigned_to", "resolution_due"),
        Index("ix_cases_opened_at", "opened_at"),
    )

    id: Mapped[int] = mapped_column(SerialId, primary_key=True)
    case_number: Mapped[str] = mapped_column(String(24), unique=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), index=True)
    conversation_id: Mapped[str | None] = mapped_column(String(40), index=True)
    category: Mapped[str] = mapped_column(String(16))
    priority: Mapped[str] = mapped_column(String(8))
    subject: Mapped[str] = mapped_column(String(300))
    description: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(20), default="NEW")
    escalation_level: Mapped[int] = mapped_column(Integer, default=0)
    first_response_due: Mapped[datetime] = mapped_column(Instant)
    resolution_due: Mapped[datetime] = mapped_column(Instant)
    opened_at: Mapped[datetime] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    assigned_to: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    branch_id: Mapped[int | None] = mapped_column(Integer, index=True)
    opened_by: Mapped[str | None] = mapped_column(String(80))
    is_escalated: Mapped[bool] = mapped_column(Boolean, default=False, server_default=text("false"))
    first_response_at: Mapped[datetime | None] = mapped_column(Instant)
    final_response: Mapped[str | None] = mapped_column(Text)
    final_response_by: Mapped[str | None] = mapped_column(String(80))
    final_response_at: Mapped[datetime | None] = mapped_column(Instant)
    resolved_at: Mapped[datetime | None] = mapped_column(Instant)
    paused_at: Mapped[datetime | None] = mapped_column(Instant)
    policy: Mapped[JsonObject] = mapped_column(Json, default=dict, server_default=text("'{}'"))
    version: Mapped[int] = mapped_column(Integer, default=0, server_default=text("0"))


class CaseEvent(Base):
    """What happened to a case; append-only. facts hold codes, names of staff and moments; note what staff wrote."""

    __tablename__ = "case_events"

    id: Mapped[int] = mapped_column(SerialId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    kind: Mapped[str] = mapped_column(String(24))
    actor: Mapped[str] = mapped_column(String(80))
    facts: Mapped[JsonObject] = mapped_column(Json, default=dict)
    note: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)


class CasePause(Base):
    """A stretch in which both clocks of a case stood still; ended_at is None while they do."""

    __tablename__ = "case_pauses"

    id: Mapped[int] = mapped_column(SerialId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    reason: Mapped[str] = mapped_column(String(24))
    started_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class Investigation(Base):
    """A note on fraud, sensitivity tier 3: for SUPERVISOR and COMPLIANCE only, and each look is audited. Append-only."""

    __tablename__ = "investigations"

    id: Mapped[int] = mapped_column(SerialId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    author: Mapped[str] = mapped_column(String(80))
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)


class Recovery(Base):
    """How we make it good after a case went badly; one a case. state: open, done, dismissed."""

    __tablename__ = "recoveries"

    id: Mapped[int] = mapped_column(SerialId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), unique=True)
    reason: Mapped[str] = mapped_column(String(16))
    suggestion: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(12), default="open")
    action: Mapped[str | None] = mapped_column(String(16))
    note: Mapped[str | None] = mapped_column(Text)
    opened_at: Mapped[datetime] = mapped_column(Instant)
    settled_by: Mapped[str | None] = mapped_column(String(80))
    settled_at: Mapped[datetime | None] = mapped_column(Instant)


class CalendarRow(Base):
    """Business hours. frames and breaks: `[weekday, opens, closes]` in minutes; seasons name their dates and frames.

    extra_days_off: dates of our own with their names. takes_holidays and takes_joint_leave: Indonesia's holidays and cuti bersama count.
    """

    __tablename__ = "calendars"

    id: Mapped[int] = mapped_column(SerialId, primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    timezone: Mapped[str] = mapped_column(String(40))
    frames: Mapped[list[list[int]]] = mapped_column(Json)
    breaks: Mapped[list[list[int]]] = mapped_column(Json)
    seasons: Mapped[list[JsonObject]] = mapped_column(Json)
    extra_days_off: Mapped[JsonObject] = mapped_column(Json)
    takes_holidays: Mapped[bool] = mapped_column(Boolean)
    takes_joint_leave: Mapped[bool] = mapped_column(Boolean)
    updated_at: Mapped[datetime] = mapped_column(Instant)


class CaseCategoryRow(Base):
    """What a case may be about. calendar_id None: around the clock. A retired one stays for the cases that have it."""

    __tablename__ = "case_categories"

    code: Mapped[str] = mapped_column(String(16), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    calendar_id: Mapped[int | None] = mapped_column(ForeignKey("calendars.id"))
    position: Mapped[int] = mapped_column(Integer)
    retired_at: Mapped[datetime | None] = mapped_column(Instant)


class SlaRow(Base):
    """One promise, in counted hours."""

    __tablename__ = "sla"

    category: Mapped[str] = mapped_column(ForeignKey("case_categories.code"), primary_key=True)
    priority: Mapped[str] = mapped_column(String(8), primary_key=True)
    first_response_hours: Mapped[float] = mapped_column(Float)
    resolution_hours: Mapped[float] = mapped_column(Float)
