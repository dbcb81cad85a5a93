"""How does a browser stay logged in? A random token in a cookie, of which only the hash is kept; and a second token against forged posts.

The cookie has the prefix `__Host-` wherever the browser will take it: over TLS and on this machine. Elsewhere (plain HTTP on a local
network) it goes without, because a browser would drop it and nobody could log in.
"""

import hmac
import ipaddress
import secrets
from hashlib import sha256
from http import HTTPStatus
from urllib.parse import urlsplit

from aiohttp import web

from admin.desk import Desk
from admin.problems import Problem
from storage.database import Connection
from storage.staff.staff_sessions import (
    LASTS,
    NewSession,
    Session,
    begin_session,
    find_session,
    is_due_to_be_seen,
    see_session,
)
from storage.staff.users import StaffMember, user_by_id

SAFE_COOKIE, PLAIN_COOKIE = "__Host-sapa", "sapa"
CSRF_HEADER, CSRF_FIELD = "X-CSRF-Token", "_csrf"
STALE_FORM = "This form is no longer good. Load the page again, then try once more."
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


async def begin(
    desk: Desk,
    request: web.Request,
    response: web.StreamResponse,
    member: StaffMember,
    *,
    awaits_code: bool = False,
) -> None:
    """A new session for this member, its cookie on the response. Always a new one: what was there before the log-in is worth nothing."""
    token = secrets.token_urlsafe(32)
    new = NewSession(
        id=_hash(token),
        user_id=member.id,
        address=request.remote or "unknown",
        device=request.headers.get("User-Agent", ""),
        awaits_code=awaits_code,
    )
    now = desk.now()
    await desk.database.write(lambda conn: begin_session(conn, new, now))
    is_safe = _is_safe(desk, request)
    response.set_cookie(
        SAFE_COOKIE if is_safe else PLAIN_COOKIE,
        token,
        max_age=int(LASTS.total_seconds()),
        path="/",
        secure=is_safe,
        httponly=True,
        samesite="Lax",
    )


def forget(response: web.StreamResponse) -> None:
    """Takes the cookie back."""
    response.del_cookie(SAFE_COOKIE, path="/", secure=True, httponly=True, samesite="Lax")
    response.del_cookie(PLAIN_COOKIE, path="/", httponly=True, samesite="Lax")


async def who_visits(desk: Desk, request: web.Request) -> tuple[StaffMember, Session] | None:
    """Whose session the cookie is, None without a good one. A session that still awaits its code counts as one; callers must ask."""
    token = request.cookies.get(SAFE_COOKIE) or request.cookies.get(PLAIN_COOKIE)
    if not token:
        return None
    now, session_id = desk.now(), _hash(token)

    def look(conn: Connection) -> tuple[StaffMember | None, Session] | None:
        session = find_session(conn, session_id, now)
        return (user_by_id(conn, session.user_id), session) if session else None

    member, session = await desk.database.read(look) or (None, None)
    if session is None or member is None or not member.is_active:
        return None
    if is_due_to_be_seen(session, now):
        await desk.database.write(lambda conn: see_session(conn, session_id, now))
    return member, session


def csrf_token(desk: Desk, session: Session) -> str:
    """The token that this session's forms carry; made from the session, so that nothing has to be kept."""
    return hmac.new(desk.secret_key.encode(), f"csrf {session.id}".encode(), sha256).hexdigest()


def refuse_forged(desk: Desk, request: web.Request, session: Session, token: str | None) -> None:
    """Raises Problem 403 unless the request comes from our own pages: by what the browser says of it, and by the session's token."""
    refuse_foreign(request)
    if token is None or not hmac.compare_digest(token.encode(), csrf_token(desk, session).encode()):
        raise Problem(HTTPStatus.FORBIDDEN, STALE_FORM)


def refuse_foreign(request: web.Request) -> None:
    """Raises Problem 403 when the browser says that another site's page sent this."""
    site = request.headers.get("Sec-Fetch-Site")
    if site not in (None, "same-origin", "none"):
        raise Problem(HTTPStatus.FORBIDDEN, "This request comes from another site.")
    origin = request.headers.get("Origin")
    if origin not in (None, "null") and urlsplit(origin).netloc != request.host:
        raise Problem(HTTPStatus.FORBIDDEN, "This request comes from another site.")


def _is_safe(desk: Desk, request: web.Request) -> bool:
    """Whether the browser takes a Secure cookie from here. Behind a TLS proxy only the public address says so."""
    if request.secure or (
        desk.public_url.startswith("https://") and urlsplit(desk.public_url).netloc == request.host
    ):
        return True
    host = request.url.host or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
