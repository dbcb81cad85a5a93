"""What the business knows and sells, and whom it owes: packages, media, FAQ, prompts, facts, leads, staff, audit."""

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.columns import Base, Instant, Json, JsonObject, SerialId


class PackageRow(Base):
    """What is sold, as staff typed it; `flows.domain.Package` is its parsed form. price is whole rupiah."""

    __tablename__ = "packages"

    code: Mapped[str] = mapped_column(String(60), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    price: Mapped[int] = mapped_column(BigInteger)
    departure_date: Mapped[date | None] = mapped_column(Date)
    duration_days: Mapped[int | None] = mapped_column(Integer)
    quota: Mapped[int | None] = mapped_column(Integer)
    quota_left: Mapped[int | None] = mapped_column(Integer)
    tier: Mapped[str] = mapped_column(String(40))
    category: Mapped[str | None] = mapped_column(String(80))
    ml_label: Mapped[str | None] = mapped_column(String(80))
    image_url: Mapped[str | None] = mapped_column(Text)
    brochure_url: Mapped[str | None] = mapped_column(Text)
    itinerary_url: Mapped[str | None] = mapped_column(Text)
    video_url: Mapped[str | None] = mapped_column(Text)
    location: Mapped[JsonObject | None] = mapped_column(Json)
    hotel_makkah: Mapped[str | None] = mapped_column(String(200))
    hotel_madinah: Mapped[str | None] = mapped_column(String(200))
    airline: Mapped[str | None] = mapped_column(String(200))
    features: Mapped[list[str]] = mapped_column(Json, default=list)
    includes: Mapped[list[str]] = mapped_column(Json, default=list)
    excludes: Mapped[list[str]] = mapped_column(Json, default=list)
    payment_terms: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(12), default="OPEN")
    english: Mapped[JsonObject | None] = mapped_column(Json)
    updated_at: Mapped[datetime] = mapped_column(Instant)


class MediaFile(Base):
    """A kept file (brochure, customer's transfer proof). In the database, so that replicas share it; served by permission.

    owner: `package` files are public under an unguessable token; `customer` files only for staff who may see the conversation.
    """

    __tablename__ = "media_files"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    owner: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(255))
    mimetype: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    conversation_id: Mapped[str | None] = mapped_column(String(40), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)


class FaqRow(Base):
    __tablename__ = "faq"

    id: Mapped[int] = mapped_column(SerialId, primary_key=True)
    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    variants: Mapped[list[str]] = mapped_column(Json, default=list)
    answer_en: Mapped[str | None] = mapped_column(Text)
    updated_at: Mapped[datetime] = mapped_column(Instant)


class Prompt(Base):
    """One version of a text. state: draft, live, retired, declined. At most one live version a type."""

    __tablename__ = "prompts"
    __table_args__ = (
        UniqueConstraint("type", "version"),
        Index(
            "uq_prompts_live",
            "type",
            unique=True,
            sqlite_where=text("state = 'live'"),
            postgresql_where=text("state = 'live'"),
        ),
    )

    id: Mapped[int] = mapped_column(SerialId, primary_key=True)
    type: Mapped[str] = mapped_column(String(100))
    version: Mapped[str] = mapped_column(String(60))
    content: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(8))
    author: Mapped[str] = mapped_column(String(80))
    note: Mapped[str | None] = mapped_column(String(500))
    approved_by: Mapped[str | None] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(Instant)
    declined_by: Mapped[str | None] = mapped_column(String(80))
    declined_at: Mapped[datetime | None] = mapped_column(Instant)
    decline_reason: Mapped[str | None] = mapped_column(String(200))


class Setting(Base):
    """One editable fact by name: `company`, `triggers`, `sla`, `knowledge_version`…; value is its JSON."""

    __tablename__ = "settings"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[JsonObject] = mapped_column(Json)
    updated_at: Mapped[datetime] = mapped_column(Instant)


class Branch(Base):
    __tablename__ = "branches"

    id: Mapped[int] = mapped_column(SerialId, primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)


