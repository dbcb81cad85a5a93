"""The numbers: what needs people now, how it went over a period, and what ads cost. No person stands in any of them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from aiohttp import web
from pydantic import Field

from admin.actions.csv_stream import mark_for
from admin.actions.numbers import period_of
from admin.pages.dashboard_charts import Chart, charts_of, funnel_chart, promises_chart
from admin.pages.dashboard_export import Complaints, as_csv, rows_of
from admin.pages.page import Form, Page, Undo, Visit
from admin.shapes import MAX_MONEY, MAX_OFFSET, Day, Query
from flows.ad_code import ad_code
from flows.domain import Phase
from flows.masking import text_for
from flows.refusal import Refused, invalid
from flows.roles import Actor, Permission, Sight
from storage.complaints.case_numbers import SlaWeek, open_by_category, sla_trend
from storage.complaints.sla import all_categories
from storage.database import Connection
from storage.numbers.ads import SpendEntry, enter_spend, spend_page, take_spend_back
from storage.numbers.analytics import Analytics, Period, read_analytics
from storage.numbers.dashboard import Dashboard, Pending, pending_queue, phase_distribution, read_dashboard
from storage.numbers.trends import Trends, read_trends
from storage.pages import Page as Stretch
from storage.pages import Part
from storage.privacy.reveals import Revealed, told_of
from storage.trail.audit import Event, note

SPENDS_SHOWN, QUEUE_SHOWN = 50, 10


class PeriodQuery(Query):
    first: Day | None = Field(None, alias="from")
    last: Day | None = Field(None, alias="to")


class AdsQuery(PeriodQuery):
    offset: int = Field(0, ge=0, le=MAX_OFFSET)


class ShownForm(Form):
    """Which period and part of the list stand on the page, so that they still do after the deed."""

    first: Day | None = Field(None, alias="from")
    last: Day | None = Field(None, alias="to")
    offset: int = Field(0, ge=0, le=MAX_OFFSET)

    @property
    def shown(self) -> AdsQuery:
        return AdsQuery(first=self.first, last=self.last, offset=self.offset)


class SpendForm(ShownForm):
    code: str = Field(min_length=3, max_length=60)
    amount: int = Field(ge=1, le=MAX_MONEY)
    day: Day | None = None
    note: str | None = Field(None, max_length=200)


@dataclass(frozen=True, slots=True, kw_only=True)
class NowFigures:
    """What needs people at this moment. reveals: who sees which person unmasked, for whoever is to be told; reasons masked."""

    board: Dashboard
    reveals: tuple[Revealed, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DashboardPage:
    """now is loaded again and again; what is of the period comes after the page, in parts."""

    now: NowFigures
    pending: tuple[Pending, ...]
    period: Period
    today: date
    may_see_queue: bool
    may_see_complaints: bool

    @property
    def quick(self) -> tuple[tuple[str, date, date], ...]:
        """Periods up to today that people choose with one press: key of the words, first and last day."""
        return tuple(
            (f"last_{days}", self.today - timedelta(days=days - 1), self.today) for days in (7, 30, 90)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodPart:
    analytics: Analytics
    funnel: Chart


@dataclass(frozen=True, slots=True, kw_only=True)
class PicturesPart:
    trends: Trends
    charts: dict[str, Chart]


@dataclass(frozen=True, slots=True, kw_only=True)
class PromisesPage:
    """categories: how many complaints are open in each, the most first; names by their codes."""

    weeks: tuple[SlaWeek, ...]
    chart: Chart
    categories: tuple[tuple[str, int], ...]
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AdsPage:
    period: Period
    analytics: Analytics
    entries: Part[SpendEntry]
    offset: int
    may_enter: bool
    origin: str
    limit: int = SPENDS_SHOWN

    @property
    def shown(self) -> dict[str, str]:
        """What the page's forms send along."""
        return {"from": str(self.period.first), "to": str(self.period.last), "offset": str(self.offset)}

    @property
    def address(self) -> str:
        return f"/panel/ads?from={self.period.first}&to={self.period.last}&offset="


