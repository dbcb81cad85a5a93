"""Who is asking? A name and a password become a token; a token becomes the member of staff it was given to.

The token names the user and a trace of the password it was made with, so that a new password, a new role or a leave takes effect at once.

PyJWT brings much cryptography along, so it is imported where a token is made or read: this file stands before the doors of health and
WhatsApp, too, which open first and take no token.
"""

from datetime import timedelta
from hashlib import sha256
from http import HTTPStatus

from aiohttp import web

from admin.desk import Desk
from admin.problems import Problem
from admin.session import CSRF_HEADER, SAFE_METHODS, refuse_forged, who_visits
from flows.roles import Actor
from storage.staff.logins import forgive_login, note_login, note_refusal, try_login
from storage.staff.users import StaffMember, find_user, user_by_id

ALGORITHM = "HS256"
ISSUER = "sapa"
LASTS = timedelta(hours=12)  # One working day with its evening.
_BEARER = "Bearer"
# One sentence for an unknown name, a wrong password and somebody who has left, so that nobody can find out who works here.
_WRONG = "The user name or the password is wrong."


async def log_in(desk: Desk, username: str, password: str, address: str) -> StaffMember:
    """The member of staff with this name and password. Raises Problem 401, or 429 when there were too many tries.

    Whoever has a second factor is not in yet: the caller asks for its code.
    """
    member = await prove(desk, username, password, address)
    now = desk.now()
    await desk.database.write(lambda conn: note_login(conn, member, now))
    return member


async def prove(desk: Desk, username: str, password: str, address: str) -> StaffMember:
    """The same for somebody who is in already and shows that it is still them; the audit hears only of what was wrong."""
    async with desk.passwords.turn_of(username):
        return await _try(desk, username, password, address)


async def _try(desk: Desk, username: str, password: str, address: str) -> StaffMember:
    now = desk.now()
    blocked = await desk.database.write(lambda conn: try_login(conn, username, address, now))
    if blocked:
        raise too_many((blocked - now).total_seconds())
    member = await desk.database.read(lambda conn: find_user(conn, username))
    is_right = await desk.passwords.is_right(member.password_hash if member else None, password)
    if member is None or not is_right or not member.is_active:
        await desk.database.write(lambda conn: note_refusal(conn, member, now))
        raise _unauthorized(_WRONG)
    await desk.database.write(lambda conn: forgive_login(conn, member, address))
    return member


def make_token(desk: Desk, member: StaffMember) -> str:
    import jwt  # See above.

    now = desk.now()
    claims = {
        "iss": ISSUER,
        "sub": str(member.id),
        "pwd": _trace(member.password_hash),
        "iat": int(now.timestamp()),
        "exp": int((now + LASTS).timestamp()),
    }
    return jwt.encode(claims, desk.secret_key, algorithm=ALGORITHM)


async def who_asks(desk: Desk, request: web.Request) -> Actor:
    """The member of staff whose token, or else whose panel session, the request carries. Raises Problem 401 without a good one."""
    if "Authorization" not in request.headers and (visitor := await who_visits(desk, request)):
        visiting, session = visitor
        if not session.awaits_code:
            if request.method not in SAFE_METHODS:
                refuse_forged(desk, request, session, request.headers.get(CSRF_HEADER))
            return visiting.actor
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != _BEARER.lower() or not token:
        raise _unauthorized("Send the token from POST /api/auth/token as `Authorization: Bearer …`.")
    claims = _claims(desk, token.strip())
    member = await desk.database.read(lambda conn: user_by_id(conn, int(claims["sub"])))
    if member is None or not member.is_active or _trace(member.password_hash) != claims["pwd"]:
        raise _unauthorized("This token is no longer good. Log in again.")
    return member.actor


def _claims(desk: Desk, token: str) -> dict[str, str]:
    """The token's claims. The clock is ours, not the library's, so that tests can set it."""
    import jwt  # See above.

    try:
        claims = jwt.decode(
            token,
            desk.secret_key,
            algorithms=[ALGORITHM],
            issuer=ISSUER,
            options={
                "require": ["exp", "sub", "pwd"],
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
        is_over = float(claims["exp"]) <= desk.now().timestamp()
        user_id = int(claims["sub"])
    except (jwt.InvalidTokenError, TypeError, ValueError) as error:
        raise _unauthorized("This token cannot be read. Log in again.") from error
    if is_over:
        raise _unauthorized("This token has expired. Log in again.")
    return {"sub": str(user_id), "pwd": str(claims["pwd"])}


def _trace(password_hash: str) -> str:
    """Changes with the password and gives nothing of it away."""
    return sha256(password_hash.encode()).hexdigest()[:16]


def too_many(wait_seconds: float) -> Problem:
    """How both doors say that somebody must wait."""
    seconds = max(1, round(wait_seconds))
    detail = f"Too many tries. Wait {seconds} seconds and try again."
    return Problem(HTTPStatus.TOO_MANY_REQUESTS, detail, headers={"Retry-After": str(seconds)})


def _unauthorized(detail: str) -> Problem:
    return Problem(HTTPStatus.UNAUTHORIZED, detail, headers={"WWW-Authenticate": _BEARER})
