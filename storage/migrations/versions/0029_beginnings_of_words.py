"""On SQLite the index of messages' words holds how words begin, too: for "kursi rod" it joined the lists of all words that begin so before
the first hit. It is as large again, and still a small part of what the messages take.

Revision: 0029, after: 0028
"""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

INDEX = (
    "CREATE VIRTUAL TABLE message_words_fts USING fts5(words, place, content='message_words', content_rowid='id',"
    " detail=none, columnsize=0, tokenize=\"unicode61 tokenchars '@'\"{more})"
)
LETTERS = ", prefix='2 3 4 5 6'"


def upgrade() -> None:
    _make(INDEX.format(more=LETTERS))


def downgrade() -> None:
    _make(INDEX.format(more=""))


def _make(index: str) -> None:
    """The triggers that fill it find it by its name."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE message_words_fts")
        op.execute(index)
        op.execute("INSERT INTO message_words_fts(message_words_fts) VALUES ('rebuild')")
