"""Which questions had no good answer, and which of them ask alike? Written down with the turn, grouped later, worked off by marketing.

The words stay in the messages alone: who is erased is erased here, too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, RowMapping, Select, delete, func, insert, or_, select, update

from flows.refusal import missing
from flows.roles import Actor
from flows.unanswered import Unanswered, why_unanswered
from storage.dialect import insert_new
from storage.knowledge.faq import find_faq
from storage.pages import Page, Part
from storage.tables import Message, QuestionGroup, UnansweredMessage
from storage.trail.audit import Event, note
from storage.way.taken_turn import TakenTurn

MOST_COUNTED = 1_000  # Of a list nobody reads to its end; more are told as "1,000 and more".


class GroupState(StrEnum):
    """open waits for somebody; handled: an entry was written; ignored: nobody needs to answer this."""

    OPEN = "open"
    HANDLED = "handled"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One message without a good answer, with its words."""

    message_id: str
    body: str
    reason: Unanswered
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Messages that ask alike. example is the first one's words; count is of messages."""

    id: int
    example: str
    state: GroupState
    faq_id: int | None
    count: int
    first_at: datetime
    last_at: datetime


def note_unanswered(conn: Connection, turns: Sequence[TakenTurn]) -> None:
    """Writes down what these turns heard and did not answer well; most turns add nothing."""
    rows = [
        {"message_id": message_id, "reason": reason.value, "at": turn.now, "group_id": None}
        for turn in turns
        if (reason := why_unanswered(turn.decision, _best_faq(turn)))
        for message_id, intent, _ in turn.heard
        if intent is not None
    ]
    if rows:
        conn.execute(insert_new(conn, UnansweredMessage), rows)


def _best_faq(turn: TakenTurn) -> float | None:
    scores = [hit["score"] for heard in turn.trace.get("heard", ()) for hit in heard.get("faq", ())]
    return max(scores, default=None)


def ungrouped(conn: Connection, limit: int) -> tuple[Asked, ...]:
    """Messages that stand beside no others yet, oldest first. Those without words are forgotten: there is nothing to answer."""
    new = select(UnansweredMessage.message_id, UnansweredMessage.at).where(
        UnansweredMessage.group_id.is_(None)
    )
    oldest = new.order_by(UnansweredMessage.at).limit(limit).subquery()
    blank = select(oldest.c.message_id).join(Message, Message.id == oldest.c.message_id)
    wordless = blank.where(or_(Message.body.is_(None), func.trim(Message.body) == ""))
    conn.execute(
        delete(UnansweredMessage).where(UnansweredMessage.message_id.in_(wordless.scalar_subquery()))
    )
    chosen = _asked().join(oldest, oldest.c.message_id == UnansweredMessage.message_id)
    return _all(conn, chosen.order_by(UnansweredMessage.at, UnansweredMessage.message_id))


def examples(conn: Connection, limit: int) -> tuple[tuple[int, str], ...]:
    """The groups that were asked for last, with the words of their example: what new messages are compared with."""
    chosen = select(QuestionGroup.id, Message.body).join(Message, Message.id == QuestionGroup.example_id)
    newest = chosen.where(Message.body.is_not(None)).order_by(QuestionGroup.last_at.desc()).limit(limit)
    return tuple((row.id, row.body) for row in conn.execute(newest))


def put_together(
    conn: Connection, known: Mapping[int, Sequence[Asked]], new: Sequence[Sequence[Asked]], now: datetime
) -> None:
    """Messages join the groups they are like, or begin new ones. A handled question that comes again is open again."""
    for group_id, asked in known.items():
        _join(conn, group_id, asked, now)
    for asked in new:
        values = {"example_id": asked[0].message_id, "state": GroupState.OPEN, "count": 0, "updated_at": now}
        times = {"first_at": asked[0].at, "last_at": asked[0].at}
        made = insert(QuestionGroup).values(**values, **times).returning(QuestionGroup.id)
        group_id = conn.execute(made).scalar_one()
        if not _join(conn, group_id, asked, now):
            conn.execute(delete(QuestionGroup).where(QuestionGroup.id == group_id))


