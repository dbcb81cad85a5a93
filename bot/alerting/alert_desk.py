"""Telegram as one thing that the service runs and wakes: alerts go out, pressed buttons come in. Without a token it does nothing."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.alerting.alert_message import AlertOptions
from storage.database import Database


@dataclass(slots=True, kw_only=True)
class AlertDesk:
    """token empty or chat_id empty: alerts stay in the database for the API to show."""

    database: Database
    options: AlertOptions
    now: Callable[[], datetime]
    token: str
    chat_id: str
    api_url: str
    _bell: list[Callable[[], None]] = field(default_factory=list)

    def wake(self) -> None:
        """An alert was just written."""
        for ring in self._bell:
            ring()

    async def run(self) -> None:
        """Tells alerts and takes presses until cancelled."""
        if not self.token or not self.chat_id:
            return
        # The library takes 0.4 s to import, which only those who use it should pay at start.
        from bot.alerting.alert_presses import PressListener
        from bot.alerting.alerts import AlertSender
        from bot.alerting.telegram_client import TelegramClient

        telegram = TelegramClient(token=self.token, chat_id=self.chat_id, api_url=self.api_url)
        alerts = AlertSender(self.database, telegram, self.options, self.now)
        self._bell.append(alerts.wake)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(alerts.run())
                group.create_task(PressListener(self.database, telegram, self.options, self.now).run())
        finally:
            await telegram.close()
