"""What the models told staff about a customer, and how all that they were asked is spread."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Float, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.columns import Base, Instant, Json, SerialId


class RecommendationRow(Base):
    """One offer made up for a customer, as it was told; append-only.

    package_codes: what we sold under that offer then. input_hash: of the ten inputs, so that equal questions are known without
    keeping them twice. *_model: ids of the models that answered.
    """

    __tablename__ = "recommendations"
    __table_args__ = (Index("ix_recommendations_customer_id_at", "customer_id", "at"),)

    id: Mapped[int] = mapped_column(SerialId, primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"))
    offer_name: Mapped[str] = mapped_column(String(40))
    confidence: Mapped[float] = mapped_column(Float)
    risk_score: Mapped[float] = mapped_column(Float)
    package_codes: Mapped[list[str]] = mapped_column(Json, default=list)
    reasons: Mapped[list[str]] = mapped_column(Json, default=list)
    alternatives: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)  # Any: JSON
    input_hash: Mapped[str] = mapped_column(String(16))
    offers_model: Mapped[str] = mapped_column(String(16))
    churn_model: Mapped[str] = mapped_column(String(16))
    asked_by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Instant)


class ScoreCount(Base):
    """How many of a day's scored rows had an input, or the score, in one bin of the model's training spread; nobody is in it.

    model: as `sapa train` names it; version: the card's id; feature: a column of the model, or `score`.
    """

    __tablename__ = "score_counts"

    model: Mapped[str] = mapped_column(String(20), primary_key=True)
    version: Mapped[str] = mapped_column(String(16), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    feature: Mapped[str] = mapped_column(String(60), primary_key=True)
    bin: Mapped[int] = mapped_column(Integer, primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
