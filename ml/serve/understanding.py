"""What does each of these messages mean?

The one door to language for the rest of Sapa: texts in, `Meaning`s out, in one pass over all of them. Pure and thread-safe; it
decides nothing and never raises on anything a customer can type.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from flows.domain import Entities, FaqHit, IntentScore, Meaning, Package
from knowledge.calendar_words import CalendarWords, read_calendar
from knowledge.codes import CodeBook, FoundCode
from knowledge.language import language_of
from knowledge.lexicon import in_standard_words, lexicon_hash, standard_text
from knowledge.money import BudgetScale, is_for_all, mask_amounts, read_budget
from knowledge.normalise import normalise, tidy
from knowledge.numbers import read_bare_number
from knowledge.pack import OUT_OF_SCOPE, Pack
from knowledge.package_names import NameBook
from knowledge.people import read_pax
from knowledge.rating import read_rating
from knowledge.trip_length import read_days
from knowledge.wishes import is_negated_wish, is_start_word, is_stop_word
from ml.serve.artifact import Card, ModelMismatch, load_artifact
from ml.serve.asks import (
    AskPart,
    Parts,
    asking_pieces,
    beside_statement,
    best_ask,
    find_parts,
    graver_beside,
    separate_asks,
)
from ml.serve.faq import FaqRanker
from ml.serve.intents import IntentModel, Judgement, settle
from ml.text_features import read_standard

# What entity readers look at; a longer message is a pasted text, not a wish.
MOST_CHARACTERS = 4_000
# How sure a part must be to be the question of a message that is a greeting or thanks as a whole.
SURE_BESIDE_COURTESY = 0.6
CONSENT = frozenset({"opt_out", "opt_in"})
# How well an FAQ entry must fit a mere piece of a message: of a question, and of one that was not understood.
FITS_PIECE = 0.55
SURE_PIECE = 0.75
# How sure the model must be of what an entry's own question asks, before the entry answers everybody who asks that.
SURE_ENTRY = 0.8
# Of entries about as sure of asking it, the first that staff wrote is the usual answer.
AS_SURE = 0.02

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
    # By intent the entry whose own question asks just that.
    usual: Mapping[str, FaqHit]
    # By entry the intent of its own question, where the model is sure of it.
    own_intents: Mapping[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prepared:
    """A message on its way: text as written, what is left without codes, normalised, and that in standard words."""

    text: str
    found: tuple[FoundCode, ...]
    plain: str
    standard: str
    number: int | None
    is_bare: bool


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the intent model makes of a message."""

    intent: str | None
    confidence: float
    ranking: tuple[IntentScore, ...] = ()
    asks: tuple[str, ...] = ()
    # Where several questions are asked, each with its own words; and the pieces that a message falls into.
    parts: tuple[AskPart, ...] = ()
    pieces: tuple[str, ...] = ()


