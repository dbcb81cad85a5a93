"""What does the demo of a trade's pack contain? Its files as frozen values; nothing is written anywhere from here."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from flows.domain import Company, Package, PackageInEnglish, Place, Role, WorkingFrame
from knowledge.demo_desk import DemoDesk, read_desk
from knowledge.pack import PACKS
from knowledge.yaml_text import read_yaml

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FILES = ("company.yaml", "packages.yaml", "faq.yaml", "prompts.yaml")
# A demo may do without: what it says to customers who write English, its open cases, its desk, its past.
ENGLISH, CASES, DESK, HISTORY = "english.yaml", "cases.yaml", "desk.yaml", "history.yaml"
PRICE_LABEL = "Harga per orang"


class NoDemo(ValueError):
    """This pack has no demo, or one that cannot be read: choose another SAPA_PACK, or mend the file that the message names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPackage:
    """A package without its media, and what its poster and papers are drawn from. days: (where, what), one a day; none for what is no trip.

    price_label: what stands above the price. how_to_buy: the steps on the brochure, none for the travel company's usual ones.
    """

    package: Package
    headline: str
    sky: str
    days: tuple[tuple[str, str], ...] = ()
    price_label: str = PRICE_LABEL
    how_to_buy: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoUser:
    username: str
    display_name: str
    role: Role
    branch: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoFaq:
    question: str
    answer: str
    variants: tuple[str, ...]
    answer_en: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoCase:
    """A complaint that was opened so many hours ago. then: (hours after the opening, what was done, words or value)."""

    key: str
    phone: str
    name: str
    branch: str
    category: str
    priority: str
    hours: float
    subject: str
    description: str
    then: tuple[tuple[float, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """A whole demo company of the pack of that name. digest changes when any of its files does.

    history is the script of its months of conversations (see `bot/demo/history.py`), None for a pack that tells none.
    """

    company: Company
    packages: tuple[DemoPackage, ...]
    faq: tuple[DemoFaq, ...]
    users: tuple[DemoUser, ...]
    prompts: Mapping[str, str]
    cases: tuple[DemoCase, ...]
    desk: DemoDesk
    digest: str
    pack: str = ""
    history: Mapping[str, Any] | None = None  # Any: YAML, checked by the test that loads it.


def load_demo(pack: str, packs: Path = PACKS) -> Demo:
    """The demo of this pack. Raises NoDemo when there is none, or when a file of it is broken."""
    folder = packs / pack / "demo"
    if not folder.is_dir():
        raise NoDemo(f"The pack {pack!r} has no demo. Use SAPA_PACK=umroh, or start without `sapa demo`.")
    files = {
        name: (folder / name).read_bytes()
        for name in (*FILES, ENGLISH, CASES, DESK)
        if (folder / name).exists()
    }
    facts = {name: _read(folder / name, content) for name, content in files.items()}
    company, english = facts["company.yaml"], facts.get(ENGLISH)
    return Demo(
        company=_company(company),
        packages=tuple(
            _package(row, facts["packages.yaml"], english) for row in facts["packages.yaml"]["packages"]
        ),
        faq=tuple(
            DemoFaq(
                question=row["q"],
                answer=row["a"],
                variants=tuple(row["as"]),
                answer_en=english["faq"].get(row["q"]) if english else None,
            )
            for row in facts["faq.yaml"]
        ),
        users=tuple(_user(*row) for row in company["users"]),
        prompts=facts["prompts.yaml"],
        pack=pack,
        history=_history(folder / HISTORY),
        cases=tuple(
            DemoCase(**{**row, "then": tuple((after, deed, words) for after, deed, words in row["then"])})
            for row in facts.get(CASES, ())
        ),
        desk=read_desk(facts.get(DESK, {})),
        digest=hashlib.sha256(b"\0".join(files.values())).hexdigest(),
    )


def _history(path: Path) -> Mapping[str, Any] | None:  # Any: as above.
    if not path.exists():
        return None
    script: Mapping[str, Any] = _read(path, path.read_bytes())
    return script


def _read(path: Path, content: bytes) -> Any:  # Any: YAML; `load_demo` gives it types.
    try:
        return read_yaml(content)
    except yaml.YAMLError as error:
        raise NoDemo(f"{path.name} of the demo cannot be read: {error}") from error


def _company(facts: dict[str, Any]) -> Company:  # Any: YAML.
    plain = ("name", "address", "licence", "phone", "email", "website", "timezone")
    frames = (
        WorkingFrame(weekday=WEEKDAYS.index(day), opens=_minutes(opens), closes=_minutes(closes))
        for day, (opens, closes) in facts["hours"].items()
    )
    return Company(
        **{name: facts[name] for name in plain},
        pin=Place(**facts["pin"]),
        hours=tuple(frames),
        branches=tuple(facts["branches"]),
    )


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _user(username: str, display_name: str, role: str, branch: str) -> DemoUser:
    return DemoUser(username=username, display_name=display_name, role=Role(role), branch=branch)


def _in_english(row: dict[str, Any], english: dict[str, Any]) -> PackageInEnglish:  # Any: YAML.
    """The package's facts in English: all of them stand in one table by their Indonesian words, because packages share most."""
    said: dict[str, str] = english["facts"]

    def one(name: str) -> str | None:
        return said[row[name]] if name in row else None

    def each(name: str) -> tuple[str, ...]:
        return tuple(said[item] for item in row.get(name, ()))

    return PackageInEnglish(
        hotel_makkah=one("hotel_makkah"),
        hotel_madinah=one("hotel_madinah"),
        airline=one("airline"),
        features=each("features"),
        includes=each("includes"),
        excludes=each("excludes"),
        payment_terms=english["payment_terms"],
    )


def _package(
    row: dict[str, Any], facts: dict[str, Any], english: dict[str, Any] | None
) -> DemoPackage:  # Any: YAML.
    shared = facts["shared"]
    drawn = {"headline", "sky", "days"}
    lists = {name: tuple(row.get(name, ())) for name in ("features", "includes", "excludes")}
    plain = {name: value for name, value in row.items() if name not in drawn | {"location"}}
    package = Package(
        **(plain | lists),
        location=Place(**row["location"]) if "location" in row else None,
        payment_terms=shared["payment_terms"],
        english=_in_english(row, english) if english else None,
    )
    return DemoPackage(
        package=package,
        headline=row["headline"],
        sky=row["sky"],
        days=tuple((where, what) for where, what in row.get("days", ())),
        price_label=shared.get("price_label", PRICE_LABEL),
        how_to_buy=tuple(step.format(code=package.code) for step in shared.get("how_to_buy", ())),
    )
