"""Thumbs up or down after a recommendation: taken as a like or a dislike of what was recommended.

Siti: 👍                   → the first one is liked; "yang nomor berapa?" when there are several
Siti: suka yang nomor 2    → number 2 is liked, and introduced
Siti: kurang cocok         → others are put forward, while there are others; also of one that was just introduced
"""

import re

from flows.advice import advise
from flows.choice import pointed_at
from flows.domain import Package, Phase
from flows.draft import Draft
from flows.hearing import Said
from flows.offering import put_forward
from flows.packages import matching, on_sale
from flows.reply_keys import Key

_SHORT = 7  # Words; who writes more says more than a thumb.
DOWN = re.compile(
    r"👎|\b(?:kurang|kurg|krg|tidak|tdk|nggak|ngga|gak|ga|enggak|bukan|not) (?:begitu |terlalu )?"
    r"(?:cocok|suka|pas|sreg|minat|berminat|tertarik)\b|\b(?:don'?t|do not) like\b|\bnot for me\b",
    re.IGNORECASE,
)
# Nothing but the dislike: "ukurannya ga cocok" of what was bought is a complaint.
ONLY_DOWN = re.compile(
    rf"(?:(?:wah|hmm+|yah?|maaf|sorry|kayak?nya|sepertinya|saya|aku|ini|itu|yang|yg|tapi|kak|min)[\s,.]+)*(?:{DOWN.pattern})"
    r"(?:[\s,.]+(?:kak|min|sih|deh|nih|ya|buat|untuk|saya|aku|sama|yang|yg|ini|itu))*[\s.!👎]*",
    re.IGNORECASE,
)
# "Suka!", "cocok nih yang nomor 2"; "yang cocok untuk lansia" is a wish and no praise.
UP = re.compile(
    r"^(?:(?:wah|wow|oke?|ya|iya|sip|saya|aku|i|alhamdulillah)[\s,!]*)*(?:👍\S?|❤\S?|😍|suka|cocok|sreg|menarik|mantap|keren|love|like)"
    r"(?:[\s,]+(?:banget|bgt|sekali|kak|nih|sih|yang|yg|nomor|no|itu|ini|sama|min|it|the|first|second|one|pertama|kedua|ketiga|ke|\d))*[\s!.👍😍❤️]*$",
    re.IGNORECASE,
)
# Whoever says these has something graver to say.
_GRAVER = frozenset({"complaint", "request_human", "payment_intent", "opt_out"})


def take(draft: Draft, said: Said) -> bool:
    """Notes the like or dislike. A like that points at a package goes on to be introduced by the rules below."""
    awaiting = draft.situation.awaiting
    is_short = len(said.text.split()) <= _SHORT and "?" not in said.text
    if _turns_down_the_chosen(draft, said):
        return True
    if awaiting is None or not awaiting.is_advice or not awaiting.options or draft.is_waiting or not is_short:
        return False
    if _GRAVER & set(said.asks):
        return False
    meant = pointed_at(awaiting, said.text, said.number)
    if DOWN.search(said.text):
        _dislike(draft, (meant,) if meant else awaiting.options, awaiting.options)
        return True
    if not UP.search(said.text):
        return False
    draft.likes = (meant or awaiting.options[0],)
    if meant is not None or len(awaiting.options) == 1:
        return False
    draft.because("liked")
    draft.tell(Key.LIKED, liked=draft.situation.shelf.package(awaiting.options[0]))
    draft.keep_awaiting()
    return True


def _turns_down_the_chosen(draft: Draft, said: Said) -> bool:
    """A package was introduced, nobody has booked it, and all that is said of it is that it does not suit."""
    package, awaiting = draft.package, draft.situation.awaiting
    is_introduced = package is not None and awaiting is not None and awaiting.kind == "details"
    is_early = draft.journey.phase in (Phase.LEADS, Phase.INTEREST)
    if not (is_introduced and is_early) or draft.is_waiting or not ONLY_DOWN.fullmatch(said.text.strip()):
        return False
    assert package is not None, "it was introduced"
    _dislike(draft, (package.code,), (package.code,))
    return True


def _dislike(draft: Draft, disliked: tuple[str, ...], shown: tuple[str, ...]) -> None:
    draft.because("disliked")
    draft.dislikes = disliked
    left = frozenset(shown)
    choice = next((some for some in _choices(draft) if any(p.code not in left for p in some)), ())
    if not choice:
        draft.tell(Key.NO_OTHERS)
        draft.expect("preference")
        return
    put_forward(draft, advise(draft, choice, left), Key.DISLIKED)


def _choices(draft: Draft) -> tuple[tuple[Package, ...], ...]:
    """What fits the wishes, and where nothing of it is left to put forward, anything on sale."""
    open_ones = on_sale(draft.situation.shelf, draft.situation.today)
    return matching(draft.journey.preference, open_ones), open_ones
