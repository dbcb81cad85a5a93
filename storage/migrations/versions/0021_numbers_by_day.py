"""What a finished day's turns came to, written down once; and indexes for counting journeys, handovers and a branch's customers.

Revision: 0021, after: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


RATED, CLAIMED = sa.text("rating IS NOT NULL"), sa.text("claimed_by IS NOT NULL")
# Wider than those they replace: what is counted stands in the index, so that no row is opened for it.
INSTEAD = (
    ("customers", "ix_customers_branch_id_created_at", ["branch_id", "created_at"]),
    ("leads", "ix_leads_board", ["status", "updated_at"]),
    ("journeys", "ix_journeys_started_at", ["started_at"]),
    ("journeys", "ix_journeys_conversation_id", ["conversation_id"]),
    ("handovers", "ix_handovers_asked_at", ["asked_at"]),
    ("handovers", "ix_handovers_conversation_id", ["conversation_id"]),
)
NEW = (
    ("customers", "ix_customers_branch", ["branch_id", "created_at", "id"]),
    ("customers", "ix_customers_scope", ["id", "owner_id", "branch_id"]),
    ("leads", "ix_leads_board", ["status", "updated_at", "interested_package", "owner_id", "customer_id"]),
    (
        "journeys",
        "ix_journeys_began",
        ["started_at", "phase", "campaign_code", "package_code", "conversation_id"],
    ),
    ("journeys", "ix_journeys_phase", ["phase"]),
    ("journeys", "ix_journeys_conversation_id_started_at", ["conversation_id", "started_at"]),
    ("handovers", "ix_handovers_asked_at", ["asked_at", "reason"]),
    ("handovers", "ix_handovers_conversation_id_asked_at", ["conversation_id", "asked_at", "reason"]),
    ("handovers", "ix_handovers_claimed_at", ["claimed_at"]),
)


def upgrade() -> None:
    op.create_table(
        "turn_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("intent", sa.String(length=40), nullable=False),
        sa.Column("turns", sa.Integer(), nullable=False),
        sa.Column("stayed", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("day", "intent", name="pk_turn_days"),
    )
    for table, name, _ in INSTEAD:
        op.drop_index(name, table_name=table)
    for table, name, columns in NEW:
        op.create_index(name, table, columns)
    op.create_index(
        "ix_handovers_rated", "handovers", ["ended_at", "rating"], sqlite_where=RATED, postgresql_where=RATED
    )
    op.create_index(
        "ix_handovers_claimed_by_ended_at",
        "handovers",
        ["claimed_by", "ended_at"],
        sqlite_where=CLAIMED,
        postgresql_where=CLAIMED,
    )


def downgrade() -> None:
    op.drop_index("ix_handovers_claimed_by_ended_at", table_name="handovers")
    op.drop_index("ix_handovers_rated", table_name="handovers")
    for table, name, _ in NEW:
        op.drop_index(name, table_name=table)
    for table, name, columns in INSTEAD:
        op.create_index(name, table, columns)
    op.drop_table("turn_days")
