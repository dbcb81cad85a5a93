"""What would this customer's phone show, and what lies behind it? Read for the built-in WhatsApp simulator only.

A phone shows what was sent, never what still waits or what the send gate dropped. Files that a simulated customer attaches lie here
until the engine fetches them, as they would lie on WAHA's disk.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, delete, insert, or_, select

from storage.knowledge.company import load_company
from storage.people.identities import conversation_of
from storage.tables import (
    Case,
    Conversation,
    Identity,
    InboxRow,
    Journey,
    Lead,
    MediaFile,
    Message,
    OutboxRow,
    PackageRow,
    Turn,
    User,
    new_id,
)

SHOWN_MESSAGES = 120  # What a phone shows at once; older ones stay in the record.
ON_THE_WAY = "simulator"  # MediaFile.owner of an attached file that the engine has not fetched yet.
KEPT_ON_THE_WAY = timedelta(hours=6)  # WAHA too forgets files after a while; fetching takes seconds.
LEFT_THE_HOUSE = ("sent", "unknown")
READ_ACK = 3
MEDIA_PATH = "/media/"  # Where package files are served: /media/<id>/<name>.


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneMessage:
    """One bubble. call and payload are what was sent to WhatsApp, None and {} for the customer's own messages.

    media_id names the kept file that the bubble shows, whoever sent it.
    """

    id: str
    wa_id: str | None
    is_mine: bool
    author: str
    kind: str
    body: str | None
    media_id: str | None
    at: datetime
    ack: int | None
    is_read: bool
    turn_id: str | None
    prompt_version: str | None
    details: dict[str, Any]  # Any: JSON as stored.
    call: str | None
    payload: dict[str, Any]  # Any: JSON as stored.


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneTurn:
    """Why the bot said that. milliseconds covers understanding and deciding."""

    id: str
    because: str
    intent: str | None
    confidence: float | None
    trace: dict[str, Any]  # Any: JSON as stored.
    milliseconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Backstage:
    """What staff know of this conversation and its customer does not. lead and case are the newest ones."""

    status: str
    priority: str
    handover_reason: str | None
    language: str
    ai_notes: str | None
    assigned_to: str | None
    phase: str | None
    package_code: str | None
    package_name: str | None
    package_price: int | None
    preference: dict[str, Any]  # Any: JSON as stored.
    lead_status: str | None
    lead_summary: str | None
    lead_source: str | None
    case_number: str | None
    case_status: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """One number's chat with the company, oldest message first."""

    messages: tuple[PhoneMessage, ...]
    turns: tuple[PhoneTurn, ...]
    backstage: Backstage


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """All that one browser shows: the open chat, its list of numbers, and the company's name on top.

    last holds, of each number that has written, its last bubble and how many of the company's messages it has not read yet.
    sizes are bytes of the files in the open chat, by media id. code is the cheapest package still on sale: something to try first.
    """

    phone: Phone | None
    sizes: dict[str, int]
    last: dict[str, tuple[PhoneMessage, int]]
    company: str
    code: str | None


def screen(conn: Connection, number: str, own: Sequence[str], today: date) -> Screen:
    """What a browser with these own numbers sees when `number` is open."""
    phone = phone_view(conn, number)
    ids = {message.media_id for message in phone.messages if message.media_id} if phone else set()
    return Screen(
        phone=phone,
        sizes=_file_sizes(conn, ids),
        last=_last_messages(conn, own),
        company=load_company(conn).name,
        code=_cheapest(conn, today),
    )


def phone_view(conn: Connection, phone: str, limit: int = SHOWN_MESSAGES) -> Phone | None:
    """The chat of that number; None before its first message."""
    conversation_id = conversation_of(conn, phone=phone)
    if conversation_id is None:
        return None
    newest_first = conn.execute(_shown(conversation_id).order_by(Message.id.desc()).limit(limit)).all()
    messages = tuple(_message(row) for row in reversed(newest_first))
    return Phone(
        messages=messages,
        turns=_turns(conn, {message.turn_id for message in messages if message.turn_id}),
        backstage=_backstage(conn, conversation_id),
    )


