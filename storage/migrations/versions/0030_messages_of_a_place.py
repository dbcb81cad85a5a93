"""On PostgreSQL a branch's newest messages are read from an index of places: its full-text index knows no order, and gathers all hits of a
frequent word to find the newest.

Revision: 0030, after: 0029
"""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.create_index("ix_message_words_place", "message_words", ["place", "id"])


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_message_words_place", table_name="message_words")
