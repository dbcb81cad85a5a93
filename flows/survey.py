"""What is it for, and what may it cost? Two questions to know a customer by, and how freely written answers are read.

Bot:  … apa yang paling penting?          Siti: buat gaming
Bot:  … yang hemat, sedang, atau terbaik? Siti: sedang aja / 40 ribuan / lewati

A question of the customer's in between is answered, and the survey asks once more; after that it is let go.
"""

import re
from dataclasses import dataclass, replace

from flows.decision import Awaiting
from flows.domain import Preference
from flows.draft import Draft
from flows.hearing import SOCIAL, Said
from flows.persona import Budget, PriceBands, budget_of
from flows.preference import merge
from flows.reply_keys import Key

ASKED = "survey"  # In the journey's list of what was asked: the survey is offered once a purchase.
SKIPS = re.compile(
    r"\b(?:lewat(?:i|kan)?|skip|gausah|(?:ga|gak|nggak|ngga|tidak|tdk) ?(?:usah|perlu|mau jawab)|(?:nanti|langsung) (?:aja|saja))\b",
    re.IGNORECASE,
)
_WORDS: tuple[tuple[Budget, re.Pattern[str]], ...] = (
    (
        Budget.SULTAN,
        re.compile(
            r"\b(?:sultan|mewah|premium|vip|terbaik|paling bagus|bebas|berapa ?pun|tidak masalah|ga masalah|unlimited|mahal|luxury|best)\b"
        ),
    ),
    (
        Budget.HEMAT,
        re.compile(
            r"\b(?:hemat|murah\w*|termurah|ekonomis|irit|terjangkau|pas-?pasan|minim\w*|kecil|ringan|ngirit|cheap\w*|low)\b"
        ),
    ),
    (
        Budget.SEDANG,
        re.compile(
            r"\b(?:sedang|menengah|tengah\w*|standar|biasa\w*|lumayan|normal|wajar|medium|mid|average)\b"
        ),
    ),
)
_ASKS = re.compile(
    r"\?|^(?:apa|apakah|berapa|brp|kapan|di ?mana|gimana|bagaimana|kok|kenapa|bisa(?:kah)?|boleh(?:kah)?|ada|what|"
    r"how|when|where|is|are|can|do)\b",
    re.IGNORECASE,
)
_FILLERS = re.compile(
    r"^(?:(?:kalau|kalo|saya|aku|sy|gue|kami|buat|untuk|utk|suka|sukanya|hobi|hobinya|paling|sering|biasanya|mau|pengen|ingin|cari|lebih|yang|yg|ke|"
    r"penting(?:nya)?|i|we|for|like|mostly|my|hobby|is|ya|iya|sih|kak|min|pak|bu)\b[\s,:]*)+",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"[\s,.!]*(?:\b(?:ya|sih|kak|min|aja|saja|dong|deh|nih|pak|bu|bapak|ibu)\b[\s,.!]*)+$", re.IGNORECASE
)
LONGEST_NEED = 60  # What a survey's row holds, and more than anybody needs to name a use.
MAX_WORDS = 10  # A longer message tells a story, which is no answer to a short question.


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What a message answers of the two questions; is_skip: the customer would rather not."""

    need: str | None = None
    budget: Budget | None = None
    is_skip: bool = False

    @property
    def is_empty(self) -> bool:
        return self.need is None and self.budget is None and not self.is_skip


def begin(draft: Draft) -> bool:
    """Asks the first question of somebody of whom nothing is known, once a purchase; whether it did."""
    buyer = draft.situation.buyer
    is_due = buyer is not None and not buyer.has_told and ASKED not in draft.journey.asked
    if not is_due or draft.is_waiting or draft.situation.has_open_case:
        return False
    draft.journey = replace(draft.journey, asked=(ASKED, *draft.journey.asked))
    ask(draft, need=None, budget=None)
    return True


def ask(draft: Draft, need: str | None, budget: Budget | None, *, again: bool = False) -> None:
    """The question that is still open; the list above it keeps its numbers."""
    options = draft.awaiting or draft.situation.awaiting
    draft.tell(Key.SURVEY_NEED if need is None else Key.SURVEY_BUDGET, again=again)
    draft.awaiting = Awaiting(
        kind="survey",
        options=options.options if options else (),
        is_advice=options.is_advice if options else False,
        need=need,
        budget=budget,
        is_resumed=again,
    )


def resume(draft: Draft) -> bool:
    """After an answer to something else: the open question once more, and only once."""
    before = draft.situation.awaiting
    if before is None or before.kind != "survey" or before.is_resumed or draft.chosen_by is not None:
        return False
    if draft.awaiting is not None and draft.awaiting.kind == "survey":
        return False
    ask(draft, before.need, before.budget, again=True)
    return True


def read(said: Said, awaiting: Awaiting, bands: PriceBands) -> Answered:
    """What the message answers; nothing when it asks something, names a package or is about something else."""
    text = " ".join(said.text.split())
    lower = text.lower()
    if SKIPS.search(lower) or set(said.asks) == {"deny"}:
        return Answered(is_skip=True)
    if _ASKS.search(text) or len(text.split()) > MAX_WORDS or lower.isdigit():
        return Answered()
    amount = next((each for wish in said.wishes if (each := merge(Preference(), wish).budget_idr)), None)
    budget = budget_of(amount, bands) if amount else _spoken_budget(lower)
    if awaiting.need is not None:
        return Answered(budget=budget)
    is_social = bool(said.asks) and set(said.asks) <= SOCIAL
    is_trip = any(wish.pax or wish.months for wish in said.wishes)
    need = None if is_social or is_trip or amount else _need(text)
    return Answered(need=need, budget=budget)


def _spoken_budget(lower: str) -> Budget | None:
    return next((budget for budget, words in _WORDS if words.search(lower)), None)


def _need(text: str) -> str | None:
    """What it is for, without the words around it: `saya sih buat gaming kak` → `Gaming`."""
    bare = _TAIL.sub("", _FILLERS.sub("", text)).strip(" .,!?")
    return bare[:1].upper() + bare[1:LONGEST_NEED] if any(letter.isalpha() for letter in bare) else None
