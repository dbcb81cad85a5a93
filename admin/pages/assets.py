"""The panel's static files: where each is found, and its address with a trace of its content, so that browsers may keep it for good."""

import gzip
import mimetypes
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from aiohttp import web

FOLDER = Path(__file__).parents[1] / "assets"
PREFIX = "/panel/assets/"
FOR_GOOD = "public, max-age=31536000, immutable"
SERVED = frozenset({".css", ".js", ".svg", ".png", ".woff2", ".mp3"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    content: bytes
    packed: bytes
    mimetype: str
    trace: str


@cache
def assets() -> dict[str, Path]:
    """Every file that may be served, by its path below the folder. What is not here does not exist."""
    files = (path for path in FOLDER.rglob("*") if path.suffix in SERVED)
    return {path.relative_to(FOLDER).as_posix(): path for path in files}


@cache
def asset(name: str) -> Asset:
    """The file, packed once. Raises KeyError for one that may not be served."""
    content = assets()[name].read_bytes()
    mimetype = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Asset(
        content=content,
        packed=gzip.compress(content, mtime=0),
        mimetype="text/javascript" if name.endswith(".js") else mimetype,
        trace=sha256(content).hexdigest()[:12],
    )


def asset_address(name: str) -> str:
    """Where a browser gets the file. Raises KeyError for one that is not there, which a template's test finds."""
    return f"{PREFIX}{name}?v={asset(name).trace}"


@cache
def icon_source(name: str) -> str:
    """The SVG of a vendored icon. Raises KeyError with what to do when it is not there."""
    path = assets().get(f"vendor/icons/{name}.svg")
    if path is None:
        raise KeyError(f"No icon {name!r}: copy it from the icons' package into admin/assets/vendor/icons")
    return path.read_text(encoding="utf-8")


async def serve_asset(request: web.Request) -> web.Response:
    """One file; kept for good by whoever asks with its trace."""
    name = request.match_info["name"]
    if name not in assets():
        raise web.HTTPNotFound()
    file = asset(name)
    headers = {"X-Content-Type-Options": "nosniff", "ETag": f'"{file.trace}"', "Vary": "Accept-Encoding"}
    headers["Cache-Control"] = FOR_GOOD if request.query.get("v") == file.trace else "no-cache"
    if request.headers.get("If-None-Match") == f'"{file.trace}"':
        return web.Response(status=304, headers=headers)
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return web.Response(body=file.packed, content_type=file.mimetype, headers=headers)
    return web.Response(body=file.content, content_type=file.mimetype, headers=headers)
