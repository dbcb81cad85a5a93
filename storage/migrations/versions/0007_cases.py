"""Cases with an owner, pauses, a log and a final response; promises, categories and calendars as rows; things that fall due."""

import sqlalchemy as sa
from alembic import op

import storage.tables.columns
from storage.tables.columns import Json

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = storage.tables.columns.Instant(timezone=True)
CATEGORIES = (
    ("TRX_FAIL", "Transaksi gagal"),
    ("FRAUD_SCAM", "Penipuan"),
    ("CARD_ATM", "Kartu dan ATM"),
    ("ACCOUNT", "Akun"),
    ("DOCUMENT", "Dokumen"),
    ("LOAN", "Pinjaman"),
    ("REFUND", "Pengembalian dana"),
    ("DIGITAL", "Layanan digital"),
    ("SERVICE", "Pelayanan"),
    ("SCHEDULE", "Jadwal"),
    ("OTHER", "Lain-lain"),
)
PRIORITIES = ("LOW", "MEDIUM", "HIGH", "CRITICAL")
# First response and resolution in hours, LOW to CRITICAL: the table as it was promised when this was written.
HOURS = {
    "TRX_FAIL": ((24, 72), (12, 48), (4, 24), (1, 8)),
    "FRAUD_SCAM": ((4, 24), (2, 16), (1, 8), (0.5, 4)),
    "CARD_ATM": ((24, 72), (12, 48), (4, 24), (2, 12)),
    "ACCOUNT": ((24, 96), (12, 72), (6, 48), (2, 16)),
    "DOCUMENT": ((24, 96), (12, 72), (6, 48), (2, 16)),
    "LOAN": ((24, 120), (12, 96), (8, 72), (4, 48)),
    "REFUND": ((24, 120), (12, 96), (8, 72), (4, 48)),
    "OTHER": ((24, 120), (12, 96), (8, 72), (4, 48)),
    "DIGITAL": ((24, 72), (12, 48), (4, 24), (1, 8)),
    "SERVICE": ((24, 96), (12, 72), (8, 48), (4, 24)),
    "SCHEDULE": ((12, 72), (8, 48), (4, 24), (1, 12)),
}


def upgrade() -> None:
    _promises()
    _case_columns()
    _around_a_case()
    _due_things()


def _promises() -> None:
    op.create_table(
        "calendars",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("timezone", sa.String(length=40), nullable=False),
        sa.Column("frames", Json, nullable=False),
        sa.Column("breaks", Json, nullable=False),
        sa.Column("seasons", Json, nullable=False),
        sa.Column("extra_days_off", Json, nullable=False),
        sa.Column("takes_holidays", sa.Boolean(), nullable=False),
        sa.Column("takes_joint_leave", sa.Boolean(), nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendars")),
        sa.UniqueConstraint("name", name=op.f("uq_calendars_name")),
    )
    categories = op.create_table(
        "case_categories",
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("calendar_id", SERIAL, nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["calendar_id"], ["calendars.id"], name=op.f("fk_case_categories_calendar_id_calendars")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_case_categories")),
    )
    sla = op.create_table(
        "sla",
        sa.Column("category", sa.String(length=16), nullable=False),
        sa.Column("priority", sa.String(length=8), nullable=False),
        sa.Column("first_response_hours", sa.Float(), nullable=False),
        sa.Column("resolution_hours", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["category"], ["case_categories.code"], name=op.f("fk_sla_category_case_categories")
        ),
        sa.PrimaryKeyConstraint("category", "priority", name=op.f("pk_sla")),
    )
    op.bulk_insert(
        categories,
        [{"code": code, "name": name, "position": at} for at, (code, name) in enumerate(CATEGORIES)],
    )
    op.bulk_insert(
        sla,
        [
            {
                "category": code,
                "priority": priority,
                "first_response_hours": first,
                "resolution_hours": resolution,
            }
            for code, row in HOURS.items()
            for priority, (first, resolution) in zip(PRIORITIES, row, strict=True)
        ],
    )


def _case_columns() -> None:
    with op.batch_alter_table("cases") as cases:
        cases.add_column(sa.Column("assigned_to", SERIAL, nullable=True))
        cases.add_column(sa.Column("opened_by", sa.String(length=80), nullable=True))
        cases.add_column(
            sa.Column("is_escalated", sa.Boolean(), server_default=sa.text("false"), nullable=False)
        )
        cases.add_column(sa.Column("first_response_at", INSTANT, nullable=True))
        cases.add_column(sa.Column("final_response", sa.Text(), nullable=True))
        cases.add_column(sa.Column("final_response_by", sa.String(length=80), nullable=True))
        cases.add_column(sa.Column("final_response_at", INSTANT, nullable=True))
        cases.add_column(sa.Column("resolved_at", INSTANT, nullable=True))
        cases.add_column(sa.Column("paused_at", INSTANT, nullable=True))
        cases.add_column(sa.Column("policy", Json, server_default=sa.text("'{}'"), nullable=False))
        cases.add_column(sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False))
        cases.create_foreign_key(op.f("fk_cases_assigned_to_users"), "users", ["assigned_to"], ["id"])
    is_open = sa.text("closed_at IS NULL")
    op.create_index(
        "ix_cases_open_resolution_due",
        "cases",
        ["resolution_due"],
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_index("ix_cases_assigned_to_resolution_due", "cases", ["assigned_to", "resolution_due"])
    op.create_index("ix_cases_opened_at", "cases", ["opened_at"])


def _around_a_case() -> None:
    _table_of_case(
        "case_events",
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
    )
    _table_of_case(
        "case_pauses",
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
    )
    _table_of_case(
        "investigations",
        sa.Column("author", sa.String(length=80), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
    )
    _table_of_case(
        "recoveries",
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("suggestion", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("settled_by", sa.String(length=80), nullable=True),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.UniqueConstraint("case_id", name=op.f("uq_recoveries_case_id")),
        is_indexed=False,
    )


def _table_of_case(name: str, *columns: sa.Column | sa.UniqueConstraint, is_indexed: bool = True) -> None:
    op.create_table(
        name,
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("case_id", SERIAL, nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f(f"fk_{name}_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    if is_indexed:
        op.create_index(op.f(f"ix_{name}_case_id"), name, ["case_id"])


def _due_things() -> None:
    op.create_table(
        "due_things",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("happened_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due_things")),
        sa.UniqueConstraint("key", name=op.f("uq_due_things_key")),
    )
    op.create_index(op.f("ix_due_things_subject"), "due_things", ["subject"])
    waiting = sa.text("state = 'waiting'")
    op.create_index(
        "ix_due_things_waiting", "due_things", ["due_at"], sqlite_where=waiting, postgresql_where=waiting
    )


def downgrade() -> None:
    for name in (
        "due_things",
        "recoveries",
        "investigations",
        "case_pauses",
        "case_events",
        "sla",
        "case_categories",
        "calendars",
    ):
        op.drop_table(name)
    for name in (
        "ix_cases_opened_at",
        "ix_cases_assigned_to_resolution_due",
        "ix_cases_open_resolution_due",
    ):
        op.drop_index(name, "cases")
    with op.batch_alter_table("cases") as cases:
        cases.drop_constraint(op.f("fk_cases_assigned_to_users"), type_="foreignkey")
        for column in (
            *("version", "policy", "paused_at", "resolved_at", "final_response_at", "final_response_by"),
            *("final_response", "first_response_at", "is_escalated", "opened_by", "assigned_to"),
        ):
            cases.drop_column(column)
