"""Which campaign codes (PKG_MONTH_YEAR_TYPE) stand in a message, and which package does each mean?

The shape needs all four parts. With spaces between, the first part must be the pack's own prefix (or one typo away), so that
"umroh maret 2027 hemat" stays a sentence. One typo is forgiven in PKG or TYPE, never in month or year, and only when it leaves exactly
one package.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from flows.domain import CodeMention
from knowledge.calendar_words import CODE_MONTHS
from knowledge.normalise import tidy

_SEPARATOR = r"(?:\s*[_\-]+\s*|\s+)"
_CODE = re.compile(
    rf"(?<![A-Za-z0-9])([A-Za-z]{{2,8}})({_SEPARATOR})([A-Za-z]{{2,10}})({_SEPARATOR})(\d{{4}}|\d{{2}})({_SEPARATOR})"
    rf"([A-Za-z0-9]+)(?=((?:{_SEPARATOR}[A-Za-z0-9]+)?))"
)
_NEAREST = 3
# Below this a known code does not even look like the one written.
_ALIKE = 50.0
# A word of two letters is too short to be someone's typo of another.
_SHORTEST_TYPO = 3


@dataclass(frozen=True, slots=True)
class _Known:
    code: str
    prefix: str
    month: int | None
    year: str
    type: str


@dataclass(frozen=True, slots=True)
class FoundCode:
    """A code and where it stands in the tidied text, so that entity readers can skip it."""

    mention: CodeMention
    start: int
    end: int


class CodeBook:
    """The codes of the packages on sale (and departed), ready to be looked up in messages."""

    def __init__(self, codes: Sequence[str], prefixes: Sequence[str]) -> None:
        self._codes = tuple(codes)
        self._known = [known for known in map(_split, codes) if known]
        self._prefixes = tuple(dict.fromkeys([p.upper() for p in prefixes] + [k.prefix for k in self._known]))

    def find(self, text: str) -> list[FoundCode]:
        """All code mentions in the order written, the same one more than once included.

        >>> CodeBook(["UMR_MAR_2027_HEMAT"], ["UMR"]).find("mau umr maret 2027 hemta dong")[0].mention.canonical
        'UMR_MAR_2027_HEMAT'
        """
        text = tidy(text)
        found: list[FoundCode] = []
        position = 0
        while match := _CODE.search(text, position):
            code = self._read(text, match)
            if code:
                found.append(code)
            position = code.end if code else match.start() + len(match.group(1))
        return found

    def _read(self, text: str, match: re.Match[str]) -> FoundCode | None:
        package, one, month, two, year, three, kind, more = match.groups()
        package, kind, is_joined = (
            package.upper(),
            kind.upper(),
            all("_" in s or "-" in s for s in (one, two, three)),
        )
        is_ours = any(_typos(package, prefix) <= 1 for prefix in self._prefixes)
        number = CODE_MONTHS.get(month.lower())
        if not (is_ours or is_joined) or (number is None and not (is_joined and package in self._prefixes)):
            return None
        joined = kind + re.sub(r"[\s_\-]", "", more).upper()
        code, used_more = self._lookup(package, number, year, kind, joined)
        end = match.end(7) + (len(more) if used_more else 0)
        written = text[match.start() : end]
        nearest = () if code else self._nearest(package, month, year, kind)
        return FoundCode(CodeMention(written=written, canonical=code, nearest=nearest), match.start(), end)

    def _lookup(
        self, package: str, month: int | None, year: str, kind: str, joined: str
    ) -> tuple[str | None, bool]:
        same_time = [k for k in self._known if k.month == month and k.year == year and month is not None]
        for most in (0, 1):
            for written in dict.fromkeys((joined, kind)):
                fits = [k for k in same_time if _distance(k, package, written) <= most]
                if len(fits) == 1:
                    return fits[0].code, written != kind
                if fits:
                    return None, False
        return None, False

    def _nearest(self, package: str, month: str, year: str, kind: str) -> tuple[str, ...]:
        number = CODE_MONTHS.get(month.lower())
        names = {k.month: k.code.split("_")[1] for k in self._known if "_" in k.code}
        written = "_".join((package, names.get(number, month.upper()[:3]), year, kind))
        scored = sorted((-fuzz.ratio(written, code), code) for code in self._codes)
        return tuple(code for score, code in scored[:_NEAREST] if -score >= _ALIKE)


def _split(code: str) -> _Known | None:
    parts = re.split(r"[_\-\s]+", code.strip(), maxsplit=3)
    if len(parts) != 4:
        return None
    prefix, month, year, kind = parts
    kind = re.sub(r"[_\-\s]", "", kind)
    return _Known(code, prefix.upper(), CODE_MONTHS.get(month.lower()), year, kind.upper())


def _distance(known: _Known, package: str, kind: str) -> int:
    return _typos(package, known.prefix) + _typos(kind, known.type)


def _typos(written: str, meant: str) -> int:
    """Edits between two parts, a swap of neighbours counting once; short words never count as typos of each other."""
    if written == meant:
        return 0
    if min(len(written), len(meant)) < _SHORTEST_TYPO - 1:
        return 2
    return int(OSA.distance(written, meant, score_cutoff=1))
