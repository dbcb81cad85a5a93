"""What the customer wants, collected over messages: later words replace earlier ones, silence changes nothing."""

from dataclasses import replace

from flows.domain import Entities, Preference

MAX_PAX = 500  # More people than any single group: a number beyond it is a slip, not a party.


def merge(known: Preference, entities: Entities) -> Preference:
    """The preference after these entities. A new month or Hijri month replaces the other kind too: only one of them can hold."""
    months = entities.months or ((entities.month,) if entities.month else ())
    is_dated = bool(months or entities.hijri)
    return Preference(
        pax=entities.pax if entities.pax and entities.pax <= MAX_PAX else known.pax,
        months=months if is_dated else known.months,
        year=entities.year or known.year,
        budget_idr=_each(entities, known) or known.budget_idr,
        hijri=entities.hijri if is_dated else known.hijri,
        days=entities.days or known.days,
    )


def _each(entities: Entities, known: Preference) -> int | None:
    """The budget a person, as packages are priced: "45 juta berdua" is half of that for each."""
    people = entities.pax or known.pax or 1
    is_shared = entities.is_budget_for_all and people <= MAX_PAX
    return entities.budget_idr // people if entities.budget_idr and is_shared else entities.budget_idr


def with_pax(known: Preference, number: int | None) -> Preference:
    """A bare number answers "how many people?"."""
    return replace(known, pax=number) if number and 0 < number <= MAX_PAX else known
