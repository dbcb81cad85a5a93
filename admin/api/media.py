"""Files: a package's pictures and brochures for everybody, a customer's files for those who serve that customer."""

from urllib.parse import quote

from aiohttp import web

from admin.endpoint import Call, Door, Endpoint
from flows.roles import Permission
from storage.privacy.sightings import note_file
from storage.talks.media import Media, customer_media, package_media

# Shown in the browser as they are; anything else is only ever downloaded, so that no file can act as a page of ours.
SHOWN = frozenset({"image/jpeg", "image/png", "image/webp", "application/pdf", "video/mp4"})
PUBLIC_SECONDS = 86_400


async def package_file(call: Call) -> web.Response:
    media_id = call.path("id")
    media = await call.desk.database.read(lambda conn: package_media(conn, media_id))
    return _file(media, f"public, max-age={PUBLIC_SECONDS}, immutable")


async def customer_file(call: Call) -> web.Response:
    media_id, now = call.path("id"), call.desk.now()
    media = await call.desk.database.read(lambda conn: customer_media(conn, call.actor, media_id))
    await call.desk.database.write(lambda conn: note_file(conn, call.actor, media.id, now))
    return _file(media, "private, no-store")


def _file(media: Media, cache: str) -> web.Response:
    kind = media.mimetype.split(";")[0].strip().lower()
    is_shown = kind in SHOWN
    disposition = "inline" if is_shown else "attachment"
    return web.Response(
        body=media.content,
        headers={
            "Content-Type": kind if is_shown else "application/octet-stream",
            "Content-Disposition": f"{disposition}; filename*=UTF-8''{quote(media.name, safe='')}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": cache,
        },
    )


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/media/{id:id}",
        access=Door.OPEN,
        summary="A package's picture, brochure, itinerary or video",
        handle=package_file,
        media_type="application/octet-stream",
    ),
    Endpoint(
        method="GET",
        path="/media/{id:id}/{name:word}",
        access=Door.OPEN,
        summary="The same, with a file name at the end for WhatsApp",
        handle=package_file,
        media_type="application/octet-stream",
    ),
    Endpoint(
        method="GET",
        path="/api/media/{id:id}",
        access=Permission.READ_MEDIA,
        summary="A file that a customer sent",
        handle=customer_file,
        media_type="application/octet-stream",
    ),
)
