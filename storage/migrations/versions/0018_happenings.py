"""What happened last, to anybody, and how many agreed to marketing: read from indexes alone.

Revision: 0018, after: 0017
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_messages_at", "messages", ["at"])
    op.create_index("ix_transitions_at", "transitions", ["at"])
    op.create_index("ix_handovers_asked_at", "handovers", ["asked_at"])
    op.create_index("ix_customers_consent", "customers", ["consent_marketing", "merged_into", "erased_at"])


def downgrade() -> None:
    op.drop_index("ix_customers_consent", table_name="customers")
    op.drop_index("ix_handovers_asked_at", table_name="handovers")
    op.drop_index("ix_transitions_at", table_name="transitions")
    op.drop_index("ix_messages_at", table_name="messages")
