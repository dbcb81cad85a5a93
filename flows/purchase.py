"""May this be written down as a purchase? Rules for what staff type in."""

from datetime import datetime, timedelta

from flows.refusal import Refusal, invalid

CLOCKS_DIFFER = timedelta(minutes=5)  # A till's clock may run a little ahead of ours.


def refuse_purchase(amount: int, at: datetime, now: datetime) -> Refusal | None:
    """Why not, None when it may. amount is rupiah."""
    if amount <= 0:
        return invalid("amount", "A purchase costs something: more than 0 rupiah.")
    if at > now + CLOCKS_DIFFER:
        return invalid("at", "A purchase cannot lie in the future.")
    return None