def _cheapest(conn: Connection, today: date) -> str | None:
    return conn.scalar(
        select(PackageRow.code)
        .where(
            PackageRow.status == "OPEN",
            or_(PackageRow.quota_left.is_(None), PackageRow.quota_left > 0),
            or_(PackageRow.departure_date.is_(None), PackageRow.departure_date > today),
        )
        .order_by(PackageRow.price)
        .limit(1)
    )


def _last_messages(conn: Connection, phones: Sequence[str]) -> dict[str, tuple[PhoneMessage, int]]:
    found: dict[str, tuple[PhoneMessage, int]] = {}
    for phone in phones:
        conversation_id = conversation_of(conn, phone=phone)
        row = (
            conversation_id
            and conn.execute(_shown(conversation_id).order_by(Message.id.desc()).limit(1)).first()
        )
        if conversation_id and row:
            found[phone] = (_message(row), len(_unread(conn, conversation_id)))
    return found


def unread(conn: Connection, phone: str) -> list[str]:
    """Bare WhatsApp ids of the company's messages that this number has not read yet."""
    conversation_id = conversation_of(conn, phone=phone)
    return _unread(conn, conversation_id) if conversation_id else []


def is_free(conn: Connection, phone: str) -> bool:
    """Nobody has this number yet."""
    known = select(Identity.id).where(Identity.kind == "phone", Identity.value == phone)
    return conn.execute(known).first() is None


def keep_on_the_way(conn: Connection, name: str, mimetype: str, content: bytes, now: datetime) -> str:
    """Keeps a file that a simulated customer attached until it is fetched; answers its id."""
    old = and_(MediaFile.owner == ON_THE_WAY, MediaFile.created_at < now - KEPT_ON_THE_WAY)
    conn.execute(delete(MediaFile).where(old))
    media_id = new_id("sim")
    conn.execute(
        insert(MediaFile).values(
            id=media_id,
            owner=ON_THE_WAY,
            name=name,
            mimetype=mimetype,
            size=len(content),
            sha256=sha256(content).hexdigest(),
            content=content,
            created_at=now,
        )
    )
    return media_id


def on_the_way(conn: Connection, media_id: str) -> tuple[str, str, bytes] | None:
    """Name, media type and content of an attached file; None when it is gone."""
    row = conn.execute(
        select(MediaFile.name, MediaFile.mimetype, MediaFile.content).where(
            MediaFile.id == media_id, MediaFile.owner == ON_THE_WAY
        )
    ).first()
    return (row.name, row.mimetype, row.content) if row else None


def own_file(conn: Connection, media_id: str, phones: Collection[str]) -> tuple[str, str, bytes] | None:
    """Name, media type and content of a file that one of these numbers sent; None for everybody else's."""
    row = conn.execute(
        select(MediaFile.name, MediaFile.mimetype, MediaFile.content)
        .join(Message, Message.media_id == MediaFile.id)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .join(Identity, Identity.customer_id == Conversation.customer_id)
        .where(MediaFile.id == media_id, Identity.kind == "phone", Identity.value.in_(phones))
        .limit(1)
    ).first()
    return (row.name, row.mimetype, row.content) if row else None


def _file_sizes(conn: Connection, media_ids: Collection[str]) -> dict[str, int]:
    if not media_ids:
        return {}
    rows = conn.execute(select(MediaFile.id, MediaFile.size).where(MediaFile.id.in_(media_ids)))
    return {row.id: row.size for row in rows}


def _shown(conversation_id: str) -> Select[Any]:  # Any: a dozen columns, read by name in `_message`.
    has_left = or_(OutboxRow.id.is_(None), OutboxRow.state.in_(LEFT_THE_HOUSE))
    own_inbox = and_(
        InboxRow.session == Conversation.session,
        InboxRow.from_me.is_(False),
        InboxRow.bare_id == Message.wa_id,
    )
    return (
        select(
            *(getattr(Message, name) for name in _COLUMNS),
            InboxRow.state.label("inbox_state"),
            OutboxRow.call,
            OutboxRow.payload,
        )
        .join(Conversation, Conversation.id == Message.conversation_id)
        .outerjoin(OutboxRow, OutboxRow.message_id == Message.id)
        .outerjoin(InboxRow, own_inbox)
        .where(Message.conversation_id == conversation_id, has_left)
    )


