"""What some turns lead to: a human is asked for, a lead made, a case opened, a consent changed, a rating kept, staff alerted."""

from sqlalchemy import Connection, select, update

from flows.domain import Status
from flows.lead import LeadSignal
from flows.roles import SYSTEM
from storage.complaints.case_clocks import customer_wrote
from storage.complaints.case_work import open_case
from storage.complaints.recoveries import conversation_rated
from storage.desk.handovers import end_handover
from storage.dialect import insert_new
from storage.people.consents import change_consent
from storage.sales.leads import merge_lead
from storage.tables import Alert, Handover
from storage.way.taken_turn import TakenTurn
from storage.worth.behaviour import answer_survey, like, unlike


def follow(conn: Connection, turn: TakenTurn, journey_id: str) -> None:
    """Writes handover, lead, case, consent, rating and alerts: most turns have none of them."""
    decision = turn.decision
    if turn.thread.status in (Status.WAITING, Status.HUMAN) and decision.status is Status.BOT:
        end_handover(conn, turn.thread.conversation_id, "lapsed", turn.now)
    if decision.handover:
        _ask_for_human(conn, turn)
    if decision.lead:
        merge_lead(conn, _lead(turn, journey_id), turn.now)
    if turn.thread.has_open_case:
        intents = [intent for _, intent, _ in turn.heard]
        customer_wrote(conn, turn.thread.conversation_id, intents, SYSTEM, turn.now)
    if decision.case:
        open_case(conn, decision.case, turn.thread.customer_id, turn.thread.conversation_id, turn.now)
    if decision.consent:
        change_consent(
            conn,
            turn.thread.customer_id,
            decision.consent,
            changed_by="customer",
            message_id=turn.heard[-1][0],
            request_note=None,
            now=turn.now,
        )
    if decision.rating is not None:
        _rate(conn, turn.thread.conversation_id, decision.rating)
        conversation_rated(conn, turn.thread.conversation_id, decision.rating, turn.now)
    _write_taste(conn, turn)
    _write_alerts(conn, turn)


def _write_taste(conn: Connection, turn: TakenTurn) -> None:
    """What the customer said about themselves and about what was recommended, by the same functions that staff use."""
    decision, customer_id = turn.decision, turn.thread.customer_id
    if decision.survey:
        answer_survey(conn, customer_id, decision.survey, SYSTEM, turn.now)
    for code in decision.likes:
        like(conn, customer_id, code, SYSTEM, turn.now)
    for code in decision.dislikes:
        unlike(conn, customer_id, code, SYSTEM, turn.now)


def _lead(turn: TakenTurn, journey_id: str) -> LeadSignal:
    draft = turn.decision.lead
    assert draft is not None
    return LeadSignal(
        customer_id=turn.thread.customer_id,
        conversation_id=turn.thread.conversation_id,
        journey_id=journey_id,
        name=turn.thread.name,
        phase=draft.phase,
        interested_package=draft.interested_package,
        summary=draft.summary,
        source=turn.decision.journey.campaign_code,
        confidence=draft.confidence,
    )


def _ask_for_human(conn: Connection, turn: TakenTurn) -> None:
    draft = turn.decision.handover
    assert draft is not None
    conn.execute(
        insert_new(conn, Handover),
        [
            {
                "conversation_id": turn.thread.conversation_id,
                "reason": draft.reason.value,
                "priority": draft.priority.value,
                "notes": draft.notes,
                "asked_by": "bot",
                "asked_at": turn.now,
            }
        ],
    )


def _rate(conn: Connection, conversation_id: str, rating: int) -> None:
    """The newest ended handover gets the customer's rating."""
    newest = conn.scalar(
        select(Handover.id)
        .where(Handover.conversation_id == conversation_id, Handover.ended_at.is_not(None))
        .order_by(Handover.ended_at.desc(), Handover.id.desc())
        .limit(1)
    )
    if newest is not None:
        conn.execute(update(Handover).where(Handover.id == newest).values(rating=rating))


def _write_alerts(conn: Connection, turn: TakenTurn) -> None:
    for draft in turn.decision.alerts:
        conn.execute(
            insert_new(conn, Alert),
            [
                {
                    "kind": draft.kind,
                    "conversation_id": turn.thread.conversation_id,
                    "facts": draft.facts,
                    "dedupe_key": f"{draft.kind}:{turn.thread.conversation_id}:{turn.now.timestamp():.0f}",
                    "state": "waiting",
                    "not_before": turn.now,
                    "attempts": 0,
                    "created_at": turn.now,
                }
            ],
        )
