"""Whether staff were called for during a journey stands in the journey, so that a period's share of them is counted from one index
instead of by looking each journey's handovers up.

A trigger keeps it, whoever asks for staff: the bot, staff themselves, or what could not be answered.

Revision: 0024, after: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

BEGAN = ["started_at", "phase", "campaign_code", "package_code", "conversation_id"]
# Of the journey that ran when staff were asked for. That somebody wants to pay is what the bot is there for, and no escalation.
MARK = (
    "UPDATE journeys SET is_escalated = true WHERE conversation_id = {asked}.conversation_id AND started_at ="
    " (SELECT max(started_at) FROM journeys WHERE conversation_id = {asked}.conversation_id"
    " AND started_at <= {asked}.asked_at)"
)
FILL = (
    "UPDATE journeys SET is_escalated = true WHERE EXISTS (SELECT 1 FROM handovers"
    " WHERE conversation_id = journeys.conversation_id AND reason <> 'payment_intent'"
    " AND asked_at >= journeys.started_at AND NOT EXISTS (SELECT 1 FROM journeys later"
    " WHERE later.conversation_id = journeys.conversation_id AND later.started_at > journeys.started_at"
    " AND later.started_at <= handovers.asked_at))"
)
SQLITE = (
    "CREATE TRIGGER handover_asked_for AFTER INSERT ON handovers WHEN NEW.reason <> 'payment_intent' BEGIN "
    + MARK.format(asked="NEW")
    + "; END",
)
POSTGRES = (
    "CREATE FUNCTION mark_journey_as_escalated() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    + MARK.format(asked="NEW")
    + "; RETURN NULL; END $$",
    "CREATE TRIGGER handover_asked_for AFTER INSERT ON handovers FOR EACH ROW WHEN (NEW.reason <> 'payment_intent')"
    " EXECUTE FUNCTION mark_journey_as_escalated()",
)
BACK_ON_SQLITE = ("DROP TRIGGER handover_asked_for",)
BACK_ON_POSTGRES = (
    "DROP TRIGGER handover_asked_for ON handovers",
    "DROP FUNCTION mark_journey_as_escalated()",
)


def upgrade() -> None:
    op.add_column(
        "journeys", sa.Column("is_escalated", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.execute(FILL)
    op.drop_index("ix_journeys_began", table_name="journeys")
    op.create_index("ix_journeys_began", "journeys", [*BEGAN, "is_escalated"])
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRES:
        op.execute(statement)


def downgrade() -> None:
    for statement in BACK_ON_SQLITE if op.get_bind().dialect.name == "sqlite" else BACK_ON_POSTGRES:
        op.execute(statement)
    op.drop_index("ix_journeys_began", table_name="journeys")
    op.create_index("ix_journeys_began", "journeys", BEGAN)
    op.drop_column("journeys", "is_escalated")