def _join(conn: Connection, group_id: int, asked: Sequence[Asked], now: datetime) -> int:
    """How many joined: another process may have put some of them somewhere already."""
    ids = [message.message_id for message in asked]
    free = (UnansweredMessage.message_id.in_(ids), UnansweredMessage.group_id.is_(None))
    joined = conn.execute(update(UnansweredMessage).where(*free).values(group_id=group_id)).rowcount
    if joined:
        group = conn.execute(
            select(QuestionGroup.state, QuestionGroup.last_at).where(QuestionGroup.id == group_id)
        ).one()
        state = GroupState.OPEN if group.state == GroupState.HANDLED else group.state
        last = max(group.last_at, *(message.at for message in asked))
        values = {"count": QuestionGroup.count + joined, "last_at": last, "state": state, "updated_at": now}
        conn.execute(update(QuestionGroup).where(QuestionGroup.id == group_id).values(values))
    return joined


def group_page(conn: Connection, state: GroupState, page: Page, *, newest_first: bool = False) -> Part[Group]:
    """Groups in that state, the most asked first. total counts up to a thousand."""
    ids = select(QuestionGroup.id).where(QuestionGroup.state == state).limit(MOST_COUNTED)
    total = conn.scalar(select(func.count()).select_from(ids.subquery())) or 0
    order = (
        (QuestionGroup.last_at.desc(), QuestionGroup.id.desc())
        if newest_first
        else (QuestionGroup.count.desc(), QuestionGroup.id.desc())
    )
    chosen = _groups().where(QuestionGroup.state == state).order_by(*order)
    rows = conn.execute(chosen.limit(page.limit).offset(page.offset)).mappings()
    return Part(items=tuple(_group(row) for row in rows), total=total)


def find_group(conn: Connection, group_id: int) -> Group:
    """Raises Refused when there is none."""
    row = conn.execute(_groups().where(QuestionGroup.id == group_id)).mappings().first()
    if row is None:
        raise missing("group of questions")
    return _group(row)


def asked_in(conn: Connection, group_id: int, limit: int) -> tuple[Asked, ...]:
    """The group's newest messages."""
    chosen = _asked().where(UnansweredMessage.group_id == group_id, Message.body.is_not(None))
    return _all(conn, chosen.order_by(UnansweredMessage.at.desc()).limit(limit))


def settle_group(
    conn: Connection, group_id: int, state: GroupState, by: Actor, now: datetime, *, faq_id: int | None = None
) -> Group:
    """Handled, ignored, or open again. Raises Refused when there is no such group, or no such entry to have handled it."""
    before = find_group(conn, group_id)
    if faq_id is not None:
        find_faq(conn, faq_id)
    values = {"state": state, "faq_id": faq_id, "updated_at": now}
    conn.execute(update(QuestionGroup).where(QuestionGroup.id == group_id).values(values))
    facts = {"before": before.state.value, "after": state.value, "faq_id": faq_id}
    note(conn, Event.SETTLE_QUESTION, by, now, subject=str(group_id), **facts)
    return find_group(conn, group_id)


def _asked() -> Select[str, str | None, str, datetime]:
    return select(
        UnansweredMessage.message_id, Message.body, UnansweredMessage.reason, UnansweredMessage.at
    ).join(Message, Message.id == UnansweredMessage.message_id)


def _all(conn: Connection, chosen: Select[str, str | None, str, datetime]) -> tuple[Asked, ...]:
    rows = conn.execute(chosen).mappings()
    return tuple(Asked(**{**row, "reason": Unanswered(row["reason"])}) for row in rows)


def _groups() -> Select[int, str, int | None, int, datetime, datetime, str | None]:
    return select(
        QuestionGroup.id, QuestionGroup.state, QuestionGroup.faq_id, QuestionGroup.count,
        QuestionGroup.first_at, QuestionGroup.last_at, Message.body.label("example"),
    ).join(Message, Message.id == QuestionGroup.example_id)  # fmt: skip


def _group(row: RowMapping) -> Group:
    return Group(**{**row, "state": GroupState(row["state"]), "example": row["example"] or ""})
