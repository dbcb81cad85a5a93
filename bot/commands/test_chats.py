"""`sapa test-chats`: plays conversation scripts against a temporary copy of what the business knows now."""

import asyncio
import logging
from pathlib import Path

import click

from bot.logs import configure_logs
from bot.scripts.chat_script import WrongScript, read_scripts
from bot.scripts.played import Played
from bot.scripts.script_stage import play_scripts
from bot.settings import read_settings


@click.command("test-chats", help="Play conversation scripts and say what differs.")
@click.argument("path", required=False, type=click.Path(exists=True, path_type=Path))
@click.option("--verbose", is_flag=True, help="Name the scripts that pass, too.")
def test_chats(path: Path | None, verbose: bool) -> None:
    """PATH: a YAML file or a folder of them; without it, those of SAPA_CHATS, or the pack's own."""
    settings = read_settings()
    configure_logs(settings.log_format, logging.ERROR)
    try:
        scripts = read_scripts(path or settings.scripts)
    except WrongScript as error:
        raise click.ClickException(str(error)) from error

    def report(played: Played) -> None:
        if played.differs or verbose:
            click.echo(f"{'FAILED' if played.differs else 'passed'}  {played.name}")
        for line in played.differs:
            click.echo(f"    {line}")

    results = asyncio.run(play_scripts(settings, scripts, report, click.echo))
    failed = sum(bool(played.differs) for played in results)
    click.echo(f"{len(results) - failed} passed, {failed} failed")
    if failed:
        raise SystemExit(1)
