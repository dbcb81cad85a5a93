"""Who declined a draft of a text, when, and why: its author reads it. The audit says that there was a reason, never which.

Revision: 0028, after: 0027
"""

import sqlalchemy as sa
from alembic import op

import storage.tables.columns

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("prompts", sa.Column("declined_by", sa.String(80), nullable=True))
    op.add_column(
        "prompts", sa.Column("declined_at", storage.tables.columns.Instant(timezone=True), nullable=True)
    )
    op.add_column("prompts", sa.Column("decline_reason", sa.String(200), nullable=True))


def downgrade() -> None:
    for name in ("decline_reason", "declined_at", "declined_by"):
        op.drop_column("prompts", name)
