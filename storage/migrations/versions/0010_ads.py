"""What ads brought and cost.

Revision: 0010, after: 0009
"""

import sqlalchemy as sa
from alembic import op

import storage.tables.columns

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ad_clicks",
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("clicks", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", "day", name=op.f("pk_ad_clicks")),
    )
    op.create_table(
        "ad_spend",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column("entered_by", sa.String(length=80), nullable=False),
        sa.Column("at", storage.tables.columns.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ad_spend")),
    )
    op.create_index("ix_ad_spend_day_code", "ad_spend", ["day", "code"])


def downgrade() -> None:
    op.drop_table("ad_spend")
    op.drop_table("ad_clicks")
