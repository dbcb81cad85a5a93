"""Which packages does somebody want to see side by side?

Budi: hemat sama VIP bedanya apa?                  → both, each with what tells it apart; none is chosen by that
Budi (VIP is chosen): apa bedanya sama yang hemat? → VIP and Hemat; VIP stays chosen
Budi: <code> sama <code> bagusan mana?             → the first one's greeting, then both
"""

import re

from flows.choice import named
from flows.decision import Situation
from flows.domain import Package
from flows.draft import Draft
from flows.hearing import GRAVITY, Said
from flows.offering import offer
from flows.packages import Availability, availability
from flows.reply_keys import Key

_COMPARES = re.compile(
    r"\b(?:beda\w*|perbeda\w*|(?:di)?banding\w*|perbandingan\w*|mending(?:an)?|bagusan|selisih\w*|versus|vs|compar\w+|differen\w+)\b"
    r"|\b(?:bagus|baik|cocok|enak|untung|apik|sae|rancak|lamak)(?:an|nya|kah)? (?:yang |yg |sing |nan )?(?:mana|endi|mano|ma)\b"
    r"|\bwhich (?:one )?(?:is|one) (?:the )?bett?er\b|\b(?:pilih|ambil) (?:yang |yg )?mana\b",
    re.IGNORECASE,
)
# What a comparison answers by itself.
TOLD = frozenset(
    {
        "ask_recommendation",
        "ask_discount",
        "ask_packages",
        "ask_price",
        "ask_schedule",
        "ask_hotel",
        "ask_flight",
        "give_preference",
    }
)
FEWEST, MOST = 2, 4


def compares(text: str) -> bool:
    """Whether the text asks which of several is better, or how they differ.

    >>> compares("apa bedanya sama yang hemat?"), compares("yang hemat berapa?")
    (True, False)
    """
    return _COMPARES.search(text) is not None


def find(draft: Draft, said: Said) -> tuple[Package, ...]:
    """The packages on sale to set side by side, in the order mentioned; none when it is not several that are meant."""
    situation = draft.situation
    mentioned = (*_by_code(situation), *named(situation))
    if not mentioned or set(said.asks) & set(GRAVITY):
        return ()
    if not (said.has("ask_recommendation") or compares(said.text)):
        return ()
    current = (draft.package,) if draft.package is not None else ()
    is_with_current = len(set(mentioned)) < FEWEST and compares(said.text)
    both = (*current, *mentioned) if is_with_current else mentioned
    found = tuple(
        package
        for package in dict.fromkeys(both)
        if availability(package, situation.today) is Availability.OPEN
    )
    return found[:MOST] if len(found) >= FEWEST else ()


def _by_code(situation: Situation) -> tuple[Package, ...]:
    codes = [code.canonical for item in situation.heard for code in item.meaning.codes]
    return tuple(package for code in codes if (package := situation.shelf.package(code)))


def tell(draft: Draft) -> None:
    """Sets them side by side; the next message may choose one by its number."""
    draft.tell(Key.SIDE_BY_SIDE, packages=draft.beside)
    offer(draft, draft.beside)
