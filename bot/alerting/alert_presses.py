"""Who answers when staff press a button under an alert? One process asks Telegram for presses and deals with each, once.

A press is dealt with before Telegram hears that it was: after a crash it comes again, and the second time changes nothing.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.alerting import alert_message as words
from bot.alerting.alert_message import AlertOptions, alert_buttons, alert_text, moment
from bot.alerting.telegram_answers import Press, Presses, TryLater
from bot.logs import Neighbour
from storage.alone import Duty, Held, alone
from storage.database import Database, DatabaseDown
from storage.desk.alert_presses import PressOutcome, PressResult, press_snooze, press_take

if TYPE_CHECKING:
    from bot.alerting.telegram_client import TelegramClient

SNOOZE_FOR = timedelta(minutes=15)
POLL_SECONDS = 25  # Telegram keeps a question open so long when nothing happens.
PAUSE_SECONDS = 5.0
STAND_BY_SECONDS = 15.0  # How long alerts have no ears after the listening process died.
# Passing notes are missed easily, so what the reader must act on comes in a box.
LOUD = frozenset({PressOutcome.NOT_LINKED, PressOutcome.NOT_ALLOWED, PressOutcome.HELD})


class PressListener:
    """Asks for presses while this process has the duty, and stands by while another has it."""

    def __init__(
        self,
        database: Database,
        telegram: "TelegramClient",
        options: AlertOptions,
        now: Callable[[], datetime],
        *,
        poll_seconds: int = POLL_SECONDS,
    ) -> None:
        self._database = database
        self._telegram = telegram
        self._options = options
        self._now = now
        self._poll_seconds = poll_seconds
        self._offset: int | None = None
        self._neighbour = Neighbour("Telegram's button presses")

    async def run(self) -> None:
        """Listens, or stands by, until cancelled."""
        while True:
            try:
                async with alone(self._database, Duty.TELEGRAM_UPDATES) as held:
                    if held is not None:
                        await self._listen(held)
            except DatabaseDown:
                pass  # The database's own readiness tells; the presses wait at Telegram.
            await asyncio.sleep(STAND_BY_SECONDS)

    async def listen_once(self) -> float:
        """Deals with the presses that are there; answers the seconds for which Telegram is to be left alone."""
        found = await self._telegram.presses(self._offset, self._poll_seconds)
        if not isinstance(found, Presses):
            self._neighbour.down(found.reason)
            asked = found.pause_seconds if isinstance(found, TryLater) else None
            return PAUSE_SECONDS if asked is None else asked
        self._neighbour.up()
        for press in found.presses:
            await self._deal_with(press)
        self._offset = found.next_offset
        return 0.0

    async def _listen(self, held: Held) -> None:
        while True:
            await held.still()
            await asyncio.sleep(await self.listen_once())

    async def _deal_with(self, press: Press) -> None:
        result = await self._result(press)
        text = _answer(result, press, self._options)
        await self._telegram.answer(press.press_id, text, is_loud=result.outcome in LOUD)
        closing = _closing(result, self._options)
        if closing and result.news and press.message_id:
            settled = alert_text(result.news, self._options, closing)
            buttons = alert_buttons(result.news, self._options, is_settled=True)
            await self._telegram.edit(press.message_id, settled, buttons)

    async def _result(self, press: Press) -> PressResult:
        deed, _, number = press.data.partition(":")
        if not number.isdecimal() or press.chat_id != self._telegram.chat_id:
            return PressResult(outcome=PressOutcome.NOT_KNOWN)
        alert_id, who, now = int(number), press.telegram_id, self._now()
        match deed:
            case words.TAKE_DATA:
                job = partial(press_take, alert_id=alert_id, telegram_id=who, now=now)
            case words.SNOOZE_DATA:
                job = partial(press_snooze, alert_id=alert_id, telegram_id=who, until=now + SNOOZE_FOR)
            case _:
                return PressResult(outcome=PressOutcome.NOT_KNOWN)
        return await self._database.write(job)


def _answer(result: PressResult, press: Press, options: AlertOptions) -> str:
    match result.outcome:
        case PressOutcome.TAKEN:
            return words.TAKEN_NOW
        case PressOutcome.HELD:
            return words.TAKEN_BY.format(who=_holder(result))
        case PressOutcome.SNOOZED:
            return words.SNOOZED_UNTIL.format(when=_until(result, options))
        case PressOutcome.NOT_LINKED:
            return words.NOT_LINKED.format(telegram_id=press.telegram_id)
        case PressOutcome.NOT_ALLOWED:
            return words.NOT_ALLOWED
        case PressOutcome.OVER:
            return words.OVER
        case PressOutcome.NOT_KNOWN:
            return words.NOT_KNOWN


def _closing(result: PressResult, options: AlertOptions) -> str | None:
    match result.outcome:
        case PressOutcome.TAKEN | PressOutcome.HELD:
            return words.TAKEN_LINE.format(who=_holder(result))
        case PressOutcome.SNOOZED:
            return words.SNOOZED_LINE.format(when=_until(result, options))
        case PressOutcome.OVER:
            return words.OVER_LINE
        case _:
            return None


def _holder(result: PressResult) -> str:
    return (result.news.holder if result.news else None) or "rekan lain"


def _until(result: PressResult, options: AlertOptions) -> str:
    return moment(result.until, options) if result.until else ""