_BARE = _Reading(intent=None, confidence=1.0)


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
        prepared = [_prepare(text, books) for text in texts]
        readings = self._read_all(prepared, least)
        hits = self._faq_hits(prepared, readings, vocabulary.faq)
        return [
            _mean(*given, books, self.versions, self.pack.budget)
            for given in zip(prepared, readings, hits, strict=True)
        ]

    def _faq_hits(
        self, prepared: Sequence[_Prepared], readings: Sequence[_Reading], faq: FaqRanker | None
    ) -> list[tuple[FaqHit, ...]]:
        """What staff wrote that answers each message; greetings, thanks and bare codes ask nothing."""
        if faq is None:
            return [()] * len(prepared)
        asking = {
            place: _asked_texts(message, reading)
            for place, (message, reading) in enumerate(zip(prepared, readings, strict=True))
            if reading.intent == OUT_OF_SCOPE or self.pack.may_ask(reading.intent)
        }
        texts = sorted({text for asked in asking.values() for _, text in asked})
        found = dict(zip(texts, faq.hits(texts), strict=True))
        return [
            _hits_of(
                asking.get(place, ()), found, SURE_PIECE if reading.intent == OUT_OF_SCOPE else FITS_PIECE
            )
            for place, reading in enumerate(readings)
        ]

    def _books_for(self, vocabulary: Vocabulary) -> _Books:
        books = self._books
        if books is None or books.vocabulary is not vocabulary:
            pack = self.pack
            codes = CodeBook([p.code for p in vocabulary.packages], pack.code_prefixes)
            names = NameBook(
                vocabulary.packages, pack.aliases, pack.generic_words, pack.shy_names, vocabulary.today
            )
            books = self._books = _Books(vocabulary, codes, names, *self._usual_answers(vocabulary.faq))
        return books

    def _usual_answers(self, faq: FaqRanker | None) -> tuple[dict[str, FaqHit], dict[int, str]]:
        """For each intent the entry that asks it most plainly ("Apakah ada diskon?" for ask_discount), and by entry what it surely asks."""
        usual: dict[str, FaqHit] = {}
        own: dict[int, str] = {}
        if faq is None:
            return usual, own
        judged = self._judge([standard_text(entry.question) for entry in faq.entries])
        for entry, asked in zip(faq.entries, judged, strict=True):
            name, sureness = asked.top.name, asked.top.confidence
            if sureness >= SURE_ENTRY:
                own[entry.id] = name
            if sureness >= SURE_ENTRY and (name not in usual or sureness > usual[name].score + AS_SURE):
                usual[name] = FaqHit(
                    faq_id=entry.id,
                    question=entry.question,
                    answer=entry.answer,
                    answer_en=entry.answer_en,
                    score=sureness,
                    intent=name,
                )
        return usual, own

    def _read_all(self, prepared: Sequence[_Prepared], least: float) -> list[_Reading]:
        """All messages, and then all their parts, through the model at once."""
        worded = [message.standard for message in prepared if not message.is_bare]
        wholes = dict(zip(worded, self._judge(worded), strict=True))
        parts = {
            text: find_parts(text) if self._may_ask_more(whole) else Parts() for text, whole in wholes.items()
        }
        texts = sorted({text for found in parts.values() for text in found.texts})
        judged = dict(zip(texts, self._judge(texts), strict=True))
        read = {text: self._read(text, whole, parts[text], judged, least) for text, whole in wholes.items()}
        return [_BARE if message.is_bare else read[message.standard] for message in prepared]

    def _judge(self, texts: Sequence[str]) -> list[Judgement]:
        return self.model.judge([read_standard(text) for text in texts])

    def _may_ask_more(self, whole: Judgement) -> bool:
        name = whole.top.name
        pack = self.pack
        return (
            pack.is_question(name)
            or pack.is_courtesy(name)
            or pack.is_statement(name)
            or pack.is_social(name)
        )

    def _read(
        self, text: str, whole: Judgement, parts: Parts, judged: Mapping[str, Judgement], least: float
    ) -> _Reading:
        intent, confidence = settle(whole, self.card.thresholds["most_foreign"], least)
        if self.pack.is_courtesy(intent) and (
            best := best_ask(parts, judged, self.pack, SURE_BESIDE_COURTESY)
        ):
            intent, confidence = best.top.name, best.top.confidence
        if self.pack.is_social(intent) and (asked := beside_statement(text, parts, judged, self.pack)):
            return self._beside_social(intent, confidence, whole, asked)
        if self.pack.is_statement(intent):
            pieces = asking_pieces(text, parts)
            asked = beside_statement(text, parts, judged, self.pack)
            asks = (intent, *(part.intent for part in asked)) if asked else ()
            return _Reading(intent, confidence, whole.ranking, asks, asked, pieces)
        asked = separate_asks(whole, parts, judged, self.pack) if self.pack.is_question(intent) else ()
        names = tuple(part.intent for part in asked)
        if asked and intent not in names:
            intent, confidence = asked[0].intent, asked[0].confidence
        asks = names or ((intent,) if self.pack.is_question(intent) else ())
        if asks and (plea := graver_beside(parts, judged, self.pack)):
            intent, asks = plea, (plea, *asks)
        return _Reading(
            intent=intent,
            confidence=confidence,
            ranking=whole.ranking,
            asks=asks,
            parts=asked,
            pieces=parts.pieces,
        )

    def _beside_social(
        self, intent: str, confidence: float, whole: Judgement, asked: tuple[AskPart, ...]
    ) -> _Reading:
        """A yes or a no gives way to the question beside it; what is said of advertising is heard too."""
        names = tuple(part.intent for part in asked)
        if intent in CONSENT:
            return _Reading(intent, confidence, whole.ranking, (intent, *names), asked)
        return _Reading(asked[0].intent, asked[0].confidence, whole.ranking, names, asked)


