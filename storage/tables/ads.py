"""What ads brought and cost: clicks counted by code and local day, and the money that marketing wrote down."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.columns import Base, Instant, SerialId


class AdClicks(Base):
    """How often the link of a campaign code was followed on one local day. No person behind it is kept."""

    __tablename__ = "ad_clicks"

    code: Mapped[str] = mapped_column(String(60), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    clicks: Mapped[int] = mapped_column(Integer, default=0)


class AdSpend(Base):
    """Money spent on a campaign code on one local day, in whole rupiah; several entries add up."""

    __tablename__ = "ad_spend"
    __table_args__ = (Index("ix_ad_spend_day_code", "day", "code"),)

    id: Mapped[int] = mapped_column(SerialId, primary_key=True)
    code: Mapped[str] = mapped_column(String(60))
    day: Mapped[date] = mapped_column(Date)
    amount: Mapped[int] = mapped_column(BigInteger)
    note: Mapped[str | None] = mapped_column(String(200))
    entered_by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Instant)
