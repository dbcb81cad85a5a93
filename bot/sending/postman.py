"""One try to send one message of the outbox, with its file put in. Never raises: the outcome says what happened."""

from typing import Any, cast

import structlog

from bot.sending.outgoing_media import OutgoingMedia
from bot.whatsapp import Doubtful, Outcome, Outgoing, Refused, SendCall, TryLater, WhatsApp
from storage.database import DatabaseDown
from storage.way.outbox import OutboxItem

log = structlog.get_logger(__name__)

MEDIA_MISSING = "The file is not kept here any more. Upload it again and check the package's address."


class Postman:
    """media None: the WhatsApp at hand finds files itself, as the simulator does."""

    def __init__(self, whatsapp: WhatsApp, media: OutgoingMedia | None) -> None:
        self._whatsapp = whatsapp
        self._media = media

    async def bring(self, item: OutboxItem) -> Outcome:
        try:
            payload = item.payload
            if self._media is not None:
                ready = await self._media.ready(item.call, payload)
                if ready is None:
                    return Refused(reason=MEDIA_MISSING)
                payload = ready
            return await self._whatsapp.send(_outgoing(item, payload))
        except DatabaseDown as error:
            return TryLater(reason=str(error))
        except Exception:
            # A fault of ours around one send: nobody knows how far it came, and the others must go on.
            log.exception("send_broke", outbox_id=item.id, call=item.call)
            return Doubtful(reason="The send broke off here; see the log.")


def outgoing_of(item: OutboxItem) -> Outgoing:
    """The message as the WhatsApp port takes it."""
    return _outgoing(item, item.payload)


def _outgoing(item: OutboxItem, payload: dict[str, Any]) -> Outgoing:  # Any: the outbox's payloads are JSON.
    return Outgoing(
        session=item.session,
        chat_id=item.chat_id,
        call=cast(SendCall, item.call),
        payload=payload,
        premade_id=item.premade_id,
    )
