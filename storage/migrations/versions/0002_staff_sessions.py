"""Log-ins to the panel, each member of staff's language and second factor.

Revision: 0002, after: 0001
"""

import sqlalchemy as sa
from alembic import op

import storage.tables.columns

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "staff_sessions",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("awaits_code", sa.Boolean(), nullable=False),
        sa.Column("address", sa.String(length=100), nullable=False),
        sa.Column("device", sa.String(length=200), nullable=False),
        sa.Column("created_at", storage.tables.columns.Instant(timezone=True), nullable=False),
        sa.Column("seen_at", storage.tables.columns.Instant(timezone=True), nullable=False),
        sa.Column("ends_at", storage.tables.columns.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_staff_sessions_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_sessions")),
    )
    op.create_index(op.f("ix_staff_sessions_user_id"), "staff_sessions", ["user_id"])
    op.create_index(op.f("ix_staff_sessions_ends_at"), "staff_sessions", ["ends_at"])
    op.add_column("users", sa.Column("language", sa.String(length=2), server_default="id", nullable=False))
    op.add_column("users", sa.Column("totp_secret", sa.String(length=64), nullable=True))


def downgrade() -> None:
    op.drop_column("users", "totp_secret")
    op.drop_column("users", "language")
    op.drop_table("staff_sessions")
