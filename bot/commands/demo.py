"""`sapa demo`: loads the demo company and says how to log in. Running it again changes nothing."""

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime

import click

from admin.passwords import hash_password
from bot.commands.open_database import open_database
from bot.demo.load import ALL_THERE, Loaded, LogMade, load
from bot.demo.things import Log
from bot.settings import Settings, read_settings, secret_key
from knowledge.demo import Demo, NoDemo, load_demo

FIRST_ADMIN = "admin"  # Made by `sapa migrate`; named here because that module costs half a second to load.
KEPT_PASSWORD = "demo-password"  # noqa: S105  # The file's name under SAPA_VAR.
MADE_PASSWORD_BYTES = 9
KINDS = {  # One and many; what there is once only has no number.
    "company": ("company facts", None),
    "branch": ("branch", "branches"),
    "user": ("user", "users"),
    "package": ("package", "packages"),
    "faq": ("FAQ entry", "FAQ entries"),
    "prompt": ("text", "texts"),
    "months": ("months of conversations", None),
    "calendar": ("business calendar", "business calendars"),
    "case": ("complaint", "complaints"),
    "label": ("label", "labels"),
    "canned": ("canned answer", "canned answers"),
    "person": ("identity", "identities"),
    "talk": ("conversation worked on", "conversations worked on"),
}


@click.command(short_help="Load the demo company; doing it again changes nothing.")
def demo() -> None:
    """Load the demo company: facts, packages with pictures and brochures, FAQ, branches, one user a role.

    Running it again changes nothing, and never what staff changed or deleted since. All demo users have the password in
    SAPA_DEMO_PASSWORD, or one that is made, kept under SAPA_VAR and printed here.
    """
    settings = read_settings()
    try:
        company = load_demo(settings.pack)
    except NoDemo as error:
        raise click.ClickException(str(error)) from error
    password = demo_password(settings)
    loaded = asyncio.run(_load(settings, company, password))
    _say(loaded, company, password, settings)


def demo_password(settings: Settings) -> str:
    """The demo users' password: the configured one, or one made once and kept under SAPA_VAR, readable by its owner only."""
    configured = settings.demo_password.get_secret_value()
    if configured:
        return configured
    kept = settings.var / KEPT_PASSWORD
    if not kept.exists():
        kept.touch(mode=0o600)
        kept.write_text(f"sapa-{secrets.token_urlsafe(MADE_PASSWORD_BYTES)}")
    return kept.read_text().strip()


async def _load(settings: Settings, company: Demo, password: str) -> Loaded:
    # Told apart by a keyed hash: the record in the database must not help anybody to guess the password.
    mark = hmac.new(secret_key(settings).encode(), password.encode(), hashlib.sha256).hexdigest()

    def log() -> Log:
        chosen = bool(settings.admin_password.get_secret_value())
        return Log(password_hash=hash_password(password), mark=mark, may_set_admin=not chosen)

    async with open_database(settings) as database:
        return await load(database, company, LogMade(mark=mark, make=log), datetime.now(UTC))


def _say(loaded: Loaded, company: Demo, password: str, settings: Settings) -> None:
    if loaded == ALL_THERE:
        click.echo(f"Demo company: {company.company.name}, all there.")
    else:
        click.echo(f"Demo company: {company.company.name}")
        for word, counts in (
            ("added", loaded.new),
            ("updated", loaded.updated),
            ("left as staff have them", loaded.left),
        ):
            if counts:
                click.echo(f"  {word}: {_counted(counts)}")
    names = ", ".join(user.username for user in company.users if user.username != FIRST_ADMIN)
    click.echo(f"Demo log-ins: {names}; password {password}")
    if settings.admin_password.get_secret_value():
        click.echo(f"ADMIN log-in: {FIRST_ADMIN}, with SAPA_ADMIN_PASSWORD.")
    else:
        click.echo(f"ADMIN log-in: {FIRST_ADMIN}, with the same password unless it was changed.")
    if not settings.prompt_approval:
        click.echo("To see how a second person approves texts, serve with SAPA_PROMPT_APPROVAL=on.")


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(_said(kind, count) for kind, count in counts.items())


def _said(kind: str, count: int) -> str:
    one, many = KINDS[kind]
    if many is None:
        return one
    return f"1 {one}" if count == 1 else f"{count} {many}"
