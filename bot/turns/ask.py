"""Asking the bot directly: the same engine as the webhook's, with the answer returned instead of sent.

A dry run reads and decides but leaves no trace; otherwise the message and the answer are recorded like any other, only not sent.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from aiohttp import web

from admin.ports import BotAnswer, BotQuestion, IntentGuess
from bot.turns.answer import Answer, compose, media_to_send
from bot.turns.buyers import buyers_for
from bot.turns.knowledge_now import KnowledgeNow, Snapshot
from bot.turns.turn import TurnRules, situation_of, take_one, trace_of
from bot.turns.understanding import Model, meanings_of
from flows.decide import decide
from flows.decision import Decision, Journey, Situation
from flows.domain import PHASE_ORDER, Entities, Heard, Meaning, MessageKind, Phase
from flows.refusal import missing
from storage.database import Connection, Database
from storage.people.identities import Address, conversation_of
from storage.way import inbox
from storage.way.threads import open_threads


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """The engine, asked one question at a time."""

    database: Database
    knowledge: KnowledgeNow
    model: Model
    rules: TurnRules
    session: str
    now: Callable[[], datetime]

    async def process(self, question: BotQuestion) -> BotAnswer:
        """Raises Refused when the given conversation is not this phone's."""
        snapshot = await self.knowledge.snapshot()
        meaning = meanings_of(self.model, [(MessageKind.TEXT, question.message)], snapshot)[0]
        if question.dry_run:
            return await self.database.read(lambda conn: self._rehearse(conn, question, meaning, snapshot))
        return await self.database.write(lambda conn: self._play(conn, question, meaning, snapshot))

    def _rehearse(
        self, conn: Connection, question: BotQuestion, meaning: Meaning, snapshot: Snapshot
    ) -> BotAnswer:
        now = self.now()
        conversation_id = _conversation(conn, question)
        threads = open_threads(conn, [conversation_id]) if conversation_id else []
        heard = (Heard(message_id="dry_run", kind=MessageKind.TEXT, meaning=meaning, at=now),)
        if threads:
            thread = threads[0]
            known = buyers_for(
                conn,
                {thread.customer_id: (thread.awaiting, [meaning])},
                snapshot.shelf.packages,
                self.rules.value,
            )
            buyer = known.get(thread.customer_id)
            situation = situation_of(thread, heard, snapshot, self.rules, now, buyer)
        else:
            local = now.astimezone(self.rules.zone)
            situation = Situation(
                now=local, today=local.date(), heard=heard, shelf=snapshot.shelf, is_new=True
            )
        decision = decide(_at_least(situation, question.current_phase))
        answer = compose(decision, snapshot)
        return answer_of(decision, answer, meaning, trace_of(decision, heard, answer))

    def _play(
        self, conn: Connection, question: BotQuestion, meaning: Meaning, snapshot: Snapshot
    ) -> BotAnswer:
        now = self.now()
        _conversation(conn, question)
        message = inbox.NewMessage(
            address=Address(
                session=self.session, chat_id=f"{question.phone}@c.us", phone=question.phone, lid=None
            ),
            bare_id=f"api-{uuid4().hex}",
            kind=MessageKind.TEXT,
            body=question.message,
            at=now,
        )
        received = inbox.receive(conn, [message], now)[0]
        turn = take_one(
            conn, received.conversation_id, received.message_id, meaning, snapshot, self.rules, now,
            prepare=lambda situation: _at_least(situation, question.current_phase),
        )  # fmt: skip
        return answer_of(
            turn.decision, Answer(text=turn.text, parts=turn.parts, prompt_version=None), meaning, turn.trace
        )


class AskWhenReady:
    """The direct question to the bot; 503 until the models are there."""

    def __init__(self) -> None:
        self.ask: Ask | None = None

    async def process(self, question: BotQuestion) -> BotAnswer:
        if self.ask is None:
            raise web.HTTPServiceUnavailable(text="The models are still loading. See /readyz and try again.")
        return await self.ask.process(question)


def _conversation(conn: Connection, question: BotQuestion) -> str | None:
    conversation_id = conversation_of(conn, phone=question.phone)
    if question.conversation_id is not None and question.conversation_id != conversation_id:
        raise missing("conversation")
    return conversation_id


def _at_least(situation: Situation, phase: Phase | None) -> Situation:
    if phase is None:
        return situation
    journey = situation.journey or Journey()
    if PHASE_ORDER.index(phase) <= PHASE_ORDER.index(journey.phase):
        return situation
    return replace(situation, journey=replace(journey, phase=phase))


def answer_of(decision: Decision, answer: Answer, meaning: Meaning, trace: dict[str, Any]) -> BotAnswer:
    """What was decided and composed, as the API tells it."""
    return BotAnswer(
        response_text=answer.text,
        media_to_send=media_to_send(answer.parts),
        new_phase=decision.journey.phase,
        confidence=meaning.confidence,
        should_escalate=decision.should_escalate,
        intent=meaning.intent,
        intents=tuple(IntentGuess(name=score.name, confidence=score.confidence) for score in meaning.intents),
        entities=entities_as_json(meaning.entities),
        language=decision.language,
        package_code=decision.journey.package_code,
        handover_reason=decision.handover_reason,
        trace=trace,
    )


UNTOLD = frozenset({"days", "is_budget_for_all"})  # Not among the contract's.


def entities_as_json(entities: Entities) -> dict[str, Any]:  # Any: JSON of the API.
    """The contract's entities: absent is null, lists may be empty."""
    values = {name: value for name, value in asdict(entities).items() if name not in UNTOLD}
    return values | {"campaign_codes": list(entities.campaign_codes), "months": list(entities.months)}
