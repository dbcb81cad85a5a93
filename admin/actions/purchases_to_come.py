"""How often will this customer still buy? By the company's own model of purchases, from what our rows say they bought."""

from collections.abc import Collection
from datetime import date

from admin.desk import Desk
from flows.persona import Bought
from ml.serve.purchases import TOLD_WEEKS

DAYS_A_WEEK = 7


def purchases_to_come(
    desk: Desk, purchases: Collection[Bought], today: date
) -> tuple[tuple[int, float], ...]:
    """Weeks from today, and the purchases expected in them. Empty without a model or without a purchase; several on a day are one."""
    rhythm = desk.purchases().rhythm
    days = sorted({day for bought in purchases if (day := desk.local(bought.at).date()) <= today})
    if rhythm is None or not days:
        return ()
    last, age = ((day - days[0]).days / DAYS_A_WEEK for day in (days[-1], today))
    return tuple(
        (weeks, rhythm.expected(repeats=len(days) - 1, last=last, age=age, weeks=weeks))
        for weeks in TOLD_WEEKS
    )
