"""What WhatsApp brought and took in the demo's months: rows from which answer times are counted, and the questions left open."""

from typing import Any

from flows.domain import HandoverReason, Status
from flows.reply_keys import Key
from flows.unanswered import Unanswered
from storage.demo.demo_story import DemoLine, DemoStory

NOT_UNDERSTOOD = "out_of_scope"
_HANDED_OVER = {
    HandoverReason.LOW_CONFIDENCE: Unanswered.LOW_CONFIDENCE,
    HandoverReason.COMPLEX_QUESTION: Unanswered.COMPLEX_QUESTION,
}

# Which of the pack's texts such a question was answered with, where it is not named like the question.
_SAID_FROM = {
    None: Key.GREET_PACKAGE,
    "ask_packages": Key.WELCOME,
    "give_preference": Key.RECOMMEND,
    "complaint": Key.HANDOVER_COMPLAINT,
    "payment_intent": Key.HANDOVER_PAYMENT,
    NOT_UNDERSTOOD: Key.CLARIFY,
}
PACKS_OWN = "1.0"  # The label of the texts that a company begins with.

Row = dict[str, Any]  # Any: column values.


def received(message: Row, session: str) -> Row:
    """The inbox row of a customer's message that had its turn."""
    plain = {name: message[name] for name in ("conversation_id", "kind", "body", "at")}
    return plain | {
        "session": session,
        "from_me": False,
        "bare_id": message["wa_id"],
        "message_id": message["id"],
        "received_at": message["at"],
        "state": "done",
    }


def sent(message: Row, session: str, chat_id: str) -> Row:
    """The outbox row of a message that left at once."""
    return {
        "conversation_id": message["conversation_id"],
        "message_id": message["id"],
        "session": session,
        "chat_id": chat_id,
        "call": "sendText",
        "payload": {"text": message["body"]},
        "by_bot": message["author"] == "bot",
        "state": "sent",
        "not_before": message["at"],
        "attempts": 1,
        "sent_at": message["at"],
        "created_at": message["at"],
    }


def said_from(turn: Row) -> str:
    """The text and version that a turn's answer was taken from, as the engine notes it."""
    intent = turn["intent"]
    key = _SAID_FROM.get(intent) or (Key(intent) if intent in set(Key) else Key.FAQ)
    if turn["status_after"] == Status.WAITING.value and intent not in ("complaint", "payment_intent"):
        key = Key.HANDOVER_LOW if intent == NOT_UNDERSTOOD else Key.HANDOVER_UNKNOWN
    return f"reply:{key.value}:id@{PACKS_OWN}"


def left_open(story: DemoStory, line: DemoLine, after: str) -> Unanswered | None:
    """Which way the question went without a good answer, None when the bot answered it. after: the turn's status."""
    if after == Status.WAITING.value and story.reason in _HANDED_OVER:
        return _HANDED_OVER[story.reason]
    return Unanswered.OUT_OF_SCOPE if line.intent == NOT_UNDERSTOOD else None
