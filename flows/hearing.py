"""What was said in this turn, over all its messages: which intents, in which order, and which of them matters most."""

import re
from dataclasses import dataclass, replace

from flows.decision import Awaiting, Situation
from flows.domain import Consent, Entities, FaqHit, Heard, Meaning, MessageKind, Triggers
from flows.journey import BUYING
from flows.left_waiting import is_left_waiting, lost_money, says_paid, was_cheated
from flows.trade import Trade

OUT_OF_SCOPE = "out_of_scope"
# When one turn means several things, the record names the gravest; equal ones keep the order said.
GRAVITY = ("opt_out", "opt_in", "complaint", "request_human", "payment_intent")
SOCIAL = frozenset({"greeting", "affirm", "deny", "thanks", "goodbye"})
# "Assalamualaikum", "Assalamu'alaikum", "ass wr wb", "aslmkm": who says it waits for "waalaikumsalam".
SALAM = re.compile(r"\b(?:assala+m\w*|ass?lamu\w*|ass\.? ?wr|aslmk?m?|السلام)\b", re.IGNORECASE)
# A passport's last month, a neighbour's loss, a fee: what is named here is no wish for a trip.
WISHLESS = frozenset(
    {
        *("ask_requirements", "ask_legality", "ask_location", "ask_testimonial", "ask_refund"),
        *("request_human", "complaint", "opt_out", "opt_in", "thanks", "goodbye"),
    }
)
# An amount beside these is what is to be paid, not what may be spent.
ABOUT_MONEY = frozenset({"payment_intent", "ask_payment_terms", "ask_discount"})
# How sure a guess must be to do more than answer: call a human, open a case, change a consent. A consent is given in so many words,
# and only a question that is surely understood is passed on as one that has no answer.
SURE_OF = dict.fromkeys(("complaint", "request_human", "payment_intent"), 0.4)
SURE_OF |= dict.fromkeys(("ask_requirements", "ask_discount", "ask_refund", "ask_testimonial"), 0.4)
SURE_OF |= {"opt_out": 0.6, "opt_in": 0.8}
# "Teman saya kecewa sama travel lain, makanya cari yang bagus": others' doings are no complaint about us, unless we are named too.
ELSEWHERE = re.compile(
    r"\b(?:travel|agen|agent|agency|biro|tempat|toko|bank|operator|provider) (?:lain|sebelah|tetangga|lama saya|abal)\w*|"
    r"\b(?:another|other) (?:travel|agency|shop|bank|operator|provider)",
    re.IGNORECASE,
)
ABOUT_US = re.compile(r"\b(?:kalian|di sini|disini|travel ini|admin\w*|anda|you|your)\b", re.IGNORECASE)
GOING = re.compile(
    r"\b(?:(?:mau|ingin|rencana\w*|pengen|pingin|niat) (?:ber\w+|umroh|umrah|pergi|ikut|brgkt)|want to go|planning|plan to|going in)\b",
    re.IGNORECASE,
)
EXPIRES = re.compile(
    r"\b(?:paspor\w*|passport|berlaku|habis|expire\w*|vaksin\w*|kemarin|lalu|last)\b", re.IGNORECASE
)
A_WISH_TOO = 0.2  # How much of a message that asks something must sound like a wish for its people and months to be one.
# "Admin mana sih": too short for the model to be sure of anything, and yet plain.
CALLS_A_HUMAN = re.compile(
    r"\b(?:mana|panggil\w*|hubungkan|sambungkan)\b.{0,12}?\b(?:admin\w*|cs|operator\w*|petugas\w*|manusia)\b"
    r"|\b(?:admin|cs|operator|petugas)(?:nya)? (?:nya )?mana\b"
    r"|\bada (?:orang|admin|cs|petugas)(?:nya)?(?: di ?sini)?(?: (?:ga|gak|gk|nggak|ngga|enggak|tidak|tdk|kah|ya))?\W*$",
    re.IGNORECASE,
)
SURE_ENOUGH = 0.6
# "Mau tanya dulu": no more than asking leave to ask, which sounds like a no to a model that looks for questions.
_BESIDE_ASKING = (
    "halo|hallo|hai|hi|hello|permisi|maaf|kak|kakak|ka|min|admin|mbak|mas|pak|bu|gan|sis|saya|aku|sy|cuma|cuman|hanya|mau|pengen|pengin"
    "|ingin|boleh|numpang|izin|ijin|bisa|gak|ga|nggak|tidak|ya|yah|dulu|dl|dlu|dong|sebentar|bentar|sesuatu|i|can|may|just|want|wanted"
    "|to|would|like|something|a|some|question|questions|first|please|you"
)
ASKS_LEAVE = re.compile(
    rf"\W*(?:(?:{_BESIDE_ASKING})\W+)*(?:ber)?(?:tanya|nanya|ask)(?:2|\W+(?:tanya|nanya))?(?:\W+(?:{_BESIDE_ASKING}))*\W*",
    re.IGNORECASE,
)
SURELY_FOREIGN = 0.5  # More likely than not about something else; "What about March?" alone is only unsure.
SEND_AGAIN = re.compile(
    r"\b(?:kirim\w*|terima|dapat|dapet|ikut\w*|aktif\w*|send|receive|get)\b.{0,30}?\b(?:promo\w*|info\w*|penawaran|iklan|news|offers?)\b"
    r".{0,20}?\b(?:lagi|kembali|again)\b",
    re.IGNORECASE,
)
SEND_NOTHING = re.compile(
    r"\b(?:jangan|jgn|stop|berhenti|hentikan|(?:ga|gak|ngga|nggak|tidak|tdk|tak) (?:usah|perlu|mau)|no more|don'?t|never)\b",
    re.IGNORECASE,
)
WITH_WORDS = frozenset({MessageKind.TEXT, MessageKind.IMAGE, MessageKind.DOCUMENT, MessageKind.VIDEO})


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """asks are the distinct intents in order; intent and confidence belong to the one that matters most. wishes are what the messages
    name of the trip that is wanted."""

    asks: tuple[str, ...]
    intent: str | None
    confidence: float
    wishes: tuple[Entities, ...]
    faq: tuple[FaqHit, ...]
    usual_answers: tuple[FaqHit, ...]
    text: str
    number: int | None
    rating: int | None

    def has(self, intent: str) -> bool:
        return intent in self.asks

    @property
    def is_salam(self) -> bool:
        return SALAM.search(self.text) is not None

    @property
    def asks_leave(self) -> bool:
        """Whether they only say that they want to ask something."""
        return ASKS_LEAVE.fullmatch(self.text) is not None

    @property
    def is_buying(self) -> bool:
        return bool(BUYING & set(self.asks))


