"""What does a trade's pack hold: its intents, the words people use for them, its code prefixes and package names?

A pack is a folder of files that a person can read. Another trade is another folder, not other code. What people say in every trade
("halo", "kantornya di mana?") is borrowed from the pack that has it, without the messages that only its own customers write.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from flows.persona import PriceBands
from flows.rfm import DOCUMENT_THRESHOLDS, RfmThresholds
from flows.trade import Trade
from knowledge.money import JOURNEYS, BudgetScale
from knowledge.normalise import normalise

PACKS = Path(__file__).parent / "packs"
OUT_OF_SCOPE = "out_of_scope"
UTTERANCE_HEADER = "voice\ttext"
BACKGROUND_VOICES = 10


class IntentKind(StrEnum):
    """What an intent is in a talk.

    question: has an answer of its own, so that one message may ask several; statement: tells something, and a question may stand beside it;
    courtesy: only dresses what else is said; social: answers the bot or moves the talk.
    """

    QUESTION = "question"
    STATEMENT = "statement"
    COURTESY = "courtesy"
    SOCIAL = "social"


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """One message that a person with a manner of writing (voice) would type to mean intent."""

    intent: str
    voice: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """A trade: intents in order (out_of_scope is not among them, it is what remains), and what its codes and names look like.

    rfm: where the scores of its customers begin; the document's where the pack names none. bands: what is cheap and dear to them, None
    where that follows from the prices. borrowed: intents by the pack whose messages are borrowed. own_words: beginnings of words that only
    this trade's customers write.
    """

    name: str
    folder: Path
    kinds: Mapping[str, IntentKind]
    code_prefixes: tuple[str, ...]
    aliases: Mapping[str, Sequence[str]]
    generic_words: frozenset[str]
    shy_names: frozenset[str]
    rfm: RfmThresholds = DOCUMENT_THRESHOLDS
    bands: PriceBands | None = None
    budget: BudgetScale = JOURNEYS
    trade: Trade = field(default_factory=Trade)
    borrowed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    own_words: tuple[str, ...] = ()

    @property
    def intents(self) -> tuple[str, ...]:
        return tuple(self.kinds)

    def is_question(self, intent: str) -> bool:
        return self.kinds.get(intent) is IntentKind.QUESTION

    def may_ask(self, intent: str | None) -> bool:
        """Whether a message of this intent may hold a question; a greeting or a yes does not."""
        return intent is not None and self.kinds.get(intent) in (IntentKind.QUESTION, IntentKind.STATEMENT)

    def is_statement(self, intent: str | None) -> bool:
        return intent is not None and self.kinds.get(intent) is IntentKind.STATEMENT

    def is_courtesy(self, intent: str) -> bool:
        return self.kinds.get(intent) is IntentKind.COURTESY

    def is_social(self, intent: str) -> bool:
        return self.kinds.get(intent) is IntentKind.SOCIAL


@lru_cache(maxsize=16)
def load_pack(name: str, packs: Path = PACKS) -> Pack:
    """The pack of this name; a name without a folder stops with the names there are."""
    folder = packs / name
    if not (folder / "pack.toml").is_file():
        known = ", ".join(sorted(p.parent.name for p in packs.glob("*/pack.toml")))
        raise ValueError(f"There is no pack {name!r}; there are: {known}. Set SAPA_PACK to one of them.")
    data = tomllib.loads((folder / "pack.toml").read_text(encoding="utf-8"))
    kinds = {intent: IntentKind(kind) for intent, kind in data["intents"].items()}
    return Pack(
        name=name,
        folder=folder,
        kinds=kinds,
        code_prefixes=tuple(data["code_prefixes"]),
        aliases=data.get("aliases", {}),
        generic_words=frozenset(data.get("generic_words", ())),
        shy_names=frozenset(data.get("shy_names", ())),
        rfm=_rfm(name, data.get("rfm")),
        bands=_bands(data.get("prices")),
        budget=BudgetScale(**data.get("budget", {})),
        trade=_trade(data.get("talk", {})),
        borrowed=data.get("borrowed", {}),
        own_words=tuple(data.get("own_words", ())),
    )


def _trade(data: dict[str, Any]) -> Trade:  # Any: TOML.
    usual = Trade()
    clarified = {int(number): tuple(intents) for number, intents in data.get("clarified", {}).items()}
    return Trade(
        plans_trips=data.get("plans_trips", usual.plans_trips),
        one_answer=frozenset(data.get("one_answer", usual.one_answer)),
        stands_for=data.get("stands_for", {}),
        clarified={**usual.clarified, **clarified},
    )


def _rfm(name: str, data: dict[str, Any] | None) -> RfmThresholds:  # Any: TOML.
    if data is None:
        return DOCUMENT_THRESHOLDS
    try:
        bounds = {key: tuple(data[key]) for key in ("recency", "frequency", "monetary")}
        return RfmThresholds(
            **bounds,
            window_days=data.get("window_days", DOCUMENT_THRESHOLDS.window_days),
            counts_balance=data.get("money", "spend") == "balance",
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"[rfm] of the pack {name!r} cannot be used: {error}") from error


def _bands(data: dict[str, int] | None) -> PriceBands | None:
    return PriceBands(low=data["cheap_below"], high=data["dear_from"]) if data else None


def load_utterances(pack: Pack) -> list[Utterance]:
    """All messages of the pack, own and borrowed. Raises ValueError for an intent that nobody says."""
    rows = own_utterances(pack)
    said = {(row.intent, normalise(row.text)) for row in rows}
    rows += [
        row
        for lender, intents in pack.borrowed.items()
        for row in _lent(pack, load_pack(lender, pack.folder.parent), frozenset(intents))
        if (row.intent, normalise(row.text)) not in said
    ]
    if silent := set(pack.intents) - {row.intent for row in rows}:
        raise ValueError(f"The pack {pack.name!r} has no messages for {', '.join(sorted(silent))}.")
    return rows


def own_utterances(pack: Pack) -> list[Utterance]:
    """What lies in the pack's own folder, background sentences among it as out_of_scope in voices of their own."""
    rows = [row for intent in (*pack.intents, OUT_OF_SCOPE) for row in _own(pack.folder, intent)]
    return rows + _background(pack.folder)


