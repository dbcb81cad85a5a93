"""`sapa train`: train what Sapa understands, say how good it is, and put it in service if it is no worse."""

import time
from pathlib import Path

import click

from bot.models import nlu_folder
from bot.settings import read_settings
from knowledge.pack import Pack, Utterance, load_pack, load_utterances
from ml.serve.artifact import CARD, Card, ModelMismatch, ModelMissing, read_card, roll_back
from ml.train.nlu import WorseModel, train_pack
from ml.train.report import as_table, leave_one_voice_out
from ml.train.rows import WrongRows, read_rows


@click.command(short_help="Train the models and print their figures.")
@click.argument("what", type=click.Choice(["nlu", "all"]), default="all")
@click.option(
    "--csv",
    "csv_path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A company's own messages: text, intent and, if known, voice.",
)
@click.option(
    "--report", is_flag=True, help="Also leave each voice out once and print how strangers fare (minutes)."
)
@click.option(
    "--rollback", is_flag=True, help="Train nothing; put the model before this one back in service."
)
@click.option(
    "--accept-worse", is_flag=True, help="Publish the new model even if it is worse than the one in service."
)
def train(what: str, csv_path: Path | None, report: bool, rollback: bool, accept_worse: bool) -> None:
    """Train the models and print their figures. nlu: what messages mean; all: everything there is to train."""
    assert what in ("nlu", "all"), "click lets nothing else in"
    settings = read_settings()
    pack = load_pack(settings.pack)
    folder = nlu_folder(settings.models, pack.name)
    if rollback:
        card = roll_back(folder)
        click.echo(f"nlu {pack.name}: back in service is {card.id} of {card.made_at}")
        return
    rows = _rows(pack, csv_path)
    _train_nlu(pack, folder, rows, accept_worse)
    if report:
        click.echo(as_table(rows, leave_one_voice_out(rows, _progress)))


def _rows(pack: Pack, csv_path: Path | None) -> list[Utterance]:
    try:
        return read_rows(csv_path, pack) if csv_path else load_utterances(pack)
    except WrongRows as error:
        raise click.ClickException(str(error)) from error


def _train_nlu(pack: Pack, folder: Path, rows: list[Utterance], accept_worse: bool) -> None:
    before, began = _in_service(folder), time.monotonic()
    try:
        card = train_pack(pack, folder, _progress, rows, accept_worse=accept_worse)
    except WorseModel as error:
        raise click.ClickException(str(error)) from error
    seconds = time.monotonic() - began
    click.echo(
        f"nlu {pack.name}: {card.rows} messages, {len(card.classes)} intents, {seconds:.1f} s, in service as {card.id}"
    )
    for name, figure in card.metrics.items():
        was = f"   (before: {before.metrics.get(name)})" if before else ""
        click.echo(f"  {name:24}{figure}{was}")
    for name, threshold in card.thresholds.items():
        click.echo(f"  {name:24}{threshold}")


def _in_service(folder: Path) -> Card | None:
    try:
        return read_card(folder, CARD)
    except (ModelMissing, ModelMismatch):
        return None


def _progress(line: str) -> None:
    click.echo(f"  {line}", err=True)