def listen(situation: Situation) -> Said:
    """All messages of the turn as one, with staff's trigger words and the customer's negations taken into account."""
    triggers, trade = situation.shelf.triggers, situation.shelf.trade
    meanings = [
        (
            item,
            _clarified(item, situation.awaiting, trade)
            or _agrees_again(item, situation.consent)
            or _intents(item, triggers, trade),
        )
        for item in situation.heard
        if item.kind in WITH_WORDS
    ]
    ranked = [(intent, item.meaning.confidence) for item, intents in meanings for intent in intents]
    asks = tuple(dict.fromkeys(intent for intent, _ in ranked if intent != OUT_OF_SCOPE))
    understood = [pair for pair in ranked if pair[0] != OUT_OF_SCOPE]
    intent, confidence = min(understood or ranked, key=_gravity, default=(None, 1.0))
    return Said(
        asks=asks,
        intent=intent,
        confidence=confidence,
        wishes=tuple(trade.wish(_wish(item, intents, situation.awaiting)) for item, intents in meanings),
        faq=tuple(hit for item, _ in meanings for hit in item.meaning.faq),
        usual_answers=tuple(hit for item, _ in meanings for hit in item.meaning.usual_answers),
        text="\n".join(item.meaning.text for item in situation.heard if item.meaning.text),
        number=next(
            (item.meaning.number for item, _ in reversed(meanings) if item.meaning.number is not None), None
        ),
        rating=meanings[-1][0].meaning.rating if meanings else None,
    )


def _agrees_again(item: Heard, consent: Consent) -> tuple[str, ...]:
    """Whoever has sent STOP and now asks for promotions to be sent again has said so in so many words."""
    text = item.meaning.text
    is_asked_for = consent is Consent.WITHDRAWN and SEND_AGAIN.search(text) and not SEND_NOTHING.search(text)
    return ("opt_in",) if is_asked_for else ()


