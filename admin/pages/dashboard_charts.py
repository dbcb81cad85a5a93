"""The dashboard's pictures as Chart.js takes them, each with the sentence and the rows that say the same without a picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from admin.pages.page import Visit
from flows.domain import Phase
from storage.complaints.case_numbers import SlaWeek
from storage.numbers.analytics import Analytics
from storage.numbers.trends import Trends

STEPS = ("leads", "interest", "booking", "paid")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """spec is JSON for Chart.js. is_empty: nothing to draw, say so instead.

    rows: a name and its number in each series, for those who see no picture; series are their names, where there are several.
    """

    spec: dict[str, Any]  # Any: JSON.
    label: str
    is_empty: bool
    rows: tuple[tuple[str | int, ...], ...] = field(default=())
    series: tuple[str, ...] = ()


def charts_of(visit: Visit, phases: Mapping[Phase, int], trends: Trends) -> dict[str, Chart]:
    return {
        "days": _days(visit, trends),
        "phases": _counts(visit, "doughnut", "phases", {visit.t(f"leads.phase_{k}"): n for k, n in phases.items()}),
        "reasons": _counts(visit, "bar", "reasons", {visit.t(f"handover_reason.{k}"): n for k, n in trends.reasons.items()}, is_flat=True),
        "ratings": _counts(visit, "bar", "ratings", {f"{stars} ★": n for stars, n in trends.ratings.items()}),
        "packages": _packages(visit, trends),
    }  # fmt: skip


def funnel_chart(visit: Visit, analytics: Analytics) -> Chart:
    counts = {visit.t(f"leads.phase_{step}"): getattr(analytics.funnel, step) for step in STEPS}
    return _counts(visit, "bar", "funnel", counts, is_flat=True)


def _counts(visit: Visit, kind: str, key: str, counts: dict[str, int], *, is_flat: bool = False) -> Chart:
    """A chart of one series. is_flat: bars lie, which leaves room for long names."""
    label = visit.t(f"dashboard.{key}")
    spec: dict[str, Any] = {
        "type": kind,
        "data": {"labels": list(counts), "datasets": [{"label": label, "data": list(counts.values())}]},
    }
    if is_flat:
        spec["options"] = {
            "indexAxis": "y",
            "scales": {"x": {"beginAtZero": True}, "y": {"grid": {"display": False}}},
        }
    return Chart(spec=spec, label=label, is_empty=not any(counts.values()), rows=tuple(counts.items()))


def _days(visit: Visit, trends: Trends) -> Chart:
    labels = [f"{day.day.day}/{day.day.month}" for day in trends.days]
    series = {
        visit.t("dashboard.journeys"): [day.journeys for day in trends.days],
        visit.t("dashboard.bookings"): [day.bookings for day in trends.days],
    }
    return Chart(
        spec={
            "type": "line",
            "data": {
                "labels": labels,
                "datasets": [{"label": name, "data": data} for name, data in series.items()],
            },
        },
        label=visit.t("dashboard.days"),
        is_empty=not any(day.journeys for day in trends.days),
        rows=tuple((day.day.isoformat(), day.journeys, day.bookings) for day in trends.days),
        series=tuple(series),
    )


def promises_chart(visit: Visit, weeks: Sequence[SlaWeek]) -> Chart:
    """Promises kept, broken and not decided yet, by the week in which the complaint was opened."""
    series = {
        "promise_met": [week.met for week in weeks],
        "promise_breached": [week.breached for week in weeks],
        "promise_running": [week.running for week in weeks],
    }
    sets = [
        {"label": visit.t(f"dashboard.{key}"), "data": data, "backgroundColor": colour}
        for (key, data), colour in zip(series.items(), ("#2f9e44", "#e03131", "#868e96"), strict=True)
    ]
    labels = [f"{week.monday.day}/{week.monday.month}" for week in weeks]
    stacked = {"x": {"stacked": True}, "y": {"stacked": True}}
    return Chart(
        spec={
            "type": "bar",
            "data": {"labels": labels, "datasets": sets},
            "options": {"scales": stacked},
        },
        label=visit.t("dashboard.promises"),
        is_empty=not any(sum(data) for data in series.values()),
        rows=tuple((week.monday.isoformat(), week.met, week.breached, week.running) for week in weeks),
        series=tuple(visit.t(f"dashboard.{key}") for key in series),
    )


def _packages(visit: Visit, trends: Trends) -> Chart:
    names = [item.name for item in trends.packages]
    series = {
        visit.t("dashboard.journeys"): [item.journeys for item in trends.packages],
        visit.t("dashboard.bookings"): [item.bookings for item in trends.packages],
    }
    return Chart(
        spec={
            "type": "bar",
            "data": {
                "labels": names,
                "datasets": [{"label": name, "data": data} for name, data in series.items()],
            },
            "options": {
                "indexAxis": "y",
                "scales": {"x": {"beginAtZero": True}, "y": {"grid": {"display": False}}},
            },
        },
        label=visit.t("dashboard.packages"),
        is_empty=not names,
        rows=tuple((item.name, item.journeys, item.bookings) for item in trends.packages),
        series=tuple(series),
    )
