"""What packages and FAQ answers say in English.

Revision: 0008, after: 0007
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    json = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
    op.add_column("packages", sa.Column("english", json, nullable=True))
    op.add_column("faq", sa.Column("answer_en", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("faq", "answer_en")
    op.drop_column("packages", "english")
