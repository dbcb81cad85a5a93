"""`make bench-panel`: the p95 of every list of the panel and the API, over a million messages and 100,000 customers, on both databases.

Beside each stands how many times as long it took as the account page, which reads almost nothing: what the frame and the log-in cost in
the same minutes; and what no neighbour on the machine lengthens as much: the processor's time of this process, the number of statements.

`make bench-panel ASK='--only sqlite --keep FOLDER --path inbox'` asks one database, keeps the rows for the next time in the folder,
and asks only for addresses with that part.
"""

import argparse
import statistics
import tempfile
import time
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import uvloop
from sqlalchemy import event

from bot.commands.serve import look_for_garbage_seldom
from tests.admin.house import House, open_house
from tests.admin.test_pages import Browser
from tests.bench_panel.asked import asked, ids_within
from tests.bench_panel.rows import MESSAGES_EACH
from tests.bench_panel.years import POSTGRES, SQLITE, Years, name_of, years_on
from tests.host import Stolen

TO_REACH_MS = 50
ROUNDS = 61
SHOWN = 14
ACCOUNT = "/panel/account"
TITLES = {SQLITE: "SQLite", POSTGRES: "PostgreSQL"}


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--only", choices=TITLES)
    parser.add_argument("--keep", type=Path, help="a folder that keeps the rows for the next time")
    parser.add_argument("--path", default="", help="ask only for addresses with this part")
    wanted = parser.parse_args()
    if wanted.keep:
        wanted.keep.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="sapa-bench-panel-") as name:
        for kind in [wanted.only] if wanted.only else TITLES:
            async with years_on(kind, wanted.keep or Path(name), wanted.customers) as years:
                await _measure(TITLES[kind], years, wanted.customers, wanted.path)


async def _measure(title: str, years: Years, customers: int, part: str) -> None:
    written = "read again" if years.written_seconds is None else f"written in {years.written_seconds:.0f} s"
    print(
        f"\n{title}: {customers:,} customers, {customers * MESSAGES_EACH:,} messages, {written}", flush=True
    )
    async with open_house(years.database) as house:
        look_for_garbage_seldom()  # As the service does that is asked.
        ids = await years.database.read(ids_within)
        lists = [(name_of(role), path) for role, path in asked(house, ids)]
        stolen = Stolen()
        chosen = [(who, path) for who, path in lists if part in path or path == ACCOUNT]
        rows = [(who, path, await _measured(house, years, who, path)) for who, path in chosen]
        share = stolen.share
    base = next(took.p95 for _, path, took in rows if path == ACCOUNT)
    slow = [row for row in rows if row[2].p95 > TO_REACH_MS]
    for who, path, took in sorted(rows, key=lambda row: -row[2].p95)[: max(SHOWN, len(slow))]:
        print(
            f"  {took.p95:7.1f} ms   {took.p95 / base:5.1f}×   {took.cpu:6.1f} CPU-ms   {took.statements:3} statements"
            f"   {who:<17} {path}"
        )
    print(
        f"  {len(rows)} lists asked {ROUNDS} times; {len(slow)} over {TO_REACH_MS} ms; account page {base:.1f} ms;"
        f" {share * 100:.0f} % taken away by the host",
        flush=True,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """p95 in milliseconds; cpu is this process's own, so on PostgreSQL without the server's; statements as SQLAlchemy sent them."""

    p95: float
    cpu: float
    statements: int


async def _measured(house: House, years: Years, who: str, path: str) -> Took:
    """The first answer, which warms caches, does not count. An address that does not answer is no figure."""
    browser = Browser(house)
    await browser.logs_in(who)
    seconds, cpu, asked = [], [], _Count()
    event.listen(years.database.plain_engine, "before_cursor_execute", asked)
    for round_number in range(ROUNDS):
        began, worked, asked.statements = time.perf_counter(), time.process_time(), 0
        reply = await browser.asks("GET", path)
        if round_number:
            seconds.append(time.perf_counter() - began)
            cpu.append(time.process_time() - worked)
        if reply.status >= HTTPStatus.BAD_REQUEST and reply.status != HTTPStatus.SERVICE_UNAVAILABLE:
            raise SystemExit(f"{path} answered {reply.status} to {who}.")
    event.remove(years.database.plain_engine, "before_cursor_execute", asked)
    return Took(
        p95=statistics.quantiles(seconds, n=20)[-1] * 1000,
        cpu=statistics.median(cpu) * 1000,
        statements=asked.statements,
    )


@dataclass(slots=True, eq=False)
class _Count:
    """How many statements went to the database."""

    statements: int = 0

    def __call__(self, *_: object) -> None:
        self.statements += 1


if __name__ == "__main__":
    uvloop.run(main())  # As the service.
