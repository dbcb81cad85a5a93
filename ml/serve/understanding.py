"""What does each of these messages mean?

The one door to language for the rest of Sapa: texts in, `Meaning`s out, in one pass over all of them. Pure and thread-safe; it
decides nothing and never raises on anything a customer can type.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from flows.domain import Entities, IntentScore, Meaning, Package
from knowledge.calendar_words import CalendarWords, read_calendar
from knowledge.codes import CodeBook, FoundCode
from knowledge.language import read_language
from knowledge.lexicon import lexicon_hash, standard_text
from knowledge.money import mask_amounts, read_budget
from knowledge.normalise import tidy
from knowledge.numbers import read_bare_number
from knowledge.pack import OUT_OF_SCOPE, Pack
from knowledge.package_names import NameBook
from knowledge.people import read_pax
from knowledge.wishes import is_negated_wish, is_start_word, is_stop_word
from ml.serve.artifact import Card, ModelMismatch, load_artifact
from ml.serve.clauses import split_clauses
from ml.serve.faq import FaqRanker
from ml.serve.intents import IntentModel

# What entity readers look at; a longer message is a pasted text, not a wish.
MOST_CHARACTERS = 4_000
# A part of a message counts as a question of its own only when the model is this sure of it alone.
SURE_CLAUSE = 0.6

_SAYS_SOMETHING = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """What the business knows at this moment. today is only needed for "bulan depan" and to pass over departed packages' names."""

    packages: tuple[Package, ...] = ()
    faq: FaqRanker | None = None
    today: date | None = None


@dataclass(frozen=True, slots=True)
class _Books:
    vocabulary: Vocabulary
    codes: CodeBook
    names: NameBook


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prepared:
    """A message on its way: text as written, what is left without codes, and that in standard words."""

    text: str
    found: tuple[FoundCode, ...]
    body: str
    standard: str
    number: int | None
    is_bare: bool
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """What the intent model makes of a message."""

    intent: str | None
    confidence: float
    ranking: tuple[IntentScore, ...] = ()
    asks: tuple[str, ...] = ()


class Understanding:
    """A pack's trained models, ready to be asked."""

    def __init__(self, model: IntentModel, card: Card, pack: Pack) -> None:
        self.model, self.card, self.pack = model, card, pack
        self._books: _Books | None = None

    @classmethod
    def load(cls, folder: Path, pack: Pack) -> "Understanding":
        """The model in service in this folder; one that does not fit raises ModelMissing or ModelMismatch with the mending command."""
        plain, card = load_artifact(folder, lexicon_hash())
        if set(card.classes) - {OUT_OF_SCOPE} != set(pack.intents):
            raise ModelMismatch(
                f"The intent model knows other intents than the pack {pack.name}. Run: sapa train nlu"
            )
        return cls(IntentModel.from_plain(plain), card, pack)

    @cached_property
    def versions(self) -> tuple[str, ...]:
        return (f"nlu:{self.card.name}:{self.card.id}",)

    def understand(
        self, texts: Sequence[str], vocabulary: Vocabulary, *, min_confidence: float | None = None
    ) -> list[Meaning]:
        """The meaning of each text, in order. min_confidence replaces the card's own threshold."""
        least = self.card.thresholds["min_confidence"] if min_confidence is None else min_confidence
        books = self._books_for(vocabulary)
        return [self._mean(_prepare(text, books), books, least) for text in texts]

    def _books_for(self, vocabulary: Vocabulary) -> _Books:
        books = self._books
        if books is None or books.vocabulary is not vocabulary:
            pack = self.pack
            codes = CodeBook([p.code for p in vocabulary.packages], pack.code_prefixes)
            names = NameBook(
                vocabulary.packages, pack.aliases, pack.generic_words, pack.shy_names, vocabulary.today
            )
            books = self._books = _Books(vocabulary, codes, names)
        return books

    def _mean(self, message: _Prepared, books: _Books, least: float) -> Meaning:
        calendar = read_calendar(message.standard, books.vocabulary.today)
        reading = _Reading(intent=None, confidence=1.0) if message.is_bare else self._read(message, least)
        faq = books.vocabulary.faq
        return Meaning(
            text=message.text,
            intent=reading.intent,
            confidence=reading.confidence,
            intents=reading.ranking,
            asks=reading.asks,
            entities=_entities(message, calendar),
            codes=tuple(code.mention for code in message.found),
            named_packages=books.names.find(message.standard, calendar.months),
            faq=faq.hits(message.body) if faq and not message.is_bare else (),
            language=read_language(message.body),
            number=message.number,
            is_negated=is_negated_wish(message.standard),
            is_stop_word=is_stop_word(message.standard),
            is_start_word=is_start_word(message.standard),
            versions=self.versions,
        )

    def _read(self, message: _Prepared, least: float) -> _Reading:
        whole = self.model.judge_standard(message.body, message.standard)
        asked = [self.model.judge_standard(clause, clause).top for clause in message.clauses]
        sure = [
            score for score in asked if score.confidence >= SURE_CLAUSE and self.pack.is_question(score.name)
        ]
        asks = tuple(dict.fromkeys(score.name for score in sure))
        top = whole.top
        if asks and (top.confidence < least or not self.pack.is_question(top.name)):
            top = max(sure, key=lambda score: score.confidence)
        if top.confidence < least:
            return _Reading(intent=OUT_OF_SCOPE, confidence=1 - top.confidence, ranking=whole.ranking)
        if len(asks) < 2 or top.name not in asks:
            asks = (top.name,) if self.pack.is_question(top.name) else ()
        return _Reading(intent=top.name, confidence=top.confidence, ranking=whole.ranking, asks=asks)


def _prepare(text: str, books: _Books) -> _Prepared:
    tidied = tidy(text)[:MOST_CHARACTERS]
    found = tuple(books.codes.find(tidied))
    body = tidied
    for code in reversed(found):
        body = body[: code.start] + " " + body[code.end :]
    standard = standard_text(body)
    number = read_bare_number(standard)
    says_nothing = not _SAYS_SOMETHING.search(standard)
    is_bare = number is not None or (says_nothing and (bool(found) or bool(_DIGIT.search(standard))))
    clauses = () if is_bare else split_clauses(standard)
    return _Prepared(
        text=text,
        found=found,
        body=body,
        standard=standard,
        number=number,
        is_bare=is_bare,
        clauses=clauses if len(clauses) > 1 else (),
    )


def _entities(message: _Prepared, calendar: CalendarWords) -> Entities:
    known = [code.mention.canonical for code in message.found if code.mention.canonical]
    months = calendar.months
    return Entities(
        campaign_codes=tuple(dict.fromkeys(known)),
        pax=read_pax(mask_amounts(message.standard)),
        month=months[0] if months else None,
        months=months,
        year=calendar.year,
        budget_idr=read_budget(message.standard),
        hijri=calendar.hijri,
    )
