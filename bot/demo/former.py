"""Who travelled with the demo company in earlier years? Customers who wrote before the months that the stories tell of.

Without them everybody would be new, and of the customers' segments one would hold nearly all.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flows.domain import Consent, Package, Phase, Priority, Status
from flows.wording import rupiah
from storage.demo.demo_story import DemoLine, DemoPurchase, DemoStory

# When they wrote last, in days: some lately, most within a year and a half, some long ago.
WRITTEN_LAST = ((4, 170), (4, 170), (185, 360), (185, 360), (370, 900), (370, 1_080), (1_100, 1_700))
JOURNEYS = (0, 1, 1, 2, 2, 3, 3, 4, 5)
BETWEEN = (150, 420)  # Days from one journey to the next.
TOGETHER = (1, 1, 2, 2, 4)  # How many travel.
YEARS_AGO_PRICE = 0.8  # Of today's.
TALKS = (
    (
        "thanks",
        "Assalamualaikum, terima kasih pembimbingnya kemarin sabar sekali",
        "Waalaikumsalam, Alhamdulillah. Kami tunggu lagi ya, Bapak/Ibu 🙏",
    ),
    (
        "ask_schedule",
        "Assalamualaikum, jadwal tahun depan sudah ada?",
        "Waalaikumsalam, sudah kami susun. Jadwalnya kami kirimkan begitu dibuka ya, Bapak/Ibu.",
    ),
    (
        "ask_hotel",
        "untuk orang tua ada paket yang hotelnya dekat?",
        "Ada, Bapak/Ibu. {hotel} bisa ditempuh dengan berjalan kaki.",
    ),
    (
        "ask_price",
        "Selamat siang, harga umroh sekarang berapa ya?",
        "Selamat siang, mulai {price} per orang, Bapak/Ibu.",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """Whom they are made of: words of names, branches (None: nowhere), packages, and the first number that nobody has."""

    names: Sequence[str]
    branches: Sequence[str | None]
    packages: Sequence[Package]
    first_number: int


def former_customers(count: int, book: Book, now: datetime) -> list[DemoStory]:
    """So many; the same ones at each call."""
    dice = random.Random(count)
    return [_one(dice, book, at, now) for at in range(count)]


def _one(dice: random.Random, book: Book, at: int, now: datetime) -> DemoStory:
    written = now - timedelta(days=dice.randint(*dice.choice(WRITTEN_LAST)), hours=dice.randint(0, 9))
    package = dice.choice(book.packages)
    purchases = _purchases(dice, book.packages, written)
    intent, said, answered = dice.choice(TALKS)
    answer = answered.format(hotel=package.hotel_makkah or "Hotelnya", price=rupiah(package.price))
    return DemoStory(
        key=f"former-{at}",
        name=_name(dice, book.names),
        phone=str(book.first_number + at),
        branch=dice.choice(book.branches),
        consent=dice.choices((Consent.UNKNOWN, Consent.GRANTED, Consent.WITHDRAWN), (3, 6, 1))[0],
        tier=_tier(purchases),
        package_code=None,
        campaign_code=None,
        phase=Phase.LEADS,
        status=Status.BOT,
        reason=None,
        priority=Priority.NORMAL,
        began_at=written,
        claimed_by=dice.choice(("rm", "agent")),
        lines=(
            DemoLine(at=written, author="customer", body=said, intent=intent, confidence=round(dice.uniform(0.8, 0.99), 3)),
            DemoLine(at=written + timedelta(seconds=dice.randint(2, 6)), author="bot", body=answer),
        ),
        purchases=purchases,
        is_known_since=min((bought.at for bought in purchases), default=written) - timedelta(days=20),
    )  # fmt: skip


def _name(dice: random.Random, names: Sequence[str]) -> str:
    """A first name with another's family name, so that nobody is taken for a customer of today."""
    given, family = dice.choice(names).split(), dice.choice(names).split()
    return f"{given[0]} {family[-1]}" if given[0] != family[-1] else given[0]


def _purchases(
    dice: random.Random, packages: Sequence[Package], written: datetime
) -> tuple[DemoPurchase, ...]:
    """The newest first, each some time before the next."""
    bought: list[DemoPurchase] = []
    at = written
    for _ in range(dice.choice(JOURNEYS)):
        at -= timedelta(days=dice.randint(*BETWEEN) if bought else dice.randint(2, 40))
        package = dice.choice(packages)
        amount = int(package.price * YEARS_AGO_PRICE) * dice.choice(TOGETHER)
        bought.append(DemoPurchase(package_code=package.code, amount=amount, at=at))
    return tuple(bought)


def _tier(purchases: Sequence[DemoPurchase]) -> str:
    spent = sum(bought.amount for bought in purchases)
    tiers = ((400_000_000, "PRIVATE"), (200_000_000, "PRIORITY"), (60_000_000, "EMERGING"))
    return next((tier for least, tier in tiers if spent >= least), "MASS")
