"""The dashboard as a file: every number that it shows, part below part. Aggregates only: no person stands in it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from admin.actions.csv_stream import csv_line
from admin.pages.page import Visit
from flows.funnel import Funnel
from storage.complaints.case_numbers import SlaWeek
from storage.numbers.analytics import Analytics, Period
from storage.numbers.trends import Trends

Row = tuple[object, ...]
STEPS = ("leads", "interest", "booking", "paid")


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaints:
    """Promises by week, and by name of the category how many complaints are open."""

    weeks: tuple[SlaWeek, ...]
    open: Mapping[str, int]


def rows_of(
    visit: Visit, period: Period, analytics: Analytics, trends: Trends, complaints: Complaints | None
) -> list[Row]:
    """Rates are numbers (0.08), durations seconds, money rupiah; an empty cell is what nobody can know. complaints: for who sees them."""
    parts: list[list[Row]] = [
        [(visit.t("dashboard.period"), period.first, period.last)],
        _bot(visit, analytics),
        _funnel(visit, analytics.funnel),
        *_trends(visit, trends),
        _part(visit, ("question", "times", "by_bot"), _questions(visit, analytics)),
        _campaigns(visit, analytics),
    ]
    if complaints is not None:
        weeks = ((one.monday, one.met, one.breached, one.running) for one in complaints.weeks)
        parts.append(_part(visit, ("week", "promise_met", "promise_breached", "promise_running"), weeks))
        parts.append(_part(visit, ("open_cases", "count"), complaints.open.items()))
    return [row for part in parts for row in [*part, ()]][:-1]


def as_csv(rows: Iterable[Row]) -> str:
    return "".join(csv_line(["" if cell is None else str(cell) for cell in row]) for row in rows)


def _part(visit: Visit, names: tuple[str, ...], rows: Iterable[Row]) -> list[Row]:
    return [tuple(visit.t(f"dashboard.{name}") for name in names), *rows]


def _bot(visit: Visit, analytics: Analytics) -> list[Row]:
    funnel, bot = analytics.funnel, analytics.bot
    figures = {
        "conversion": funnel.conversion_rate,
        "success": bot.successful,
        "escalation": bot.escalation_rate,
        "response_seconds": bot.avg_response_seconds,
        "satisfaction": bot.satisfaction,
    }
    return [(visit.t(f"dashboard.{name}"), figure) for name, figure in figures.items()]


def _funnel(visit: Visit, funnel: Funnel) -> list[Row]:
    reached = [(visit.t(f"leads.phase_{step}"), getattr(funnel, step)) for step in STEPS]
    lost = [(visit.t(f"dashboard.step_{step}"), share) for step, share in funnel.drop_off.items()]
    return [*_part(visit, ("funnel", "count"), reached), *_part(visit, ("drop_off",), lost)]


def _trends(visit: Visit, trends: Trends) -> Iterator[list[Row]]:
    days = ((one.day, one.journeys, one.bookings) for one in trends.days)
    yield _part(visit, ("day", "journeys", "bookings"), days)
    packages = ((one.name, one.journeys, one.bookings, one.paid) for one in trends.packages)
    yield _part(visit, ("package", "journeys", "bookings", "paid"), packages)
    reasons = ((visit.t(f"handover_reason.{reason}"), count) for reason, count in trends.reasons.items())
    yield _part(visit, ("reason", "count"), reasons)
    yield _part(visit, ("rating", "count"), trends.ratings.items())
    staff = ((one.name, one.claimed, one.wait_seconds, one.rating) for one in trends.colleagues)
    yield _part(visit, ("colleague", "claimed", "wait_seconds", "rating"), staff)


def _questions(visit: Visit, analytics: Analytics) -> Iterator[Row]:
    for asked in analytics.questions:
        key = f"intent.{asked.intent}"
        name = visit.t(key) if visit.frame.words.knows(key) else asked.intent
        yield name, asked.frequency, asked.success_rate


def _campaigns(visit: Visit, analytics: Analytics) -> list[Row]:
    names = (
        *("code", "clicks", "conversations", "bookings", "conversion_of_clicks", "paid"),
        *("spend", "cost_per_booking", "revenue", "return_on_spend"),
    )
    rows = (
        (
            *(one.campaign_code, one.clicks, one.conversations, one.bookings, one.conversion, one.paid),
            *(one.spend, one.cost_per_booking, one.revenue, one.return_on_spend),
        )
        for one in analytics.campaigns
    )
    return _part(visit, names, rows)
