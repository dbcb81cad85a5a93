"""Recording decisions: everything that turns asked for, written in one transaction, many turns at a time.

Rows of one table go in together, so that a hundred turns cost about as many statements as one. Nothing here decides; nothing here sends.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, update

from flows.decision import Journey
from flows.domain import Status
from storage.many import Many
from storage.tables import Conversation, Message, OutboxRow, PhaseTransition, Turn, new_id
from storage.tables import Journey as JourneyRow
from storage.way import inbox
from storage.way.taken_turn import OutgoingPart, TakenTurn
from storage.way.threads import awaiting_as_json, preference_as_json, shown_as_json
from storage.way.turn_consequences import follow
from storage.way.unanswered import note_unanswered

_CONVERSATION = (
    "status",
    "language",
    "journey_id",
    "misses",
    "awaiting",
    "high_intent",
    "handover_reason",
    "priority",
    "ai_notes",
    "last_message_at",
    "assigned_to",
    "rating_asked_at",
)
_JOURNEY = ("phase", "package_code", "campaign_code", "preference", "shown", "asked")
# Written once: building a statement costs more than running it where every turn asks for it.
_CHANGE_JOURNEY = Many(
    update(JourneyRow)
    .where(JourneyRow.id == bindparam("row"))
    .values({name: bindparam(name) for name in _JOURNEY})
)
_CHANGE_CONVERSATION = Many(
    update(Conversation)
    .where(Conversation.id == bindparam("row"))
    .values({name: bindparam(f"new_{name}") for name in _CONVERSATION})
)
_NEW_JOURNEY = Many(insert(JourneyRow))
_NEW_MESSAGE = Many(insert(Message))
_NEW_IN_OUTBOX = Many(insert(OutboxRow))
_NEW_TURN = Many(insert(Turn))
_NEW_STEP = Many(insert(PhaseTransition))
_NOTE_MEANING = Many(
    update(Message)
    .where(Message.id == bindparam("row"))
    .values(
        intent=bindparam("new_intent"),
        confidence=bindparam("new_confidence"),
        turn_id=bindparam("new_turn_id"),
    )
)


def record(conn: Connection, turns: Sequence[TakenTurn]) -> None:
    """Writes every row that the turns asked for. The caller holds the conversations' locks and commits."""
    if not turns:
        return
    journeys = [_journey_id(turn) for turn in turns]
    ids = [new_id("turn") for _ in turns]
    _write_journeys(conn, turns, journeys)
    _write_conversations(conn, turns, journeys)
    _write_messages(conn, turns, ids)
    _write_turns(conn, turns, ids, journeys)
    _write_steps(conn, turns, journeys)
    for turn, journey_id in zip(turns, journeys, strict=True):
        follow(conn, turn, journey_id)
    note_unanswered(conn, turns)
    inbox.finish(conn, [inbox_id for turn in turns for inbox_id in turn.inbox_ids])


def _journey_id(turn: TakenTurn) -> str:
    if turn.decision.starts_journey or turn.thread.journey_id is None:
        return new_id("jrn")
    return turn.thread.journey_id


def _journey_values(journey: Journey) -> dict[str, Any]:
    return {
        "phase": journey.phase.value,
        "package_code": journey.package_code,
        "campaign_code": journey.campaign_code,
        "preference": preference_as_json(journey.preference),
        "shown": shown_as_json(journey.shown),
        "asked": list(journey.asked),
    }


def _write_journeys(conn: Connection, turns: Sequence[TakenTurn], journeys: Sequence[str]) -> None:
    new, changed = [], []
    for turn, journey_id in zip(turns, journeys, strict=True):
        values = _journey_values(turn.decision.journey)
        if journey_id != turn.thread.journey_id:
            new.append(
                values
                | {"id": journey_id, "conversation_id": turn.thread.conversation_id, "started_at": turn.now}
            )
        elif turn.decision.journey != turn.thread.journey:
            changed.append(values | {"row": journey_id})
    _NEW_JOURNEY.run(conn, new)
    _CHANGE_JOURNEY.run(conn, changed)


def _write_conversations(conn: Connection, turns: Sequence[TakenTurn], journeys: Sequence[str]) -> None:
    rows = [_conversation_values(turn, journey_id) for turn, journey_id in zip(turns, journeys, strict=True)]
    _CHANGE_CONVERSATION.run(conn, rows)


