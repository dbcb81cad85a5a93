"""Which packages does a message call by name ("yang plus turki", "VIP") rather than by code?

Only names that single out one package count; a word that several packages share names none of them.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flows.domain import Package
from flows.side_by_side import compares
from knowledge.lexicon import standard_text
from knowledge.normalise import words

_NOT_THIS = {"bukan", "selain", "jangan", "kecuali", "tanpa"}
_ARTICLES = {"paket", "yang", "program", "package", "umroh"}
_SHORTEST_NAME = 3
# "Reguler aja kak" answers "yang mana?"; "bedanya reguler sama vip" sets names side by side: there an everyday word is a name too.
_BESIDE_A_NAME = {
    "aja", "saja", "dong", "deh", "ya", "kak", "min", "admin", "bu", "pak", "mas", "mbak", "mau", "pilih", "dulu", "itu",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Name:
    words: tuple[str, ...]
    codes: frozenset[str]
    needs_article: bool


class NameBook:
    """The names of the packages on sale.

    aliases: code type (last part of the code) to further names of it; a name in `shy` counts only after "paket" or "yang".
    """

    def __init__(
        self,
        packages: Sequence[Package],
        aliases: Mapping[str, Sequence[str]],
        generic: frozenset[str],
        shy: frozenset[str] = frozenset(),
        today: date | None = None,
    ) -> None:
        current = [
            p for p in packages if today is None or p.departure_date is None or p.departure_date >= today
        ]
        named: dict[tuple[str, ...], set[str]] = {}
        for package in current:
            for name in _names_of(package, aliases, generic):
                named.setdefault(name, set()).add(package.code)
        self._months = {p.code: p.departure_date.month for p in current if p.departure_date}
        self._names = [_Name(name, frozenset(codes), " ".join(name) in shy) for name, codes in named.items()]
        self._names.sort(key=lambda name: -len(name.words))
        self._all_words = frozenset(word for name in named for word in name)

    def find(self, text: str, months: Sequence[int] = ()) -> tuple[str, ...]:
        """Codes of the packages named in a standard text, in the order named; months said beside narrow them down."""
        spoken = words(text)
        if self._all_words.isdisjoint(spoken):  # Most messages name nothing.
            return ()
        is_plain = compares(text)
        hits: dict[int, str] = {}
        taken: set[int] = set()
        said = set(spoken)
        for name in self._names:
            if not said.issuperset(name.words):
                continue
            for start in _places(spoken, name, is_plain=is_plain):
                place = set(range(start, start + len(name.words)))
                code = self._only(name.codes, months)
                if not place & taken:
                    taken |= place
                    if code:
                        hits.setdefault(start, code)
        return tuple(dict.fromkeys(code for _, code in sorted(hits.items())))

    def _only(self, codes: frozenset[str], months: Sequence[int]) -> str | None:
        fitting = (
            [c for c in codes if self._months.get(c) in months] if len(codes) > 1 and months else list(codes)
        )
        return fitting[0] if len(fitting) == 1 else None


def _places(spoken: Sequence[str], name: _Name, *, is_plain: bool) -> list[int]:
    length = len(name.words)
    is_plain = is_plain or not set(spoken) - set(name.words) - _BESIDE_A_NAME
    return [
        start
        for start in range(len(spoken) - length + 1)
        if tuple(spoken[start : start + length]) == name.words
        and not _NOT_THIS & set(spoken[max(0, start - 2) : start])
        and (is_plain or not name.needs_article or (start > 0 and spoken[start - 1] in _ARTICLES))
    ]


def _names_of(
    package: Package, aliases: Mapping[str, Sequence[str]], generic: frozenset[str]
) -> set[tuple[str, ...]]:
    kind = re.split(r"[_\-\s]+", package.code, maxsplit=3)[-1]
    spoken = {kind.lower().replace("_", " "), *aliases.get(kind.upper(), ())}
    own = [word for word in words(standard_text(package.name)) if word not in generic and not word.isdigit()]
    spoken |= {word for word in own if len(word) >= _SHORTEST_NAME}
    return {name for one in spoken if one not in generic and (name := tuple(words(standard_text(one))))}
