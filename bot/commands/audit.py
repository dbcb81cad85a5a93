"""`sapa audit`: what staff and the system did, for people outside (export), and the proof that nobody changed it (verify)."""

import asyncio
import csv
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from itertools import chain, repeat
from typing import Any, TextIO

import click

from bot.commands.open_database import open_database
from bot.routine.night import HEADS, last_line
from bot.settings import read_settings
from flows.csv_cell import safe_cell
from flows.roles import Actor
from storage.database import Connection, Database
from storage.trail.audit import Event, Fact, note
from storage.trail.audit_chain import Broken, SealedEntry, Whole, seal, sealed_entries, verify_chain

TERMINAL = Actor(name="terminal")
COLUMNS = ("id", "at", "event", "actor", "role", "subject", "facts", "hash")
Write = Callable[[SealedEntry], None]


@contextmanager
def _jsonl(output: TextIO) -> Iterator[Write]:
    def write(entry: SealedEntry) -> None:
        output.write(json.dumps(_values(entry), ensure_ascii=False) + "\n")

    yield write


@contextmanager
def _json(output: TextIO) -> Iterator[Write]:
    """One list, written piece by piece: the audit may be longer than what fits into memory."""
    before = chain(["[\n"], repeat(",\n"))

    def write(entry: SealedEntry) -> None:
        output.write(next(before) + json.dumps(_values(entry), ensure_ascii=False))

    yield write
    output.write("[]\n" if next(before) == "[\n" else "\n]\n")


@contextmanager
def _csv(output: TextIO) -> Iterator[Write]:
    rows = csv.writer(output)
    rows.writerow(COLUMNS)

    def write(entry: SealedEntry) -> None:
        values = _values(entry) | {"facts": json.dumps(entry.entry.facts, ensure_ascii=False)}
        rows.writerow([safe_cell("" if value is None else str(value)) for value in values.values()])

    yield write


WRITERS = {"jsonl": _jsonl, "json": _json, "csv": _csv}


@click.group(short_help="Export what staff did, and prove that nobody changed it.")
def audit() -> None:
    """Export what staff and the system did, and prove that nobody changed it since."""


@audit.command()
@click.option("--format", "form", type=click.Choice(list(WRITERS)), default="jsonl", show_default=True)
@click.option("--output", "-o", type=click.File("w", encoding="utf-8"), default="-", help="Default: print.")
def export(form: str, output: TextIO) -> None:
    """Write every event, oldest first, with its seal. The export itself becomes an event, too."""
    with WRITERS[form](output) as write:
        count = asyncio.run(_export(write, form))
    click.echo(f"{count} events exported.", err=True)


@audit.command()
@click.option(
    "--noted",
    metavar="HASH",
    help="A head noted earlier (or any hash of an export) that must still be there.",
)
def verify(noted: str | None) -> None:
    """Check every sealed event, then seal the newer ones. Note the head it prints: it proves later that nothing was cut off.

    Without --noted the head that the service noted last night is looked for.
    """
    nightly = None if noted else last_line(read_settings().var / HEADS)
    result = asyncio.run(_verify(noted or (str(nightly["head"]) if nightly else None)))
    if isinstance(result, Broken):
        cut_off = nightly is not None and result.event_id is None
        event_id = nightly["event_id"] if cut_off and nightly else result.event_id
        where = f"Event {event_id}: " if event_id is not None else ""
        raise click.ClickException(f"The audit was changed. {where}{result.why}.")
    click.echo(f"Whole: {result.sealed} events sealed. Head: {result.head}")
    if result.late:
        click.echo(f"Sealed behind later events, look at them: {', '.join(map(str, result.late))}", err=True)


async def _export(write: Write, form: str) -> int:
    async with open_database(read_settings()) as database:
        await _seal_all(database)
        count, last = 0, 0
        while entries := await database.read(partial(sealed_entries, after_id=last)):
            for entry in entries:
                write(entry)
            count, last = count + len(entries), entries[-1].entry.id
        await database.write(partial(_note_export, form=form, count=count))
        return count


async def _verify(noted: str | None) -> Whole | Broken:
    """The old chain is judged before anything is added to it, so that sealing never covers up what happened."""
    async with open_database(read_settings()) as database:
        before = await database.read(partial(verify_chain, noted=noted))
        if isinstance(before, Broken):
            return before
        await _seal_all(database)
        return await database.read(partial(verify_chain, noted=noted))


async def _seal_all(database: Database) -> None:
    while await database.write(seal):
        pass


def _note_export(conn: Connection, form: str, count: int) -> None:
    facts: dict[str, Fact] = {"export_type": "audit", "row_count": count, "format": form}
    note(conn, Event.EXPORT_DATA, TERMINAL, datetime.now(UTC), subject="audit", **facts)


def _values(sealed: SealedEntry) -> dict[str, Any]:  # Any: JSON values.
    entry = sealed.entry
    said = (entry.id, entry.at.isoformat(), entry.event, entry.actor, entry.role, entry.subject, entry.facts)
    return dict(zip(COLUMNS, (*said, sealed.hash), strict=True))
