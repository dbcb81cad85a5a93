"""Loading the demo company: once, and again without harm. What staff changed or deleted since stays as they left it."""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.demo.history import DAYS_BACK
from bot.demo.things import Log, Papers, Thing, drawing_mark, things
from knowledge.demo import Demo
from storage.database import Connection, Database
from storage.demo.demo import DemoRecord, demo_record, save_demo_record
from storage.demo.demo_trail import newest_event, put_in_order


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """How many of each kind are new, brought up to date, or left as staff have them. Nothing of either kind: all was there."""

    new: Mapping[str, int]
    updated: Mapping[str, int]
    left: Mapping[str, int]


FOUNDED = timedelta(days=DAYS_BACK + 20)  # Before the demo was loaded.
ALL_THERE = Loaded(new={}, updated={}, left={})


@dataclass(frozen=True, slots=True, kw_only=True)
class LogMade:
    """The log-ins to be: mark differs when they do, make hashes the password."""

    mark: str
    make: Callable[[], Log]


async def load(
    database: Database,
    demo: Demo,
    log: LogMade,
    now: datetime,
    draw: Callable[[Demo], Mapping[str, Papers]] | None = None,
) -> Loaded:
    """Brings the demo in. Hashing and drawing, which take seconds, happen only when there is something to do."""
    digest = _digest(demo, log.mark)
    if (await database.read(demo_record)).digest == digest:
        return ALL_THERE
    papers, people = (draw or draw_all)(demo), log.make()
    return await database.write(lambda conn: _write(conn, demo, papers, people, digest, now))


def draw_all(demo: Demo) -> dict[str, Papers]:
    """Every package's poster and papers, by code. Takes about a third of a second for each."""
    # Drawing libraries cost half a second to import, which a second run would pay for nothing.
    from bot.demo.papers import brochure, itinerary
    from bot.demo.poster import poster
    from bot.demo.words import words_of

    drawn = {}
    for package in demo.packages:
        words = words_of(package, demo.company)
        picture = poster(package, words)
        drawn[package.package.code] = Papers(
            poster=picture,
            brochure=brochure(package, words, picture),
            itinerary=itinerary(package, words, picture) if package.days else None,
        )
    return drawn


def _digest(demo: Demo, password_mark: str) -> str:
    return hashlib.sha256(f"{demo.digest} {drawing_mark()} {password_mark}".encode()).hexdigest()


def _write(
    conn: Connection, demo: Demo, papers: Mapping[str, Papers], log: Log, digest: str, now: datetime
) -> Loaded:
    record, newest = demo_record(conn), newest_event(conn)
    kept, is_new = dict(record.things), not record.things
    # What the company sells and knows was there before the first customer wrote.
    known_since = now - FOUNDED if is_new else now
    counts: dict[str, Counter[str]] = {"new": Counter(), "updated": Counter(), "left": Counter()}
    for thing in list(things(conn, demo, papers, log, now, known_since)):
        done = _load_one(conn, thing, kept)
        if done:
            counts[done][thing.key.partition(":")[0]] += 1
    if is_new:
        put_in_order(conn, newest)
    save_demo_record(conn, DemoRecord(digest=digest, things=kept), now)
    return Loaded(**counts)


def _load_one(conn: Connection, thing: Thing, kept: dict[str, tuple[str, str]]) -> str | None:
    """Writes the thing if it is ours to write; says what became of it, None for no change."""
    known, current = kept.get(thing.key), thing.current(conn)
    if known is None and current is not None and not thing.is_adopted:
        return "left"
    if known is not None:
        wanted, as_left = known
        if wanted == thing.wanted:
            return None
        if current is None or current != as_left:
            return "left"
    thing.put(conn)
    kept[thing.key] = (thing.wanted, thing.current(conn) or "")
    return "new" if known is None else "updated"
