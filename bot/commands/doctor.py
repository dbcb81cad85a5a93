"""`sapa doctor`: what is in order and what is not, one line each, with what to do about it."""

import asyncio

import click

from bot.doctor import examine
from bot.settings import Settings, read_settings


@click.command(short_help="Check that everything is in order, and say what to do.")
def doctor() -> None:
    """Check settings, disk, database, models, WAHA and Telegram. Exit code 1 when something needs mending."""
    wrong = asyncio.run(_report(read_settings()))
    if wrong:
        raise click.ClickException(f"{wrong} to mend." if wrong > 1 else "One thing to mend.")


async def _report(settings: Settings) -> int:
    wrong = 0
    async for finding in examine(settings):
        mark = click.style("✓", fg="green") if finding.is_good else click.style("✗", fg="red")
        click.echo(f"{mark} {finding.about}: {finding.says}")
        if finding.remedy:
            click.echo(f"    {finding.remedy}")
            wrong += 1
    return wrong