def _conversation_values(turn: TakenTurn, journey_id: str) -> dict[str, Any]:
    decision, thread = turn.decision, turn.thread
    spoke = bool(turn.parts)
    return {
        "row": thread.conversation_id,
        "new_status": decision.status.value,
        "new_language": decision.language,
        "new_journey_id": journey_id,
        "new_misses": decision.misses,
        "new_awaiting": awaiting_as_json(decision.awaiting),
        "new_high_intent": decision.high_intent,
        "new_handover_reason": decision.handover_reason.value if decision.handover_reason else None,
        "new_priority": decision.priority.value,
        "new_ai_notes": decision.ai_notes if decision.ai_notes is not None else thread.ai_notes,
        "new_last_message_at": turn.now if spoke else _last_heard(turn),
        # Whoever has it, or was named to take it, keeps it until it goes back to the bot.
        "new_assigned_to": None if decision.status is Status.BOT else thread.assigned_to,
        "new_rating_asked_at": None if decision.rating is not None else thread.rating_asked_at,
    }


def _last_heard(turn: TakenTurn) -> datetime:
    return max((item.at for item in turn.thread.waiting), default=turn.now)


def _write_messages(conn: Connection, turns: Sequence[TakenTurn], ids: Sequence[str]) -> None:
    heard = [
        {"row": message_id, "new_intent": intent, "new_confidence": confidence, "new_turn_id": turn_id}
        for turn, turn_id in zip(turns, ids, strict=True)
        for message_id, intent, confidence in turn.heard
    ]
    _NOTE_MEANING.run(conn, heard)
    messages, queue = [], []
    for turn, turn_id in zip(turns, ids, strict=True):
        for position, part in enumerate(turn.parts):
            message_id = new_id("msg")
            messages.append(_out_message(turn, turn_id, part, message_id, position))
            queue.append(_outbox_row(turn, part, message_id))
    _NEW_MESSAGE.run(conn, messages)
    _NEW_IN_OUTBOX.run(conn, queue)


def _out_message(
    turn: TakenTurn, turn_id: str, part: OutgoingPart, message_id: str, position: int
) -> dict[str, Any]:
    return {
        "id": message_id,
        "conversation_id": turn.thread.conversation_id,
        "direction": "out",
        "author": "bot" if turn.by_bot else "system",
        "kind": part.kind,
        "body": part.body,
        "media_url": part.media_url,
        "at": turn.now,
        "position": position,
        "intent": turn.decision.intent,
        "confidence": turn.decision.confidence,
        "prompt_version": turn.prompt_version,
        "turn_id": turn_id,
        "answers": [message_id for message_id, _, _ in turn.heard],
        "details": {},
    }


def _outbox_row(turn: TakenTurn, part: OutgoingPart, message_id: str) -> dict[str, Any]:
    return {
        "conversation_id": turn.thread.conversation_id,
        "message_id": message_id,
        "session": turn.thread.session,
        "chat_id": turn.thread.chat_id,
        "call": part.call,
        "payload": part.payload,
        "by_bot": turn.by_bot,
        "state": "waiting" if turn.is_sent else "returned",
        "not_before": turn.now,
        "attempts": 0,
        "created_at": turn.now,
    }


def _write_turns(
    conn: Connection, turns: Sequence[TakenTurn], ids: Sequence[str], journeys: Sequence[str]
) -> None:
    _NEW_TURN.run(
        conn,
        [
            {
                "id": turn_id,
                "conversation_id": turn.thread.conversation_id,
                "journey_id": journey_id,
                "at": turn.now,
                "because": turn.decision.because,
                "intent": turn.decision.intent,
                "confidence": turn.decision.confidence,
                "status_before": turn.thread.status.value,
                "status_after": turn.decision.status.value,
                "trace": turn.trace,
                "milliseconds": turn.milliseconds,
            }
            for turn, turn_id, journey_id in zip(turns, ids, journeys, strict=True)
        ],
    )


def _write_steps(conn: Connection, turns: Sequence[TakenTurn], journeys: Sequence[str]) -> None:
    steps = [
        {
            "conversation_id": turn.thread.conversation_id,
            "journey_id": journey_id,
            "from_phase": step.from_phase.value if step.from_phase else None,
            "to_phase": step.to_phase.value,
            "trigger": step.trigger,
            "at": turn.now,
        }
        for turn, journey_id in zip(turns, journeys, strict=True)
        for step in turn.decision.steps
    ]
    _NEW_STEP.run(conn, steps)
