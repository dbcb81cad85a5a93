"""What customers bought, like and say they want, what that makes them worth, and what to do next.

Revision: 0005, after: 0004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import storage.tables.columns

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "customer_values",
        sa.Column("customer_id", sa.String(length=40), nullable=False),
        sa.Column("r", sa.Integer(), nullable=False),
        sa.Column("f", sa.Integer(), nullable=False),
        sa.Column("m", sa.Integer(), nullable=False),
        sa.Column("recency_days", sa.Integer(), nullable=False),
        sa.Column("frequency", sa.Integer(), nullable=False),
        sa.Column("monetary", sa.BigInteger(), nullable=False),
        sa.Column("segment", sa.String(length=12), nullable=False),
        sa.Column("segment_reason", sa.Text(), nullable=False),
        sa.Column("clv_proxy", sa.String(length=12), nullable=False),
        sa.Column("ruleset_version", sa.String(length=8), nullable=False),
        sa.Column("window_label", sa.String(length=40), nullable=False),
        sa.Column("persona", sa.String(length=20), nullable=False),
        sa.Column("persona_source", sa.String(length=12), nullable=False),
        sa.Column(
            "persona_reasons",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("scored_at", storage.tables.columns.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_customer_values_customer_id_customers")
        ),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_customer_values")),
    )
    op.create_index(op.f("ix_customer_values_scored_at"), "customer_values", ["scored_at"], unique=False)
    op.create_index(op.f("ix_customer_values_segment"), "customer_values", ["segment"], unique=False)
    op.create_table(
        "favorites",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.String(length=40), nullable=False),
        sa.Column("package_code", sa.String(length=60), nullable=False),
        sa.Column("at", storage.tables.columns.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_favorites_customer_id_customers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_favorites")),
        sa.UniqueConstraint(
            "customer_id", "package_code", name=op.f("uq_favorites_customer_id_package_code")
        ),
    )
    op.create_table(
        "next_actions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("priority", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("is_live", sa.Boolean(), nullable=False),
        sa.Column("proposed_at", storage.tables.columns.Instant(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=True),
        sa.Column("decided_at", storage.tables.columns.Instant(timezone=True), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_next_actions_customer_id_customers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_next_actions")),
    )
    op.create_index(op.f("ix_next_actions_customer_id"), "next_actions", ["customer_id"], unique=False)
    op.create_index("ix_next_actions_status_priority", "next_actions", ["status", "priority"], unique=False)
    op.create_index(
        "uq_next_actions_live",
        "next_actions",
        ["customer_id", "kind"],
        unique=True,
        sqlite_where=sa.text("is_live"),
        postgresql_where=sa.text("is_live"),
    )
    op.create_table(
        "survey_answers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.String(length=40), nullable=False),
        sa.Column("hobby", sa.String(length=60), nullable=False),
        sa.Column("budget", sa.String(length=8), nullable=False),
        sa.Column("at", storage.tables.columns.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_survey_answers_customer_id_customers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_answers")),
    )
    op.create_index(op.f("ix_survey_answers_customer_id"), "survey_answers", ["customer_id"], unique=False)
    op.create_table(
        "transactions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.String(length=40), nullable=False),
        sa.Column("package_code", sa.String(length=60), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("at", storage.tables.columns.Instant(timezone=True), nullable=False),
        sa.Column("journey_id", sa.String(length=40), nullable=True),
        sa.Column("recorded_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_transactions_customer_id_customers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transactions")),
        sa.UniqueConstraint("journey_id", name=op.f("uq_transactions_journey_id")),
    )
    op.create_index("ix_transactions_customer_id_at", "transactions", ["customer_id", "at"], unique=False)
    op.create_index(op.f("ix_transactions_package_code"), "transactions", ["package_code"], unique=False)
    op.create_table(
        "value_steps",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.String(length=40), nullable=False),
        sa.Column("r", sa.Integer(), nullable=False),
        sa.Column("f", sa.Integer(), nullable=False),
        sa.Column("m", sa.Integer(), nullable=False),
        sa.Column("frequency", sa.Integer(), nullable=False),
        sa.Column("monetary", sa.BigInteger(), nullable=False),
        sa.Column("segment", sa.String(length=12), nullable=False),
        sa.Column("persona", sa.String(length=20), nullable=False),
        sa.Column("ruleset_version", sa.String(length=8), nullable=False),
        sa.Column("because", sa.String(length=24), nullable=False),
        sa.Column("at", storage.tables.columns.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_value_steps_customer_id_customers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_value_steps")),
    )
    op.create_index("ix_value_steps_customer_id_at", "value_steps", ["customer_id", "at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_value_steps_customer_id_at", table_name="value_steps")
    op.drop_table("value_steps")
    op.drop_index(op.f("ix_transactions_package_code"), table_name="transactions")
    op.drop_index("ix_transactions_customer_id_at", table_name="transactions")
    op.drop_table("transactions")
    op.drop_index(op.f("ix_survey_answers_customer_id"), table_name="survey_answers")
    op.drop_table("survey_answers")
    op.drop_index(
        "uq_next_actions_live",
        table_name="next_actions",
        sqlite_where=sa.text("is_live"),
        postgresql_where=sa.text("is_live"),
    )
    op.drop_index("ix_next_actions_status_priority", table_name="next_actions")
    op.drop_index(op.f("ix_next_actions_customer_id"), table_name="next_actions")
    op.drop_table("next_actions")
    op.drop_table("favorites")
    op.drop_index(op.f("ix_customer_values_segment"), table_name="customer_values")
    op.drop_index(op.f("ix_customer_values_scored_at"), table_name="customer_values")
    op.drop_table("customer_values")