async def show(visit: Visit, taken: PeriodQuery) -> web.Response:
    now = visit.desk.now()

    def look(conn: Connection) -> tuple[NowFigures, tuple[Pending, ...]]:
        return _now_figures(conn, visit, now), pending_queue(conn, visit.actor, QUEUE_SHOWN)

    figures, pending = await visit.desk.database.read(look)
    page = DashboardPage(
        now=figures,
        pending=pending,
        period=period_of(visit.desk, taken.first, taken.last),
        today=visit.desk.local(now).date(),
        may_see_queue=visit.actor.may(Permission.HOLD_CONVERSATIONS),
        may_see_complaints=_sees_complaints(visit),
    )
    return visit.show("dashboard/page.html", page)


async def show_period(visit: Visit, taken: PeriodQuery) -> web.Response:
    """What came of the period; loaded after the page, which does not wait for it."""
    period = period_of(visit.desk, taken.first, taken.last)
    analytics = await visit.desk.database.read(lambda conn: read_analytics(conn, period))
    part = PeriodPart(analytics=analytics, funnel=funnel_chart(visit, analytics))
    return visit.show("dashboard/period.html", part)


async def show_pictures(visit: Visit, taken: PeriodQuery) -> web.Response:
    """How the period went; loaded after the page as well."""
    period = period_of(visit.desk, taken.first, taken.last)

    def look(conn: Connection) -> tuple[Trends, dict[Phase, int]]:
        return read_trends(conn, period, visit.desk.zone), phase_distribution(conn)

    trends, phases = await visit.desk.database.read(look)
    return visit.show(
        "dashboard/pictures.html", PicturesPart(trends=trends, charts=charts_of(visit, phases, trends))
    )


async def show_now(visit: Visit) -> web.Response:
    now = visit.desk.now()
    figures = await visit.desk.database.read(lambda conn: _now_figures(conn, visit, now))
    return visit.show("dashboard/now.html", figures)


def _now_figures(conn: Connection, visit: Visit, now: datetime) -> NowFigures:
    sight = visit.frame.sight
    told = (replace(one, reason=text_for(sight, one.reason) or "") for one in told_of(conn, visit.actor, now))
    return NowFigures(board=read_dashboard(conn, visit.actor, now), reveals=tuple(told))


async def show_promises(visit: Visit) -> web.Response:
    """How promises were kept week by week; loaded after the page, which does not wait for it."""
    now, actor, zone = visit.desk.now(), visit.actor, visit.desk.zone

    def look(conn: Connection) -> PromisesPage:
        weeks = sla_trend(conn, actor, now, zone)
        return PromisesPage(
            weeks=weeks,
            chart=promises_chart(visit, weeks),
            categories=tuple(open_by_category(conn, actor)),
            names={category.code: category.name for category in all_categories(conn)},
        )

    return visit.show("dashboard/promises.html", await visit.desk.database.read(look))