def _clarified(item: Heard, awaiting: Awaiting | None, trade: Trade) -> tuple[str, ...]:
    """What "2" means after "yang ingin ditanyakan soal apa?"; empty when that was not asked or not answered so."""
    if awaiting is None or awaiting.kind != "clarify" or item.meaning.number is None:
        return ()
    return trade.clarified.get(item.meaning.number, ())


def _wish(item: Heard, intents: tuple[str, ...], awaiting: Awaiting | None) -> Entities:
    """What this message tells of the trip. "Resep rendang untuk 4 orang" tells nothing, unless the bot has just asked how many."""
    meaning = item.meaning
    is_asked = awaiting is not None and awaiting.kind == "preference"
    top = meaning.intents[0] if meaning.intents else None
    is_foreign = top is not None and top.name == OUT_OF_SCOPE and top.confidence >= SURELY_FOREIGN
    is_wishless = bool(intents) and set(intents) <= WISHLESS and not _also_wishes(meaning)
    if (is_foreign and not is_asked) or is_wishless:
        return Entities()
    names_budget = meaning.entities.budget_idr is not None
    if names_budget and (ABOUT_MONEY & set(intents) or _is_elsewhere(meaning.text)):
        return replace(meaning.entities, budget_idr=None)
    return meaning.entities


def _also_wishes(meaning: Meaning) -> bool:
    """ "Umroh Januari berdua, saya hamil 5 bulan boleh tidak?" asks what is required, and tells of a trip. "Paspor habis Juni" does not."""
    if GOING.search(meaning.text) and not EXPIRES.search(meaning.text):
        return True
    return any(one.name == "give_preference" and one.confidence >= A_WISH_TOO for one in meaning.intents)


def _gravity(pair: tuple[str, float]) -> int:
    intent = pair[0]
    if intent in GRAVITY:
        return GRAVITY.index(intent)
    return len(GRAVITY) + (1 if intent in SOCIAL else 0)


def _intents(item: Heard, triggers: Triggers, trade: Trade) -> tuple[str, ...]:
    meaning = item.meaning
    heard = meaning.asks or ((meaning.intent,) if meaning.intent else ())
    intents = [trade.stands_for.get(intent, intent) for intent in heard]
    if meaning.is_stop_word:
        intents = ["opt_out"]
    elif meaning.is_start_word:
        intents = ["opt_in"]
    else:
        intents = [
            OUT_OF_SCOPE if meaning.confidence < _sure_of(intent, trade) else intent for intent in intents
        ]
    if ASKS_LEAVE.fullmatch(meaning.text):
        intents = ["greeting"]
    if intents == [OUT_OF_SCOPE] and says_paid(meaning.text) and not _is_elsewhere(meaning.text):
        # "Sudah transfer kemarin, sudah masuk belum?": whatever it asks, only a human can look.
        intents = ["payment_intent"]
    is_doubtful = meaning.confidence < SURE_ENOUGH or intents == ["greeting"]
    if is_doubtful and CALLS_A_HUMAN.search(meaning.text):
        intents = ["request_human"]
    if _has_lost(meaning.text) and not _is_elsewhere(meaning.text):
        intents = ["complaint", *(intent for intent in intents if intent in GRAVITY[:2])]
    if "complaint" in intents and _is_elsewhere(meaning.text) and not ABOUT_US.search(meaning.text):
        intents = [OUT_OF_SCOPE if intent == "complaint" else intent for intent in intents]
    if meaning.is_negated:
        # "Belum mau daftar" is a no, however sure the model is of the wish.
        intents = ["deny" if intent == "payment_intent" else intent for intent in intents]
    if triggers.enabled:
        intents = _triggered(meaning.text.lower(), triggers) + intents
    return tuple(intents)


def _is_elsewhere(text: str) -> bool:
    return ELSEWHERE.search(text) is not None


def _has_lost(text: str) -> bool:
    return is_left_waiting(text) or was_cheated(text) or lost_money(text)


def _sure_of(intent: str, trade: Trade) -> float:
    return SURE_OF.get(intent, SURE_OF["ask_discount"] if intent in trade.one_answer else 0)


def _triggered(text: str, triggers: Triggers) -> list[str]:
    words = ((triggers.complaint_keywords, "complaint"), (triggers.human_keywords, "request_human"))
    return [
        intent for keywords, intent in words if any(word.lower() in text for word in keywords if word.strip())
    ]