class User(Base):
    """A member of staff. password_hash is argon2; is_active False keeps the name for the record but lets nobody in.

    language: the panel's, `id` or `en`. totp_secret: the second factor's key in base32, None where none is set up;
    totp_step: the last time step whose code was used.
    """

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(SerialId, primary_key=True)
    username: Mapped[str] = mapped_column(String(80), unique=True)
    display_name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(12))
    branch_id: Mapped[int | None] = mapped_column(ForeignKey("branches.id"))
    password_hash: Mapped[str] = mapped_column(String(200))
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)
    telegram_id: Mapped[str | None] = mapped_column(String(40), unique=True)
    language: Mapped[str] = mapped_column(String(2), default="id", server_default="id")
    totp_secret: Mapped[str | None] = mapped_column(String(64))
    totp_step: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(Instant)


class LoginAttempt(Base):
    """Failed log-ins, counted per account and per address so that replicas throttle together."""

    __tablename__ = "login_attempts"

    subject: Mapped[str] = mapped_column(String(120), primary_key=True)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    blocked_until: Mapped[datetime | None] = mapped_column(Instant)
    at: Mapped[datetime] = mapped_column(Instant)


class Lead(Base):
    """Somebody who may buy. At most one open lead a customer; more signals are merged into it.

    branch_id and customer_owner_id are the customer's, kept beside it by triggers (migration 0023): nobody else writes them.
    """

    __tablename__ = "leads"
    __table_args__ = (
        Index(
            "uq_leads_open",
            "customer_id",
            unique=True,
            sqlite_where=text("status NOT IN ('WON', 'LOST')"),
            postgresql_where=text("status NOT IN ('WON', 'LOST')"),
        ),
        Index(
            "ix_leads_board",
            *(
                "status",
                "updated_at",
                "id",
                "branch_id",
                "owner_id",
                "customer_owner_id",
                "interested_package",
            ),
        ),
        Index("ix_leads_branch", "branch_id", "updated_at", "id", "status", "owner_id", "interested_package"),
    )

    id: Mapped[int] = mapped_column(SerialId, primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), index=True)
    conversation_id: Mapped[str | None] = mapped_column(String(40), index=True)
    journey_id: Mapped[str | None] = mapped_column(String(40))
    name: Mapped[str | None] = mapped_column(String(200))
    phase: Mapped[str] = mapped_column(String(10))
    interested_package: Mapped[str | None] = mapped_column(String(60))
    conversation_summary: Mapped[str | None] = mapped_column(Text)
    source: Mapped[str | None] = mapped_column(String(200))
    ai_confidence: Mapped[float | None] = mapped_column(Float)
    status: Mapped[str] = mapped_column(String(12), default="NEW")
    lost_reason: Mapped[str | None] = mapped_column(String(500))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    branch_id: Mapped[int | None] = mapped_column(Integer)
    customer_owner_id: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)


class LeadNote(Base):
    """An activity (kind CALL, VISIT, EMAIL, MEETING, NOTE) or a task (kind TASK, with due_at) on a lead."""

    __tablename__ = "lead_notes"
    # Open tasks, the next one due first.
    __table_args__ = (
        Index(
            "ix_lead_notes_open",
            *("kind", "due_at", "id", "lead_id"),
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(SerialId, primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    note: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime | None] = mapped_column(Instant)
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    author: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Instant)


class AuditEvent(Base):
    """What staff and the system did, in the seed's style (`CHANGE_CONSENT`); append-only, no personal data in facts."""

    __tablename__ = "audit_events"

    id: Mapped[int] = mapped_column(SerialId, primary_key=True)
    event: Mapped[str] = mapped_column(String(60), index=True)
    actor: Mapped[str] = mapped_column(String(80), index=True)
    role: Mapped[str | None] = mapped_column(String(12))
    subject: Mapped[str | None] = mapped_column(String(120), index=True)
    facts: Mapped[JsonObject] = mapped_column(Json, default=dict)
    at: Mapped[datetime] = mapped_column(Instant, index=True)


class AuditSeal(Base):
    """One link of the audit's hash chain, in the order of sealing; hash covers its event and the link before."""

    __tablename__ = "audit_seals"

    position: Mapped[int] = mapped_column(SerialId, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("audit_events.id"), unique=True)
    hash: Mapped[str] = mapped_column(String(64))
