"""How do alerts reach staff in Telegram? Row by row from the table, each until it is told or no longer true.

Without a token nothing is sent and rows stay `waiting`, where the API shows them; once a token is configured, those that are still
true are told. An alert whose answer from Telegram got lost is told again: twice is better than never. While Telegram is down no other
row is tried, and the log says so once.
"""

import asyncio
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.alerting.alert_message import AlertOptions, alert_buttons, alert_text
from bot.alerting.telegram_answers import Posted, Refused, TryLater
from bot.logs import Neighbour
from storage.database import Database, DatabaseDown
from storage.moments.alerts import AlertNews, claim_alert, give_up, mark_told, next_due, put_off

if TYPE_CHECKING:
    from bot.alerting.telegram_client import TelegramClient

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 5.0, 600.0
HELD_ELSEWHERE_SECONDS = 0.2  # Another worker is just claiming it.
LOOK_SECONDS = 5.0  # Another process may have written an alert of which nobody woke us.


class AlertSender:
    """Tells alerts as they fall due. `wake` says that one was just written."""

    def __init__(
        self,
        database: Database,
        telegram: "TelegramClient",
        options: AlertOptions,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._telegram = telegram
        self._options = options
        self._now = now
        self._woken = asyncio.Event()
        self._rest_until: datetime | None = None
        self._neighbour = Neighbour("Telegram")

    def wake(self) -> None:
        self._woken.set()

    async def run(self) -> None:
        """Tells alerts until cancelled."""
        while True:
            self._woken.clear()
            try:
                pause = await self.tell_due()
            except DatabaseDown:
                pause = LOOK_SECONDS
            try:
                await asyncio.wait_for(self._woken.wait(), pause)
            except TimeoutError:
                continue

    async def tell_due(self) -> float:
        """Tells the alerts that are due now; answers the seconds until it is worth looking again."""
        while (resting := self._resting_seconds()) <= 0:
            waiting = await self._seconds_to_next()
            if waiting > 0:
                return min(LOOK_SECONDS, waiting)
            news = await self._database.write(partial(claim_alert, now=self._now()))
            if news is not None:
                await self._tell(news)
            elif await self._seconds_to_next() <= 0:
                return HELD_ELSEWHERE_SECONDS
        return resting

    async def _tell(self, news: AlertNews) -> None:
        outcome = await self._telegram.post(
            alert_text(news, self._options), alert_buttons(news, self._options)
        )
        match outcome:
            case Posted(message_id=message_id):
                self._neighbour.up()
                job = partial(mark_told, alert_id=news.id, telegram_message_id=message_id)
            case Refused(reason=reason):
                self._neighbour.down(
                    f"{reason}. Check SAPA_TELEGRAM_CHAT_ID and that the bot is in that chat."
                )
                job = partial(give_up, alert_id=news.id, error=reason)
            case TryLater(reason=reason):
                self._neighbour.down(reason)
                self._rest_until = self._now() + _pause(outcome, news.attempts)
                job = partial(put_off, alert_id=news.id, until=self._rest_until, error=reason)
        await self._database.write(job)

    def _resting_seconds(self) -> float:
        """How long Telegram is still to be left alone; nobody who wakes us shortens it."""
        if self._rest_until is None:
            return 0.0
        return (self._rest_until - self._now()).total_seconds()

    async def _seconds_to_next(self) -> float:
        """Until an alert falls due; only looking, because a look costs the one writer of SQLite nothing."""
        due = await self._database.read(next_due)
        return LOOK_SECONDS if due is None else (due - self._now()).total_seconds()


def _pause(outcome: TryLater, attempts: int) -> timedelta:
    """What Telegram asked for, else doubling up to ten minutes, spread so that replicas do not return together."""
    if outcome.pause_seconds is not None:
        return timedelta(seconds=outcome.pause_seconds)
    doubled = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0**attempts)
    return timedelta(seconds=doubled * random.uniform(0.8, 1.2))