_COLUMNS = (
    "id",
    "wa_id",
    "direction",
    "author",
    "kind",
    "body",
    "media_id",
    "at",
    "ack",
    "turn_id",
    "prompt_version",
    "details",
)


def _message(row: Row[Any]) -> PhoneMessage:  # Any: the columns of `_shown`.
    return PhoneMessage(
        id=row.id,
        wa_id=row.wa_id,
        is_mine=row.direction == "in",
        author=row.author,
        kind=row.kind,
        body=row.body,
        media_id=row.media_id or _sent_media(row.payload or {}),
        at=row.at,
        ack=row.ack,
        is_read=row.inbox_state == "done",
        turn_id=row.turn_id,
        prompt_version=row.prompt_version,
        details=row.details or {},
        call=row.call,
        payload=row.payload or {},
    )


def _sent_media(payload: dict[str, Any]) -> str | None:  # Any: JSON as stored.
    """The kept file that was sent, named by its id or by our own address of it."""
    file = payload.get("file") or {}
    if file.get("media_id"):
        return str(file["media_id"])
    _, found, rest = str(file.get("url") or "").partition(MEDIA_PATH)
    return rest.partition("/")[0] if found else None


def _unread(conn: Connection, conversation_id: str) -> list[str]:
    rows = conn.execute(
        select(Message.wa_id)
        .join(OutboxRow, OutboxRow.message_id == Message.id)
        .where(
            Message.conversation_id == conversation_id,
            Message.wa_id.is_not(None),
            OutboxRow.state.in_(LEFT_THE_HOUSE),
            or_(Message.ack.is_(None), Message.ack < READ_ACK),
        )
    )
    return [row.wa_id for row in rows]


def _turns(conn: Connection, ids: Collection[str]) -> tuple[PhoneTurn, ...]:
    columns = (Turn.id, Turn.because, Turn.intent, Turn.confidence, Turn.trace, Turn.milliseconds)
    rows = conn.execute(select(*columns).where(Turn.id.in_(ids)).order_by(Turn.id))
    return tuple(PhoneTurn(**row) for row in rows.mappings())


def _backstage(conn: Connection, conversation_id: str) -> Backstage:
    columns = (
        Conversation.customer_id,
        Conversation.status,
        Conversation.priority,
        Conversation.handover_reason,
        Conversation.language,
        Conversation.ai_notes,
        User.display_name.label("assigned_to"),
        Journey.phase,
        Journey.package_code,
        Journey.preference,
        PackageRow.name.label("package_name"),
        PackageRow.price.label("package_price"),
    )
    found = conn.execute(
        select(*columns)
        .outerjoin(Journey, Journey.id == Conversation.journey_id)
        .outerjoin(PackageRow, PackageRow.code == Journey.package_code)
        .outerjoin(User, User.id == Conversation.assigned_to)
        .where(Conversation.id == conversation_id)
    )
    row = found.mappings().one()
    facts = {name: row[name] for name in row if name != "customer_id"}
    facts["preference"] = facts["preference"] or {}
    return Backstage(**facts, **_lead(conn, row["customer_id"]), **_case(conn, conversation_id))


def _lead(conn: Connection, customer_id: str) -> dict[str, Any]:  # Any: Backstage's fields.
    found = conn.execute(
        select(
            Lead.status.label("lead_status"),
            Lead.conversation_summary.label("lead_summary"),
            Lead.source.label("lead_source"),
        )
        .where(Lead.customer_id == customer_id)
        .order_by(Lead.id.desc())
        .limit(1)
    )
    row = found.mappings().first()
    return dict(row) if row else dict.fromkeys(("lead_status", "lead_summary", "lead_source"))


def _case(conn: Connection, conversation_id: str) -> dict[str, Any]:  # Any: Backstage's fields.
    found = conn.execute(
        select(Case.case_number, Case.status.label("case_status"))
        .where(Case.conversation_id == conversation_id)
        .order_by(Case.id.desc())
        .limit(1)
    )
    row = found.mappings().first()
    return dict(row) if row else dict.fromkeys(("case_number", "case_status"))
