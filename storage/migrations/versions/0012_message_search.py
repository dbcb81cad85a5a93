"""Searching all messages: their words, a full-text index on them, and triggers that forget what was erased.

Revision: 0012, after: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SQLITE = (
    "CREATE VIRTUAL TABLE message_words_fts USING fts5"
    "(words, content='message_words', content_rowid='id', tokenize='unicode61')",
    "CREATE TRIGGER message_words_added AFTER INSERT ON message_words BEGIN"
    " INSERT INTO message_words_fts(rowid, words) VALUES (new.id, new.words); END",
    "CREATE TRIGGER message_words_removed AFTER DELETE ON message_words BEGIN"
    " INSERT INTO message_words_fts(message_words_fts, rowid, words) VALUES ('delete', old.id, old.words); END",
    "CREATE TRIGGER message_changed AFTER UPDATE OF body ON messages BEGIN"
    " DELETE FROM message_words WHERE message_id = old.id; END",
    "CREATE TRIGGER message_removed AFTER DELETE ON messages BEGIN"
    " DELETE FROM message_words WHERE message_id = old.id; END",
)
POSTGRES = (
    "CREATE INDEX ix_message_words_fts ON message_words USING gin (to_tsvector('simple', words))",
    "CREATE FUNCTION forget_message_words() RETURNS trigger LANGUAGE plpgsql AS"
    " 'BEGIN DELETE FROM message_words WHERE message_id = OLD.id; RETURN NULL; END'",
    "CREATE TRIGGER message_changed AFTER UPDATE OF body ON messages"
    " FOR EACH ROW EXECUTE FUNCTION forget_message_words()",
    "CREATE TRIGGER message_removed AFTER DELETE ON messages"
    " FOR EACH ROW EXECUTE FUNCTION forget_message_words()",
)


def upgrade() -> None:
    op.create_table(
        "message_words",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("message_id", sa.String(length=40), nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_message_words"),
        sa.UniqueConstraint("message_id", name="uq_message_words_message_id"),
    )
    op.create_index("ix_message_words_conversation_id", "message_words", ["conversation_id"])
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRES:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        drops = ("TRIGGER message_changed", "TRIGGER message_removed", "TABLE message_words_fts")
    else:
        drops = (
            "TRIGGER message_changed ON messages",
            "TRIGGER message_removed ON messages",
            "FUNCTION forget_message_words()",
        )
    for thing in drops:
        op.execute(f"DROP {thing}")
    op.drop_table("message_words")
