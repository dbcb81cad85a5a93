"""How many people does a message say will travel, infants included?

Works on standard text with amounts of money and campaign codes blanked. The first reading that counts somebody
stands. Silence is None, never a guess.
"""

import re
from collections.abc import Sequence

from knowledge.party_words import (
    ADULTS,
    KIN,
    LINKS,
    PEOPLE,
    ROOMS,
    SELF,
    SMALL,
    TOGETHER,
    WORDS_OF,
    Word,
    at,
    spoken_words,
)

# More than this is no party that anyone books by chat.
_MOST = 2_000
_FILLERS = WORDS_OF["company_fillers"] | WORDS_OF["going"] | WORDS_OF["when"] | SELF
_FOLLOWING = WORDS_OF["after_kin"] | SELF
# Without any number, only these count anybody, or a relative ("orang tua" among them) with a word that links.
_ALONE = {"seorang", "sendiri", "sendirian", "cuma", "hanya"}
_COUPLE = {"suami", "istri", "pasang", "pasutri", "sepasang", "honeymoon", "pengantin"}
_COUNTING = TOGETHER.keys() | _ALONE | _COUPLE | {"a", "an"}
_RELATIVES = KIN | {"tua"}
# "Anak 2 (umur 4 dan 7), bayi 1": how old they are only interrupts who they are.
_AGES_ASIDE = re.compile(r"\([^()]*\b(?:umur|usia|tahun|thn|th|bulan|bln)\b[^()]*\)")


def read_pax(text: str) -> int | None:
    """The number of travellers that a standard text names, or None.

    >>> read_pax("2 dewasa 1 anak 1 bayi"), read_pax("saya sama istri dan 2 anak"), read_pax("kamar berdua")
    (4, 4, None)
    """
    spoken = spoken_words(_AGES_ASIDE.sub(" ", text))
    if not _may_count(spoken):
        return None
    for read in (_heads, _together, _counted_or_company, _couple, _alone):
        pax = read(spoken)
        if pax is not None:
            return pax if 0 < pax <= _MOST else None
    return None


def _may_count(spoken: Sequence[Word]) -> bool:
    """Whether anything said can count travellers; most messages need no closer look."""
    if int in map(type, spoken) or not _COUNTING.isdisjoint(spoken):
        return True
    return not LINKS.isdisjoint(spoken) and not _RELATIVES.isdisjoint(spoken)


def _heads(spoken: Sequence[Word]) -> int | None:
    """Counted adults and children; of "4 orang, 2 dewasa dan orang tua" the whole counts."""
    party = _party(spoken)
    return None if party is None else max(party, _counted(spoken) or 0)


def _party(spoken: Sequence[Word]) -> int | None:
    """ "2 dewasa 1 anak 1 bayi": counted adults, and every child beside them."""
    counts = [
        count for place, word in enumerate(spoken) if word in ADULTS and (count := _count_at(spoken, place))
    ]
    before = [
        spoken[place - 1] for place, word in enumerate(spoken) if place and word in WORDS_OF["men_and_women"]
    ]
    both = [count for count in before if isinstance(count, int)]
    counts += both if len(both) > 1 else []
    return sum(counts) + _children(spoken, linked=False) if counts else None


def _count_at(spoken: Sequence[Word], place: int) -> int | None:
    """The number said of the noun here: "2 anak", "2 orang anak", "anak 2", "a baby"."""
    before = at(spoken, place - 2) if at(spoken, place - 1) == "orang" else at(spoken, place - 1)
    after = at(spoken, place + 1)
    for number in (before, after):
        if isinstance(number, int):
            return number
    return 1 if before in {"a", "an", "seorang"} else None


def _children(spoken: Sequence[Word], *, linked: bool, links: frozenset[str] = WORDS_OF["adding"]) -> int:
    """Children named beside a party; linked: only those that are added to it ("plus 1 bayi")."""
    total = 0
    for place, word in enumerate(spoken):
        if word not in SMALL:
            continue
        count = _count_at(spoken, place)
        if count is None:
            # "Dua dewasa dan bayi", but not "anak anak libur".
            total += not linked and at(spoken, place - 1) in WORDS_OF["adding"]
        elif not linked or at(spoken, place - 2) in links:
            total += count
    return total


def _together(spoken: Sequence[Word]) -> int | None:
    for place, word in enumerate(spoken):
        count = TOGETHER.get(word) if isinstance(word, str) else None
        if word == "ber" and isinstance(at(spoken, place + 1), int):
            count = int(spoken[place + 1])
        if word in WORDS_OF["groups"]:
            count = _group_size(spoken, place + 1)
        if (
            word in {"dari", "of"}
            and at(spoken, place + 1) in SELF
            and isinstance(at(spoken, place - 1), int)
        ):
            count = int(spoken[place - 1])
        if count:
            return count + _children(spoken[place:], linked=True)
    return None


def _group_size(spoken: Sequence[Word], place: int) -> int | None:
    while at(spoken, place) in WORDS_OF["group_fillers"]:
        place += 1
    size = at(spoken, place)
    return size if isinstance(size, int) and size > 1 else None


def _counted(spoken: Sequence[Word]) -> int | None:
    """ "3 orang", "orang dua", "2-3 jamaah" (the upper), "kami 3 bersaudara"."""
    for place, word in enumerate(spoken):
        before, after = at(spoken, place - 1), at(spoken, place + 1)
        is_more = at(spoken, place - 2) in WORDS_OF["more"] or (after == "lagi" and before == 1)
        if word in PEOPLE and isinstance(before, int) and after not in {"tua", "sekamar"} and not is_more:
            return before + _children(spoken[place:], linked=True)
        if word == "orang" and isinstance(after, int):
            return after
        if word in {"kami", "kita"} and after == "are":
            place, after = place + 1, at(spoken, place + 2)
        if word in {"kami", "kita"} and isinstance(after, int) and at(spoken, place + 2) not in KIN:
            return after
    return None


