"""What could not be sent and what could not be answered, found at once.

Revision: 0013, after: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

GIVEN_UP = sa.text("state IN ('failed', 'unknown')")
PARKED = sa.text("state = 'parked'")


def upgrade() -> None:
    op.create_index("ix_outbox_given_up", "outbox", ["id"], sqlite_where=GIVEN_UP, postgresql_where=GIVEN_UP)
    op.create_index("ix_inbox_parked", "inbox", ["id"], sqlite_where=PARKED, postgresql_where=PARKED)


def downgrade() -> None:
    op.drop_index("ix_inbox_parked", "inbox")
    op.drop_index("ix_outbox_given_up", "outbox")
