"""How is what the models were asked spread? Counts by day and bin, of nobody in particular, which drift is read from.

Written in batches beside the serving, by any process that serves; what two write for the same bin adds up.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import Connection, delete, func, select

from storage.dialect import count_up
from storage.tables import ScoreCount

KEPT_DAYS = 400  # A year to compare with, and a month beyond it.
_KEYS = ("model", "version", "day", "feature", "bin")


def add_counts(
    conn: Connection, model: str, version: str, day: date, counts: Mapping[str, Sequence[int]]
) -> None:
    """Adds to what was counted that day; counts: feature to how many in each bin. Lets go of what is older than KEPT_DAYS."""
    # In the order of the key, so that two processes that add to the same rows wait for each other instead of both for ever.
    rows = [
        {"model": model, "version": version, "day": day, "feature": feature, "bin": place, "count": count}
        for feature, bins in sorted(counts.items())
        for place, count in enumerate(bins)
        if count
    ]
    if rows:
        conn.execute(count_up(conn, ScoreCount, _KEYS, "count"), rows)
        conn.execute(delete(ScoreCount).where(ScoreCount.day < day - timedelta(days=KEPT_DAYS)))


def counts_since(conn: Connection, model: str, version: str, since: date) -> dict[str, dict[int, int]]:
    """Feature to bin to how many, of one version of a model from that day on; bins with nothing in them are left out."""
    rows = conn.execute(
        select(ScoreCount.feature, ScoreCount.bin, func.sum(ScoreCount.count))
        .where(ScoreCount.model == model, ScoreCount.version == version, ScoreCount.day >= since)
        .group_by(ScoreCount.feature, ScoreCount.bin)
    )
    found: dict[str, dict[int, int]] = defaultdict(dict)
    for feature, place, count in rows:
        found[feature][place] = int(count)
    return dict(found)
