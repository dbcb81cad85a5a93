"""When are customers scored whom nobody asked about, and where does what the models are asked get counted? Beside the requests.

Counts are written every minute and at the end, in one small transaction; everybody who is due is scored soon after the start, then hourly.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable

import structlog
from aiohttp import web

from admin.actions.churn_scores import score_everybody
from admin.desk import Desk
from storage.database import Connection, DatabaseDown
from storage.worth.score_counts import add_counts

EVERY_SECONDS, ROUND_SECONDS = 60.0, 3600.0
START_SECONDS = 3.0  # Between looks for the models, which load after the service listens.

log = structlog.get_logger("sapa.scores")


def keeps_scores(desk: Desk) -> Callable[[web.Application], AsyncIterator[None]]:
    """For the application's `cleanup_ctx`."""

    async def keep(_: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(_forever(desk), name="scores")
        yield
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await write_scores(desk)

    return keep


async def write_scores(desk: Desk) -> None:
    """Writes down what was counted since the last time; what cannot be written now waits for the next time."""
    models = desk.telco()
    if models is None:
        return
    day = desk.local(desk.now()).date()
    taken = {what: counts for what, model in models.watched.items() if (counts := model.tally.take())}
    if not taken:
        return
    versions = {what: models.watched[what].card.id for what in taken}

    def write(conn: Connection) -> None:
        for what, counts in taken.items():
            add_counts(conn, what, versions[what], day, counts)

    try:
        await desk.database.write(write)
    except DatabaseDown:
        log.warning("scores_wait")
        for what, counts in taken.items():
            models.watched[what].tally.put_back(counts)


async def _forever(desk: Desk) -> None:
    wait, next_round = START_SECONDS, 0.0
    while True:
        await asyncio.sleep(wait)
        if desk.telco() is None:
            continue
        wait = EVERY_SECONDS
        await write_scores(desk)
        if time.monotonic() >= next_round:
            with contextlib.suppress(DatabaseDown):
                await score_everybody(desk)
            next_round = time.monotonic() + ROUND_SECONDS
