"""A customer's branch stands beside what they are worth, so that a branch's customers are counted from one index.

Triggers keep it, as with conversations (0023).

Revision: 0026, after: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

FILL = "UPDATE customer_values SET branch_id = (SELECT branch_id FROM customers WHERE id = customer_values.customer_id)"
TAKEN = (
    "UPDATE customer_values SET branch_id = (SELECT branch_id FROM customers WHERE id = NEW.customer_id)"
    " WHERE customer_id = NEW.customer_id; END"
)
GIVEN = "UPDATE customer_values SET branch_id = NEW.branch_id WHERE customer_id = NEW.id;"
SQLITE = (
    "CREATE TRIGGER value_begun AFTER INSERT ON customer_values BEGIN " + TAKEN,
    "CREATE TRIGGER value_taken_over AFTER UPDATE OF customer_id ON customer_values BEGIN " + TAKEN,
    "CREATE TRIGGER value_changed_hands AFTER UPDATE OF branch_id ON customers"
    " WHEN OLD.branch_id IS NOT NEW.branch_id BEGIN " + GIVEN + " END",
)
POSTGRES = (
    "CREATE TRIGGER value_begun BEFORE INSERT OR UPDATE OF customer_id ON customer_values FOR EACH ROW"
    " EXECUTE FUNCTION take_branch_of_customer()",
    "CREATE FUNCTION pass_branch_on_to_value() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    + GIVEN
    + " RETURN NULL; END $$",
    "CREATE TRIGGER value_changed_hands AFTER UPDATE OF branch_id ON customers FOR EACH ROW"
    " WHEN (OLD.branch_id IS DISTINCT FROM NEW.branch_id) EXECUTE FUNCTION pass_branch_on_to_value()",
)
BACK_ON_SQLITE = (
    "DROP TRIGGER value_begun",
    "DROP TRIGGER value_taken_over",
    "DROP TRIGGER value_changed_hands",
)
BACK_ON_POSTGRES = (
    "DROP TRIGGER value_begun ON customer_values",
    "DROP TRIGGER value_changed_hands ON customers",
    "DROP FUNCTION pass_branch_on_to_value()",
)


def upgrade() -> None:
    op.add_column("customer_values", sa.Column("branch_id", sa.Integer(), nullable=True))
    op.execute(FILL)
    op.create_index("ix_customer_values_branch_id_spread", "customer_values", ["branch_id", "spread"])
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRES:
        op.execute(statement)


def downgrade() -> None:
    for statement in BACK_ON_SQLITE if op.get_bind().dialect.name == "sqlite" else BACK_ON_POSTGRES:
        op.execute(statement)
    op.drop_index("ix_customer_values_branch_id_spread", table_name="customer_values")
    op.drop_column("customer_values", "branch_id")
