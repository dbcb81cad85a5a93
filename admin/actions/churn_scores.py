"""Who is about to leave? Everybody whose ten inputs are known is asked about once a day, and anew when another model serves.

Small batches with rests between them, beside the requests: on SQLite a batch holds the one writer that messages wait for, too.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from admin.desk import Desk
from ml.serve.churn import Prediction
from ml.serve.telco_models import TelcoModels
from ml.telco import FIELDS, fault_of
from storage.database import Connection
from storage.worth.churn import ChurnRisk, due_for_churn, note_churn
from storage.worth.recommendations import known_profile
from storage.worth.value import rescore

BATCH, REST_SECONDS = 25, 0.2
GOOD_FOR = timedelta(days=1)


def as_risk(models: TelcoModels, leaving: Prediction, now: datetime) -> ChurnRisk:
    """What the chat, the next best action and the customer's page go by from now on."""
    return ChurnRisk(
        risk=leaving.risk,
        level=leaving.category.value,
        reasons=tuple(leaving.reasons),
        model=models.churn.card.id,
        scored_at=now,
    )


async def score_everybody(desk: Desk) -> int:
    """One round over all who are due; how many were scored. Nobody while there is no model."""
    models, now, after, scored = desk.telco(), desk.now(), "", 0
    while models is not None:
        ids, profiles = await desk.database.read(
            lambda conn, after=after: _batch(conn, models, now, after)  # type: ignore[misc]  # bound per round
        )
        if not ids:
            break
        risks = {who: as_risk(models, models.churn.predict(known), now) for who, known in profiles.items()}
        if risks:
            await desk.database.write(lambda conn, risks=risks: _write(conn, desk, risks, now))  # type: ignore[misc]  # as above
        after, scored = ids[-1], scored + len(risks)
        await asyncio.sleep(REST_SECONDS)
    return scored


def _batch(
    conn: Connection, models: TelcoModels, now: datetime, after: str
) -> tuple[Sequence[str], dict[str, dict[str, Any]]]:  # Any: JSON as stored.
    """The next ones who are due, and the inputs of those of whom all ten are known."""
    ids = due_for_churn(conn, models.churn.card.id, now - GOOD_FOR, after, BATCH)
    known = {customer_id: known_profile(conn, customer_id, now) for customer_id in ids}
    return ids, {who: profile for who, profile in known.items() if _is_whole(profile)}


def _is_whole(profile: dict[str, Any]) -> bool:  # Any: as above.
    return all(fault_of(name, profile.get(name)) is None for name in FIELDS)


def _write(conn: Connection, desk: Desk, risks: dict[str, ChurnRisk], now: datetime) -> None:
    note_churn(conn, risks)
    rescore(conn, list(risks), desk.value_rules, now, "churn")
