"""Where conversations stand, counted without opening them: the index by status and time holds what lists and dashboards ask beside it.

It stands in the place of a narrower one that each message rewrote as well, so the way of a message carries no index more.

Revision: 0022, after: 0021
"""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

WIDE = ["status", "last_message_at", "assigned_to", "handover_reason", "customer_id", "merged_into"]
WIDE += ["snoozed_until", "snoozed_from", "id"]


def upgrade() -> None:
    op.create_index("ix_conversations_standing", "conversations", WIDE)
    op.drop_index("ix_conversations_status_last_message_at", table_name="conversations")


def downgrade() -> None:
    op.create_index("ix_conversations_status_last_message_at", "conversations", ["status", "last_message_at"])
    op.drop_index("ix_conversations_standing", table_name="conversations")
