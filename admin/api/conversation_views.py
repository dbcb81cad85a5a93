"""How a conversation looks to the person who asks: the contract's shape, masked by role, times on the company's clock."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import Field

from admin.endpoint import Call
from admin.shapes import ListView, View
from flows.domain import (
    CasePriority,
    CaseStatus,
    Consent,
    HandoverReason,
    Phase,
    Priority,
    Status,
)
from flows.masking import phone_for, text_for
from flows.roles import Permission, Sight, sight_of
from storage.complaints.cases import CaseFile
from storage.talks.conversations import ConversationFacts, ConversationFile, MessageFacts, Step


class MessageView(View):
    id: str
    direction: str = Field(description="`in` or `out`.")
    author: str = Field(description="`customer`, `bot`, `system`, `phone`, or a user name.")
    type: str
    body: str | None
    media_url: str | None
    at: datetime
    ack: int | None
    intent: str | None
    confidence: float | None
    prompt_version: str | None
    answers: list[str] = Field(description="The ids of the inbound messages that this one answers.")


class StepView(View):
    from_phase: Phase | None = Field(serialization_alias="from")
    to_phase: Phase = Field(serialization_alias="to")
    at: datetime
    trigger: str
    journey_id: str


class CaseBriefView(View):
    id: int
    case_number: str
    category: str
    priority: CasePriority
    status: CaseStatus


class StandingView(View):
    """Where a conversation stands."""

    id: str
    phone: str | None
    customer_id: str
    customer_name: str | None
    phase: Phase
    status: Status
    package_code: str | None
    campaign_code: str | None
    language: str
    high_intent: bool
    handover_reason: HandoverReason | None
    priority: Priority
    assigned_to: str | None
    ai_notes: str | None
    consent_marketing: Consent
    created_at: datetime
    last_message_at: datetime | None


class ConversationView(StandingView):
    """A conversation with what was said and decided, in order."""

    cases: list[CaseBriefView]
    messages: list[MessageView]
    transitions: list[StepView]


class ConversationList(ListView[ConversationView]):
    pass


def standing_view(call: Call, facts: ConversationFacts) -> StandingView:
    return StandingView(**_standing(call, facts, sight_of(call.actor)))


def conversation_view(call: Call, file: ConversationFile, sight: Sight | None = None) -> ConversationView:
    """sight: how clearly this one customer is seen, where that differs from the role's."""
    seen = sight or sight_of(call.actor)
    return ConversationView(
        **_standing(call, file.facts, seen),
        cases=[_case(case) for case in file.cases],
        messages=_message_views(call, file.messages, seen),
        transitions=[_step(call, step) for step in file.steps],
    )


def message_view(call: Call, message: MessageFacts) -> MessageView:
    return _message_views(call, [message], sight_of(call.actor))[0]


def _message_views(call: Call, messages: Sequence[MessageFacts], sight: Sight) -> list[MessageView]:
    """A list has hundreds of them, so what is the same for all is asked once."""
    may_open, local = call.actor.may(Permission.READ_MEDIA), call.desk.local
    return [
        MessageView(
            id=message.id,
            direction=message.direction,
            author=message.author,
            type=message.type,
            body=text_for(sight, message.body),
            media_url=_media_url(sight, message, may_open=may_open),
            at=local(message.at),
            ack=message.ack,
            intent=message.intent,
            confidence=message.confidence,
            prompt_version=message.prompt_version,
            answers=list(message.answers),
        )
        for message in messages
    ]


def _standing(call: Call, facts: ConversationFacts, sight: Sight) -> dict[str, object]:
    return {
        "id": facts.id,
        "phone": phone_for(sight, facts.phone),
        "customer_id": facts.customer_id,
        "customer_name": text_for(sight, facts.customer_name),
        "phase": facts.phase,
        "status": facts.status,
        "package_code": facts.package_code,
        "campaign_code": facts.campaign_code,
        "language": facts.language,
        "high_intent": facts.high_intent,
        "handover_reason": facts.handover_reason,
        "priority": facts.priority,
        "assigned_to": facts.assigned_to,
        "ai_notes": text_for(sight, facts.ai_notes),
        "consent_marketing": facts.consent_marketing,
        "created_at": call.desk.local(facts.created_at),
        "last_message_at": call.desk.local(facts.last_message_at) if facts.last_message_at else None,
    }


def _media_url(sight: Sight, message: MessageFacts, *, may_open: bool) -> str | None:
    """Where the file is. A customer's file cannot be masked, so whoever sees masked does not learn its address either."""
    if message.media_id is None:
        return message.media_url
    return f"/api/media/{message.media_id}" if sight is Sight.FULL and may_open else None


def _case(case: CaseFile) -> CaseBriefView:
    return CaseBriefView(
        id=case.id,
        case_number=case.case_number,
        category=case.category,
        priority=case.priority,
        status=case.status,
    )


def _step(call: Call, step: Step) -> StepView:
    return StepView(
        from_phase=step.from_phase,
        to_phase=step.to_phase,
        at=call.desk.local(step.at),
        trigger=step.trigger,
        journey_id=step.journey_id,
    )
