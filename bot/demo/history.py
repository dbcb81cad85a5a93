"""Months of conversations for the demo, as data: who wrote when, what was said, and what came of it. The same seed tells the same story.

Nothing is written from here; `storage/demo/demo_history.py` does that, in one transaction.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.demo.former import Book, former_customers
from bot.demo.usage import usage_of
from flows.domain import Consent, HandoverReason, Package, Phase, Priority, Status
from flows.summary import Told, handover_notes
from flows.wording import day_words, rupiah
from storage.demo.demo_story import DemoLine, DemoPurchase, DemoStory, History

SEED = 20_270_315
DAYS_BACK = 180
STORIES = 190
OPEN_NOW = 9  # The newest stories are still going on: some wait, some are held.
LONGEST = timedelta(hours=5)  # A story with staff in it is told to its end within that.
CASE_OPEN_HOURS = 20
# Numbers that no operator gives out, so that nobody is ever written to from a demo.
FIRST_NUMBER = 6_280_055_500_000
FORMER = 5_000  # Beyond the first number: those who wrote in earlier years.
CLICKS_FOR_ONE = (6, 16)  # So many follow an ad's link for one who writes.
SPEND_A_CLICK = (900, 2_600)  # Tens of rupiah: people who may travel for millions are dear to reach.
HOURS = (8, 9, 9, 10, 10, 11, 13, 14, 15, 16, 19, 20, 20, 21)  # When people write; evenings are busy.

Json = Mapping[str, Any]  # Any: YAML, checked by the test that loads the demo.


def history(script: Json, packages: Sequence[Package], now: datetime) -> History:
    """The stories of the script about these packages, ending at `now` (aware)."""
    names = list(script["people"])
    random.Random(SEED).shuffle(names)
    count = script.get("count", STORIES)
    stories: list[DemoStory] = []
    clicks: dict[tuple[str, int], int] = {}
    spend: dict[tuple[str, int], int] = {}
    for number in range(count):
        # Dice of its own, so that a story stays as it is whatever is written about the others.
        dice = random.Random(f"{SEED} {number}")
        is_open = number >= count - OPEN_NOW
        story, package = (
            _going_on(dice, script, packages, OPEN_NOW - count + number)
            if is_open
            else _gone_by(dice, script, packages)
        )
        began = (
            now - timedelta(minutes=40 * (count - number))
            if is_open
            else _moment(dice, now, _days_ago(dice, number, count - OPEN_NOW))
        )
        has_name = number < len(names) or (number % 3 != 1 if is_open else dice.random() < 0.7)
        person = _Person(
            name=names[number % len(names)] if has_name else None,
            number=number,
            branches=tuple(script["branches"]),
        )
        stories.append(_tell(dice, story, person, package, began, is_open=is_open, now=now))
        if story.get("with_code"):
            key = (package.code, (now - began).days)
            clicks[key] = clicks.get(key, 0) + dice.randint(*CLICKS_FOR_ONE)
            spend[key] = spend.get(key, 0) + clicks[key] * dice.randint(*SPEND_A_CLICK) * 10
    scenarios = [_scenario(row, packages, now, at) for at, row in enumerate(script.get("scenarios", ()))]
    book = Book(
        names=script["people"],
        branches=script["branches"],
        packages=packages,
        first_number=FIRST_NUMBER + FORMER,
    )
    former = former_customers(script.get("former", 0), book, now)
    share = script.get("usage", 0.0)
    told = (
        replace(story, usage=usage_of(int(story.phone), share)) for story in (*scenarios, *former, *stories)
    )
    return History(stories=tuple(told), clicks=clicks, spend=spend)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Person:
    name: str | None
    number: int
    branches: Sequence[str | None]

    @property
    def phone(self) -> str:
        return str(FIRST_NUMBER + 10 + self.number)


def _gone_by(dice: random.Random, script: Json, packages: Sequence[Package]) -> tuple[Json, Package]:
    kinds = script["stories"]
    story = dice.choices(kinds, [kind["weight"] for kind in kinds])[0]
    return story, dice.choice(_on_sale(packages))


def _going_on(
    dice: random.Random, script: Json, packages: Sequence[Package], place: int
) -> tuple[Json, Package]:
    """What the script says is going on at this place; without a word of it, something that staff are needed for."""
    kinds = script["stories"]
    if "now" not in script:
        return dice.choice([kind for kind in kinds if "reason" in kind]), dice.choice(_on_sale(packages))
    row = script["now"][place]
    story = next(kind for kind in kinds if kind["key"] == row["story"])
    sold = {package.code: package for package in packages}
    return story, sold[row["package"]] if "package" in row else dice.choice(_on_sale(packages))


def _on_sale(packages: Sequence[Package]) -> Sequence[Package]:
    return [package for package in packages if package.quota_left != 0] or packages


def _days_ago(dice: random.Random, number: int, count: int) -> int:
    """The business grows: the later stories are nearer to today, and more of them."""
    share: float = (number + dice.random()) / count
    left: float = 1 - share**0.75
    return max(1, round(DAYS_BACK * left))


def _moment(dice: random.Random, now: datetime, days_ago: int) -> datetime:
    day = now - timedelta(days=days_ago)
    at = day.replace(hour=0, minute=0, second=0) + timedelta(
        hours=dice.choice(HOURS) - 7, minutes=dice.randint(0, 59), seconds=dice.randint(0, 59)
    )
    return min(at, now - LONGEST)


def _tell(
    dice: random.Random,
    story: Json,
    person: _Person,
    package: Package,
    began: datetime,
    *,
    is_open: bool,
    now: datetime,
) -> DemoStory:
    lines, at_asked = _bot_lines(dice, story, package, began)
    reason = HandoverReason(story["reason"]) if "reason" in story else None
    claimed_at = ended_at = None
    status, phase = Status.BOT, Phase(story["phase"])
    if reason and is_open and person.number % 3 != 0:
        status, phase = Status.WAITING, min(phase, Phase.BOOKING, key=list(Phase).index)
    elif reason:
        claimed_at = min(at_asked + timedelta(minutes=dice.randint(2, 45)), now - timedelta(minutes=3))
        staff_lines, last = _staff_lines(dice, story, package, claimed_at)
        lines += staff_lines
        status = Status.HUMAN if is_open else Status.CLOSED
        ended_at = None if is_open else last + timedelta(minutes=5)
        phase = Phase.BOOKING if is_open and phase is Phase.PAID else phase
    branch = dice.choice(person.branches)
    consent = dice.choices((Consent.UNKNOWN, Consent.GRANTED, Consent.WITHDRAWN), (5, 4, 1))[0]
    chosen = package if phase is not Phase.LEADS or story.get("with_code") else None
    return DemoStory(
        key=f"{story['key']}-{person.number}",
        notes=_notes(reason, person, chosen, phase, consent, lines),
        name=person.name,
        phone=person.phone,
        branch=branch,
        consent=consent,
        package_code=chosen.code if chosen else None,
        campaign_code=package.code if story.get("with_code") else None,
        phase=phase,
        status=status,
        reason=reason,
        priority=Priority.HIGH if reason in (HandoverReason.PAYMENT_INTENT, HandoverReason.COMPLAINT) else Priority.NORMAL,
        began_at=began,
        asked_at=at_asked if reason else None,
        claimed_at=claimed_at,
        ended_at=ended_at,
        claimed_by="agent" if reason not in (None, HandoverReason.PAYMENT_INTENT) else "rm",
        rating=dice.choice(story["rating"]) if ended_at and "rating" in story and dice.random() < 0.7 else None,
        lines=tuple(sorted((line for line in lines if line.at <= now), key=lambda line: line.at)),
        purchases=(_purchase(dice, package, ended_at, 1),) if phase is Phase.PAID and ended_at else (),
        case=story.get("case"),
        lead=_lead_status(dice, phase, is_open=is_open, age=now - began),
    )  # fmt: skip


def _notes(
    reason: HandoverReason | None,
    person: _Person,
    chosen: Package | None,
    phase: Phase,
    consent: Consent,
    lines: Sequence[DemoLine],
) -> str | None:
    """What the bot tells a human, in the same words as everywhere."""
    if reason is None:
        return None
    asked = tuple(line.intent for line in lines if line.intent)
    return handover_notes(
        reason, Told(phase=phase, name=person.name, package=chosen, asked=asked, consent=consent)
    )


def _bot_lines(
    dice: random.Random, story: Json, package: Package, began: datetime
) -> tuple[list[DemoLine], datetime]:
    lines, at = [], began
    for turn in story["turns"]:
        said = _fill(dice.choice(turn["says"]), package)
        confidence = 1.0 if turn["intent"] is None else round(dice.uniform(0.72, 0.99), 3)
        lines.append(
            DemoLine(at=at, author="customer", body=said, intent=turn["intent"], confidence=confidence)
        )
        at += timedelta(seconds=dice.randint(2, 6))
        lines.append(DemoLine(at=at, author="bot", body=_fill(turn["bot"], package)))
        last = at
        at += timedelta(seconds=dice.randint(40, 600))
    return lines, last


def _staff_lines(
    dice: random.Random, story: Json, package: Package, at: datetime
) -> tuple[list[DemoLine], datetime]:
    lines = []
    answers = list(story.get("answers", ()))
    for number, words in enumerate(story["staff"]):
        lines.append(DemoLine(at=at, author="staff", body=_fill(words, package)))
        at += timedelta(minutes=dice.randint(2, 90))
        if number < len(answers):
            said = answers[(number + dice.randint(0, 1)) % len(answers)]
            lines.append(DemoLine(at=at, author="customer", body=said))
            at += timedelta(minutes=dice.randint(1, 20))
    return lines, at


def _fill(words: str, package: Package) -> str:
    departure = package.departure_date
    return words.format(
        code=package.code,
        package=package.name,
        price=rupiah(package.price),
        departure=day_words(departure, "id") if departure else "sesuai jadwal",
        month=day_words(departure, "id").split()[1] if departure else "depan",
        duration=package.duration_days or "beberapa",
        hotel=package.hotel_makkah or "hotel dekat Masjidil Haram",
        airline=package.airline or "maskapai langsung",
    )


def _purchase(dice: random.Random, package: Package, at: datetime, people: int) -> DemoPurchase:
    return DemoPurchase(
        package_code=package.code, amount=package.price * (people + dice.choice((0, 0, 1, 1, 3))), at=at
    )


def _lead_status(dice: random.Random, phase: Phase, *, is_open: bool, age: timedelta) -> str | None:
    """Where the board has the lead: a booking makes one, and so do some of the interested whom sales called."""
    if phase is Phase.PAID:
        return "WON"
    if phase is Phase.BOOKING:
        return "NEW" if is_open else dice.choice(("CONTACTED", "QUALIFIED", "PROPOSAL", "PROPOSAL", "LOST"))
    if phase is Phase.INTEREST and dice.random() < 0.35:
        return "NEW" if age.days < 7 else dice.choice(("CONTACTED", "QUALIFIED", "LOST", "LOST"))
    return None


def _scenario(row: Json, packages: Sequence[Package], now: datetime, at: int) -> DemoStory:
    """One of seed 004's customers: little talk, much history."""
    written = now - timedelta(days=row["last_written"])
    purchases = tuple(
        DemoPurchase(
            package_code=packages[(at + number) % len(packages)].code,
            amount=packages[(at + number) % len(packages)].price * people * factor // 2,
            at=now - timedelta(days=days),
        )
        for number, (days, people, factor) in enumerate(row["purchases"])
    )
    asked = "Assalamualaikum, mau tanya jadwal tahun depan"
    answered = "Waalaikumsalam, jadwal terdekat kami kirimkan ya, Bapak/Ibu."
    lines = (
        DemoLine(at=written, author="customer", body=asked, intent="ask_schedule", confidence=0.93),
        DemoLine(at=written + timedelta(seconds=3), author="bot", body=answered),
    )
    return DemoStory(
        key=f"scenario-{row['letter']}",
        name=row["name"],
        phone=str(FIRST_NUMBER + at),
        branch=row["branch"],
        consent=Consent(row["consent"]),
        tier=row["tier"],
        package_code=None,
        campaign_code=None,
        phase=Phase.LEADS,
        status=Status.BOT,
        reason=None,
        priority=Priority.NORMAL,
        began_at=written,
        claimed_by="rm",
        lines=lines,
        purchases=purchases,
        case=row.get("case"),
        lead=row.get("lead"),
        is_known_since=now
        - timedelta(days=30 + max(row["last_written"], *(days for days, _, _ in row["purchases"]), 0)),
    )