def _counted_or_company(spoken: Sequence[Word]) -> int | None:
    """Of "saya dan 3 teman" the writer counts too; "2 orang, saya dan istri" says the same twice."""
    return max(_counted(spoken) or 0, _company(spoken) or 0) or None


def _company(spoken: Sequence[Word]) -> int | None:
    """The writer and named relatives: "saya sama istri dan 2 anak", "istri dan saya"."""
    for place, word in enumerate(spoken):
        begins = word == "bersama" or (place == 0 and word in WORDS_OF["taking_along"])
        if begins and (kin := _kin_list(spoken, place, said_self=False)):
            return 1 + kin
    for place, word in enumerate(spoken):
        if word not in SELF and word not in WORDS_OF["going"]:
            continue
        start = place + 1
        while at(spoken, start) in _FILLERS:
            start += 1
        said_self = any(word in SELF for word in spoken[max(0, place - 4) : start])
        kin = _kin_list(spoken, start, said_self=said_self)
        if kin:
            return 1 + kin
        if word in SELF and (kin := _kin_before(spoken, place)):
            return 1 + kin
    return None


def _kin_list(spoken: Sequence[Word], place: int, *, said_self: bool) -> int:
    """How many relatives follow here, each after a link word."""
    total = 0
    first = next((ahead for ahead in range(place, len(spoken)) if spoken[ahead] not in LINKS), len(spoken))
    # "Sama bapak" may be staff; "sama ibu bapak" are the writer's parents.
    is_address = at(spoken, first) in WORDS_OF["forms_of_address"] and at(spoken, first + 1) not in KIN
    if not said_self and is_address:
        return 0
    while at(spoken, place) in LINKS:
        while at(spoken, place) in LINKS:
            place += 1
        count, place = _kin_at(spoken, place)
        if not count:
            break
        total += count
    return total


def _kin_at(spoken: Sequence[Word], place: int) -> tuple[int, int]:
    """The relatives named at this place and where the text goes on after them."""
    number = 1
    if at(spoken, place) in SELF:
        place += 1
    first = at(spoken, place)
    if isinstance(first, int) or first in {"kedua", "seorang", "a"}:
        number = first if isinstance(first, int) else 2 if first == "kedua" else 1
        place += 1
    while at(spoken, place) in {"orang", "saya"} and at(spoken, place + 1) != "tua":
        place += 1
    if at(spoken, place) == "orang" and at(spoken, place + 1) == "tua":
        return _after_kin(spoken, place + 2, 2)
    if at(spoken, place) not in KIN:
        return 0, place
    return _after_kin(spoken, place + 1, number)


def _after_kin(spoken: Sequence[Word], place: int, number: int) -> tuple[int, int]:
    while at(spoken, place) in _FOLLOWING:
        place += 1
    follows = at(spoken, place)
    if isinstance(follows, int) and number == 1:
        # "Anak dua"; but in "2 anak (7 dan 10)" the numbers behind are ages.
        return follows, place + 1
    if follows in KIN:
        # "Mama papa" are two.
        more, place = _kin_at(spoken, place)
        return number + more, place
    return number, place


def _kin_before(spoken: Sequence[Word], place: int) -> int:
    """ "Istri dan saya", "my husband and I"."""
    if at(spoken, place - 1) not in {"dan", "sama", "&", "and"}:
        return 0
    back = place - 2
    if at(spoken, back) == "tua" and at(spoken, back - 1) == "orang":
        return 2
    while at(spoken, back) in _FOLLOWING:
        back -= 1
    return 1 if at(spoken, back) in KIN else 0


def _couple(spoken: Sequence[Word]) -> int | None:
    if any(word in ROOMS for word in spoken):
        return None
    # A couple is a whole of its own: whoever is "with" it comes on top.
    children = _children(spoken, linked=True, links=WORDS_OF["adding"] | {"dengan", "sama"})
    for place, word in enumerate(spoken):
        partner = {"suami": "istri", "istri": "suami"}.get(word) if isinstance(word, str) else None
        follows = at(spoken, place + 1)
        if partner and (follows == partner or (follows in LINKS and at(spoken, place + 2) == partner)):
            return 2 + children
        if word == "pasang" and isinstance(before := at(spoken, place - 1), int):
            return 2 * before + children
        if word in {"pasutri", "sepasang", "honeymoon"} or (word == "pengantin" and follows == "baru"):
            return 2 + children
    return None


def _alone(spoken: Sequence[Word]) -> int | None:
    for place, word in enumerate(spoken):
        before, after = at(spoken, place - 1), at(spoken, place + 1)
        if word == "seorang" and after in {"diri", "saja"}:
            return 1
        if word == "sendirian" and before not in WORDS_OF["not_alone_before"]:
            return 1
        is_opening = before in {"", ".", ","} and after not in WORDS_OF["not_alone_before"]
        if (
            word == "sendiri"
            and (before in WORDS_OF["alone_before"] or is_opening)
            and at(spoken, place - 2) not in WORDS_OF["not_alone_before"]
        ):
            return 1
        if word in {"saya", "aku"} and before in {"cuma", "hanya"} and after in {"", ".", ",", "saja"}:
            return 1
    return None
