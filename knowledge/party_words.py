"""Which words of a message could count travellers?

Everything that only looks like people is crossed out here: beds of a room, ages, hotel stars, days, order numbers, "per orang".
The words stand in `people_words.toml`.
"""

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path

from knowledge.numbers import NUMBER_WORD, read_number

_MOST_WORDS = 300

_WORD = re.compile(rf"(?:(?:{NUMBER_WORD})\b[ -]*)+|\d{{1,9}}|[^\W\d_]+|[,.;?!+&\n]")
_CROSSED = "#"
_DIGIT = re.compile(r"\d")
_BER = re.compile(r"\bber-? ?(?=\d)")
_RANGE = re.compile(r"(\d) ?- ?(?=\d)")
_ABOUT = re.compile(r"(\d|puluh)-?an\b")

_WORDS = tomllib.loads((Path(__file__).parent / "people_words.toml").read_text(encoding="utf-8"))
TOGETHER: dict[str, int] = _WORDS.pop("together")
WORDS_OF = {name: frozenset(words.split()) for name, words in _WORDS.items()}
PEOPLE, ADULTS, SMALL, KIN, SELF = (WORDS_OF[name] for name in ("people", "adults", "small", "kin", "self"))
ROOMS, LINKS, _OR = WORDS_OF["rooms"], WORDS_OF["links"], WORDS_OF["or"]
_ENDINGS = ("nya", "ku")
_COUNTED_NOUNS = PEOPLE | ADULTS | SMALL | KIN | ROOMS | WORDS_OF["groups"]

Word = str | int


def spoken_words(text: str) -> list[Word]:
    """The words and numbers of a standard text in order, crossed out where they count no travellers."""
    spoken = _split(text)
    _cross_out_rooms(spoken)
    _cross_out_measures(spoken)
    return spoken


def at(spoken: Sequence[Word], place: int) -> Word:
    """The word at this place, empty outside the message."""
    return spoken[place] if 0 <= place < len(spoken) else ""


def _split(text: str) -> list[Word]:
    text = text.replace("suami-istri", "suami istri")
    if _DIGIT.search(text) or "puluh" in text:
        text = _ABOUT.sub(r"\1", _RANGE.sub(r"\1 sampai ", _BER.sub("ber ", text)))
    spoken: list[Word] = []
    for found in _WORD.findall(text)[:_MOST_WORDS]:
        word = found.strip(" -")
        number = read_number(word)
        spoken.append(_bare(word) if number is None else number)
    return spoken


def _bare(word: str) -> str:
    """ "Orangnya", "anaknya" and "anakku" count like "orang" and "anak"."""
    if not word.endswith(_ENDINGS):
        return word
    for ending in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and stem in _COUNTED_NOUNS:
            return stem
    return word


def _cross_out_rooms(spoken: list[Word]) -> None:
    """ "Kamar berdua", "sekamar 4 orang", "1 kamar isi 3" speak of beds, "kami berempat satu kamar" does not."""
    for place, word in enumerate(spoken):
        if word not in ROOMS:
            continue
        ahead = place + 1
        while _speaks_of_beds(at(spoken, ahead)):
            if isinstance(spoken[ahead], int) or spoken[ahead] in TOGETHER or spoken[ahead] == "orang":
                spoken[ahead] = _CROSSED
            ahead += 1
        if at(spoken, ahead) in {"ber", "suami"}:
            spoken[ahead] = _CROSSED
        back = place - 1
        while at(spoken, back) in {1, "per", "satu", "se", "dalam", "tiap"}:
            back -= 1
        if (
            at(spoken, back) == "orang"
            and isinstance(at(spoken, back - 1), int)
            and at(spoken, back - 2) not in SELF
        ):
            spoken[back - 1] = spoken[back] = _CROSSED


def _speaks_of_beds(word: Word) -> bool:
    return isinstance(word, int) or word in TOGETHER or word in WORDS_OF["room_fillers"]


def _cross_out_measures(spoken: list[Word]) -> None:
    """Ages, days, stars, order numbers, and what is said "per orang"."""
    for place, word in enumerate(spoken):
        if word == "orang" and at(spoken, place - 1) in {"per", "tiap", "setiap", "masing", "se"}:
            spoken[place] = _CROSSED
        if not isinstance(word, int):
            continue
        before, after = at(spoken, place - 1), at(spoken, place + 1)
        is_range = after in _OR and isinstance(at(spoken, place + 2), int)
        unit = at(spoken, place + 3) if is_range else after
        is_measure = (
            unit in WORDS_OF["units"]
            and before not in PEOPLE
            and not (unit == "tempat" and at(spoken, place + 2) == "duduk")
        )
        is_age = before in WORDS_OF["ages"] or (
            at(spoken, place - 2) in WORDS_OF["ages"] and before not in PEOPLE
        )
        also_age = before in _OR | {"sama", ","} and at(spoken, place - 2) == _CROSSED and after not in PEOPLE
        is_order = before in WORDS_OF["before_no_people"] and after not in PEOPLE | ADULTS
        if is_measure or is_age or also_age or is_order or before in {"per", "gratis", "free", "bonus"}:
            spoken[place] = _CROSSED
