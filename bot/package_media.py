"""Package pictures and brochures for everybody who has their address: WAHA, the simulator, a customer's browser.

Only files owned by a package are served here, under an id that nobody can guess; customers' files never are.
"""

from urllib.parse import quote

from aiohttp import web

from flows.refusal import Refused
from storage.database import Database
from storage.media import package_media

SHOWN = frozenset({"image/jpeg", "image/png", "image/webp", "application/pdf", "video/mp4"})
KEPT_SECONDS = 7 * 24 * 3600  # A file never changes under its id: another content has another id.


def add_package_media(app: web.Application, database: Database) -> None:
    """Mounts GET /media/<id>/<name>. The name is only there for people and programs that look at the address."""

    async def serve(request: web.Request) -> web.StreamResponse:
        return await _serve(request, database)

    app.router.add_get("/media/{id}/{name}", serve)


async def _serve(request: web.Request, database: Database) -> web.StreamResponse:
    media_id = request.match_info["id"]
    try:
        media = await database.read(lambda conn: package_media(conn, media_id))
    except Refused as error:
        raise web.HTTPNotFound(text="There is no such file.") from error
    tag = f'"{media.sha256[:32]}"'
    is_shown = media.mimetype in SHOWN
    headers = {
        "ETag": tag,
        "Cache-Control": f"public, max-age={KEPT_SECONDS}, immutable",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Content-Disposition": f"{'inline' if is_shown else 'attachment'}; filename*=UTF-8''{quote(media.name)}",
    }
    if request.headers.get("If-None-Match") == tag:
        return web.Response(status=304, headers=headers)
    kind = media.mimetype if is_shown else "application/octet-stream"
    return web.Response(body=media.content, content_type=kind, headers=headers)
