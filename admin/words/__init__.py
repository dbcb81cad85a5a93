"""What the panel says, in Indonesian and English side by side: one file of keys a page, read once.

`say("inbox.claim")` answers the text of key `claim` in `inbox.toml`. A key that is not there is a fault of ours and raises. Where a
language tells one from many, the text names both: `{n} {n:lead|leads}`.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flows.domain import Language

FOLDER = Path(__file__).parent
# Whole sentences, looked up by themselves: admin/pages/sentences.py.
SENTENCES = ("sentences", "reasons", "summaries", "abouts")


class NoSuchWords(KeyError):
    """A template or handler names words that no file holds. Add them to `admin/words/<page>.toml`."""


class Said(str):
    """A value inside a text. As `{n:one|many}` it chooses: the first word for exactly one, else the second."""

    __slots__ = ()

    def __format__(self, wanted: str) -> str:
        one, is_choice, many = wanted.partition("|")
        return (one if self == "1" else many) if is_choice else format(str(self), wanted)


@dataclass(frozen=True, slots=True)
class Words:
    """The panel's words in one language."""

    language: Language

    def say(self, key: str, **values: object) -> str:
        """The words, with `{name}` replaced by the value of that name. Raises NoSuchWords."""
        both = all_words().get(key)
        if both is None:
            raise NoSuchWords(key)
        text = both[0] if self.language == "id" else both[1]
        return text.format(**{name: Said(value) for name, value in values.items()}) if values else text

    def knows(self, key: str) -> bool:
        return key in all_words()


@cache
def all_words() -> dict[str, tuple[str, str]]:
    """Every key with its Indonesian and English words."""
    return {
        f"{path.stem}.{key}": (both["id"], both["en"])
        for path in sorted(FOLDER.glob("*.toml"))
        if path.stem not in SENTENCES
        for key, both in tomllib.loads(path.read_text(encoding="utf-8")).items()
    }
