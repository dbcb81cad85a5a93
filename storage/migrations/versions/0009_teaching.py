"""Script runs on drafts, and the questions that had no good answer.

Revision: 0009, after: 0008
"""

import sqlalchemy as sa
from alembic import op

import storage.tables.columns

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "script_runs",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("type", sa.String(length=100), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("result", storage.tables.columns.Json, nullable=False),
        sa.Column("started_by", sa.String(length=80), nullable=False),
        sa.Column("started_at", storage.tables.columns.Instant(timezone=True), nullable=False),
        sa.Column("updated_at", storage.tables.columns.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_script_runs")),
    )
    op.create_index("ix_script_runs_type_digest", "script_runs", ["type", "digest"])
    serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "question_groups",
        sa.Column("id", serial, nullable=False),
        sa.Column("example_id", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("faq_id", sa.Integer(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first_at", storage.tables.columns.Instant(timezone=True), nullable=False),
        sa.Column("last_at", storage.tables.columns.Instant(timezone=True), nullable=False),
        sa.Column("updated_at", storage.tables.columns.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["example_id"], ["messages.id"], name=op.f("fk_question_groups_example_id_messages")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_groups")),
    )
    op.create_index(op.f("ix_question_groups_example_id"), "question_groups", ["example_id"])
    op.create_index("ix_question_groups_state_count", "question_groups", ["state", "count"])
    op.create_index("ix_question_groups_state_last_at", "question_groups", ["state", "last_at"])
    op.create_table(
        "unanswered_messages",
        sa.Column("message_id", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("at", storage.tables.columns.Instant(timezone=True), nullable=False),
        sa.Column("group_id", serial, nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id"], ["question_groups.id"], name=op.f("fk_unanswered_messages_group_id_question_groups")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_unanswered_messages_message_id_messages")
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_unanswered_messages")),
    )
    op.create_index("ix_unanswered_messages_group_id_at", "unanswered_messages", ["group_id", "at"])
    op.create_index(
        "ix_unanswered_messages_new", "unanswered_messages", ["at"],
        sqlite_where=sa.text("group_id IS NULL"), postgresql_where=sa.text("group_id IS NULL"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("unanswered_messages")
    op.drop_table("question_groups")
    op.drop_table("script_runs")
