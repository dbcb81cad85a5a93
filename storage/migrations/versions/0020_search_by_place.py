"""Searching within a branch and by name through indexes: each message's place beside its words, and the words of customers' names.

Revision: 0020, after: 0019
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from flows.folding import folded

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

AT_ONCE = 5_000
PLACES = (
    "UPDATE message_words SET place = (SELECT '@' || customers.branch_id FROM conversations"
    " JOIN customers ON customers.id = conversations.customer_id WHERE conversations.id = message_words.conversation_id)"
    " WHERE conversation_id IN (SELECT conversations.id FROM conversations"
    " JOIN customers ON customers.id = conversations.customer_id WHERE customers.branch_id IS NOT NULL)"
)
# What a move of a customer, and of a conversation to another customer, does to the places of its messages.
MOVED = (
    "UPDATE message_words SET place = '@' || coalesce(NEW.branch_id, 0)"
    " WHERE conversation_id IN (SELECT id FROM conversations WHERE customer_id = NEW.id);"
)
PASSED_ON = (
    "UPDATE message_words SET place = (SELECT '@' || coalesce(branch_id, 0) FROM customers WHERE id = NEW.customer_id)"
    " WHERE conversation_id = NEW.id;"
)
RENAMED = (
    "DELETE FROM name_words WHERE customer_id = NEW.id;"
    " INSERT INTO name_changes (customer_id) SELECT NEW.id WHERE NEW.name IS NOT NULL"
    " AND NOT EXISTS (SELECT 1 FROM name_changes WHERE customer_id = NEW.id);"
)

# Neither where in a message a word stands nor how long the message is: nobody asks, and the index is a fraction as large.
SQLITE = (
    "DROP TRIGGER message_words_added",
    "DROP TRIGGER message_words_removed",
    "DROP TABLE message_words_fts",
    "CREATE VIRTUAL TABLE message_words_fts USING fts5(words, place, content='message_words', content_rowid='id',"
    " detail=none, columnsize=0, tokenize=\"unicode61 tokenchars '@'\")",
    "INSERT INTO message_words_fts(message_words_fts) VALUES ('rebuild')",
    "CREATE TRIGGER message_words_added AFTER INSERT ON message_words BEGIN"
    " INSERT INTO message_words_fts(rowid, words, place) VALUES (new.id, new.words, new.place); END",
    "CREATE TRIGGER message_words_removed AFTER DELETE ON message_words BEGIN"
    " INSERT INTO message_words_fts(message_words_fts, rowid, words, place)"
    " VALUES ('delete', old.id, old.words, old.place); END",
    "CREATE TRIGGER message_words_moved AFTER UPDATE OF place ON message_words WHEN old.place <> new.place BEGIN"
    " INSERT INTO message_words_fts(message_words_fts, rowid, words, place)"
    " VALUES ('delete', old.id, old.words, old.place);"
    " INSERT INTO message_words_fts(rowid, words, place) VALUES (new.id, new.words, new.place); END",
    "CREATE TRIGGER customer_moved AFTER UPDATE OF branch_id ON customers"
    f" WHEN OLD.branch_id IS NOT NEW.branch_id BEGIN {MOVED} END",
    f"CREATE TRIGGER conversation_passed_on AFTER UPDATE OF customer_id ON conversations BEGIN {PASSED_ON} END",
    "CREATE TRIGGER customer_renamed AFTER UPDATE OF name ON customers"
    f" WHEN OLD.name IS NOT NEW.name BEGIN {RENAMED} END",
)
POSTGRES = (
    "DROP INDEX ix_message_words_fts",
    # Not in SQL, which would be unfolded into the query: the planner must know what it costs to ask this of rows one by one.
    "CREATE FUNCTION words_and_place(words text, place text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE"
    " COST 500 AS $$ BEGIN RETURN array_to_tsvector(array_remove(string_to_array(words || ' ' || place, ' '), '')); END $$",
    "CREATE INDEX ix_message_words_fts ON message_words USING gin (words_and_place(words, place))",
    f"CREATE FUNCTION move_message_words() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {MOVED} RETURN NULL; END $$",
    "CREATE TRIGGER customer_moved AFTER UPDATE OF branch_id ON customers FOR EACH ROW"
    " WHEN (OLD.branch_id IS DISTINCT FROM NEW.branch_id) EXECUTE FUNCTION move_message_words()",
    f"CREATE FUNCTION pass_message_words_on() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {PASSED_ON} RETURN NULL; END $$",
    "CREATE TRIGGER conversation_passed_on AFTER UPDATE OF customer_id ON conversations FOR EACH ROW"
    " EXECUTE FUNCTION pass_message_words_on()",
    f"CREATE FUNCTION note_new_name() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {RENAMED} RETURN NULL; END $$",
    "CREATE TRIGGER customer_renamed AFTER UPDATE OF name ON customers FOR EACH ROW"
    " WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION note_new_name()",
)


def upgrade() -> None:
    _make_name_words()
    op.add_column(
        "message_words", sa.Column("place", sa.String(length=20), server_default="@0", nullable=False)
    )
    op.execute(PLACES)
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRES:
        op.execute(statement)


def _make_name_words() -> None:
    """The names that are there already are written down here: a search must not wait for the job that does it later."""
    word = sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql")
    words = op.create_table(
        "name_words",
        sa.Column("word", word, nullable=False),
        sa.Column("customer_id", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("word", "customer_id", name="pk_name_words"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "name_changes",
        sa.Column("customer_id", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name="pk_name_changes"),
    )
    conn = op.get_bind()
    customers = sa.table("customers", sa.column("id"), sa.column("name"))
    last = ""
    while people := conn.execute(
        sa.select(customers.c.id, customers.c.name)
        .where(customers.c.id > last)
        .order_by(customers.c.id)
        .limit(AT_ONCE)
    ).all():
        rows = [
            {"word": one[:200], "customer_id": row.id}
            for row in people
            for one in {*folded(row.name or "").split()}
        ]
        if rows:
            conn.execute(words.insert(), rows)
        last = people[-1].id
    op.create_index("ix_name_words_customer_id", "name_words", ["customer_id"])
    if last:
        json = sa.JSON().with_variant(sa.dialects.postgresql.JSONB(), "postgresql")
        settings = sa.table(
            "settings",
            sa.column("name"),
            sa.column("value", json),
            sa.column("updated_at", sa.DateTime(timezone=True)),
        )
        conn.execute(
            settings.insert().values(name="name_words", value={"id": last}, updated_at=datetime.now(UTC))
        )


def downgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _BACK_ON_SQLITE if is_sqlite else _BACK_ON_POSTGRES:
        op.execute(statement)
    op.drop_column("message_words", "place")
    for statement in _AS_BEFORE_ON_SQLITE if is_sqlite else _AS_BEFORE_ON_POSTGRES:
        op.execute(statement)
    op.execute("DELETE FROM settings WHERE name = 'name_words'")
    op.drop_table("name_changes")
    op.drop_table("name_words")


_BACK_ON_SQLITE = (
    "DROP TRIGGER customer_moved",
    "DROP TRIGGER conversation_passed_on",
    "DROP TRIGGER customer_renamed",
    "DROP TRIGGER message_words_added",
    "DROP TRIGGER message_words_removed",
    "DROP TRIGGER message_words_moved",
    "DROP TABLE message_words_fts",
)
_BACK_ON_POSTGRES = (
    "DROP TRIGGER customer_moved ON customers",
    "DROP TRIGGER conversation_passed_on ON conversations",
    "DROP TRIGGER customer_renamed ON customers",
    "DROP FUNCTION move_message_words()",
    "DROP FUNCTION pass_message_words_on()",
    "DROP FUNCTION note_new_name()",
    "DROP INDEX ix_message_words_fts",
    "DROP FUNCTION words_and_place(text, text)",
)
_AS_BEFORE_ON_SQLITE = (
    "CREATE VIRTUAL TABLE message_words_fts USING fts5"
    "(words, content='message_words', content_rowid='id', tokenize='unicode61')",
    "INSERT INTO message_words_fts(message_words_fts) VALUES ('rebuild')",
    "CREATE TRIGGER message_words_added AFTER INSERT ON message_words BEGIN"
    " INSERT INTO message_words_fts(rowid, words) VALUES (new.id, new.words); END",
    "CREATE TRIGGER message_words_removed AFTER DELETE ON message_words BEGIN"
    " INSERT INTO message_words_fts(message_words_fts, rowid, words) VALUES ('delete', old.id, old.words); END",
)
_AS_BEFORE_ON_POSTGRES = (
    "CREATE INDEX ix_message_words_fts ON message_words USING gin (to_tsvector('simple', words))",
)
