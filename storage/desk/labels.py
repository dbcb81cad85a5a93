"""Which labels are there, and which hang on which conversation?"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, String, bindparam, delete, func, insert, select

from flows.labels import COLOURS
from flows.refusal import Refused, conflict, invalid, missing
from flows.roles import Actor
from storage.dialect import insert_new
from storage.prepared import Prepared
from storage.tables import ConversationLabel, Label
from storage.talks.conversations import conversation_to_change
from storage.talks.touch import touch
from storage.trail.audit import Event, note


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelFacts:
    id: int
    name: str
    colour: str


def all_labels(conn: Connection) -> tuple[LabelFacts, ...]:
    return tuple(LabelFacts(**row._asdict()) for row in _LABELS.all(conn))


def labels_of(conn: Connection, conversation_ids: Collection[str]) -> dict[str, tuple[LabelFacts, ...]]:
    """The labels of each of these conversations."""
    found: dict[str, tuple[LabelFacts, ...]] = {}
    for row in _HANGING.all(conn, conversation_ids=conversation_ids):
        label = LabelFacts(id=row.id, name=row.name, colour=row.colour)
        found[row.conversation_id] = (*found.get(row.conversation_id, ()), label)
    return found


_LABELS = Prepared(select(Label.id, Label.name, Label.colour).order_by(Label.name))
_HANGING = Prepared(
    select(ConversationLabel.conversation_id, Label.id, Label.name, Label.colour)
    .join(Label, Label.id == ConversationLabel.label_id)
    .where(ConversationLabel.conversation_id.in_(bindparam("conversation_ids", expanding=True, type_=String)))
    .order_by(Label.name)
)


def add_label(conn: Connection, name: str, colour: str, by: Actor, now: datetime) -> LabelFacts:
    """A new word to hang on conversations. Raises Refused for a name that is there, in whatever case."""
    if colour not in COLOURS:
        raise Refused(invalid("colour", f"The colour must be one of: {', '.join(COLOURS)}."))
    if conn.scalar(select(Label.id).where(func.lower(Label.name) == name.lower())):
        raise Refused(conflict("There is a label of this name already."))
    label_id = conn.scalar(insert(Label).values(name=name, colour=colour).returning(Label.id))
    note(conn, Event.CHANGE_LABEL, by, now, subject=f"label_{label_id}", what="added")
    return LabelFacts(id=label_id or 0, name=name, colour=colour)


def remove_label(conn: Connection, label_id: int, by: Actor, now: datetime) -> None:
    """Takes the label away, from every conversation too. Raises Refused when there is none."""
    conn.execute(delete(ConversationLabel).where(ConversationLabel.label_id == label_id))
    if not conn.execute(delete(Label).where(Label.id == label_id)).rowcount:
        raise missing("label")
    note(conn, Event.CHANGE_LABEL, by, now, subject=f"label_{label_id}", what="removed")


def set_labels(
    conn: Connection, actor: Actor, conversation_id: str, label_ids: Collection[int], now: datetime
) -> tuple[LabelFacts, ...]:
    """Exactly these labels hang on the conversation now. Raises Refused for an unknown conversation or label."""
    facts = conversation_to_change(conn, actor, conversation_id)
    wanted = set(label_ids)
    if wanted - {label.id for label in all_labels(conn)}:
        raise missing("label")
    before = {label.id for label in labels_of(conn, [facts.id]).get(facts.id, ())}
    if wanted != before:
        conn.execute(delete(ConversationLabel).where(ConversationLabel.conversation_id == facts.id))
        rows = [{"conversation_id": facts.id, "label_id": label_id} for label_id in sorted(wanted)]
        if rows:
            conn.execute(insert_new(conn, ConversationLabel), rows)
        touch(conn, facts.id)
        changed = [str(label_id) for label_id in sorted(wanted)]
        note(conn, Event.LABEL_CONVERSATION, actor, now, subject=facts.id, labels=changed)
    return labels_of(conn, [facts.id]).get(facts.id, ())
