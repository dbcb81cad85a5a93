"""The inbox: what changed when, how far staff have read, who looks, notes, labels, canned answers, messages for later.

Revision: 0004, after: 0003
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from storage.tables.columns import Instant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(JSONB(), "postgresql")
MOMENT = Instant(timezone=True)
WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    _conversations()
    _reading()
    _notes()
    _labels()
    _prepared()


def _conversations() -> None:
    op.add_column("conversations", sa.Column("snoozed_until", MOMENT, nullable=True))
    op.add_column("conversations", sa.Column("snoozed_from", MOMENT, nullable=True))
    op.add_column("conversations", sa.Column("touched", sa.BigInteger(), server_default="0", nullable=False))
    op.create_index("ix_conversations_snoozed_until", "conversations", ["snoozed_until"])
    op.create_index("ix_conversations_touched", "conversations", ["touched"])
    # Messages are read in the order of their ids; nobody asks for them by time and position any more.
    op.create_index("ix_messages_conversation_id_id", "messages", ["conversation_id", "id"])
    op.drop_index("ix_messages_conversation_id_at_position", "messages")


def _reading() -> None:
    op.create_table(
        "read_marks",
        sa.Column("user_id", SERIAL, nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("message_id", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_read_marks_user_id_users"),
        _of_conversation("read_marks"),
        sa.PrimaryKeyConstraint("user_id", "conversation_id", name="pk_read_marks"),
    )
    op.create_table(
        "watchers",
        sa.Column("user_id", SERIAL, nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("is_typing", sa.Boolean(), nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_watchers_user_id_users"),
        _of_conversation("watchers"),
        sa.PrimaryKeyConstraint("user_id", name="pk_watchers"),
    )


def _notes() -> None:
    op.create_table(
        "notes",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("author", sa.String(length=80), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _of_conversation("notes"),
        sa.PrimaryKeyConstraint("id", name="pk_notes"),
    )
    op.create_index("ix_notes_conversation_id", "notes", ["conversation_id"])
    op.create_table(
        "mentions",
        sa.Column("note_id", sa.String(length=40), nullable=False),
        sa.Column("user_id", SERIAL, nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("seen_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["note_id"], ["notes.id"], name="fk_mentions_note_id_notes"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_mentions_user_id_users"),
        _of_conversation("mentions"),
        sa.PrimaryKeyConstraint("note_id", "user_id", name="pk_mentions"),
    )
    op.create_index("ix_mentions_user_id_conversation_id", "mentions", ["user_id", "conversation_id"])


def _labels() -> None:
    op.create_table(
        "labels",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("colour", sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_labels"),
        sa.UniqueConstraint("name", name="uq_labels_name"),
    )
    op.create_table(
        "conversation_labels",
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("label_id", SERIAL, nullable=False),
        _of_conversation("conversation_labels"),
        sa.ForeignKeyConstraint(["label_id"], ["labels.id"], name="fk_conversation_labels_label_id_labels"),
        sa.PrimaryKeyConstraint("conversation_id", "label_id", name="pk_conversation_labels"),
    )
    op.create_index("ix_conversation_labels_label_id", "conversation_labels", ["label_id"])


def _prepared() -> None:
    op.create_table(
        "canned_answers",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("shortcut", sa.String(length=30), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("media_ids", JSON, nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_canned_answers"),
        sa.UniqueConstraint("shortcut", name="uq_canned_answers_shortcut"),
    )
    op.create_table(
        "later_messages",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("author", sa.String(length=80), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("after_message_id", sa.String(length=40), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("because", sa.String(length=40), nullable=True),
        _of_conversation("later_messages"),
        sa.PrimaryKeyConstraint("id", name="pk_later_messages"),
    )
    op.create_index("ix_later_messages_conversation_id", "later_messages", ["conversation_id"])
    op.create_index(
        "ix_later_messages_due", "later_messages", ["due_at"], sqlite_where=WAITING, postgresql_where=WAITING
    )


def _of_conversation(table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_conversation_id_conversations"
    return sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=name)


def downgrade() -> None:
    for table in (
        "later_messages",
        "canned_answers",
        "conversation_labels",
        "labels",
        "mentions",
        "notes",
        "watchers",
        "read_marks",
    ):
        op.drop_table(table)
    op.create_index(
        "ix_messages_conversation_id_at_position", "messages", ["conversation_id", "at", "position"]
    )
    op.drop_index("ix_messages_conversation_id_id", "messages")
    op.drop_index("ix_conversations_touched", "conversations")
    op.drop_index("ix_conversations_snoozed_until", "conversations")
    for column in ("touched", "snoozed_from", "snoozed_until"):
        op.drop_column("conversations", column)