async def export(visit: Visit, taken: PeriodQuery) -> web.Response:
    """The period's numbers as CSV: aggregates only, and the export itself is audited."""
    period, now = period_of(visit.desk, taken.first, taken.last), visit.desk.now()
    actor, zone = visit.actor, visit.desk.zone

    def look(conn: Connection) -> tuple[Analytics, Trends, Complaints | None]:
        complaints = None
        if _sees_complaints(visit):
            names = {category.code: category.name for category in all_categories(conn)}
            counts = {names.get(code, code): count for code, count in open_by_category(conn, actor)}
            complaints = Complaints(weeks=tuple(sla_trend(conn, actor, now, zone)), open=counts)
        return read_analytics(conn, period), read_trends(conn, period, zone), complaints

    analytics, trends, complaints = await visit.desk.database.read(look)
    rows = rows_of(visit, period, analytics, trends, complaints)
    await visit.desk.database.write(lambda conn: _note_export(conn, actor, now, len(rows)))
    name = f"sapa-{period.first}-{period.last}.csv"
    return web.Response(
        text=mark_for(visit.request) + as_csv(rows),
        content_type="text/csv",
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _note_export(conn: Connection, by: Actor, now: datetime, rows: int) -> None:
    note(conn, Event.EXPORT_DATA, by, now, export_type="dashboard", row_count=rows, format="csv")


def _sees_complaints(visit: Visit) -> bool:
    """Whoever reads cases, and DIRECTOR, who sees numbers and no person."""
    return visit.actor.may(Permission.READ_CASES) or visit.frame.sight is Sight.NONE


async def show_ads(visit: Visit, taken: AdsQuery) -> web.Response:
    return visit.show("dashboard/ads.html", await _ads_page(visit, taken))


async def add_spend(visit: Visit, taken: SpendForm) -> web.Response:
    code, now = ad_code(taken.code), visit.desk.now()
    if code is None:
        raise Refused(invalid("code", "must be a campaign code like UMR_MAR_2027_HEMAT"))
    day = taken.day or visit.desk.local(now).date()
    entry = await visit.desk.database.write(
        lambda conn: enter_spend(conn, visit.actor, code, day, taken.amount, taken.note, now)
    )
    page = await _ads_page(visit, taken.shown)
    undo = Undo(path=f"/panel/ads/spend/{entry.id}/remove", fields=page.shown)
    return visit.show(
        "dashboard/ads_numbers.html",
        page,
        toast=visit.t("dashboard.spend_kept"),
        undo=undo,
    )


async def remove_spend(visit: Visit, taken: ShownForm) -> web.Response:
    entry_id, now = visit.number("id"), visit.desk.now()
    entry = await visit.desk.database.write(lambda conn: take_spend_back(conn, visit.actor, entry_id, now))
    page = await _ads_page(visit, taken.shown)
    fields = {"code": entry.code, "amount": str(entry.amount), "day": entry.day.isoformat()} | page.shown
    undo = Undo(path="/panel/ads/spend", fields=fields | ({"note": entry.note} if entry.note else {}))
    return visit.show(
        "dashboard/ads_numbers.html",
        page,
        toast=visit.t("dashboard.spend_gone"),
        undo=undo,
    )


async def _ads_page(visit: Visit, taken: AdsQuery) -> AdsPage:
    period = period_of(visit.desk, taken.first, taken.last)
    stretch = Stretch(limit=SPENDS_SHOWN, offset=taken.offset)

    def look(conn: Connection) -> tuple[Analytics, Part[SpendEntry]]:
        return read_analytics(conn, period), spend_page(conn, stretch)

    analytics, entries = await visit.desk.database.read(look)
    return AdsPage(
        period=period,
        analytics=analytics,
        entries=entries,
        offset=taken.offset,
        may_enter=visit.actor.may(Permission.ENTER_SPEND),
        origin=visit.desk.public_url or f"{visit.request.scheme}://{visit.request.host}",
    )


_SEE = Permission.SEE_DASHBOARD
PAGES = (
    Page(method="GET", path="/panel/dashboard", access=_SEE, handle=show, takes=PeriodQuery),
    Page(method="GET", path="/panel/dashboard/now", access=_SEE, handle=show_now, part_of="/panel/dashboard"),
    Page(
        method="GET",
        path="/panel/dashboard/period",
        access=_SEE,
        handle=show_period,
        takes=PeriodQuery,
        part_of="/panel/dashboard",
    ),
    Page(
        method="GET",
        path="/panel/dashboard/pictures",
        access=_SEE,
        handle=show_pictures,
        takes=PeriodQuery,
        part_of="/panel/dashboard",
    ),
    Page(method="GET", path="/panel/dashboard/export", access=_SEE, handle=export, takes=PeriodQuery),
    Page(
        method="GET",
        path="/panel/dashboard/promises",
        access=Permission.SEE_DASHBOARD,
        handle=show_promises,
        part_of="/panel/dashboard",
    ),
    Page(method="GET", path="/panel/ads", access=_SEE, handle=show_ads, takes=AdsQuery),
    Page(
        method="POST",
        path="/panel/ads/spend",
        access=Permission.ENTER_SPEND,
        handle=add_spend,
        takes=SpendForm,
    ),
    Page(
        method="POST",
        path="/panel/ads/spend/{id:int}/remove",
        access=Permission.ENTER_SPEND,
        handle=remove_spend,
        takes=ShownForm,
    ),
)
