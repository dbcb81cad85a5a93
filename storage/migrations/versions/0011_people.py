"""Customers' tier and number, merges that can be undone, broken glass, requests to hand out or forget a person, and indexes for both.

Revision: 0011, after: 0010
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import storage.tables.columns

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

INSTANT = storage.tables.columns.Instant(timezone=True)
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    # Plain additions: SQLite would have to build the table anew for a constraint, under rows that point to it.
    op.add_column("customers", sa.Column("cif", sa.String(length=20), nullable=True))
    op.add_column("customers", sa.Column("tier", sa.String(length=12), server_default="MASS", nullable=False))
    op.add_column("customers", sa.Column("merged_into", sa.String(length=40), nullable=True))
    op.add_column("customers", sa.Column("erased_at", INSTANT, nullable=True))
    op.create_index("uq_customers_cif", "customers", ["cif"], unique=True)
    op.create_index(op.f("ix_customers_merged_into"), "customers", ["merged_into"])
    op.create_index("ix_customers_created_at_id", "customers", ["created_at", "id"])
    op.create_index("ix_customers_branch_id_created_at", "customers", ["branch_id", "created_at"])
    op.create_index("ix_customers_name", "customers", ["name"])
    op.create_index(op.f("ix_handovers_conversation_id"), "handovers", ["conversation_id"])
    _merges()
    _reveals()
    _requests()
    _mark_earlier_merges()


def _mark_earlier_merges() -> None:
    """Merges before this version left their trace in the audit only."""
    events = sa.table("audit_events", sa.column("event"), sa.column("subject"), sa.column("facts", JSON))
    customers = sa.table("customers", sa.column("id"), sa.column("merged_into"))
    connection = op.get_bind()
    merges = connection.execute(
        sa.select(events.c.subject, events.c.facts).where(events.c.event == "MERGE_CUSTOMER")
    ).all()
    for kept, facts in merges:
        merged = customers.c.id.in_(facts.get("merged", []))
        connection.execute(sa.update(customers).where(merged).values(merged_into=kept))


def _merges() -> None:
    op.create_table(
        "customer_merges",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kept_id", sa.String(length=40), nullable=False),
        sa.Column("merged_id", sa.String(length=40), nullable=False),
        sa.Column("moved", JSON, nullable=False),
        sa.Column("before", JSON, nullable=False),
        sa.Column("merged_by", sa.String(length=80), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("undone_by", sa.String(length=80), nullable=True),
        sa.Column("undone_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["kept_id"], ["customers.id"], name=op.f("fk_customer_merges_kept_id_customers")
        ),
        sa.ForeignKeyConstraint(
            ["merged_id"], ["customers.id"], name=op.f("fk_customer_merges_merged_id_customers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_merges")),
    )
    op.create_index(op.f("ix_customer_merges_kept_id"), "customer_merges", ["kept_id"])
    op.create_index(op.f("ix_customer_merges_merged_id"), "customer_merges", ["merged_id"])


def _reveals() -> None:
    op.create_table(
        "reveals",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("customer_id", sa.String(length=40), nullable=False),
        sa.Column("user_id", SERIAL, nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_reveals_customer_id_customers")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_reveals_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reveals")),
    )
    op.create_index(op.f("ix_reveals_customer_id"), "reveals", ["customer_id"])
    op.create_index("ix_reveals_user_id_customer_id_until", "reveals", ["user_id", "customer_id", "until"])


def _requests() -> None:
    op.create_table(
        "privacy_requests",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("customer_id", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("asked_by", SERIAL, nullable=False),
        sa.Column("asked_role", sa.String(length=12), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("decided_by", SERIAL, nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_privacy_requests_customer_id_customers")
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["users.id"], name=op.f("fk_privacy_requests_asked_by_users")),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name=op.f("fk_privacy_requests_decided_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_requests")),
    )
    op.create_index(op.f("ix_privacy_requests_customer_id"), "privacy_requests", ["customer_id"])
    op.create_index(op.f("ix_privacy_requests_asked_at"), "privacy_requests", ["asked_at"])
    op.create_index(
        "uq_privacy_requests_open",
        "privacy_requests",
        ["customer_id", "kind"],
        unique=True,
        sqlite_where=sa.text("state = 'ASKED'"),
        postgresql_where=sa.text("state = 'ASKED'"),
    )


def downgrade() -> None:
    for table in ("privacy_requests", "reveals", "customer_merges"):
        op.drop_table(table)
    op.drop_index(op.f("ix_handovers_conversation_id"), "handovers")
    for index in ("ix_customers_name", "ix_customers_branch_id_created_at", "ix_customers_created_at_id"):
        op.drop_index(index, "customers")
    op.drop_index(op.f("ix_customers_merged_into"), "customers")
    op.drop_index("uq_customers_cif", "customers")
    for column in ("erased_at", "merged_into", "tier", "cif"):
        op.drop_column("customers", column)