def _asked_texts(message: _Prepared, reading: _Reading) -> list[tuple[str | None, str]]:
    """What of a message to look up, with the intent it stands for: each of several questions, or the whole; and pieces that none of
    them holds, beside a statement or in a whole."""
    parts = [(part.intent, part.text) for part in reading.parts]
    if not parts:
        return [(None, message.standard), *((None, piece) for piece in reading.pieces)]
    held = {text for _, text in parts}
    is_beside = reading.asks[0] != parts[0][0]
    return [*parts, *((None, piece) for piece in reading.pieces if is_beside and piece not in held)]


def _hits_of(
    asked: Sequence[tuple[str | None, str]], found: Mapping[str, tuple[FaqHit, ...]], least: float
) -> tuple[FaqHit, ...]:
    """The entries that fit the questions or the whole; where that is not sure, those that fit its pieces at least so well."""
    of_parts = tuple(replace(hit, intent=intent) for intent, text in asked if intent for hit in found[text])
    unnamed = [found[text] for intent, text in asked if intent is None]
    whole, pieces = ((), unnamed) if of_parts or not unnamed else (unnamed[0], unnamed[1:])
    fitting = tuple(replace(hits[0], of_piece=True) for hits in pieces if hits and hits[0].score >= least)
    is_told_apart = len({hit.faq_id for hit in fitting}) > 1
    return of_parts + (fitting if of_parts or is_told_apart or not whole else whole)


def _prepare(text: str, books: _Books) -> _Prepared:
    tidied = tidy(text)[:MOST_CHARACTERS]
    found = tuple(books.codes.find(tidied))
    body = tidied
    for code in reversed(found):
        body = body[: code.start] + " " + body[code.end :]
    plain = normalise(body)
    standard = in_standard_words(plain)
    number = read_bare_number(standard)
    says_nothing = not _SAYS_SOMETHING.search(body)
    is_bare = number is not None or (says_nothing and (bool(found) or bool(_DIGIT.search(standard))))
    return _Prepared(
        text=text,
        found=found,
        plain=plain,
        standard=standard,
        number=number,
        is_bare=is_bare,
    )


def _mean(
    message: _Prepared,
    reading: _Reading,
    faq: tuple[FaqHit, ...],
    books: _Books,
    versions: tuple[str, ...],
    scale: BudgetScale,
) -> Meaning:
    calendar = read_calendar(message.standard, books.vocabulary.today)
    is_stop, is_start = is_stop_word(message.standard), is_start_word(message.standard)
    if is_stop or is_start:
        reading = replace(reading, intent="opt_out" if is_stop else "opt_in", confidence=1.0, asks=())
    return Meaning(
        text=message.text,
        intent=reading.intent,
        confidence=reading.confidence,
        intents=reading.ranking,
        asks=reading.asks,
        entities=_entities(message, calendar, scale),
        codes=tuple(code.mention for code in message.found),
        named_packages=books.names.find(message.standard, calendar.months),
        faq=tuple(replace(hit, asks=books.own_intents.get(hit.faq_id)) for hit in faq),
        usual_answers=tuple(
            books.usual[ask] for ask in reading.asks or (reading.intent,) if ask and ask in books.usual
        ),
        language=language_of(message.plain),
        number=message.number,
        rating=read_rating(message.standard),
        is_negated=is_negated_wish(message.standard),
        is_stop_word=is_stop,
        is_start_word=is_start,
        versions=versions,
    )


def _entities(message: _Prepared, calendar: CalendarWords, scale: BudgetScale) -> Entities:
    known = [code.mention.canonical for code in message.found if code.mention.canonical]
    months = calendar.months
    budget = read_budget(message.standard, scale)
    return Entities(
        campaign_codes=tuple(dict.fromkeys(known)),
        pax=read_pax(mask_amounts(message.standard)),
        month=months[0] if months else None,
        months=months,
        year=calendar.year,
        budget_idr=budget,
        hijri=calendar.hijri,
        days=read_days(message.standard),
        is_budget_for_all=budget is not None and is_for_all(message.standard),
    )
