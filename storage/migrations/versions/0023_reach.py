"""Whose it is, beside what is listed: a customer's branch and owner stand in their conversations, leads and cases too, so that a list within
somebody's reach is an index read from its newest end, instead of everybody's rows or a whole branch's customers. And the follow-ups that
are still to be done, in the order in which they fall due, and who became part of whom.

Triggers keep them as the customer has them, whoever writes: a reach that lags behind would show what is not theirs.

Revision: 0023, after: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

BEFORE = ["status", "last_message_at", "assigned_to", "handover_reason", "customer_id", "merged_into"]
BEFORE += ["snoozed_until", "snoozed_from", "id"]
STANDING = ["status", "last_message_at", "assigned_to", "handover_reason", "branch_id", "owner_id"]
STANDING += ["merged_into", "snoozed_until", "snoozed_from", "id"]
THEIRS = ["last_message_at", "id", "status", "merged_into", "snoozed_until", "snoozed_from"]
BOARD_BEFORE = ["status", "updated_at", "interested_package", "owner_id", "customer_id"]
BOARD = ["status", "updated_at", "id", "branch_id", "owner_id", "customer_owner_id", "interested_package"]
BRANCHS_LEADS = ["branch_id", "updated_at", "id", "status", "owner_id", "interested_package"]

FILL = (
    "UPDATE conversations SET (branch_id, owner_id) ="
    " (SELECT branch_id, owner_id FROM customers WHERE id = conversations.customer_id)",
    "UPDATE leads SET (branch_id, customer_owner_id) ="
    " (SELECT branch_id, owner_id FROM customers WHERE id = leads.customer_id)",
    "UPDATE cases SET branch_id = (SELECT branch_id FROM customers WHERE id = cases.customer_id)",
)
# Most who write belong to nobody yet: for them nothing is written a second time.
SQLITE = (
    "CREATE TRIGGER conversation_begun AFTER INSERT ON conversations WHEN EXISTS"
    " (SELECT 1 FROM customers WHERE id = NEW.customer_id AND coalesce(branch_id, owner_id) IS NOT NULL) BEGIN"
    " UPDATE conversations SET (branch_id, owner_id) = (SELECT branch_id, owner_id FROM customers WHERE id = NEW.customer_id)"
    " WHERE id = NEW.id; END",
    "CREATE TRIGGER conversation_taken_over AFTER UPDATE OF customer_id ON conversations BEGIN"
    " UPDATE conversations SET (branch_id, owner_id) = (SELECT branch_id, owner_id FROM customers WHERE id = NEW.customer_id)"
    " WHERE id = NEW.id; END",
    "CREATE TRIGGER lead_begun AFTER INSERT ON leads WHEN EXISTS"
    " (SELECT 1 FROM customers WHERE id = NEW.customer_id AND coalesce(branch_id, owner_id) IS NOT NULL) BEGIN"
    " UPDATE leads SET (branch_id, customer_owner_id) = (SELECT branch_id, owner_id FROM customers WHERE id = NEW.customer_id)"
    " WHERE id = NEW.id; END",
    "CREATE TRIGGER lead_taken_over AFTER UPDATE OF customer_id ON leads BEGIN"
    " UPDATE leads SET (branch_id, customer_owner_id) = (SELECT branch_id, owner_id FROM customers WHERE id = NEW.customer_id)"
    " WHERE id = NEW.id; END",
    "CREATE TRIGGER case_begun AFTER INSERT ON cases BEGIN"
    " UPDATE cases SET branch_id = (SELECT branch_id FROM customers WHERE id = NEW.customer_id) WHERE id = NEW.id; END",
    "CREATE TRIGGER case_taken_over AFTER UPDATE OF customer_id ON cases BEGIN"
    " UPDATE cases SET branch_id = (SELECT branch_id FROM customers WHERE id = NEW.customer_id) WHERE id = NEW.id; END",
    "CREATE TRIGGER customer_changed_hands AFTER UPDATE OF branch_id, owner_id ON customers"
    " WHEN OLD.branch_id IS NOT NEW.branch_id OR OLD.owner_id IS NOT NEW.owner_id BEGIN"
    " UPDATE conversations SET branch_id = NEW.branch_id, owner_id = NEW.owner_id WHERE customer_id = NEW.id;"
    " UPDATE leads SET branch_id = NEW.branch_id, customer_owner_id = NEW.owner_id WHERE customer_id = NEW.id;"
    " UPDATE cases SET branch_id = NEW.branch_id WHERE customer_id = NEW.id; END",
)
POSTGRES = (
    "CREATE FUNCTION take_reach_of_customer() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " SELECT branch_id, owner_id INTO NEW.branch_id, NEW.owner_id FROM customers WHERE id = NEW.customer_id;"
    " RETURN NEW; END $$",
    "CREATE TRIGGER conversation_begun BEFORE INSERT OR UPDATE OF customer_id ON conversations FOR EACH ROW"
    " EXECUTE FUNCTION take_reach_of_customer()",
    "CREATE FUNCTION take_reach_of_leads_customer() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " SELECT branch_id, owner_id INTO NEW.branch_id, NEW.customer_owner_id FROM customers WHERE id = NEW.customer_id;"
    " RETURN NEW; END $$",
    "CREATE TRIGGER lead_begun BEFORE INSERT OR UPDATE OF customer_id ON leads FOR EACH ROW"
    " EXECUTE FUNCTION take_reach_of_leads_customer()",
    "CREATE FUNCTION take_branch_of_customer() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " SELECT branch_id INTO NEW.branch_id FROM customers WHERE id = NEW.customer_id; RETURN NEW; END $$",
    "CREATE TRIGGER case_begun BEFORE INSERT OR UPDATE OF customer_id ON cases FOR EACH ROW"
    " EXECUTE FUNCTION take_branch_of_customer()",
    "CREATE FUNCTION pass_reach_on() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " UPDATE conversations SET branch_id = NEW.branch_id, owner_id = NEW.owner_id WHERE customer_id = NEW.id;"
    " UPDATE leads SET branch_id = NEW.branch_id, customer_owner_id = NEW.owner_id WHERE customer_id = NEW.id;"
    " UPDATE cases SET branch_id = NEW.branch_id WHERE customer_id = NEW.id;"
    " RETURN NULL; END $$",
    "CREATE TRIGGER customer_changed_hands AFTER UPDATE OF branch_id, owner_id ON customers FOR EACH ROW"
    " WHEN (OLD.branch_id IS DISTINCT FROM NEW.branch_id OR OLD.owner_id IS DISTINCT FROM NEW.owner_id)"
    " EXECUTE FUNCTION pass_reach_on()",
)
BACK_ON_SQLITE = (
    "DROP TRIGGER conversation_begun",
    "DROP TRIGGER conversation_taken_over",
    "DROP TRIGGER lead_begun",
    "DROP TRIGGER lead_taken_over",
    "DROP TRIGGER case_begun",
    "DROP TRIGGER case_taken_over",
    "DROP TRIGGER customer_changed_hands",
)
BACK_ON_POSTGRES = (
    "DROP TRIGGER conversation_begun ON conversations",
    "DROP TRIGGER lead_begun ON leads",
    "DROP TRIGGER case_begun ON cases",
    "DROP TRIGGER customer_changed_hands ON customers",
    "DROP FUNCTION take_reach_of_customer()",
    "DROP FUNCTION take_reach_of_leads_customer()",
    "DROP FUNCTION take_branch_of_customer()",
    "DROP FUNCTION pass_reach_on()",
)


def upgrade() -> None:
    for table, names in (
        ("conversations", ("branch_id", "owner_id")),
        ("leads", ("branch_id", "customer_owner_id")),
        ("cases", ("branch_id",)),
    ):
        for name in names:
            op.add_column(table, sa.Column(name, sa.Integer(), nullable=True))
    for statement in FILL:
        op.execute(statement)
    op.drop_index("ix_conversations_standing", table_name="conversations")
    op.create_index("ix_conversations_standing", "conversations", STANDING)
    op.create_index("ix_conversations_branch", "conversations", ["branch_id", *THEIRS[:4], "journey_id"])
    op.drop_index("ix_conversations_assigned_to", table_name="conversations")
    for name in ("owner_id", "assigned_to"):
        _index_of_some("conversations", f"ix_conversations_{name}", [name, *THEIRS], f"{name} IS NOT NULL")
    op.drop_index("ix_leads_board", table_name="leads")
    op.create_index("ix_leads_board", "leads", BOARD)
    op.create_index("ix_leads_branch", "leads", BRANCHS_LEADS)
    op.create_index("ix_cases_branch_id", "cases", ["branch_id"])
    op.drop_index("ix_customers_merged_into", table_name="customers")
    _index_of_some("customers", "ix_customers_merged_into", ["merged_into"], "merged_into IS NOT NULL")
    _index_of_some("lead_notes", "ix_lead_notes_open", ["kind", "due_at", "id", "lead_id"], "done_at IS NULL")
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRES:
        op.execute(statement)


def _index_of_some(table: str, name: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def downgrade() -> None:
    for statement in BACK_ON_SQLITE if op.get_bind().dialect.name == "sqlite" else BACK_ON_POSTGRES:
        op.execute(statement)
    op.drop_index("ix_lead_notes_open", table_name="lead_notes")
    op.drop_index("ix_customers_merged_into", table_name="customers")
    op.create_index("ix_customers_merged_into", "customers", ["merged_into"])
    op.drop_index("ix_cases_branch_id", table_name="cases")
    op.drop_index("ix_leads_branch", table_name="leads")
    op.drop_index("ix_leads_board", table_name="leads")
    op.create_index("ix_leads_board", "leads", BOARD_BEFORE)
    for name in ("owner_id", "assigned_to", "branch", "standing"):
        op.drop_index(f"ix_conversations_{name}", table_name="conversations")
    op.create_index("ix_conversations_assigned_to", "conversations", ["assigned_to"])
    op.create_index("ix_conversations_standing", "conversations", BEFORE)
    for table, name in (
        ("cases", "branch_id"),
        ("leads", "customer_owner_id"),
        ("leads", "branch_id"),
        ("conversations", "owner_id"),
        ("conversations", "branch_id"),
    ):
        op.drop_column(table, name)
