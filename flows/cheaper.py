"""Does somebody look for a lower price, and what may honestly be said to that?

Budi (VIP is chosen): ada yang lebih murah?     → what costs less, from the lowest
Budi (Hemat is chosen): ada yang lebih murah?   → that it is the cheapest already, and which discounts there are
"""

import re
from dataclasses import replace

from flows.choice import is_cheapest_meant
from flows.domain import Package
from flows.draft import Draft
from flows.offering import offer
from flows.packages import MAX_PICKS, matching, on_sale
from flows.reply_keys import Key

# Another package that costs less; "bisa lebih murah?" alone haggles over the one that is on the table.
_LOWER = re.compile(
    r"\b(?:lebih|lbh|luwih|langkung|leuwih|labiah|agak|rada) (?:murah|murce|mirah|hemat|ekonomis|ringan|terjangkau|miring|irit)\w*"
    r"|\b(?:di ?bawah|kurang dari) (?:itu|ini|segitu|harga (?:itu|ini))\b"
    r"|\bcheaper\b|\bless expensive\b|\b(?:lower|smaller) price",
    re.IGNORECASE,
)
_HAGGLES = re.compile(
    r"\b(?:bisa|boleh|dapat|dapet|make it|go|can it be)(?:kah)?(?: (?:ga|gak|ngga|nggak|tidak|dong|kak|min|dibuat|jadi|dikasih|kasih))* "
    r"(?:lebih|lbh|any|a bit|be)? ?(?:murah|hemat|ringan|miring|cheaper)",
    re.IGNORECASE,
)
_TOO_DEAR = re.compile(
    r"\b(?:ke|ter(?:lalu )?)?mahal\w*|\blarang (?:banget|tenan|pol)|\b(?:too )?(?:expensive|pricey)\b",
    re.IGNORECASE,
)
# Only what is asked about prices and packages is answered so: "hotel yang lebih murah" of a question about hotels is not.
PRICE_QUESTIONS = frozenset(
    {"ask_discount", "ask_packages", "ask_recommendation", "ask_price", "give_preference"}
)
_TOLD = frozenset({Key.CHEAPER, Key.CHEAPEST})


def wants_cheaper(text: str) -> bool:
    """Whether the text looks for a package that costs less, or for the one that costs least.

    >>> wants_cheaper("ada yang lebih murah?"), wants_cheaper("bisa lebih murah ga kak?")
    (True, False)
    """
    looks_down = _LOWER.search(text) is not None and not _HAGGLES.search(text)
    return looks_down or is_cheapest_meant(text)


def finds_dear(text: str) -> bool:
    """Whether the text says that the price is too high."""
    return _TOO_DEAR.search(text) is not None


def is_told(draft: Draft) -> bool:
    return any(say.key in _TOLD for say in draft.say)


def compared_with(draft: Draft) -> Package | None:
    """What a lower price is lower than: the package that is chosen, else the cheapest of the last list."""
    if draft.package is not None:
        return draft.package
    awaiting, shelf = draft.situation.awaiting, draft.situation.shelf
    listed = [package for code in (awaiting.options if awaiting else ()) if (package := shelf.package(code))]
    return min(listed, key=lambda package: package.price, default=None)


def tell_cheaper(draft: Draft) -> bool:
    """Lists what costs less; whether there is anything. Where only other months, or other kinds of goods, have it, that is said."""
    than = compared_with(draft)
    if than is None:
        return False
    wish = replace(draft.journey.preference, budget_idr=None)
    open_ones = on_sale(draft.situation.shelf, draft.situation.today)
    below = tuple(package for package in open_ones if package.price < than.price)
    plans_trips = draft.situation.shelf.trade.plans_trips
    # A cable is no cheaper laptop; of trips every one is another way to the same place.
    alike = below if plans_trips else tuple(package for package in below if package.category == than.category)
    fitting = matching(wish, alike)
    packages = fitting or matching(replace(wish, months=(), year=None, hijri=None, days=None), below)
    packages = tuple(sorted(packages, key=lambda package: package.price if plans_trips else -package.price))[
        :MAX_PICKS
    ]
    if not packages:
        return False
    draft.tell(
        Key.CHEAPER, asked=than, packages=packages, pax=wish.pax,
        is_other_month=plans_trips and not fitting, is_other_kind=not plans_trips and not fitting,
    )  # fmt: skip
    offer(draft, packages)
    return True


def tell_cheapest(draft: Draft) -> None:
    """That nothing costs less than what is on the table."""
    draft.tell(Key.CHEAPEST, asked=compared_with(draft))
