"""How does a sentence of a rule read in the panel's language?

Refusals are written in English, as the API says them, and `words/sentences.toml` has their Indonesian. Reasons are written in
Indonesian, since staff read them in alerts too, and `words/reasons.toml` has their English; so are the bot's summaries
(`words/summaries.toml`) and what packs say of their texts (`words/abouts.toml`). A sentence is matched by its fixed words;
`{}` stands for what differs from case to case, and is looked up as well
(`{0} {0:day|days}` says it in a language that tells one from many). One that is not in the table stays as it is;
`tests/admin/test_sentences.py` finds it.
"""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from admin.words import Said

WORDS = Path(__file__).parents[1] / "words"
_BLANK = re.compile(r"\\\{\w*\\\}")

_SENTENCE = re.compile(r".+?(?:[.!?…](?=\s|$)|$)", re.MULTILINE)

_Table = tuple[tuple[re.Pattern[str], str], ...]


def in_words(sentence: str, language: str) -> str:
    """A refusal's sentence in the panel's language."""
    return sentence if language == "en" else _said(sentence, _refusals())


def reason_in_words(sentence: str, language: str) -> str:
    """A reason's sentence in the panel's language."""
    return _said(sentence, _reasons()) if language == "en" else sentence


def about_in_words(about: str, language: str) -> str:
    """When a text of a pack is used, in the panel's language. A note that somebody typed stays as it is."""
    return _abouts().get(about, about) if language == "en" else about


def summary_in_words(summary: str, language: str) -> str:
    """What the bot tells a human, in the panel's language. A person's own notes beside it stay as they were typed."""
    if language != "en":
        return summary
    sentences, words = _summaries()
    said, rest = "", summary
    while rest:
        for pattern, translation in sentences:
            if found := pattern.match(rest):
                said += translation.format(*(Said(_said(part, words)) for part in found.groups()))
                break
        else:
            found = _SENTENCE.match(rest)
            said += found[0] if found else rest
        end = found.end() if found else len(rest)
        blank = len(rest[end:]) - len(rest[end:].lstrip())
        said, rest = said + rest[end : end + blank], rest[end + blank :]
    return said


def _said(sentence: str, table: _Table) -> str:
    for pattern, translation in table:
        if found := pattern.fullmatch(sentence):
            return translation.format(*(Said(_said(part, table)) for part in found.groups()))
    return sentence


@cache
def _refusals() -> _Table:
    rows = tomllib.loads((WORDS / "sentences.toml").read_text(encoding="utf-8"))
    return _table([*((row["en"], row["id"]) for row in rows["sentences"]), *rows["nouns"].items()])


@cache
def _summaries() -> tuple[_Table, _Table]:
    """Whole sentences as they begin a text, and the words inside."""
    rows = tomllib.loads((WORDS / "summaries.toml").read_text(encoding="utf-8"))
    whole = (
        (re.compile(f"{pattern.pattern}(?=\\s|$)"), after) for pattern, after in _table(rows["sentences"])
    )
    return tuple(whole), _table(rows["words"])


@cache
def _reasons() -> _Table:
    return _table(tomllib.loads((WORDS / "reasons.toml").read_text(encoding="utf-8"))["rows"])


@cache
def _abouts() -> dict[str, str]:
    """Trades that sell no packages call them products, in what is shared by all of them, too."""
    rows = tomllib.loads((WORDS / "abouts.toml").read_text(encoding="utf-8"))["rows"]
    products = (
        (before.replace("paket", "produk"), after.replace("package", "product")) for before, after in rows
    )
    return dict(products) | dict(rows)


def _table(rows: Iterable[tuple[str, str]]) -> _Table:
    return tuple((re.compile(_BLANK.sub("(.+?)", re.escape(before))), after) for before, after in rows)
