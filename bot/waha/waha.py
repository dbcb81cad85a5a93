"""WAHA as our WhatsApp: fills the port of `whatsapp.py` over HTTP.

Only the five sends are required of a WAHA. Whatever else is missing or fails there is done without, and said once in the log.
"""

import re
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import structlog

from bot.json_fields import clean_json, loose_object, loose_text, number
from bot.receiving.waha_files import MAX_FILE_BYTES, is_wanted, name_of, own_path
from bot.receiving.webhook_chat import person_digits
from bot.waha.waha_answers import message_id, outcome
from bot.waha.waha_http import MEDIA_SECONDS, SOFT_SECONDS, TEXT_SECONDS, Unanswered, Unreached, WahaHttp
from bot.waha.waha_ids import WahaIds
from bot.waha.waha_requests import MEDIA_CALLS, NotSendable, send_body
from bot.whatsapp import Doubtful, FetchedFile, Outcome, Outgoing, Proof, Refused, SessionHealth, TryLater

log = structlog.get_logger(__name__)

QUIET_SECONDS = 60.0  # A call that is missing or does not answer is not asked for again before that.
ABOUT_ONE_CHAT = (400, 422, 500)  # Statuses that may concern this chat alone; the next chat may fare better.
CLOCK_SKEW = timedelta(seconds=5)  # WhatsApp's times come from other clocks and have whole seconds.
PROOF_LIMIT = 50  # Messages of one chat that are looked through for a doubtful send.
PROOF_SECONDS = 10.0
PAGE, MAX_PAGES = 100, 20  # Missed messages read back at most: 2,000.
MAX_MISSED_FILES = 50  # Of the missed messages, how many files WAHA is asked to download again.
FETCH_TRIES = 2
ANY_TYPE = {"Accept": "*/*"}
BARE_ID = re.compile(r"[A-Za-z0-9.-]+")
FULL_ID = re.compile(r"false_([0-9]+@(?:c\.us|lid))_[A-Za-z0-9.-]+")
NEAR_DEGREES = 1e-4  # About 11 m: WhatsApp rounds places.

Json = dict[str, Any]  # Any: WAHA's JSON.


