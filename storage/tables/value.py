"""What customers bought, like and say they want, what that makes them worth, and what staff should do about it."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Computed,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.columns import Base, Instant, Json, SerialId


class Transaction(Base):
    """A payment that came in. amount is whole rupiah. journey_id: the purchase on WhatsApp that it ended, once at most."""

    __tablename__ = "transactions"
    __table_args__ = (
        Index("ix_transactions_customer_id_at", "customer_id", "at"),
        UniqueConstraint("journey_id"),
    )

    id: Mapped[int] = mapped_column(SerialId, primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"))
    package_code: Mapped[str] = mapped_column(String(60), index=True)
    amount: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(Instant)
    journey_id: Mapped[str | None] = mapped_column(String(40))
    recorded_by: Mapped[str] = mapped_column(String(80))


class Favorite(Base):
    """A package that a customer likes."""

    __tablename__ = "favorites"
    __table_args__ = (UniqueConstraint("customer_id", "package_code"),)

    id: Mapped[int] = mapped_column(SerialId, primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"))
    package_code: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(Instant)


class SurveyAnswer(Base):
    """What a customer said about themselves; append-only, the newest counts."""

    __tablename__ = "survey_answers"

    id: Mapped[int] = mapped_column(SerialId, primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), index=True)
    hobby: Mapped[str] = mapped_column(String(60))
    budget: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime] = mapped_column(Instant)


_SCORES = (f"CAST({name} AS VARCHAR)" for name in ("r", "f", "m"))
SPREAD = " || '|' || ".join(("segment", "persona", *_SCORES))


class CustomerValue(Base):
    """What a customer is worth now: one row each, overwritten. The scores' rules stand in ruleset_version and window_label.

    spread: `segment|persona|r|f|m`, worked out by the database for counting many. branch_id: the customer's, kept by triggers.
    """

    __tablename__ = "customer_values"
    __table_args__ = (Index("ix_customer_values_branch_id_spread", "branch_id", "spread"),)

    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), primary_key=True)
    r: Mapped[int] = mapped_column(Integer)
    f: Mapped[int] = mapped_column(Integer)
    m: Mapped[int] = mapped_column(Integer)
    recency_days: Mapped[int] = mapped_column(Integer)
    frequency: Mapped[int] = mapped_column(Integer)
    monetary: Mapped[int] = mapped_column(BigInteger)
    segment: Mapped[str] = mapped_column(String(12), index=True)
    segment_reason: Mapped[str] = mapped_column(Text)
    clv_proxy: Mapped[str] = mapped_column(String(12))
    ruleset_version: Mapped[str] = mapped_column(String(8))
    window_label: Mapped[str] = mapped_column(String(40))
    persona: Mapped[str] = mapped_column(String(20))
    persona_source: Mapped[str] = mapped_column(String(12))
    persona_reasons: Mapped[list[str]] = mapped_column(Json, default=list)
    scored_at: Mapped[datetime] = mapped_column(Instant, index=True)
    branch_id: Mapped[int | None] = mapped_column(Integer)
    spread: Mapped[str] = mapped_column(String, Computed(SPREAD), nullable=True, index=True)


class ValueStep(Base):
    """A change of a customer's value, with what brought it about; append-only. The steps together are the trend."""

    __tablename__ = "value_steps"
    __table_args__ = (Index("ix_value_steps_customer_id_at", "customer_id", "at"),)

    id: Mapped[int] = mapped_column(SerialId, primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"))
    r: Mapped[int] = mapped_column(Integer)
    f: Mapped[int] = mapped_column(Integer)
    m: Mapped[int] = mapped_column(Integer)
    frequency: Mapped[int] = mapped_column(Integer)
    monetary: Mapped[int] = mapped_column(BigInteger)
    segment: Mapped[str] = mapped_column(String(12))
    persona: Mapped[str] = mapped_column(String(20))
    ruleset_version: Mapped[str] = mapped_column(String(8))
    because: Mapped[str] = mapped_column(String(24))
    at: Mapped[datetime] = mapped_column(Instant)


class ChurnScore(Base):
    """How likely a customer is to leave: one row each, overwritten. model is the id of the card that said so."""

    __tablename__ = "churn_scores"

    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), primary_key=True)
    risk: Mapped[float] = mapped_column(Float)
    level: Mapped[str] = mapped_column(String(8), index=True)
    reasons: Mapped[list[str]] = mapped_column(Json, default=list)
    model: Mapped[str] = mapped_column(String(80))
    scored_at: Mapped[datetime] = mapped_column(Instant)


class NextAction(Base):
    """Something that staff should do about a customer; decided ones stay as history.

    is_live: its reason still holds, so the same is not proposed again; at most one of a kind is.
    """

    __tablename__ = "next_actions"
    __table_args__ = (
        Index(
            "uq_next_actions_live",
            "customer_id",
            "kind",
            unique=True,
            sqlite_where=text("is_live"),
            postgresql_where=text("is_live"),
        ),
        Index("ix_next_actions_status_priority", "status", "priority"),
    )

    id: Mapped[int] = mapped_column(SerialId, primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    priority: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(String(300))
    status: Mapped[str] = mapped_column(String(12))
    is_live: Mapped[bool] = mapped_column(Boolean, default=True)
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    decided_by: Mapped[str | None] = mapped_column(String(80))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    note: Mapped[str | None] = mapped_column(String(500))
