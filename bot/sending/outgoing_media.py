"""How does a file of ours get to WAHA? By address where WAHA can reach us, otherwise as base64 in the request itself.

The outbox keeps only which file is meant; its content is put in just before sending.
"""

import base64
import mimetypes
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from flows.refusal import Refused as Missing
from storage.database import Database
from storage.talks.media import any_media

Json = dict[str, Any]  # Any: the outbox's payloads are JSON.

OUR_PATH = "/media/"  # Where package files are served: /media/<id>/<name>.
KEPT_BYTES = 32 * 1024 * 1024  # Base64 of the brochures of the day; more would only warm the memory.
USUAL_TYPES = {"sendImage": "image/jpeg", "sendFile": "application/pdf", "sendVideo": "video/mp4"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Encoded:
    name: str
    mimetype: str
    data: str


class OutgoingMedia:
    """Makes payloads ready for WAHA. public_url empty: WAHA cannot reach us, so contents go along."""

    def __init__(self, database: Database, public_url: str = "") -> None:
        self._database = database
        self._public_url = public_url.rstrip("/")
        self._kept: OrderedDict[str, _Encoded] = OrderedDict()

    async def ready(self, call: str, payload: Json) -> Json | None:
        """The payload as WAHA takes it; None when a file of ours is meant that is not there. Raises DatabaseDown."""
        file = payload.get("file")
        if not isinstance(file, dict):
            return payload
        media_id = self._own_id(file)
        if media_id is None:
            return payload | {"file": _typed(call, file)}
        encoded = await self._encoded(media_id)
        if encoded is None:
            return None
        ready: Json = {"mimetype": encoded.mimetype, "filename": file.get("filename") or encoded.name}
        if encoded.data:
            ready["data"] = encoded.data
        else:
            ready["url"] = f"{self._public_url}{OUR_PATH}{media_id}/{quote(encoded.name)}"
        return payload | {"file": ready}

    def _own_id(self, file: Json) -> str | None:
        """The id of a file of ours, named as such or by its address."""
        if file.get("media_id"):
            return str(file["media_id"])
        url = str(file.get("url") or "")
        if self._public_url:
            url = url.removeprefix(self._public_url)
        return url.removeprefix(OUR_PATH).partition("/")[0] if url.startswith(OUR_PATH) else None

    async def _encoded(self, media_id: str) -> _Encoded | None:
        if media_id in self._kept:
            self._kept.move_to_end(media_id)
            return self._kept[media_id]
        try:
            media = await self._database.read(lambda conn: any_media(conn, media_id))
        except Missing:
            return None
        # Only a package's files are public; what staff send to one customer goes along as content.
        is_public = bool(self._public_url) and media.owner == "package"
        data = "" if is_public else base64.b64encode(media.content).decode("ascii")
        self._kept[media_id] = _Encoded(name=media.name, mimetype=media.mimetype, data=data)
        while sum(len(kept.data) for kept in self._kept.values()) > KEPT_BYTES and len(self._kept) > 1:
            self._kept.popitem(last=False)
        return self._kept[media_id]


def _typed(call: str, file: Json) -> Json:
    """Somebody else's file, with the type that its address promises where none is given."""
    if file.get("mimetype"):
        return file
    name = unquote(urlsplit(str(file.get("url") or "")).path.rpartition("/")[2])
    guessed = mimetypes.guess_type(name)[0] or USUAL_TYPES.get(call, "application/octet-stream")
    return file | {"mimetype": guessed} | ({"filename": name} if name and not file.get("filename") else {})
