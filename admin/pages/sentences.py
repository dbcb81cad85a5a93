"""How does a refusal of a rule read in Indonesian? Rules and the API speak English; the panel looks each sentence up here.

A sentence is matched by its fixed words; `{}` stands for what differs from case to case. One that is not in the table stays English,
which is understandable; `tests/admin/test_sentences.py` says which are missing.
"""

import re
import tomllib
from functools import cache
from pathlib import Path

TABLE = Path(__file__).parents[1] / "words" / "sentences.toml"
_BLANK = re.compile(r"\\\{\w*\\\}")


def in_words(sentence: str, language: str) -> str:
    """The sentence in the panel's language."""
    if language == "en":
        return sentence
    for pattern, translation in _table():
        if found := pattern.fullmatch(sentence):
            return translation.format(*found.groups())
    return sentence


@cache
def _table() -> tuple[tuple[re.Pattern[str], str], ...]:
    rows = tomllib.loads(TABLE.read_text(encoding="utf-8"))["sentences"]
    return tuple((re.compile(_BLANK.sub("(.+?)", re.escape(row["en"]))), row["id"]) for row in rows)
