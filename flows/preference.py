"""What the customer wants, collected over messages: later words replace earlier ones, silence changes nothing."""

from dataclasses import replace

from flows.domain import Entities, Preference

MAX_PAX = 500  # More people than any single group: a number beyond it is a slip, not a party.


def merge(known: Preference, entities: Entities) -> Preference:
    """The preference after these entities. A new month or Hijri month replaces the other kind too: only one of them can hold."""
    months = entities.months or ((entities.month,) if entities.month else ())
    merged = replace(
        known,
        pax=entities.pax if entities.pax and entities.pax <= MAX_PAX else known.pax,
        year=entities.year or known.year,
        budget_idr=entities.budget_idr or known.budget_idr,
    )
    if entities.hijri:
        return replace(merged, hijri=entities.hijri, months=months)
    if months:
        return replace(merged, months=months, hijri=None)
    return merged


def with_pax(known: Preference, number: int | None) -> Preference:
    """A bare number answers "how many people?"."""
    return replace(known, pax=number) if number and 0 < number <= MAX_PAX else known
