"""Which separate questions does one message ask?

A message is cut at every place where a second question could begin, and both sides are judged like messages of their own. Only when
the model is sure of both, and the whole message agrees that both are in it, do two questions count: one question taken for two annoys
more than two taken for one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from knowledge.pack import Pack
from ml.serve.intents import Judgement

# An end of a sentence parts by itself; "dan", "sama", "terus" and commas part only where both sides stand firmly.
_JOINT = re.compile(
    r"[.!;?]+(?=\s|$)|[?\n]|[,&+]|\b(?:dan juga|dan|serta|terus|lalu|sama|sekalian|kemudian|dengan|juga|plus|and)\b"
)
# "Assalamualaikum bu, mau tanya harga umroh": the greeting and the asking for leave are no part of the question.
_OPENER = re.compile(
    r"^(?:(?:assalamualaikum|halo|hai|selamat (?:pagi|siang|sore|malam)|permisi|maaf)\b[^,.!?\n]{0,30}[,.!\n] *)?"
    r"(?:(?:saya|kami|aku)? ?(?:(?:mau|ingin|izin|numpang|boleh|bisa|tolong|minta) ?){1,3}(?:tanya|bertanya|tahu|info|informasi)\b"
    r"(?: (?:soal|tentang|mengenai|dong|ya|untuk))*,? *)"
)
# "Btw hotelnya di mana": how a second thought begins.
_ASIDE = re.compile(r"^(?:(?:btw|by the way|anyway|oh ya|oiya|oh iya|eh|nah|terus|lalu)\b,? *)+")
# What tells a question from one more wish where no question mark does: "pesawatnya jangan transit" asks nothing.
_ASKING = re.compile(
    r"\b(?:apa(?:kah)?|ada(?:kah)?|bisa(?:kah)?|boleh(?:kah)?|dapat(?:kah)?|berapa|bagaimana|kapan|mana|siapa|kenapa|mengapa|what|which|how|when|"
    r"where|who|is|are|can|could|do|does|will)\b|\b(?:tidak|belum|kan|ya|not)$"
)
_LETTERS = re.compile(r"[^\W\d_]{3}")
_ENDS = re.compile(r"[.!;?\n]")
MOST_JOINTS = 8

# Chosen on messages of voices that the model had not seen, single and joined in pairs: 1.5 % of single ones are split.
SURE_SENTENCE = 0.6
SURE_PART = 0.8
SHARE_OF_WHOLE = 0.001
# Both sides as good as certain: then the whole need not name either ("what's the price and what hotel do we get?").
CERTAIN = 0.95
# A plea calls a human or opens a case, so it must be surer still.
SURE_PLEA, LEAST_WORDS_OF_A_PLEA = 0.98, 4
WISH = "give_preference"
# So many questions in a row ("harga, jadwal, sama hotelnya") are a list.
A_LIST = 3
# Beside two sure ones a third need not be as sure; so few pieces are what was said, no accident of a comma.
SURE_IN_A_LIST = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class AskPart:
    """One question of a message: its intent, how sure that is, and the words that ask it."""

    intent: str
    confidence: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Both sides of a place where a second question could begin; is_sentence: an end of a sentence stands there."""

    left: str
    right: str
    is_sentence: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A message's possible questions: every cut in two, and the pieces between all cuts."""

    cuts: tuple[Cut, ...] = ()
    pieces: tuple[str, ...] = ()

    @property
    def texts(self) -> set[str]:
        return {side for cut in self.cuts for side in (cut.left, cut.right)} | set(self.pieces)


def find_parts(standard: str) -> Parts:
    """The parts of a standard text that could be questions of their own; none when it cannot be divided.

    >>> find_parts("harganya berapa? hotelnya di mana").pieces
    ('harganya berapa', 'hotelnya di mana')
    """
    joints = list(_JOINT.finditer(standard))[:MOST_JOINTS]
    cuts = [
        Cut(
            left=_strip(standard[: j.start()]),
            right=_strip(standard[j.end() :]),
            is_sentence=bool(_ENDS.search(j.group())),
        )
        for j in joints
    ]
    ends = [0, *(j.end() for j in joints)]
    starts = [*(j.start() for j in joints), len(standard)]
    pieces = [_strip(standard[a:b]) for a, b in zip(ends, starts, strict=True)]
    return Parts(
        cuts=tuple(cut for cut in cuts if _speaks(cut.left) and _speaks(cut.right)),
        pieces=tuple(piece for piece in pieces if _speaks(piece)) if joints else (),
    )


