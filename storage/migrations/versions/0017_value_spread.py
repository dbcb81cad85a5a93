"""Count customers by segment, persona and scores from an index alone.

Revision: 0017, after: 0016
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_customer_values_spread", "customer_values", ["segment", "persona", "r", "f", "m"])


def downgrade() -> None:
    op.drop_index("ix_customer_values_spread", "customer_values")
