"""The dashboard's and the analytics' numbers in seed 003's keys. Rates are numbers, durations seconds, unknown is null."""

from datetime import date, datetime

from pydantic import Field

from admin.actions.numbers import period_of
from admin.desk import Desk
from admin.endpoint import Call, Endpoint
from admin.shapes import DayOrMoment, Query, View
from flows.domain import HandoverReason, Phase, Priority
from flows.funnel import rate
from flows.masking import phone_for, text_for
from flows.roles import Permission, sight_of
from storage.database import Connection
from storage.numbers.analytics import Analytics, read_analytics
from storage.numbers.dashboard import Dashboard, Pending, pending_queue, read_dashboard


class PendingView(View):
    id: int
    phone: str | None
    phase: Phase
    last_message: str | None
    interested_package: str | None
    conversation_url: str
    ai_notes: str | None
    conversation_id: str
    customer_name: str | None
    package_code: str | None
    reason: HandoverReason
    priority: Priority
    waiting_since: datetime
    assigned_to: str | None


class DashboardView(View):
    active_conversations: int
    phase_distribution: dict[Phase, int]
    pending_handover: list[PendingView]
    escalated_conversations: int


class PeriodQuery(Query):
    """A moment stands for its day on the company's clock."""

    from_date: DayOrMoment | None = Field(None, alias="from", description="The first day, included.")
    to_date: DayOrMoment | None = Field(
        None, alias="to", description="The last day, included; today if left out."
    )


class ConversionView(View):
    """How many journeys reached each step, and what share of all was paid."""

    total_leads: int
    leads_to_interest: int
    interest_to_booking: int
    booking_to_paid: int
    conversion_rate: float | None


class StepsView(View):
    leads_to_interest: float | None
    interest_to_booking: float | None
    booking_to_payment: float | None


class CampaignView(View):
    campaign_code: str
    clicks: int
    conversations: int
    bookings: int
    conversion: float | None
    paid: int
    spend: int = Field(description="Rupiah that marketing entered.")
    revenue: int = Field(description="Rupiah: the price of what was paid.")
    cost_per_booking: int | None
    return_on_spend: float | None = Field(description="Revenue ÷ spend.")


class PerformanceView(View):
    avg_response_time: float | None = Field(description="Seconds.")
    successful_conversations: float | None
    escalation_rate: float | None
    satisfaction_score: float | None


class QuestionView(View):
    question_pattern: str
    frequency: int
    ai_success_rate: float | None


class AnalyticsView(View):
    from_date: date = Field(serialization_alias="from")
    to_date: date = Field(serialization_alias="to")
    conversion_metrics: ConversionView
    step_conversion: StepsView
    drop_off_analysis: StepsView
    campaign_performance: list[CampaignView]
    ai_performance: PerformanceView
    common_questions: list[QuestionView]


async def dashboard(call: Call) -> DashboardView:
    now = call.desk.now()

    def look(conn: Connection) -> tuple[Dashboard, tuple[Pending, ...]]:
        return read_dashboard(conn, call.actor, now), pending_queue(conn, call.actor)

    board, pending = await call.desk.database.read(look)
    return DashboardView(
        active_conversations=board.active_conversations,
        phase_distribution=board.phase_distribution,
        pending_handover=[_pending(call, item) for item in pending],
        escalated_conversations=board.escalated_conversations,
    )


async def analytics(call: Call, taken: PeriodQuery) -> AnalyticsView:
    period = period_of(call.desk, _day(call.desk, taken.from_date), _day(call.desk, taken.to_date))
    found = await call.desk.database.read(lambda conn: read_analytics(conn, period))
    return _analytics(period.first, period.last, found)


def _day(desk: Desk, asked: date | datetime | None) -> date | None:
    return desk.local(desk.aware(asked)).date() if isinstance(asked, datetime) else asked


def _pending(call: Call, item: Pending) -> PendingView:
    sight = sight_of(call.actor)
    return PendingView(
        id=item.id,
        phone=phone_for(sight, item.phone),
        phase=item.phase,
        last_message=text_for(sight, item.last_message),
        interested_package=item.interested_package,
        conversation_url=f"/api/conversations/{item.conversation_id}",
        ai_notes=text_for(sight, item.ai_notes),
        conversation_id=item.conversation_id,
        customer_name=text_for(sight, item.customer_name),
        package_code=item.package_code,
        reason=item.reason,
        priority=item.priority,
        waiting_since=call.desk.local(item.waiting_since),
        assigned_to=item.assigned_to,
    )


def _analytics(first: date, last: date, found: Analytics) -> AnalyticsView:
    funnel, bot = found.funnel, found.bot
    return AnalyticsView(
        from_date=first,
        to_date=last,
        conversion_metrics=ConversionView(
            total_leads=funnel.leads,
            leads_to_interest=funnel.interest,
            interest_to_booking=funnel.booking,
            booking_to_paid=funnel.paid,
            conversion_rate=funnel.conversion_rate,
        ),
        step_conversion=StepsView(
            leads_to_interest=rate(funnel.interest, funnel.leads),
            interest_to_booking=rate(funnel.booking, funnel.interest),
            booking_to_payment=rate(funnel.paid, funnel.booking),
        ),
        drop_off_analysis=StepsView(**funnel.drop_off),
        campaign_performance=[
            CampaignView(
                campaign_code=item.campaign_code,
                clicks=item.clicks,
                conversations=item.conversations,
                bookings=item.bookings,
                conversion=item.conversion,
                paid=item.paid,
                spend=item.spend,
                revenue=item.revenue,
                cost_per_booking=item.cost_per_booking,
                return_on_spend=item.return_on_spend,
            )
            for item in found.campaigns
        ],
        ai_performance=PerformanceView(
            avg_response_time=bot.avg_response_seconds,
            successful_conversations=bot.successful,
            escalation_rate=bot.escalation_rate,
            satisfaction_score=bot.satisfaction,
        ),
        common_questions=[
            QuestionView(
                question_pattern=item.intent, frequency=item.frequency, ai_success_rate=item.success_rate
            )
            for item in found.questions
        ],
    )


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/api/marketing/dashboard",
        access=Permission.SEE_DASHBOARD,
        summary="What needs people right now",
        handle=dashboard,
        gives=DashboardView,
    ),
    Endpoint(
        method="GET",
        path="/api/marketing/analytics",
        access=Permission.SEE_DASHBOARD,
        summary="Funnel, campaigns and the bot's own work between two days",
        handle=analytics,
        takes=PeriodQuery,
        gives=AnalyticsView,
    ),
)
