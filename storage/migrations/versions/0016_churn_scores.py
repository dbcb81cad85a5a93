"""How likely each customer is to leave.

Revision: 0016, after: 0015
"""

import sqlalchemy as sa
from alembic import op

import storage.tables.columns

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "churn_scores",
        sa.Column("customer_id", sa.String(length=40), nullable=False),
        sa.Column("risk", sa.Float(), nullable=False),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("reasons", storage.tables.columns.Json, nullable=False),
        sa.Column("model", sa.String(length=80), nullable=False),
        sa.Column("scored_at", storage.tables.columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_churn_scores_customer_id_customers")
        ),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_churn_scores")),
    )
    op.create_index(op.f("ix_churn_scores_level"), "churn_scores", ["level"])


def downgrade() -> None:
    op.drop_table("churn_scores")
