"""`sapa train`: train what Sapa understands, say how good it is, and put it in service if it is no worse."""

import time
from pathlib import Path

import click

from bot.settings import Settings
from knowledge.pack import Pack, load_pack
from ml.train.nlu import WorseModel, train_pack
from ml.train.rows import WrongRows, read_rows


def nlu_folder(var: Path, pack: str) -> Path:
    """Where the understanding of a pack lives under SAPA_VAR."""
    return var / "models" / "nlu" / pack


@click.command(short_help="Train the models and print their figures.")
@click.argument("what", type=click.Choice(["nlu", "all"]), default="all")
@click.option(
    "--csv",
    "csv_path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A company's own messages: text, intent and, if known, voice.",
)
@click.option(
    "--report",
    is_flag=True,
    help="Also leave one voice out at a time and print how strangers fare (some minutes).",
)
def train(what: str, csv_path: Path | None, report: bool) -> None:
    """Train the models and print their figures. nlu: what messages mean; all: everything there is to train."""
    settings = Settings()
    pack = load_pack(settings.pack)
    _train_nlu(pack, nlu_folder(settings.var, pack.name), csv_path)


def _train_nlu(pack: Pack, folder: Path, csv_path: Path | None) -> None:
    began = time.monotonic()
    try:
        rows = read_rows(csv_path, pack) if csv_path else None
        card = train_pack(pack, folder, progress=lambda line: click.echo(f"  {line}"), rows=rows)
    except (WrongRows, WorseModel) as error:
        raise click.ClickException(str(error)) from error
    click.echo(
        f"nlu {pack.name}: {card.rows} messages, {len(card.classes)} intents, {time.monotonic() - began:.1f} s"
    )
    for name, figure in card.metrics.items():
        click.echo(f"  {name}: {figure}")
