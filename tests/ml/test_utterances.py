"""What the packs are trained on: enough, by many voices, without sameness, and nothing that it is judged by."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from functools import cache

import pytest

from knowledge.normalise import normalise, words
from knowledge.pack import (
    OUT_OF_SCOPE,
    PACKS,
    IntentKind,
    Utterance,
    load_pack,
    load_utterances,
    own_utterances,
)
from tests.ml.heldout import ACCEPTANCE, acceptance, held_out

PACK = load_pack("umroh")
ROWS = load_utterances(PACK)
FEWEST_OF_A_QUESTION, FEWEST_OF_A_COURTESY = 200, 80
FEWEST_VOICES, FEWEST_BACKGROUND = 20, 600
NEAR = 0.8
# Other trades borrow what is said in every trade, and write what is theirs.
OTHER_TRADES = sorted(path.parent.name for path in PACKS.glob("*/pack.toml") if path.parent.name != PACK.name)
FEWEST_OF_A_TRADES_OWN, FEWEST_OF_ITS_VOICES = 40, 8


@cache
def plain(text: str) -> str:
    return " ".join(words(normalise(text)))


def trigrams(text: str) -> frozenset[str]:
    padded = f" {plain(text)} "
    return frozenset(padded[at : at + 3] for at in range(len(padded) - 2))


def near_duplicates(rows: list[Utterance]) -> list[tuple[str, str]]:
    """Pairs whose character trigrams overlap more than .8.

    Such a pair shares one of the rarest fifth of its trigrams, and is of nearly one length, so only messages like that are compared.
    """
    texts = [trigrams(row.text) for row in rows]
    common = Counter(gram for grams in texts for gram in grams)
    rank = {gram: place for place, (gram, _) in enumerate(reversed(common.most_common()))}
    found = [frozenset(rank[gram] for gram in grams) for grams in texts]
    holders: dict[int, list[int]] = {}
    for number in sorted(range(len(found)), key=lambda number: len(found[number])):
        ranks = found[number]
        for gram in sorted(ranks)[: int((1 - NEAR) * len(ranks)) + 1]:
            holders.setdefault(gram, []).append(number)
    pairs = {pair for numbers in holders.values() for pair in _alike_in_length(numbers, found)}
    return [(rows[a].text, rows[b].text) for a, b in sorted(pairs) if _overlap(found[a], found[b]) > NEAR]


def _alike_in_length(numbers: list[int], found: list[frozenset[int]]) -> Iterator[tuple[int, int]]:
    """Pairs of the numbers, which come from the shortest to the longest."""
    lengths = [len(found[number]) for number in numbers]
    for at, one in enumerate(numbers):
        end = bisect_left(lengths, lengths[at] / NEAR, at)
        yield from ((one, other) for other in numbers[at + 1 : end])


def _overlap(one: frozenset[int], other: frozenset[int]) -> float:
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared)


def test_hardly_any_message_repeats_another() -> None:
    pairs = near_duplicates(ROWS)
    print(f"near-duplicates: {len(pairs)} of {len(ROWS)} messages")
    assert pairs == []


@pytest.mark.parametrize("intent", PACK.intents)
def test_every_intent_has_enough_messages_in_enough_voices(intent: str) -> None:
    own = [row for row in ROWS if row.intent == intent]
    is_long = PACK.kinds[intent] in (IntentKind.QUESTION, IntentKind.STATEMENT)
    assert len(own) >= (FEWEST_OF_A_QUESTION if is_long else FEWEST_OF_A_COURTESY)
    assert len({row.voice for row in own}) >= FEWEST_VOICES


def test_there_are_enough_sentences_that_ask_nothing_of_us() -> None:
    background = (PACK.folder / "background.txt").read_text(encoding="utf-8").splitlines()
    assert len(set(background)) >= FEWEST_BACKGROUND


def test_no_message_means_two_things() -> None:
    meant: dict[str, set[str]] = {}
    for row in ROWS:
        meant.setdefault(plain(row.text), set()).add(row.intent)
    assert {text: intents for text, intents in meant.items() if text and len(intents) > 1} == {}


def test_nothing_that_we_are_judged_by_was_trained_on() -> None:
    judged = [row.text for row in held_out()] + (
        [row.text for row in acceptance()] if ACCEPTANCE.exists() else []
    )
    # Two words are anybody's: "iya boleh" and "selamat pagi" are written by all.
    own = {plain(text) for text in judged if len(plain(text).split()) > 2}
    assert own & {plain(row.text) for row in ROWS} == set()


def test_every_voice_speaks_of_many_things_or_of_none_of_ours() -> None:
    spoken = Counter(row.voice for row in ROWS if row.intent != OUT_OF_SCOPE)
    assert min(spoken.values()) >= len(PACK.intents)


@pytest.mark.parametrize("trade", OTHER_TRADES)
def test_another_trade_has_enough_messages_in_enough_voices_without_sameness(trade: str) -> None:
    pack = load_pack(trade)
    rows = load_utterances(pack)
    counts = {intent: [row for row in rows if row.intent == intent] for intent in pack.intents}
    assert {intent: len(own) for intent, own in counts.items() if len(own) < FEWEST_OF_A_TRADES_OWN} == {}
    assert min(len({row.voice for row in own}) for own in counts.values()) >= FEWEST_OF_ITS_VOICES
    assert near_duplicates(own_utterances(pack)) == []
    meant: dict[str, set[str]] = {}
    for row in rows:
        meant.setdefault(plain(row.text), set()).add(row.intent)
    assert {text: intents for text, intents in meant.items() if text and len(intents) > 1} == {}
