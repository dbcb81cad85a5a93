"""`sapa user`: members of staff from the terminal, where no log-in is needed because whoever may run it owns the database."""

import asyncio
import sys
from datetime import UTC, datetime
from functools import partial

import click

from admin.passwords import hash_password
from admin.shapes import SHORTEST_PASSWORD
from bot.commands.open_database import open_database
from bot.settings import read_settings
from flows.domain import Role
from flows.refusal import missing
from flows.roles import Actor
from storage.database import Connection
from storage.pages import Page
from storage.staff.users import NewUser, StaffMember, UserChange, add_user, change_user, find_user, user_page

TERMINAL = Actor(name="terminal")
PAGE = 200


@click.group(short_help="Add members of staff, change passwords, list them.")
def user() -> None:
    """Add members of staff, change their passwords and Telegram ids, list them."""


_FROM_STDIN = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input instead of asking for it."
)


@user.command()
@click.argument("name")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role], case_sensitive=False))
@click.option("--branch", help="The branch they work in; it must exist.")
@click.option("--display-name", help="How colleagues see them; default: the name.")
@click.option("--telegram-id", help="Their numeric Telegram id, so that they may press the alerts' buttons.")
@_FROM_STDIN
def add(
    name: str,
    role: str,
    branch: str | None,
    display_name: str | None,
    telegram_id: str | None,
    password_stdin: bool,
) -> None:
    """Add the member of staff NAME."""
    new = NewUser(
        username=name.strip(),
        display_name=display_name or name.strip(),
        role=Role(role.upper()),
        password_hash=hash_password(_password(password_stdin)),
        branch=branch,
        telegram_id=telegram_id,
    )
    asyncio.run(_write(partial(add_user, new=new, by=TERMINAL, now=datetime.now(UTC))))
    click.echo(f"Added {new.username} ({new.role}).")


@user.command()
@click.argument("name")
@_FROM_STDIN
def password(name: str, password_stdin: bool) -> None:
    """Give NAME a new password; it ends their log-ins."""
    change = UserChange(password_hash=hash_password(_password(password_stdin)))
    asyncio.run(_write(partial(_change, name=name, change=change)))
    click.echo(f"{name} has a new password.")


@user.command()
@click.argument("name")
@click.argument("telegram_id")
def telegram(name: str, telegram_id: str) -> None:
    """Link NAME to their numeric TELEGRAM_ID, so that they may press the alerts' buttons."""
    asyncio.run(_write(partial(_change, name=name, change=UserChange(telegram_id=telegram_id))))
    click.echo(f"{name} is linked to Telegram.")


@user.command("list")
def list_users() -> None:
    """Print who works here: name, role, branch, Telegram, and who may not log in any more."""
    for member in asyncio.run(_all()):
        facts = [member.role.value, member.branch or "-", "Telegram" if member.telegram_id else "-"]
        left = "" if member.is_active else "  (may not log in)"
        click.echo(f"{member.username:<24} {facts[0]:<11} {facts[1]:<24} {facts[2]}{left}")


async def _write(job: "partial[StaffMember]") -> StaffMember:
    async with open_database(read_settings()) as database:
        return await database.write(job)


async def _all() -> list[StaffMember]:
    async with open_database(read_settings()) as database:
        members: list[StaffMember] = []
        while True:
            part = await database.read(partial(user_page, page=Page(limit=PAGE, offset=len(members))))
            members += part.items
            if len(members) >= part.total:
                return members


def _change(conn: Connection, name: str, change: UserChange) -> StaffMember:
    member = find_user(conn, name)
    if member is None:
        raise missing(f"user as {name!r}")
    return change_user(conn, member.id, change, TERMINAL, datetime.now(UTC))


def _password(from_stdin: bool) -> str:
    """The password as typed or piped in. A too short one stops the command before anything is written."""
    if from_stdin:
        typed = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin.isatty():
        typed = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        raise click.UsageError("There is no terminal to ask in. Pipe the password in with --password-stdin.")
    if len(typed) < SHORTEST_PASSWORD:
        raise click.ClickException(f"The password needs at least {SHORTEST_PASSWORD} characters.")
    return typed
