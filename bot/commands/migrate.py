"""`sapa migrate`: a database in which Sapa can start: its schema, one ADMIN, the pack's texts. No packages, customers or FAQ."""

import asyncio
import secrets
from datetime import UTC, datetime
from functools import partial

import click

from admin.passwords import hash_password
from bot.commands.open_database import database_words, open_database
from bot.settings import Settings, read_settings
from flows.domain import Role
from flows.roles import SYSTEM
from knowledge.pack import load_pack
from knowledge.replies import pack_texts
from storage.alone import Duty, wait_alone
from storage.database import Connection, Database
from storage.knowledge.prompts import PromptDraft, seed_prompts
from storage.schema import migrate as migrate_schema
from storage.staff.users import NewUser, add_user, has_active_admin

FIRST_ADMIN = "admin"
FIRST_VERSION = "1.0"
MADE_PASSWORD_BYTES = 12


@click.command(short_help="Prepare the database: schema, first ADMIN, the pack's texts.")
def migrate() -> None:
    """Bring the database to the newest schema; add the first ADMIN and the pack's texts where they are missing.

    Running it again changes nothing. The first ADMIN is `admin`; the password is SAPA_ADMIN_PASSWORD, or one made now and printed once.
    """
    asyncio.run(_migrate(read_settings()))


async def _migrate(settings: Settings) -> None:
    try:
        pack = load_pack(settings.pack)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Database: {database_words(settings)}")
    async with open_database(settings, is_checked=False) as database:
        revision = await database.write(_to_newest)
        click.echo(f"Schema: revision {revision}, the newest.")
        await ensure_admin(database, settings.admin_password.get_secret_value())
        added = await seed_texts(database, pack.name)
        click.echo(f"Texts of the {pack.name} pack: {added} added." if added else "Texts: all there.")


async def ensure_admin(database: Database, password: str) -> None:
    """Adds the first ADMIN unless somebody is one already; says so, with the password if it was made here."""
    chosen = password or secrets.token_urlsafe(MADE_PASSWORD_BYTES)
    is_there = await database.read(has_active_admin)
    if is_there or not await database.write(partial(_add_admin, password_hash=hash_password(chosen))):
        click.echo("ADMIN: there is one.")
        return
    shown = "the one in SAPA_ADMIN_PASSWORD" if password else f"{chosen} (shown only now; keep it)"
    click.echo(f"ADMIN: user {FIRST_ADMIN}, password {shown}")


async def seed_texts(database: Database, pack: str) -> int:
    """Adds the pack's texts that are not there in any version; how many."""
    drafts = tuple(
        PromptDraft(type=text.type, version=FIRST_VERSION, content=text.content, note=text.about)
        for text in pack_texts(pack)
    )
    return await database.write(partial(_seed, drafts=drafts))


def _to_newest(conn: Connection) -> str:
    # Replicas that start together must not run the same step twice at once; here and below the later one finds it done.
    wait_alone(conn, Duty.MIGRATION)
    return migrate_schema(conn)


def _add_admin(conn: Connection, password_hash: str) -> bool:
    """Whether there was none yet."""
    wait_alone(conn, Duty.MIGRATION)
    if has_active_admin(conn):
        return False
    new = NewUser(
        username=FIRST_ADMIN, display_name="Administrator", role=Role.ADMIN, password_hash=password_hash
    )
    add_user(conn, new, SYSTEM, datetime.now(UTC))
    return True


def _seed(conn: Connection, drafts: tuple[PromptDraft, ...]) -> int:
    wait_alone(conn, Duty.MIGRATION)
    return seed_prompts(conn, drafts, SYSTEM, datetime.now(UTC))
