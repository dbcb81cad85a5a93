"""Searching by name within somebody's reach: the customer's branch and owner beside each word of a name, so that a branch's bearers of a
frequent name are a stretch of an index; and an index of who serves whom, for an RM's.

A trigger moves them with the customer; whoever writes the words writes what stands there then. A message meets neither.

Revision: 0027, after: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

FILL = (
    "UPDATE name_words SET (branch_id, owner_id) ="
    " (SELECT branch_id, owner_id FROM customers WHERE id = name_words.customer_id)"
)
MOVED = "UPDATE name_words SET branch_id = NEW.branch_id, owner_id = NEW.owner_id WHERE customer_id = NEW.id;"
SQLITE = (
    "CREATE TRIGGER names_changed_hands AFTER UPDATE OF branch_id, owner_id ON customers"
    f" WHEN OLD.branch_id IS NOT NEW.branch_id OR OLD.owner_id IS NOT NEW.owner_id BEGIN {MOVED} END",
)
POSTGRES = (
    f"CREATE FUNCTION pass_reach_to_names() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {MOVED} RETURN NULL; END $$",
    "CREATE TRIGGER names_changed_hands AFTER UPDATE OF branch_id, owner_id ON customers FOR EACH ROW"
    " WHEN (OLD.branch_id IS DISTINCT FROM NEW.branch_id OR OLD.owner_id IS DISTINCT FROM NEW.owner_id)"
    " EXECUTE FUNCTION pass_reach_to_names()",
)
BACK_ON_SQLITE = ("DROP TRIGGER names_changed_hands",)
BACK_ON_POSTGRES = ("DROP TRIGGER names_changed_hands ON customers", "DROP FUNCTION pass_reach_to_names()")
OWNED = sa.text("owner_id IS NOT NULL")
SERVED = sa.text("assigned_to IS NOT NULL OR status = 'waiting'")


def upgrade() -> None:
    for name in ("branch_id", "owner_id"):
        op.add_column("name_words", sa.Column(name, sa.Integer(), nullable=True))
    op.execute(FILL)
    op.drop_index("ix_name_words_customer_id", table_name="name_words")
    op.create_index("ix_name_words_customer", "name_words", ["customer_id", "word"])
    op.create_index("ix_name_words_branch", "name_words", ["branch_id", "word", "customer_id"])
    _index_of_some("name_words", "ix_name_words_owner", ["owner_id", "word", "customer_id"], OWNED)
    _index_of_some(
        "conversations", "ix_conversations_served", ["assigned_to", "customer_id", "status"], SERVED
    )
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRES:
        op.execute(statement)


def _index_of_some(table: str, name: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for statement in BACK_ON_SQLITE if op.get_bind().dialect.name == "sqlite" else BACK_ON_POSTGRES:
        op.execute(statement)
    op.drop_index("ix_conversations_served", table_name="conversations")
    for name in ("owner", "branch", "customer"):
        op.drop_index(f"ix_name_words_{name}", table_name="name_words")
    op.create_index("ix_name_words_customer_id", "name_words", ["customer_id"])
    for name in ("owner_id", "branch_id"):
        op.drop_column("name_words", name)
