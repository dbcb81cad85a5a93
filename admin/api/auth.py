"""Log-in for scripts and apps: a token for a name and a password, and whose token it is."""

from http import HTTPStatus

from pydantic import Field

from admin.endpoint import Call, Door, Endpoint
from admin.factor_code import ask_for
from admin.login import LASTS, log_in, make_token
from admin.shapes import Input, View
from flows.domain import Role
from flows.roles import Permission


class LogIn(Input):
    username: str = Field(max_length=200)
    password: str = Field(max_length=1_000)
    code: str | None = Field(
        None, max_length=20, description="Six digits of the authenticator app, where one is set up."
    )


class TokenView(View):
    access_token: str
    token_type: str = "Bearer"  # noqa: S105  # the scheme's name
    expires_in: int = Field(description="Seconds.")


class MeView(View):
    username: str
    role: Role


async def make(call: Call, taken: LogIn) -> TokenView:
    member = await log_in(call.desk, taken.username, taken.password, call.request.remote or "unknown")
    if member.totp_secret is not None:
        await ask_for(call.desk, member, taken.code)
    return TokenView(access_token=make_token(call.desk, member), expires_in=int(LASTS.total_seconds()))


async def me(call: Call) -> MeView:
    assert call.actor.role is not None, "the guard lets only staff in"
    return MeView(username=call.actor.name, role=call.actor.role)


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/api/auth/token",
        access=Door.OPEN,
        summary="A token for a user name and a password",
        handle=make,
        takes=LogIn,
        gives=TokenView,
        fails=(HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS),
    ),
    Endpoint(
        method="GET",
        path="/api/auth/me",
        access=Permission.SEE_OWN_ACCOUNT,
        summary="Whose token this is",
        handle=me,
        gives=MeView,
    ),
)
