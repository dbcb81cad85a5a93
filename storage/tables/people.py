"""Who writes to us: customers, and the WhatsApp addresses (phone, LID) by which we know them."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.columns import Base, Instant, Json, JsonObject, SerialId


class Customer(Base):
    """A person. phone is digits with country code (62812…), None while only a LID is known."""

    __tablename__ = "customers"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    phone: Mapped[str | None] = mapped_column(String(20), unique=True)
    name: Mapped[str | None] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(2), default="id")
    consent_marketing: Mapped[str] = mapped_column(String(12), default="UNKNOWN")
    branch_id: Mapped[int | None] = mapped_column(ForeignKey("branches.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    profile: Mapped[JsonObject] = mapped_column(Json, default=dict)
    created_at: Mapped[datetime] = mapped_column(Instant)


class Identity(Base):
    """One WhatsApp address of a customer: kind `phone` (digits) or `lid` (digits before @lid)."""

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("kind", "value"),)

    id: Mapped[int] = mapped_column(SerialId, primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    value: Mapped[str] = mapped_column(String(40))


class ConsentChange(Base):
    """Each change of the marketing consent with its proof; append-only."""

    __tablename__ = "consent_changes"

    id: Mapped[int] = mapped_column(SerialId, primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), index=True)
    value: Mapped[str] = mapped_column(String(12))
    message_id: Mapped[str | None] = mapped_column(String(40))
    request_note: Mapped[str | None] = mapped_column(String(1000))
    changed_by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Instant)