def separate_asks(
    whole: Judgement, parts: Parts, judged: Mapping[str, Judgement], pack: Pack
) -> tuple[AskPart, ...]:
    """The questions asked, in order; none when the message asks only one thing."""
    sure_pieces = _listed(parts, judged, whole, SURE_PART, pack)
    listed = _listed(parts, judged, whole, SURE_IN_A_LIST, pack)
    if len(sure_pieces) >= A_LIST - 1 and len(listed) >= A_LIST:
        return listed
    pairs: list[tuple[float, tuple[AskPart, AskPart]]] = []
    for cut in parts.cuts:
        sure = SURE_SENTENCE if cut.is_sentence else SURE_PART
        first, second = (_ask(side, judged, whole, sure, pack) for side in (cut.left, cut.right))
        if first is None or second is None or first.intent == second.intent:
            continue
        least = min(first.confidence, second.confidence)
        if whole.top.name in (first.intent, second.intent) or least >= CERTAIN:
            pairs.append((least, (first, second)))
    if pairs:
        return max(pairs, key=lambda pair: pair[0])[1]
    return sure_pieces if _are_certain(sure_pieces) else ()


def _are_certain(asks: tuple[AskPart, ...]) -> bool:
    """Of a long run-on neither half need be sure, where two of its pieces are."""
    return len(asks) > 1 and min(ask.confidence for ask in asks) >= CERTAIN


def _listed(
    parts: Parts, judged: Mapping[str, Judgement], whole: Judgement, sure: float, pack: Pack
) -> tuple[AskPart, ...]:
    """The different questions among the pieces, in order."""
    listed: dict[str, AskPart] = {}
    for piece in parts.pieces:
        if ask := _ask(piece, judged, whole, sure, pack):
            listed.setdefault(ask.intent, ask)
    return tuple(listed.values())


def asking_pieces(standard: str, parts: Parts) -> tuple[str, ...]:
    """The pieces that are questions in form.

    >>> text = "kami berlima, maret. ada kursi roda?"
    >>> asking_pieces(text, find_parts(text))
    ('ada kursi roda',)
    """
    closed = standard.replace(" ?", "?")
    return tuple(piece for piece in parts.pieces if _ASKING.search(piece) or f"{piece}?" in closed)


def beside_statement(
    standard: str, parts: Parts, judged: Mapping[str, Judgement], pack: Pack
) -> tuple[AskPart, ...]:
    """The questions among the asking pieces of a wish, a plea or a no: "kami berlima, Maret. Hotelnya di mana?" asks one.

    The whole is no judge here, since it is about something else; so every piece must be as good as certain by itself, or at least sure
    where a question mark closes it.
    """
    asked: dict[str, AskPart] = {}
    closed = standard.replace(" ?", "?")
    for piece in asking_pieces(standard, parts):
        top = judged[piece].top
        sure = SURE_PART if f"{piece}?" in closed else CERTAIN
        if pack.is_question(top.name) and top.confidence >= sure:
            asked.setdefault(top.name, AskPart(intent=top.name, confidence=top.confidence, text=piece))
    return tuple(asked.values())


def graver_beside(parts: Parts, judged: Mapping[str, Judgement], pack: Pack) -> str | None:
    """The plea beside a question: "mau ngobrol sama adminnya langsung, alamat kantornya di mana?" asks for a human too.

    A wish needs no finding, its people and months are read from the whole; a few words alone ("boleh bicara?") are no plea.
    """
    sides = (side for cut in parts.cuts for side in (cut.left, cut.right))
    for piece in (*parts.pieces, *sides):
        top = judged[piece].top
        is_plea = pack.is_statement(top.name) and top.name != WISH
        if is_plea and top.confidence >= SURE_PLEA and len(piece.split()) >= LEAST_WORDS_OF_A_PLEA:
            return top.name
    return None


def best_ask(parts: Parts, judged: Mapping[str, Judgement], pack: Pack, sure: float) -> Judgement | None:
    """The surest question or wish among the parts of a message that is a courtesy as a whole; a plea only where it is certain."""
    asking = [judged[text] for text in parts.texts if _wants_something(judged[text], pack)]
    best = max(asking, key=lambda judgement: judgement.top.confidence, default=None)
    return best if best and best.top.confidence >= sure else None


def _wants_something(part: Judgement, pack: Pack) -> bool:
    name, confidence = part.top.name, part.top.confidence
    is_plea = pack.is_statement(name) and confidence >= SURE_PLEA
    return pack.is_question(name) or name == WISH or is_plea


def _ask(
    text: str, judged: Mapping[str, Judgement], whole: Judgement, sure: float, pack: Pack
) -> AskPart | None:
    top = judged[text].top
    is_in_whole = whole.share(top.name) >= SHARE_OF_WHOLE or top.confidence >= CERTAIN
    if not is_in_whole or top.confidence < sure or not pack.is_question(top.name):
        return None
    return AskPart(intent=top.name, confidence=top.confidence, text=text)


def _strip(text: str) -> str:
    return _OPENER.sub("", _ASIDE.sub("", text.strip(" ,."))).strip()


def _speaks(text: str) -> bool:
    return bool(_LETTERS.search(text))
