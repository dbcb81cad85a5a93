"""One turn: load, understand, decide, record. Start reading here.

Understanding happened before any lock (`understanding.py`); here the conversations are locked, what waits is read again, the pure rules
decide (`flows/decide.py`), the answer is rendered, and everything is recorded in the same transaction. Nothing leaves the house here.
"""

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.turns.answer import Answer, compose
from bot.turns.buyers import buyers_for, revalue
from bot.turns.knowledge_now import Snapshot
from flows.buyer import KnownBuyer
from flows.decide import decide
from flows.decision import Decision, Situation
from flows.domain import Entities, Heard, Meaning
from storage.database import Connection
from storage.way.inbox import Said, Waiting
from storage.way.taken_turn import TakenTurn
from storage.way.threads import OpenThread, open_threads
from storage.way.turns import record
from storage.worth.value import ValueRules

_ENTITIES = tuple(field.name for field in fields(Entities))
INTENTS_TRACED = 5  # Of the ranking; more explain nothing.


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRules:
    """The settings that a turn depends on."""

    zone: ZoneInfo
    burst: timedelta
    human_idle_hours: float
    value: ValueRules = field(default_factory=ValueRules)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a batch of turns did. spoke: conversations with something to send. again: those with more to do now.
    later: those to come back to after the given seconds (a burst still going on, or another worker at it)."""

    taken: tuple[TakenTurn, ...] = ()
    spoke: frozenset[str] = frozenset()
    again: frozenset[str] = frozenset()
    later: Mapping[str, float] = field(default_factory=dict)


LOCKED_ELSEWHERE_SECONDS = 0.05  # Another worker is at it; it will most likely do our work too.


def take_turns(
    conn: Connection,
    conversation_ids: Collection[str],
    meanings: Mapping[Said, Meaning],
    snapshot: Snapshot,
    rules: TurnRules,
    now: datetime,
) -> Outcome:
    """At most one turn for each of these conversations, recorded. What has no meaning yet waits."""
    threads = open_threads(conn, conversation_ids)
    later = dict.fromkeys(
        set(conversation_ids) - {thread.conversation_id for thread in threads}, LOCKED_ELSEWHERE_SECONDS
    )
    again: set[str] = set()
    taken: list[TakenTurn] = []
    known = _known(conn, threads, meanings, snapshot, rules)
    for thread in threads:
        items = next_items(thread.waiting, rules.burst)
        wait = _quiet_in(items, rules.burst, now)
        if wait > 0:
            later[thread.conversation_id] = wait
        elif any(item.said not in meanings for item in items):
            again.add(thread.conversation_id)
        elif items:
            taken.append(_take(thread, items, meanings, snapshot, rules, now, known))
            if len(items) < len(thread.waiting):
                again.add(thread.conversation_id)
    record(conn, taken)
    revalue(conn, taken, rules.value, now)
    spoke = frozenset(turn.thread.conversation_id for turn in taken if turn.parts)
    return Outcome(taken=tuple(taken), spoke=spoke, again=frozenset(again), later=later)


def take_one(
    conn: Connection,
    conversation_id: str,
    message_id: str | None,
    meaning: Meaning,
    snapshot: Snapshot,
    rules: TurnRules,
    now: datetime,
    *,
    prepare: Callable[[Situation], Situation],
) -> TakenTurn:
    """The turn of this one message, recorded but not sent: its answer is for the caller. prepare may change what the rules see."""
    thread = open_threads(conn, [conversation_id])[0]
    items = tuple(item for item in thread.waiting if item.message_id == message_id)
    meanings = {item.said: meaning for item in items}
    known = _known(conn, [replace(thread, waiting=items)], meanings, snapshot, rules)
    turn = replace(_take(thread, items, meanings, snapshot, rules, now, known, prepare), is_sent=False)
    record(conn, [turn])
    revalue(conn, [turn], rules.value, now)
    return turn


def _known(
    conn: Connection,
    threads: Collection[OpenThread],
    meanings: Mapping[Said, Meaning],
    snapshot: Snapshot,
    rules: TurnRules,
) -> Mapping[str, KnownBuyer]:
    """The customers of turns that may recommend something, looked up together; most batches look nobody up."""
    turns = {}
    for thread in threads:
        items = next_items(thread.waiting, rules.burst)
        if all(item.said in meanings for item in items):
            turns[thread.customer_id] = (thread.awaiting, [meanings[item.said] for item in items])
    return buyers_for(conn, turns, snapshot.shelf.packages, rules.value)


def next_items(waiting: tuple[Waiting, ...], burst: timedelta) -> tuple[Waiting, ...]:
    """The messages of the next turn: all that wait where bursts are joined, otherwise the first; old ones of an outage together."""
    if burst:
        return waiting
    stale = tuple(item for item in waiting if item.is_stale)
    return stale or waiting[:1]


def _quiet_in(items: tuple[Waiting, ...], burst: timedelta, now: datetime) -> float:
    """Seconds until the conversation was quiet for long enough; zero or less when it is."""
    if not burst or not items:
        return 0.0
    return (max(item.received_at for item in items) + burst - now).total_seconds()


def _take(
    thread: OpenThread,
    items: tuple[Waiting, ...],
    meanings: Mapping[Said, Meaning],
    snapshot: Snapshot,
    rules: TurnRules,
    now: datetime,
    known: Mapping[str, KnownBuyer],
    prepare: Callable[[Situation], Situation] = lambda situation: situation,
) -> TakenTurn:
    started = time.perf_counter()
    heard = tuple(_heard(item, meanings[item.said]) for item in items)
    situation = situation_of(thread, heard, snapshot, rules, now, known.get(thread.customer_id))
    decision = decide(prepare(situation))
    answer = compose(decision, snapshot)
    return TakenTurn(
        thread=thread,
        inbox_ids=tuple(item.inbox_id for item in items),
        heard=tuple((item.message_id, item.meaning.intent, item.meaning.confidence) for item in heard),
        decision=decision,
        parts=answer.parts,
        text=answer.text,
        trace=trace_of(decision, heard, answer),
        prompt_version=answer.prompt_version,
        milliseconds=(time.perf_counter() - started) * 1000,
        now=now,
    )


def _heard(item: Waiting, meaning: Meaning) -> Heard:
    file = item.facts.get("file")
    return Heard(
        message_id=item.message_id,
        kind=item.kind,
        meaning=meaning,
        at=item.at,
        is_stale=item.is_stale,
        has_file=file is not None,
        file_failed=file is not None and not file.get("url"),
    )


def situation_of(
    thread: OpenThread,
    heard: tuple[Heard, ...],
    snapshot: Snapshot,
    rules: TurnRules,
    now: datetime,
    buyer: KnownBuyer | None = None,
) -> Situation:
    """The conversation's state and the company's knowledge, as the rules want to see them."""
    return Situation(
        now=now.astimezone(rules.zone),
        today=now.astimezone(rules.zone).date(),
        heard=heard,
        shelf=snapshot.shelf,
        status=thread.status,
        language=thread.language,
        consent=thread.consent,
        journey=thread.journey,
        is_new=thread.is_new,
        misses=thread.misses,
        awaiting=thread.awaiting,
        high_intent=thread.high_intent,
        handover_reason=thread.handover_reason,
        priority=thread.priority,
        last_human_at=thread.last_human_at,
        rating_asked_at=thread.rating_asked_at,
        human_idle_hours=rules.human_idle_hours,
        has_open_case=thread.has_open_case,
        customer_name=thread.name,
        buyer=buyer,
    )


def trace_of(
    decision: Decision, heard: tuple[Heard, ...], answer: Answer
) -> dict[str, Any]:  # Any: JSON for people.
    """Why it said that: codes, entities, top intents, the rules taken, the versions of texts and model."""
    return {
        "because": decision.because,
        "rules": list(decision.rules),
        "heard": [_heard_trace(item) for item in heard],
        "replies": [say.key for say in decision.say],
        "prompt_version": answer.prompt_version,
        "model_versions": sorted({version for item in heard for version in item.meaning.versions}),
        "transitions": [
            {"from": step.from_phase, "to": step.to_phase, "trigger": step.trigger} for step in decision.steps
        ],
    }


def _heard_trace(item: Heard) -> dict[str, Any]:  # Any: JSON for people.
    meaning = item.meaning
    return {
        "message_id": item.message_id,
        "kind": item.kind.value,
        "codes": [
            {"written": code.written, "canonical": code.canonical, "nearest": code.nearest}
            for code in meaning.codes
        ],
        "entities": {name: getattr(meaning.entities, name) for name in _ENTITIES},
        "intents": [
            {"name": score.name, "confidence": score.confidence} for score in meaning.intents[:INTENTS_TRACED]
        ],
        "asks": list(meaning.asks),
        "faq": [{"id": hit.faq_id, "score": round(hit.score, 3)} for hit in meaning.faq],
        "is_stale": item.is_stale,
    }
