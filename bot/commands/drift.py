"""`sapa drift`: do the people who are scored still look like those that the models were trained on?"""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import click

from bot.commands.open_database import open_database
from bot.settings import Settings, read_settings
from ml.serve import churn, offers
from ml.serve.artifact import unpickle, verified_card
from ml.serve.drift import Drift, Verdict, drifts, spreads_of, worst
from storage.worth.score_counts import counts_since

WATCHED = (offers.WHAT, churn.WHAT)
LONGEST_DAYS = 400  # As long as counts are kept.
MEANINGS = {
    Verdict.FEW: "too few scores to tell",
    Verdict.STABLE: "stable: the customers look alike",
    Verdict.WATCH: "watch: some of it begins to differ; look again next week",
    Verdict.DRIFTED: "drifted: other customers than those it was trained on. Run: sapa train {what} --csv …",
}


@click.command(short_help="Compare who is scored now with who the models learned from.")
@click.option(
    "--days",
    type=click.IntRange(1, LONGEST_DAYS),
    default=30,
    show_default=True,
    help="How far to look back.",
)
def drift(days: int) -> None:
    """Compare what offers and churn were asked lately with what they were trained on: the population stability index of each input
    and of the score. Below 0.1 nothing has changed, from 0.25 on it is time to train again; then the exit code is 1.
    """
    found = asyncio.run(_found(read_settings(), days))
    for what, drifted in found.items():
        for line in lines(what, drifted):
            click.echo(line)
    if any(worst(drifted) is Verdict.DRIFTED for drifted in found.values()):
        raise SystemExit(1)


def lines(what: str, found: tuple[Drift, ...]) -> Iterator[str]:
    """What is printed of one model, what has changed most first."""
    verdict = worst(found)
    yield f"{what}: {sum(found[-1].counts)} scores; {MEANINGS[verdict].format(what=what)}"
    for one in sorted(found, key=lambda drifted: -(drifted.index or 0)):
        if one.index is not None:
            yield f"  {one.spread.name:24}{one.index:6.3f}  {one.verdict}"


async def _found(settings: Settings, days: int) -> dict[str, tuple[Drift, ...]]:
    """Raises ModelMissing or ModelMismatch, DatabaseDown, SchemaBehind."""
    since = datetime.now(UTC).astimezone(settings.zone).date() - timedelta(days=days - 1)
    found = {}
    async with open_database(settings) as database:
        for what in WATCHED:
            card = verified_card(settings.models / what, what)
            counted = await database.read(partial(counts_since, model=what, version=card.id, since=since))
            found[what] = drifts(spreads_of(unpickle(settings.models / what, card)), counted)
    return found
