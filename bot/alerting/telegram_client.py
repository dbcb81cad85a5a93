"""How are Telegram's Bot API calls made, and what does each failure ask of us? The only file that knows python-telegram-bot.

Importing it takes over half a second, so it is imported only where a token is configured. A call ends in what it brought, in
`TryLater` (nobody is to blame, or the operator can still mend it), or in `Refused` (this call will never work).
"""

import os
from collections.abc import Awaitable, Sequence
from datetime import timedelta
from typing import TypeVar

import structlog
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Message, Update
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)
from telegram.request import HTTPXRequest

from bot.alerting.telegram_answers import Button, Posted, Press, Presses, Refused, TryLater

T = TypeVar("T")

# The library warns on every flood limit that its seconds will become a timedelta one day, unless told that we read those already.
os.environ.setdefault("PTB_TIMEDELTA", "true")

OFFICIAL_API = "https://api.telegram.org"
ANSWER_SECONDS = 10.0
TOKEN_PAUSE_SECONDS = 300.0  # A wrong token is mended by a person, with a restart; no use asking more often.
CONFLICT_PAUSE_SECONDS = 30.0
UNCHANGED = "message is not modified"  # Telegram refuses an edit that changes nothing; for us it is done.


class TelegramClient:
    """One bot in one chat. The chat's id follows a group that Telegram turns into a supergroup."""

    def __init__(self, *, token: str, chat_id: str, api_url: str = "") -> None:
        self.chat_id = chat_id
        self._takes_links = True
        self._calls = HTTPXRequest(
            connection_pool_size=4, read_timeout=ANSWER_SECONDS, write_timeout=ANSWER_SECONDS
        )
        # Long polling occupies its connection all the time and must not keep an alert waiting.
        self._polls = HTTPXRequest(connection_pool_size=1, read_timeout=ANSWER_SECONDS)
        self._bot = Bot(
            token,
            base_url=f"{api_url or OFFICIAL_API}/bot",
            request=self._calls,
            get_updates_request=self._polls,
        )

    async def close(self) -> None:
        await self._calls.shutdown()
        await self._polls.shutdown()

    async def name(self) -> str | TryLater | Refused:
        """The bot's own @name: proof that the token is right."""
        me = await _attempt(self._bot.get_me())
        return me if isinstance(me, TryLater | Refused) else f"@{me.username}"

    async def chat_title(self) -> str | TryLater | Refused:
        """The chat's title: proof that the bot is in it."""
        chat = await _attempt(self._bot.get_chat(self.chat_id))
        return chat if isinstance(chat, TryLater | Refused) else chat.effective_name or self.chat_id

    async def post(self, text: str, buttons: Sequence[Button]) -> Posted | TryLater | Refused:
        sent = await _attempt(self._send(text, buttons))
        if isinstance(sent, Refused) and self._takes_links and "url" in sent.reason.lower():
            # Telegram takes no address that only our own network knows; the alert matters more than its link.
            self._takes_links = False
            structlog.get_logger("telegram").warning(
                "Telegram takes no buttons to SAPA_PUBLIC_URL, alerts go without", reason=sent.reason
            )
            sent = await _attempt(self._send(text, buttons))
        return Posted(message_id=str(sent.message_id)) if isinstance(sent, Message) else sent

    async def edit(self, message_id: str, text: str, buttons: Sequence[Button]) -> TryLater | Refused | None:
        """Replaces a message's text and buttons; None when it stands there now."""
        keyboard = self._keyboard(buttons)
        edited = await _attempt(
            self._bot.edit_message_text(text, self.chat_id, int(message_id), reply_markup=keyboard)
        )
        if isinstance(edited, Refused) and UNCHANGED in edited.reason.lower():
            return None
        return edited if isinstance(edited, TryLater | Refused) else None

    async def answer(self, press_id: str, text: str, *, is_loud: bool) -> TryLater | Refused | None:
        """Tells who pressed what came of it, as a passing note or, when loud, in a box to be closed."""
        answered = await _attempt(self._bot.answer_callback_query(press_id, text, show_alert=is_loud))
        return None if isinstance(answered, bool) else answered

    async def presses(self, offset: int | None, wait_seconds: int) -> Presses | TryLater | Refused:
        """Waits so long for button presses; earlier ones than `offset` are forgotten by Telegram."""
        updates = await _attempt(
            self._bot.get_updates(
                offset=offset,
                timeout=timedelta(seconds=wait_seconds),
                allowed_updates=[Update.CALLBACK_QUERY],
            )
        )
        if isinstance(updates, TryLater | Refused):
            return updates
        found = tuple(press for update in updates if (press := _press(update)))
        return Presses(presses=found, next_offset=updates[-1].update_id + 1 if updates else offset)

    async def _send(self, text: str, buttons: Sequence[Button]) -> Message:
        keyboard = self._keyboard(buttons)
        try:
            return await self._bot.send_message(self.chat_id, text, reply_markup=keyboard)
        except ChatMigrated as moved:
            self.chat_id = str(moved.new_chat_id)
            return await self._bot.send_message(self.chat_id, text, reply_markup=keyboard)

    def _keyboard(self, buttons: Sequence[Button]) -> InlineKeyboardMarkup | None:
        row = [
            InlineKeyboardButton(button.label, callback_data=button.data, url=button.url)
            for button in buttons
            if button.url is None or self._takes_links
        ]
        return InlineKeyboardMarkup([row]) if row else None


async def _attempt(call: Awaitable[T]) -> T | TryLater | Refused:
    """The call's result, or what its failure asks of us."""
    try:
        return await call
    except RetryAfter as error:
        return TryLater(reason="Telegram asks us to slow down.", pause_seconds=_pause(error))
    except InvalidToken:
        # Its own message repeats the token.
        return TryLater(
            reason="Telegram does not know this token. Check SAPA_TELEGRAM_TOKEN and restart.",
            pause_seconds=TOKEN_PAUSE_SECONDS,
        )
    except Conflict:
        return TryLater(
            reason="Somebody else reads this bot's updates, or a webhook is set for it. One bot belongs to one Sapa.",
            pause_seconds=CONFLICT_PAUSE_SECONDS,
        )
    except (BadRequest, Forbidden, ChatMigrated) as error:
        return Refused(reason=str(error))
    except TelegramError as error:
        return TryLater(reason=f"Telegram does not answer ({type(error).__name__}).")


def _pause(error: RetryAfter) -> float:
    pause = error.retry_after
    return pause.total_seconds() if isinstance(pause, timedelta) else float(pause)


def _press(update: Update) -> Press | None:
    query = update.callback_query
    if query is None or query.data is None:
        return None
    return Press(
        press_id=query.id,
        telegram_id=str(query.from_user.id),
        chat_id=str(query.message.chat.id) if query.message else None,
        message_id=str(query.message.message_id) if query.message else None,
        data=query.data,
    )
