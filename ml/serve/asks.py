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
    r"[.!;?]+(?=\s|$)|[?\n]|,|\b(?:dan|serta|terus|lalu|sama|sekalian|kemudian|dengan|and|also)\b"
)
_LETTERS = re.compile(r"[^\W\d_]{3}")
_ENDS = re.compile(r"[.!;?\n]")
MOST_JOINTS = 5

# Chosen on messages of voices that the model had not seen, single and joined in pairs: 1.5 % of single ones are split.
SURE_SENTENCE = 0.6
SURE_PART = 0.8
SHARE_OF_WHOLE = 0.001
# So many questions in a row ("harga, jadwal, sama hotelnya") are a list.
A_LIST = 3


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
) -> tuple[str, ...]:
    """The questions asked, in order; fewer than two when the message asks only one thing."""
    listed = dict.fromkeys(
        ask for piece in parts.pieces if (ask := _ask(judged[piece], whole, SURE_PART, pack))
    )
    if len(listed) >= A_LIST:
        return tuple(listed)
    pairs: list[tuple[float, tuple[str, str]]] = []
    for cut in parts.cuts:
        sure = SURE_SENTENCE if cut.is_sentence else SURE_PART
        left, right = judged[cut.left], judged[cut.right]
        first, second = _ask(left, whole, sure, pack), _ask(right, whole, sure, pack)
        if first and second and first != second and whole.top.name in (first, second):
            pairs.append((min(left.top.confidence, right.top.confidence), (first, second)))
    return max(pairs)[1] if pairs else ()


def best_ask(parts: Parts, judged: Mapping[str, Judgement], pack: Pack, sure: float) -> Judgement | None:
    """The surest question among the parts of a message that is a courtesy as a whole."""
    asking = [judged[text] for text in parts.texts if pack.is_question(judged[text].top.name)]
    best = max(asking, key=lambda judgement: judgement.top.confidence, default=None)
    return best if best and best.top.confidence >= sure else None


def _ask(part: Judgement, whole: Judgement, sure: float, pack: Pack) -> str | None:
    name = part.top.name
    is_sure = part.top.confidence >= sure and whole.share(name) >= SHARE_OF_WHOLE
    return name if is_sure and pack.is_question(name) else None


def _strip(text: str) -> str:
    return text.strip(" ,.")


def _speaks(text: str) -> bool:
    return bool(_LETTERS.search(text))
