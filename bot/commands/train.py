"""`sapa train`: train what Sapa understands and foresees, say how good it is, and put it in service if it is no worse."""

import time
from pathlib import Path

import click

from bot.settings import read_settings
from knowledge.pack import load_pack
from ml.serve.artifact import Card, roll_back
from ml.train.publishing import WorseModel, in_service
from ml.train.sheet import WrongRows
from ml.train.trainer import MODULES, OF_PURCHASES, CannotReport, Order, Trainer, trainer

ALL = "all"


@click.command(short_help="Train the models and print their figures.")
@click.argument("what", type=click.Choice([*MODULES, *OF_PURCHASES, ALL]), default=ALL)
@click.option(
    "--csv",
    "csv_path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A company's own rows; ml/README.md names the columns of each model.",
)
@click.option(
    "--map",
    "columns",
    multiple=True,
    metavar="OURS=THEIRS",
    help="What a column of ours is called in the file; may be given several times.",
)
@click.option("--report", is_flag=True, help="Also print what takes longer to find out (minutes).")
@click.option(
    "--rollback", is_flag=True, help="Train nothing; put the model before this one back in service."
)
@click.option(
    "--accept-worse", is_flag=True, help="Publish the new model even if it is worse than the one in service."
)
def train(
    what: str,
    csv_path: Path | None,
    columns: tuple[str, ...],
    report: bool,
    rollback: bool,
    accept_worse: bool,
) -> None:
    """Train the models and print their figures. WHAT is one model, or all that the service uses.

    recommender and clv learn from a company's own purchases only: they need --csv.
    """
    if what == ALL and csv_path:
        raise click.UsageError(
            "--csv holds the rows of one model: say which, as in `sapa train nlu --csv …`."
        )
    settings = read_settings()
    pack = load_pack(settings.pack)
    for name in MODULES if what == ALL else (what,):
        found = trainer(name)
        order = Order(
            pack=pack,
            folder=found.folder(settings.models, pack),
            csv=csv_path,
            columns=_column_names(found, columns),
            accept_worse=accept_worse,
            progress=_progress,
        )
        _roll_back(found, order) if rollback else _train(found, order, report)


def _column_names(found: Trainer, given: tuple[str, ...]) -> dict[str, str]:
    if given and not found.takes_column_names:
        raise click.UsageError(f"The columns of {found.name} cannot be renamed: leave --map out.")
    pairs = [item.partition("=") for item in given]
    if wrong := [
        item for item, (ours, _, theirs) in zip(given, pairs, strict=True) if not ours or not theirs
    ]:
        raise click.UsageError(f"--map wants OURS=THEIRS, not {wrong[0]!r}.")
    return {ours.strip(): theirs.strip() for ours, _, theirs in pairs}


def _roll_back(found: Trainer, order: Order) -> None:
    card = roll_back(order.folder, found.name)
    click.echo(f"{found.name} {card.name}: back in service is {card.id} of {card.made_at}")


def _train(found: Trainer, order: Order, report: bool) -> None:
    before, began = in_service(order.folder), time.monotonic()
    try:
        card = found.train(order)
        _print(found.name, card, before, time.monotonic() - began)
        if report:
            click.echo(found.report(order))
    except (WorseModel, WrongRows, CannotReport) as error:
        raise click.ClickException(str(error)) from error


def _print(name: str, card: Card, before: Card | None, seconds: float) -> None:
    click.echo(
        f"{name} {card.name}: {card.rows} rows, {len(card.classes)} classes, {seconds:.1f} s, in service as {card.id}"
    )
    for figure_name, figure in card.metrics.items():
        was = f"   (before: {before.metrics.get(figure_name)})" if before else ""
        click.echo(f"  {figure_name:24}{figure}{was}")
    for threshold_name, threshold in card.thresholds.items():
        click.echo(f"  {threshold_name:24}{threshold}")


def _progress(line: str) -> None:
    click.echo(f"  {line}", err=True)