def _lent(pack: Pack, lender: Pack, intents: frozenset[str]) -> list[Utterance]:
    """The lender's messages of these intents without what only its customers write; of the foreign ones, none that is our business."""
    theirs, ours = _words(lender.own_words), _words(pack.own_words)

    def is_common(row: Utterance) -> bool:
        text = normalise(row.text)
        if row.intent == OUT_OF_SCOPE:
            return not (ours and ours.search(text))
        return not (theirs and theirs.search(text))

    return [row for row in load_utterances(lender) if row.intent in intents and is_common(row)]


def _words(beginnings: Sequence[str]) -> re.Pattern[str] | None:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, beginnings))})") if beginnings else None


def _background(folder: Path) -> list[Utterance]:
    path = folder / "background.txt"
    background = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [
        Utterance(intent=OUT_OF_SCOPE, voice=f"background-{number % BACKGROUND_VOICES}", text=line)
        for number, line in enumerate(background)
        if line.strip()
    ]


def _own(folder: Path, intent: str) -> list[Utterance]:
    path = folder / "utterances" / f"{intent}.tsv"
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    if not lines or lines[0] != UTTERANCE_HEADER:
        raise ValueError(f"{path.name} must begin with the columns voice and text.")
    rows = [line.split("\t") for line in lines[1:]]
    for number, row in enumerate(rows, start=2):
        if len(row) != 2 or not row[0] or not row[1].strip():
            raise ValueError(f"{path.name} row {number} must hold a voice and a text.")
    return [Utterance(intent=intent, voice=voice, text=text) for voice, text in rows]
