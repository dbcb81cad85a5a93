"""Which small words do filters need in both languages, and is a value of the kind that a filter can use?"""

from typing import TypeVar

from flows.domain import Language

T = TypeVar("T")

MAX_ITEMS = 12  # Lines of one list in a chat message; more are a wall.

_WORDS: dict[str, dict[Language, tuple[str, str]]] = {
    "day": {"id": ("hari", "hari"), "en": ("day", "days")},
    "seat": {"id": ("kursi", "kursi"), "en": ("seat", "seats")},
    "person": {"id": ("orang", "orang"), "en": ("person", "people")},
}
_SAYINGS: dict[str, dict[Language, str]] = {
    "seats_left": {"id": "sisa {seats}", "en": "{seats} left"},
    "available": {"id": "masih tersedia", "en": "still available"},
    "no_hotel": {"id": "belum ada keterangan hotel", "en": "no hotel given yet"},
    "no_airline": {"id": "belum ada keterangan maskapai", "en": "no airline given yet"},
    "no_date": {"id": "tanggal belum ditentukan", "en": "date not set yet"},
    "in_budget": {"id": "sesuai budget {budget}", "en": "within the budget of {budget}"},
    "in_budget_each": {"id": "sesuai budget {budget} per orang", "en": "within the budget of {budget} each"},
    "over_budget": {"id": "{over} di atas budget", "en": "{over} above the budget"},
    "over_budget_each": {"id": "{over} per orang di atas budget", "en": "{over} each above the budget"},
    "enough": {"id": "sisa {seats}, cukup untuk {people}", "en": "{seats} left, enough for {people}"},
    "too_few": {"id": "sisa {seats}, belum cukup untuk {people}", "en": "{seats} left, too few for {people}"},
    "because_need": {"id": "pas dengan kebutuhannya", "en": "suits what you need"},
    "because_usual_price": {
        "id": "kisaran biayanya seperti biasanya",
        "en": "about what you usually choose",
    },
    "because_budget": {"id": "sesuai anggarannya", "en": "within your budget"},
    "because_loved": {"id": "pernah disukai", "en": "you liked it before"},
    "because_alike": {"id": "mirip yang disukai", "en": "like the ones you liked"},
    "because_together": {
        "id": "sering dipilih bersama pilihan sebelumnya",
        "en": "often taken with what you chose before",
    },
    "because_again": {"id": "sudah jadi langganan", "en": "you come back to it"},
    "because_tier": {"id": "dengan layanan istimewa", "en": "special service for you"},
    "because_cheapest": {"id": "paling hemat biayanya", "en": "the lowest price"},
    "because_soonest": {"id": "paling dekat keberangkatannya", "en": "the earliest departure"},
    "because_roomiest": {"id": "kursinya masih paling longgar", "en": "the most seats left"},
    "because_fine": {"id": "fasilitasnya paling istimewa", "en": "the finest of these"},
    "this": {"id": "paket ini", "en": "this package"},
    "others": {"id": "{count} lainnya", "en": "{count} more"},
}


def typed(value: object, kind: type[T], name: str) -> T:
    if not isinstance(value, kind):
        raise TypeError(f"the filter {name} cannot use {type(value).__name__}")
    return value


def listed(value: object, kind: type[T], name: str) -> tuple[T, ...]:
    return tuple(typed(item, kind, name) for item in typed(value, tuple, name)) if value else ()


def counted(count: int, word: str, language: Language) -> str:
    return f"{count} {_WORDS[word][language][count != 1]}"


def has_saying(saying: str) -> bool:
    return saying in _SAYINGS


def say(saying: str, language: Language, **words: str) -> str:
    return _SAYINGS[saying][language].format(**words)
