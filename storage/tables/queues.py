"""What came in, what must go out, and what falls due: the durable edges of the engine."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.columns import Base, Instant, Json, JsonObject, SerialId


class InboxRow(Base):
    """One inbound message that awaits its turn. Unique on what WhatsApp calls the message, so repeats vanish.

    state: waiting, done, parked (poison: a human looks), ignored (kept and counted, never answered).
    """

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("session", "from_me", "bare_id"),
        Index(
            "ix_inbox_waiting",
            "conversation_id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_inbox_parked",
            "id",
            sqlite_where=text("state = 'parked'"),
            postgresql_where=text("state = 'parked'"),
        ),
    )

    id: Mapped[int] = mapped_column(SerialId, primary_key=True)
    session: Mapped[str] = mapped_column(String(54))
    from_me: Mapped[bool] = mapped_column(Boolean)
    bare_id: Mapped[str] = mapped_column(String(120))
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversations.id"))
    message_id: Mapped[str | None] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(16))
    body: Mapped[str] = mapped_column(Text, default="")
    facts: Mapped[JsonObject] = mapped_column(Json, default=dict)
    is_stale: Mapped[bool] = mapped_column(Boolean, default=False)
    at: Mapped[datetime] = mapped_column(Instant)
    received_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    attempts: Mapped[int] = mapped_column(Integer, default=0)


class OutboxRow(Base):
    """One message that must leave. state: waiting, sending, sent, dropped (the gate said no), failed, unknown, returned.

    call is WAHA's endpoint (sendText…), payload what it needs beside session and chat. by_bot rows pass the gate only while no human
    holds the conversation. premade_id is the WhatsApp id chosen before the first try, so that a repeat is the same message.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_unsent",
            "conversation_id",
            "id",
            sqlite_where=text("state IN ('waiting', 'sending')"),
            postgresql_where=text("state IN ('waiting', 'sending')"),
        ),
        Index("ix_outbox_premade_id", "premade_id"),
        Index(
            "ix_outbox_given_up",
            "id",
            sqlite_where=text("state IN ('failed', 'unknown')"),
            postgresql_where=text("state IN ('failed', 'unknown')"),
        ),
    )

    id: Mapped[int] = mapped_column(SerialId, primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    message_id: Mapped[str] = mapped_column(String(40), index=True)
    session: Mapped[str] = mapped_column(String(54))
    chat_id: Mapped[str] = mapped_column(String(80))
    call: Mapped[str] = mapped_column(String(16))
    payload: Mapped[JsonObject] = mapped_column(Json)
    by_bot: Mapped[bool] = mapped_column(Boolean)
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    not_before: Mapped[datetime] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    premade_id: Mapped[str | None] = mapped_column(String(80))
    claimed_by: Mapped[str | None] = mapped_column(String(40))
    claimed_at: Mapped[datetime | None] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)


class Alert(Base):
    """Something staff should know now. state: waiting, sent, snoozed, done, failed. dedupe_key makes "once" true."""

    __tablename__ = "alerts"
    __table_args__ = (
        UniqueConstraint("dedupe_key"),
        Index(
            "ix_alerts_unsent",
            "id",
            sqlite_where=text("state IN ('waiting', 'snoozed')"),
            postgresql_where=text("state IN ('waiting', 'snoozed')"),
        ),
    )

    id: Mapped[int] = mapped_column(SerialId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    conversation_id: Mapped[str | None] = mapped_column(String(40))
    facts: Mapped[JsonObject] = mapped_column(Json, default=dict)
    dedupe_key: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    not_before: Mapped[datetime] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    telegram_message_id: Mapped[str | None] = mapped_column(String(40))
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)


class DueThing(Base):
    """Something that falls due at a moment and happens then, once. state: waiting, done, dropped (its cause went away first).

    kind says what happens, subject what it is about; key makes "once" true.
    """

    __tablename__ = "due_things"
    __table_args__ = (
        Index(
            "ix_due_things_waiting",
            "due_at",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    id: Mapped[int] = mapped_column(SerialId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(60), index=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    due_at: Mapped[datetime] = mapped_column(Instant)
    facts: Mapped[JsonObject] = mapped_column(Json, default=dict)
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    happened_at: Mapped[datetime | None] = mapped_column(Instant)


class EventCount(Base):
    """How often each webhook event that we know of but do not use came in."""

    __tablename__ = "event_counts"

    event: Mapped[str] = mapped_column(String(60), primary_key=True)
    count: Mapped[int] = mapped_column(Integer, default=0)
    last_body: Mapped[JsonObject] = mapped_column(Json, default=dict)
    last_at: Mapped[datetime] = mapped_column(Instant)


class SessionState(Base):
    """The last known state of a WAHA session, as its session.status events and our probes tell."""

    __tablename__ = "session_states"

    session: Mapped[str] = mapped_column(String(54), primary_key=True)
    status: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(Instant)
    facts: Mapped[JsonObject] = mapped_column(Json, default=dict)
