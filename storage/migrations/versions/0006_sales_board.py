"""The leads' moves on the board, and the travellers that a booking names.

Revision: 0006, after: 0005
"""

import sqlalchemy as sa
from alembic import op

import storage.tables.columns

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "lead_moves",
        sa.Column("id", _ID, nullable=False),
        sa.Column("lead_id", _ID, nullable=False),
        sa.Column("from_status", sa.String(length=12), nullable=False),
        sa.Column("to_status", sa.String(length=12), nullable=False),
        sa.Column("moved_by", sa.String(length=80), nullable=False),
        sa.Column("at", storage.tables.columns.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_lead_moves_lead_id_leads")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_moves")),
    )
    op.create_index(op.f("ix_lead_moves_lead_id"), "lead_moves", ["lead_id"])
    op.create_table(
        "travellers",
        sa.Column("id", _ID, nullable=False),
        sa.Column("customer_id", sa.String(length=40), nullable=False),
        sa.Column("lead_id", _ID, nullable=True),
        sa.Column("conversation_id", sa.String(length=40), nullable=True),
        sa.Column("package_code", sa.String(length=60), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("relation", sa.String(length=20), nullable=False),
        sa.Column("gender", sa.String(length=1), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("passport_number", sa.String(length=20), nullable=True),
        sa.Column("passport_expiry", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", storage.tables.columns.Instant(timezone=True), nullable=False),
        sa.Column("updated_at", storage.tables.columns.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_travellers_customer_id_customers")
        ),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_travellers_lead_id_leads")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_travellers")),
    )
    for column in ("customer_id", "lead_id", "conversation_id"):
        op.create_index(op.f(f"ix_travellers_{column}"), "travellers", [column])
    op.create_index("ix_leads_board", "leads", ["status", "updated_at"])


def downgrade() -> None:
    op.drop_index("ix_leads_board", table_name="leads")
    op.drop_table("travellers")
    op.drop_table("lead_moves")
