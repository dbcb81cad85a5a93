"""What was said and decided: conversations, journeys, messages, turns, transitions and handovers."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Boolean, Date, Float, ForeignKey, Index, Integer, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.columns import Base, DatabaseMillis, Instant, Json, JsonObject, SerialId

SERVED = "assigned_to IS NOT NULL OR status = 'waiting'"


class Conversation(Base):
    """The one thread with a customer. Its row lock is what gives order and exactly one turn.

    chat_id is where to answer, as WhatsApp addressed us last. misses counts messages in a row that were not understood.
    awaiting is what the bot's last question was about, so that "iya" or "2" has a meaning. merged_into names the thread that
    took this one over when a LID turned out to be a known phone. snoozed_until and snoozed_from (last_message_at when it was put
    off) hide it from the lists of what is to do.

    branch_id and owner_id are the customer's, kept beside it by triggers (migration 0023): nobody else writes them.
    touched is set by every INSERT and UPDATE by itself, in the database's milliseconds: the panel's live feed reads it.
    """

    __tablename__ = "conversations"
    __table_args__ = (
        # Each message rewrites an index by status and time; this one also holds what is counted, so that nobody opens the rows for it.
        Index(
            "ix_conversations_standing",
            *("status", "last_message_at", "assigned_to", "handover_reason", "branch_id", "owner_id"),
            *("merged_into", "snoozed_until", "snoozed_from", "id"),
        ),
        Index("ix_conversations_last_message_at", "last_message_at"),
        # Somebody's lists, read from their newest end: a branch's, an owner's, a holder's.
        Index(
            "ix_conversations_branch",
            *("branch_id", "last_message_at", "id", "status", "merged_into", "journey_id"),
        ),
        *(
            Index(
                f"ix_conversations_{name}",
                *(name, "last_message_at", "id", "status", "merged_into", "snoozed_until", "snoozed_from"),
                sqlite_where=text(f"{name} IS NOT NULL"),
                postgresql_where=text(f"{name} IS NOT NULL"),
            )
            for name in ("owner_id", "assigned_to")
        ),
        # Who serves whom, and who waits for somebody: no message rewrites it.
        Index(
            "ix_conversations_served",
            *("assigned_to", "customer_id", "status"),
            sqlite_where=text(SERVED),
            postgresql_where=text(SERVED),
        ),
        Index("ix_conversations_touched", "touched"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), index=True)
    session: Mapped[str] = mapped_column(String(54))
    chat_id: Mapped[str] = mapped_column(String(80))
    status: Mapped[str] = mapped_column(String(8), default="bot")
    assigned_to: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    branch_id: Mapped[int | None] = mapped_column(Integer)
    owner_id: Mapped[int | None] = mapped_column(Integer)
    handover_reason: Mapped[str | None] = mapped_column(String(24))
    priority: Mapped[str] = mapped_column(String(8), default="normal")
    language: Mapped[str] = mapped_column(String(2), default="id")
    high_intent: Mapped[bool] = mapped_column(Boolean, default=False)
    misses: Mapped[int] = mapped_column(Integer, default=0)
    awaiting: Mapped[JsonObject | None] = mapped_column(Json)
    journey_id: Mapped[str | None] = mapped_column(String(40))
    ai_notes: Mapped[str | None] = mapped_column(Text)
    merged_into: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(Instant)
    last_message_at: Mapped[datetime | None] = mapped_column(Instant)
    last_staff_at: Mapped[datetime | None] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    rating_asked_at: Mapped[datetime | None] = mapped_column(Instant)
    snoozed_until: Mapped[datetime | None] = mapped_column(Instant, index=True)
    snoozed_from: Mapped[datetime | None] = mapped_column(Instant)
    touched: Mapped[int] = mapped_column(
        BigInteger, default=DatabaseMillis(), onupdate=DatabaseMillis(), server_default="0"
    )


class Journey(Base):
    """One purchase on its way. shown lists what was already sent ("CODE:brochure"), so that nothing is sent twice unasked.

    is_escalated: staff were called for while it ran, for another reason than that the customer wants to pay; a trigger keeps it.
    """

    __tablename__ = "journeys"
    __table_args__ = (
        # A period's journeys are counted from this alone, and all there are by the next one.
        Index(
            "ix_journeys_began",
            "started_at",
            "phase",
            "campaign_code",
            "package_code",
            "conversation_id",
            "is_escalated",
        ),
        Index("ix_journeys_phase", "phase"),
        Index("ix_journeys_conversation_id_started_at", "conversation_id", "started_at"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    phase: Mapped[str] = mapped_column(String(10), default="leads")
    package_code: Mapped[str | None] = mapped_column(String(60))
    campaign_code: Mapped[str | None] = mapped_column(String(60))
    preference: Mapped[JsonObject] = mapped_column(Json, default=dict)
    shown: Mapped[list[str]] = mapped_column(Json, default=list)
    asked: Mapped[list[str]] = mapped_column(Json, default=list)
    started_at: Mapped[datetime] = mapped_column(Instant)
    paid_at: Mapped[datetime | None] = mapped_column(Instant)
    is_escalated: Mapped[bool] = mapped_column(Boolean, server_default=false())


class Message(Base):
    """One message, in or out. at is WhatsApp's time inbound, ours outbound; position keeps a turn's messages in order.

    ack: -1 error, 0 pending, 1 server, 2 device, 3 read, 4 played; it only moves forward. answers lists the inbound ids that an
    outbound message answers. wa_id is the bare WhatsApp id.
    """

    __tablename__ = "messages"
    __table_args__ = (
        Index("ix_messages_conversation_id_id", "conversation_id", "id"),
        Index("ix_messages_wa_id", "wa_id"),
        Index("ix_messages_at", "at"),
        Index("ix_messages_turn_id", "turn_id"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    direction: Mapped[str] = mapped_column(String(3))
    author: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(16))
    body: Mapped[str | None] = mapped_column(Text)
    media_id: Mapped[str | None] = mapped_column(String(40))
    media_url: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)
    position: Mapped[int] = mapped_column(Integer, default=0)
    wa_id: Mapped[str | None] = mapped_column(String(80))
    ack: Mapped[int | None] = mapped_column(Integer)
    intent: Mapped[str | None] = mapped_column(String(40))
    confidence: Mapped[float | None] = mapped_column(Float)
    prompt_version: Mapped[str | None] = mapped_column(String(200))
    turn_id: Mapped[str | None] = mapped_column(String(40))
    answers: Mapped[list[str]] = mapped_column(Json, default=list)
    details: Mapped[JsonObject] = mapped_column(Json, default=dict)


class Turn(Base):
    """Why the bot said that: one row per turn, append-only. milliseconds covers understanding and deciding."""

    __tablename__ = "turns"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    journey_id: Mapped[str | None] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(Instant, index=True)
    because: Mapped[str] = mapped_column(String(80))
    intent: Mapped[str | None] = mapped_column(String(40))
    confidence: Mapped[float | None] = mapped_column(Float)
    status_before: Mapped[str] = mapped_column(String(8))
    status_after: Mapped[str] = mapped_column(String(8))
    trace: Mapped[JsonObject] = mapped_column(Json, default=dict)
    milliseconds: Mapped[float] = mapped_column(Float, default=0.0)


class TurnDay(Base):
    """What a finished local day's turns of one intent came to (`storage/numbers/turn_numbers.py`); intent is empty for turns without one.

    stayed: after how many the bot still held the conversation. seconds: until the answers of the answered turns, summed.
    """

    __tablename__ = "turn_days"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    intent: Mapped[str] = mapped_column(String(40), primary_key=True)
    turns: Mapped[int] = mapped_column(Integer)
    stayed: Mapped[int] = mapped_column(Integer)
    answered: Mapped[int] = mapped_column(Integer)
    seconds: Mapped[float] = mapped_column(Float)


class PhaseTransition(Base):
    """A journey's step forward; `from_phase` is None when the journey begins."""

    __tablename__ = "transitions"

    id: Mapped[int] = mapped_column(SerialId, primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    journey_id: Mapped[str] = mapped_column(ForeignKey("journeys.id"), index=True)
    from_phase: Mapped[str | None] = mapped_column(String(10))
    to_phase: Mapped[str] = mapped_column(String(10))
    trigger: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(Instant, index=True)


class Handover(Base):
    """One passage from bot to human and back: a row, so that waiting time and reasons can be read later."""

    __tablename__ = "handovers"
    __table_args__ = (
        Index(
            "uq_handovers_open",
            "conversation_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_handovers_conversation_id_asked_at", "conversation_id", "asked_at", "reason"),
        Index("ix_handovers_asked_at", "asked_at", "reason"),
        Index("ix_handovers_claimed_at", "claimed_at"),
        Index(
            "ix_handovers_claimed_by_ended_at",
            "claimed_by",
            "ended_at",
            sqlite_where=text("claimed_by IS NOT NULL"),
            postgresql_where=text("claimed_by IS NOT NULL"),
        ),
        Index(
            "ix_handovers_rated",
            "ended_at",
            "rating",
            sqlite_where=text("rating IS NOT NULL"),
            postgresql_where=text("rating IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(SerialId, primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    reason: Mapped[str] = mapped_column(String(24))
    priority: Mapped[str] = mapped_column(String(8))
    notes: Mapped[str | None] = mapped_column(Text)
    asked_by: Mapped[str] = mapped_column(String(80))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    claimed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    claimed_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    outcome: Mapped[str | None] = mapped_column(String(16))
    rating: Mapped[int | None] = mapped_column(Integer)
