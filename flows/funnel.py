"""What do the funnel's numbers mean? One definition for the API, the panel and reports: the unit is the journey.

An empty denominator gives None, never 0 or 1: "nobody came" is not "nobody bought".
"""

from collections.abc import Mapping
from dataclasses import dataclass

from flows.domain import PHASE_ORDER, Phase

RATE_DIGITS = (
    4  # A hundredth of a per cent; more digits would pretend to a precision that small numbers do not have.
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """How many journeys reached each step, skipped steps counted as reached."""

    leads: int
    interest: int
    booking: int
    paid: int

    @property
    def conversion_rate(self) -> float | None:
        """Paid of all journeys."""
        return rate(self.paid, self.leads)

    @property
    def drop_off(self) -> dict[str, float | None]:
        """The share lost at each step: 1 − reached ÷ those in the step before."""
        return {
            "leads_to_interest": lost(self.interest, self.leads),
            "interest_to_booking": lost(self.booking, self.interest),
            "booking_to_payment": lost(self.paid, self.booking),
        }


def funnel(current_phases: Mapping[Phase, int]) -> Funnel:
    """The funnel of journeys, from how many stand in each phase now. A phase only goes forward, so standing later means having passed."""
    counts = [current_phases.get(phase, 0) for phase in PHASE_ORDER]
    leads, interest, booking, paid = (sum(counts[at:]) for at in range(len(counts)))
    return Funnel(leads=leads, interest=interest, booking=booking, paid=paid)


def rate(part: int, whole: int) -> float | None:
    return round(part / whole, RATE_DIGITS) if whole else None


def lost(reached: int, before: int) -> float | None:
    return round(1 - reached / before, RATE_DIGITS) if before else None
