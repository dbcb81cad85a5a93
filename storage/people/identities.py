"""Who is writing? WhatsApp addresses (phone, LID) become customers and their one conversation.

One person may arrive as a LID today and as a phone number tomorrow. As soon as an address names both, they are one customer, and the
younger thread is merged into the older one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, text, update

from storage.people.merge import merge_customers
from storage.people.newcomers import Address as Address
from storage.people.newcomers import strangers, welcome
from storage.prepared import Prepared
from storage.tables import Conversation, Customer, Identity, new_id

# Any constant does: it only has to be the same everywhere. Two web replicas must not create one person twice.
NEW_PEOPLE_LOCK = 7201


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """The conversation that an address leads to."""

    conversation_id: str
    customer_id: str


# Written once: building a statement costs more than running it where every message asks for it.
_OF_KIND = Prepared(
    select(Identity.kind, Identity.value, Identity.customer_id).where(
        Identity.kind == bindparam("kind"), Identity.value.in_(bindparam("values", expanding=True))
    )
)
_THREADS = Prepared(
    select(Conversation.customer_id, Conversation.id, Conversation.chat_id, Conversation.session).where(
        Conversation.customer_id.in_(bindparam("customers", expanding=True)),
        Conversation.merged_into.is_(None),
    )
)

Keys = dict[tuple[str, str], str]  # (kind, value) → customer id


def resolve(conn: Connection, addresses: Sequence[Address], now: datetime) -> dict[Address, Thread]:
    """The thread of each address; people never seen before are created, twins merged, the way to answer kept fresh."""
    unique = list(dict.fromkeys(addresses))
    known = _look_up(conn, unique)
    if any(not _is_settled(known, address) for address in unique):
        if _lock_new_people(conn):
            known = _look_up(conn, unique)
        known |= welcome(conn, strangers(unique, known), now)
        for address in unique:
            if not _is_settled(known, address):
                _settle(conn, known, address, now)
    owner = {address: _owner(known, address) for address in unique}
    threads = _threads(conn, set(owner.values()))
    return {address: _thread(conn, threads, address, owner[address], now) for address in unique}


def conversation_of(conn: Connection, *, phone: str | None = None, lid: str | None = None) -> str | None:
    """The conversation of a known address, None when nobody wrote from it."""
    key = ("phone", phone) if phone else ("lid", lid or "")
    return conn.scalar(
        select(Conversation.id)
        .join(Identity, Identity.customer_id == Conversation.customer_id)
        .where(Identity.kind == key[0], Identity.value == key[1])
        .where(Conversation.merged_into.is_(None))
    )


def learn_phone(conn: Connection, lid: str, phone: str, now: datetime) -> None:
    """A LID turned out to be this phone: both are one customer from now on."""
    conversation = conversation_of(conn, lid=lid)
    if conversation is None:
        return
    session, chat_id = conn.execute(
        select(Conversation.session, Conversation.chat_id).where(Conversation.id == conversation)
    ).one()
    resolve(conn, [Address(session=session, chat_id=chat_id, phone=phone, lid=lid)], now)


def _look_up(conn: Connection, addresses: Iterable[Address]) -> Keys:
    wanted: dict[str, list[str]] = {"phone": [], "lid": []}
    for address in addresses:
        for kind, value in address.keys:
            wanted[kind].append(value)
    return {
        (row.kind, row.value): row.customer_id
        for kind, values in wanted.items()
        if values
        for row in _OF_KIND.all(conn, kind=kind, values=values)
    }


def _is_settled(known: Keys, address: Address) -> bool:
    return len({known.get(key) for key in address.keys} - {None}) == 1 and all(
        key in known for key in address.keys
    )


def _owner(known: Keys, address: Address) -> str:
    return known[address.keys[0]]


def _lock_new_people(conn: Connection) -> bool:
    """From here on nobody else adds people; whether somebody may have done so since they were looked up. SQLite has one writer anyway."""
    if conn.dialect.name != "postgresql":
        return False
    conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": NEW_PEOPLE_LOCK})
    return True


def _settle(conn: Connection, known: Keys, address: Address, now: datetime) -> None:
    """Makes every key of the address point to one customer, in the database and in `known`."""
    owners = list(dict.fromkeys(known[key] for key in address.keys if key in known))
    match owners:
        case []:
            customer_id = _create_customer(conn, address, now)
        case [customer_id]:
            pass
        case _:
            customer_id = merge_customers(conn, owners, now)
            for key, owner in known.items():
                if owner in owners:
                    known[key] = customer_id
    missing = [key for key in address.keys if key not in known]
    if missing:
        conn.execute(
            insert(Identity),
            [{"customer_id": customer_id, "kind": kind, "value": value} for kind, value in missing],
        )
        known.update(dict.fromkeys(missing, customer_id))
    if address.phone:
        conn.execute(
            update(Customer)
            .where(Customer.id == customer_id, Customer.phone.is_(None))
            .values(phone=address.phone)
        )


def _create_customer(conn: Connection, address: Address, now: datetime) -> str:
    """A new customer, or the one staff already entered under this phone."""
    if address.phone:
        entered = conn.scalar(select(Customer.id).where(Customer.phone == address.phone))
        if entered is not None:
            return str(entered)
    customer_id = new_id("cust")
    conn.execute(
        insert(Customer).values(
            id=customer_id,
            phone=address.phone,
            name=address.push_name,
            language="id",
            profile={},
            created_at=now,
        )
    )
    return customer_id


def _threads(conn: Connection, customers: set[str]) -> dict[str, Any]:  # Any: rows of _THREADS.
    return {row.customer_id: row for row in _THREADS.all(conn, customers=customers)}


def _thread(
    conn: Connection,
    threads: dict[str, Any],  # Any: rows of _THREADS.
    address: Address,
    customer_id: str,
    now: datetime,
) -> Thread:
    row = threads.get(customer_id)
    if row is None:
        conversation_id = _create_conversation(conn, address, customer_id, now)
        threads[customer_id] = _threads(conn, {customer_id})[customer_id]
        return Thread(conversation_id=conversation_id, customer_id=customer_id)
    if (row.chat_id, row.session) != (address.chat_id, address.session):
        conn.execute(
            update(Conversation)
            .where(Conversation.id == row.id)
            .values(chat_id=address.chat_id, session=address.session)
        )
    return Thread(conversation_id=row.id, customer_id=customer_id)


def _create_conversation(conn: Connection, address: Address, customer_id: str, now: datetime) -> str:
    conversation_id = new_id("conv")
    conn.execute(
        insert(Conversation).values(
            id=conversation_id,
            customer_id=customer_id,
            session=address.session,
            chat_id=address.chat_id,
            created_at=now,
        )
    )
    return conversation_id