class Waha:
    """One WAHA server. Close it at the end."""

    def __init__(self, http: WahaHttp, clock: Callable[[], float] = time.monotonic) -> None:
        self.http = http
        self._clock = clock
        self._stocks: dict[str, WahaIds] = {}
        self._quiet_until: dict[str, float] = {}

    async def close(self) -> None:
        for stock in self._stocks.values():
            await stock.close()
        await self.http.close()

    async def send(self, message: Outgoing) -> Outcome:
        """One try. Never raises: what went wrong is the outcome, and it says what may be done next."""
        try:
            body = send_body(message)
        except NotSendable as error:
            return Refused(reason=str(error))
        seconds = MEDIA_SECONDS if message.call in MEDIA_CALLS else TEXT_SECONDS
        try:
            answer = await self.http.call("POST", f"api/{message.call}", json=body, seconds=seconds)
        except Unreached as error:
            return TryLater(reason=str(error), is_session_wide=True)
        except Unanswered as error:
            return Doubtful(reason=str(error))
        return outcome(answer.status, answer.raw, answer.headers)

    async def premade_id(self, session: str) -> str:
        stock = self._stocks.get(session)
        if stock is None:
            stock = self._stocks[session] = WahaIds(lambda: self._new_id(session), self._clock)
        return stock.take()

    async def _new_id(self, session: str) -> str | None:
        found = await self._soft("new-message-id", "GET", f"api/{session}/new-message-id")
        return loose_text(loose_object(found).get("id"))

    async def prove(self, message: Outgoing, since: datetime) -> Proof:
        """Looks for the message by its id, then for one like it among our own of that chat since then."""
        chat = f"api/{message.session}/chats/{message.chat_id}/messages"
        if message.premade_id:
            full = f"true_{message.chat_id}_{message.premade_id}"
            found = await self._read(f"{chat}/{full}", {"downloadMedia": "false"}, PROOF_SECONDS)
            if message_id(found) == message.premade_id:
                return Proof(was_sent=True, wa_id=message.premade_id)
        params = {
            "limit": str(PROOF_LIMIT),
            "downloadMedia": "false",
            "filter.fromMe": "true",
            "filter.timestamp.gte": str(int((since - CLOCK_SKEW).timestamp())),
        }
        history = await self._read(chat, params, PROOF_SECONDS)
        if not isinstance(history, list):
            return Proof(was_sent=None)
        known = [item for item in history if isinstance(item, dict)]
        alike = [item for item in known if message_id(item) == message.premade_id] or [
            item for item in known if is_alike(item, message)
        ]
        return Proof(was_sent=True, wa_id=message_id(alike[0])) if alike else Proof(was_sent=False)

    async def mark_seen(self, session: str, chat_id: str, wa_ids: list[str]) -> None:
        """Always with the messages' ids: without them WAHA's own search for what is unread often finds nothing."""
        full = [f"false_{chat_id}_{wa_id}" for wa_id in wa_ids if BARE_ID.fullmatch(wa_id)]
        if not full:
            return  # The flat form's ids are its sender's own; WhatsApp knows nothing of them.
        body = {"session": session, "chatId": chat_id, "messageIds": full}
        await self._soft("sendSeen", "POST", "api/sendSeen", json=body)

    async def show_typing(self, session: str, chat_id: str, is_typing: bool) -> None:
        call = "startTyping" if is_typing else "stopTyping"
        await self._soft(call, "POST", f"api/{call}", json={"session": session, "chatId": chat_id})

    async def phone_of(self, session: str, lid: str) -> str | None:
        found = await self._soft("lids", "GET", f"api/{session}/lids/{lid}@lid")
        return person_digits(loose_text(loose_object(found).get("pn")) or "")

    async def fetch_file(self, url: str) -> FetchedFile | None:
        """The file when it lies in WAHA's own store, is a picture or PDF and has 1 byte to 16 MiB."""
        path = own_path(url)
        if path is None:
            log.warning("file_refused", reason="not in WAHA's file store")
            return None
        for _ in range(FETCH_TRIES):
            try:
                return await self._fetch(path)
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                log.warning("file_not_fetched", reason=type(error).__name__)
        return None

    async def missed(self, session: str, since: datetime) -> list[Json]:
        found: list[Json] = []
        for page in range(MAX_PAGES):
            params = {
                "limit": str(PAGE),
                "offset": str(page * PAGE),
                "sortBy": "timestamp",
                "sortOrder": "asc",
                "downloadMedia": "false",
                "filter.fromMe": "false",
                "filter.timestamp.gte": str(int(since.timestamp())),
            }
            items = await self._read(f"api/{session}/chats/all/messages", params)
            if not isinstance(items, list):
                break
            found += [item for item in items if isinstance(item, dict)]
            if len(items) < PAGE:
                break
        return await self._with_files(session, found)

    async def health(self, session: str) -> SessionHealth:
        try:
            answer = await self.http.call("GET", f"api/sessions/{session}", seconds=SOFT_SECONDS)
        except (Unreached, Unanswered):
            return SessionHealth(status="unreachable")
        if not answer.is_good:
            names = {401: "KEY_REFUSED", 403: "KEY_REFUSED", 404: "MISSING"}
            return SessionHealth(status=names.get(answer.status, f"HTTP_{answer.status}"))
        told = loose_object(answer.json)
        server = loose_object(await self._soft("version", "GET", "api/server/version"))
        facts = {"version": server.get("version"), "engine": server.get("engine"), "me": told.get("me")}
        return SessionHealth(
            status=loose_text(told.get("status")) or "UNKNOWN",
            facts=clean_json({name: fact for name, fact in facts.items() if fact}),
        )

    async def _fetch(self, path: str) -> FetchedFile | None:
        timeout = aiohttp.ClientTimeout(total=MEDIA_SECONDS)
        address = self.http.address(path)
        async with self.http.session.get(
            address, headers=ANY_TYPE, timeout=timeout, allow_redirects=False
        ) as response:
            mimetype = response.content_type
            if (
                response.status != 200
                or not is_wanted(mimetype)
                or (response.content_length or 0) > MAX_FILE_BYTES
            ):
                log.warning("file_refused", status=response.status, mimetype=mimetype[:40])
                return None
            content = bytearray()
            async for chunk in response.content.iter_chunked(65_536):
                content += chunk
                if len(content) > MAX_FILE_BYTES:
                    log.warning("file_refused", reason="more than 16 MiB")
                    return None
        return FetchedFile(content=bytes(content), mimetype=mimetype, name=name_of(path)) if content else None

    async def _with_files(self, session: str, found: list[Json]) -> list[Json]:
        """The same messages; those with a file that WAHA no longer keeps are read once more, which downloads it."""
        left = MAX_MISSED_FILES
        for index, item in enumerate(found):
            full_id = loose_text(item.get("id")) or ""
            chat = full_id.split("_")[1] if full_id.count("_") >= 2 else ""
            if (
                item.get("hasMedia") is not True
                or loose_object(item, "media").get("url")
                or not chat
                or not left
            ):
                continue
            left -= 1
            path = f"api/{session}/chats/{chat}/messages/{full_id}"
            again = await self._read(path, {"downloadMedia": "true"}, MEDIA_SECONDS)
            if isinstance(again, dict) and again.get("id") == full_id[0]:
                found[index] = again
        return found

    async def _read(
        self, path: str, params: Mapping[str, str], seconds: float = TEXT_SECONDS
    ) -> Any:  # Any: WAHA's JSON.
        """What WAHA answers, None when it does not."""
        try:
            answer = await self.http.call("GET", path, params=params, seconds=seconds)
        except (Unreached, Unanswered):
            return None
        return answer.json if answer.is_good else None

    async def _soft(
        self, name: str, method: str, path: str, json: Json | None = None
    ) -> Any:  # Any: WAHA's JSON.
        """The answer to a call that we can do without; None, and a minute of not asking, when it fails."""
        if self._clock() < self._quiet_until.get(name, 0.0):
            return None
        try:
            answer = await self.http.call(method, path, json=json, seconds=SOFT_SECONDS)
        except (Unreached, Unanswered) as error:
            return self._do_without(name, type(error).__name__)
        if not answer.is_good:
            return self._do_without(name, str(answer.status), only_this=answer.status in ABOUT_ONE_CHAT)
        if self._quiet_until.pop(name, None) is not None:
            log.info("waha_call_is_back", call=name)
        return answer.json

    def _do_without(self, name: str, reason: str, only_this: bool = False) -> None:
        if name not in self._quiet_until:
            log.warning("waha_call_done_without", call=name, reason=reason)
        self._quiet_until[name] = 0.0 if only_this else self._clock() + QUIET_SECONDS


def is_alike(item: Json, message: Outgoing) -> bool:
    """Whether an own message of the history says what this send says: for engines that choose their own ids."""
    payload = message.payload
    match message.call:
        case "sendText":
            return _same_words(item.get("body"), payload.get("text"))
        case "sendLocation":
            place = loose_object(item, "location")
            return all(_is_near(place.get(part), payload.get(part)) for part in ("latitude", "longitude"))
        case _:
            file, media = loose_object(payload, "file"), loose_object(item, "media")
            is_other = any(
                media.get(part) and media[part] != file.get(part) for part in ("mimetype", "filename")
            )
            return (
                item.get("hasMedia") is True
                and not is_other
                and _same_words(item.get("body"), payload.get("caption"))
            )


def _differ(said: object, meant: object) -> bool:
    """Whether both are known and not the same."""
    return bool(said and meant and said != meant)


def _same_words(said: object, meant: object) -> bool:
    return (loose_text(said) or "").split() == (loose_text(meant) or "").split()


def _is_near(said: object, meant: object) -> bool:
    one, other = number(said), number(meant)
    return one is not None and other is not None and abs(one - other) < NEAR_DEGREES
