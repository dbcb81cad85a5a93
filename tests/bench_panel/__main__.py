"""`make bench-panel`: the p95 of every list of the panel and the API, over a million messages and 100,000 customers, on both databases.

Every GET page and endpoint without a parameter in its address is asked for by a role that may, so a new list is measured by itself; the
thread of one conversation, a search over all messages and a customer's page are asked for by name. Beside each stands the p95 of the
account page, which reads almost nothing: what the frame and the log-in cost in the same minutes.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from admin.endpoint import Door, Endpoint, parameters_of
from admin.pages.page import Page
from admin.pages.routes import PAGES
from admin.routes import endpoints
from flows.domain import Role
from storage.database import Connection, Database
from storage.schema import migrate
from storage.users import add_branch
from tests.admin.house import House, open_house
from tests.admin.test_pages import Browser
from tests.bench_panel.rows import fill
from tests.people import NOW, member
from tests.postgres import fresh_database, server_url

TO_REACH_MS = 50
ROUNDS = 21
# Not lists: files, streams, forms that only ask, what works on a model, and what measures or exports everything by design.
LEFT_OUT = (
    "/events",
    "/export",
    "/new",
    "/docs",
    "/openapi",
    "/metrics",
    "/readyz",
    "/healthz",
    "/login",
    "/go/",
    "/qr",
)
BY_NAME = (
    ("bench_rm", "/panel/inbox/conv_00000042"),
    ("bench_supervisor", "/panel/inbox?tab=all&q=kursi+roda"),
    ("bench_supervisor", "/api/conversations?q=manasik"),
    ("bench_supervisor", "/panel/customers?q=Haram"),
    ("bench_agent", "/panel/customers/cust_00000040"),
    ("bench_compliance", "/panel/audit?event=LOG_IN"),
)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sapa-bench-panel-") as name:
        folder = Path(name)
        if asked.only != "postgresql":
            await _measure("SQLite", f"sqlite:///{folder / 'sapa.db'}", asked.customers)
        if asked.only != "sqlite":
            (folder / "pg").mkdir()
            with server_url(folder / "pg") as server, fresh_database(server) as url:
                await _measure("PostgreSQL", url, asked.customers)


async def _measure(title: str, url: str, customers: int) -> None:
    database = Database(url)
    await database.start()
    started = time.perf_counter()
    await database.write(migrate)
    async with open_house(database) as house:
        await house.hires(*((_name(role), role) for role in Role), branch="Cabang 0")
        await database.write(lambda conn: _fill(conn, customers))
        print(
            f"\n{title}: {customers:,} customers, {customers * 10:,} messages, written in {time.perf_counter() - started:.0f} s"
        )
        rows = [(who, path, await _p95(house, who, path)) for who, path in _asked(house)]
    await database.close()
    base = next(p95 for _, path, p95 in rows if path == "/panel/account")
    slow = [row for row in rows if row[2] > TO_REACH_MS]
    for who, path, p95 in sorted(rows, key=lambda row: -row[2])[:14]:
        print(f"  {p95:7.1f} ms   {p95 / base:5.1f}×   {who:<11}{path}")
    print(
        f"  {len(rows)} lists asked {ROUNDS} times; {len(slow)} over {TO_REACH_MS} ms; account page {base:.1f} ms",
        flush=True,
    )


def _fill(conn: Connection, customers: int) -> None:
    branches = [add_branch(conn, f"Cabang {at}") for at in range(44)]
    staff = {role.value.lower(): member(conn, _name(role)).id for role in Role}
    fill(conn, customers, staff, branches, NOW)


def _name(role: Role) -> str:
    return f"bench_{role.value.lower()}"


def _asked(house: House) -> list[tuple[str, str]]:
    rows: list[Page | Endpoint] = [*PAGES, *endpoints(house.desk)]
    found = []
    for row in rows:
        is_list = row.method == "GET" and not parameters_of(row.path) and not isinstance(row.access, Door)
        if not is_list or any(part in row.path for part in LEFT_OUT):
            continue
        assert not isinstance(row.access, Door)
        roles = [role for role in (Role.SUPERVISOR, Role.RM, Role.AGENT, *Role) if row.access in _held(role)]
        found.append((_name(roles[0]), row.path))
    return [*found, *BY_NAME]


def _held(role: Role) -> set[str]:
    from flows.roles import GRANTS

    return {permission for permission, roles in GRANTS.items() if role in roles}


async def _p95(house: House, who: str, path: str) -> float:
    """Milliseconds; the first answer, which warms caches, does not count."""
    browser = Browser(house)
    await browser.logs_in(who)
    seconds = []
    for round_number in range(ROUNDS):
        began = time.perf_counter()
        reply = await browser.asks("GET", path)
        if round_number:
            seconds.append(time.perf_counter() - began)
        if reply.status not in (200, 303, 503):
            print(f"  {path}: {reply.status}")
            break
    return statistics.quantiles(seconds, n=20)[-1] * 1000 if len(seconds) > 1 else 0.0


if __name__ == "__main__":
    asyncio.run(main())
