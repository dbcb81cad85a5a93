"""Who writes to us: customers, and the WhatsApp addresses (phone, LID) by which we know them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.columns import Base, Instant, Json, JsonObject, SerialId


class Customer(Base):
    """A person. phone is digits with country code (62812…), None while only a LID is known.

    profile holds what staff know (nik, email, account, address, birth_date…). merged_into names the customer who this one turned out to
    be; erased_at says since when nothing of the person is left.
    """

    __tablename__ = "customers"
    __table_args__ = (
        Index("ix_customers_created_at_id", "created_at", "id"),
        Index("ix_customers_branch", "branch_id", "created_at", "id"),
        # Whose customer it is, read beside each of their rows elsewhere without opening the customer's own.
        Index("ix_customers_scope", "id", "owner_id", "branch_id"),
        Index("ix_customers_name", "name"),
        # Of those who were merged alone: where nobody was, an index of all would look to the planner like one that finds everybody.
        Index(
            "ix_customers_merged_into",
            "merged_into",
            sqlite_where=text("merged_into IS NOT NULL"),
            postgresql_where=text("merged_into IS NOT NULL"),
        ),
        Index("ix_customers_consent", "consent_marketing", "merged_into", "erased_at"),
        Index("uq_customers_cif", "cif", unique=True),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    phone: Mapped[str | None] = mapped_column(String(20), unique=True)
    name: Mapped[str | None] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(2), default="id")
    consent_marketing: Mapped[str] = mapped_column(String(12), default="UNKNOWN")
    branch_id: Mapped[int | None] = mapped_column(ForeignKey("branches.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    cif: Mapped[str | None] = mapped_column(String(20))
    tier: Mapped[str] = mapped_column(String(12), default="MASS", server_default="MASS")
    profile: Mapped[JsonObject] = mapped_column(Json, default=dict)
    merged_into: Mapped[str | None] = mapped_column(String(40))
    erased_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)


class Identity(Base):
    """One WhatsApp address of a customer: kind `phone` (digits) or `lid` (digits before @lid)."""

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("kind", "value"),)

    id: Mapped[int] = mapped_column(SerialId, primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    value: Mapped[str] = mapped_column(String(40))


class NameWord(Base):
    """A word of a customer's name, folded as searches are. Found by its beginning, so it is compared letter by letter on both databases.

    branch_id and owner_id are the customer's: a trigger keeps them so when those change (migration 0027).
    """

    __tablename__ = "name_words"
    __table_args__ = (
        Index("ix_name_words_branch", "branch_id", "word", "customer_id"),
        Index(
            "ix_name_words_owner",
            *("owner_id", "word", "customer_id"),
            sqlite_where=text("owner_id IS NOT NULL"),
            postgresql_where=text("owner_id IS NOT NULL"),
        ),
        # Whether somebody who was found by one word bears another, too.
        Index("ix_name_words_customer", "customer_id", "word"),
        {"sqlite_with_rowid": False},
    )

    word: Mapped[str] = mapped_column(
        String(200).with_variant(String(200, collation="C"), "postgresql"), primary_key=True
    )
    customer_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    branch_id: Mapped[int | None] = mapped_column(Integer)
    owner_id: Mapped[int | None] = mapped_column(Integer)


class NameChange(Base):
    """A customer whose name changed after its words were written down; a trigger notes it and takes the old words away."""

    __tablename__ = "name_changes"

    customer_id: Mapped[str] = mapped_column(String(40), primary_key=True)


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


class CustomerMerge(Base):
    """Two customers became one. moved says which rows went over (by table), before what the two were like: together they undo it."""

    __tablename__ = "customer_merges"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    kept_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), index=True)
    merged_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), index=True)
    moved: Mapped[JsonObject] = mapped_column(Json, default=dict)
    before: Mapped[JsonObject] = mapped_column(Json, default=dict)
    merged_by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Instant)
    undone_by: Mapped[str | None] = mapped_column(String(80))
    undone_at: Mapped[datetime | None] = mapped_column(Instant)


class Reveal(Base):
    """Somebody sees a person unmasked until a moment, for a reason. Kept here, not in the audit: a reason may name the person."""

    __tablename__ = "reveals"
    __table_args__ = (Index("ix_reveals_user_id_customer_id_until", "user_id", "customer_id", "until"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(String(1000))
    at: Mapped[datetime] = mapped_column(Instant)
    until: Mapped[datetime] = mapped_column(Instant)


class PrivacyRequest(Base):
    """Somebody asked to hand out (EXPORT) or forget (ERASE) a person; a second person of the other role decides. One open at a time."""

    __tablename__ = "privacy_requests"
    __table_args__ = (
        Index(
            "uq_privacy_requests_open",
            "customer_id",
            "kind",
            unique=True,
            sqlite_where=text("state = 'ASKED'"),
            postgresql_where=text("state = 'ASKED'"),
        ),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    customer_id: Mapped[str] = mapped_column(ForeignKey("customers.id"), index=True)
    note: Mapped[str | None] = mapped_column(String(1000))
    state: Mapped[str] = mapped_column(String(8), default="ASKED")
    asked_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    asked_role: Mapped[str] = mapped_column(String(12))
    asked_at: Mapped[datetime] = mapped_column(Instant, index=True)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
