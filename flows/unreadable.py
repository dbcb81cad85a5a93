"""Messages that are no words: files are received and shown to a human, the rest is asked for in writing, kindly.

Budi: (pesan suara)   → "Mohon maaf, pesan suara belum bisa kami dengarkan…"
Budi: (foto transfer) → "Terima kasih, berkasnya sudah kami terima…", and a human looks
"""

from flows.domain import HandoverReason, Heard, MessageKind, Phase
from flows.draft import Draft
from flows.hearing import Said
from flows.reply_keys import Key

FILES = frozenset({MessageKind.IMAGE, MessageKind.DOCUMENT})
SAID_ALOUD = frozenset({MessageKind.VOICE})
TO_BE_WRITTEN = frozenset({MessageKind.VIDEO, MessageKind.UNSUPPORTED, MessageKind.CONTACT})


def receive_files(draft: Draft, said: Said) -> bool:
    """Thanks for pictures and documents and lets a human look; a caption that asks something is answered as well."""
    files = [item for item in draft.situation.heard if item.kind in FILES]
    if not files:
        return False
    if all(item.file_failed for item in files):
        draft.because("file_not_fetched")
        draft.tell(Key.FILE_FAILED)
    else:
        draft.because("file_received")
        _let_a_human_look(draft)
    return not said.asks


def _let_a_human_look(draft: Draft) -> None:
    is_booking = draft.journey.phase in (Phase.BOOKING, Phase.PAID)
    reason = HandoverReason.PAYMENT_INTENT if is_booking else HandoverReason.COMPLEX_QUESTION
    if not draft.ask_human(reason, Key.HANDOVER_FILE):
        draft.tell(Key.FILE_RECEIVED)


def ask_for_words(draft: Draft, said: Said) -> bool:
    """Voice, stickers, contacts and the like, when nothing else in the turn can be read."""
    if said.asks or said.text.strip():
        return False
    kinds = {item.kind for item in draft.situation.heard}
    if kinds & SAID_ALOUD:
        return _unread(draft, Key.VOICE_UNREADABLE, "voice_unreadable")
    if kinds & TO_BE_WRITTEN:
        return _unread(draft, Key.KIND_UNREADABLE, "kind_unreadable")
    if MessageKind.LOCATION in kinds:
        return _kindly(draft, Key.PLACE_RECEIVED, "place_received")
    if MessageKind.STICKER in kinds:
        return _kindly(draft, Key.STICKER, "sticker")
    return False


def _kindly(draft: Draft, key: Key, rule: str) -> bool:
    draft.because(rule)
    if not draft.is_waiting:
        draft.tell(key)
    draft.keep_awaiting()
    return True


def _unread(draft: Draft, key: Key, rule: str) -> bool:
    draft.because(rule)
    draft.miss(key)
    return True


def all_stale(heard: tuple[Heard, ...]) -> bool:
    return bool(heard) and all(item.is_stale for item in heard)
