"""Many people who never wrote before, made customers with a conversation each, a few statements for all of them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select

from storage.many import Many
from storage.prepared import Prepared
from storage.tables import Conversation, Customer, Identity, new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """How WhatsApp addressed the chat. phone and lid are bare digits; at least one of them is known."""

    session: str
    chat_id: str
    phone: str | None
    lid: str | None
    push_name: str | None = None

    @property
    def keys(self) -> list[tuple[str, str]]:
        """(kind, value) of each identity that the address names."""
        pairs = (("phone", self.phone), ("lid", self.lid))
        return [(kind, value) for kind, value in pairs if value]


# Written once: building a statement costs more than running it where every batch has somebody new.
_ENTERED = Prepared(
    select(Customer.id, Customer.phone).where(Customer.phone.in_(bindparam("phones", expanding=True)))
)
_NEW_CUSTOMER = Many(insert(Customer))
_NEW_CONVERSATION = Many(insert(Conversation))
_NEW_IDENTITY = Many(insert(Identity))


def strangers(addresses: Sequence[Address], known: Mapping[tuple[str, str], str]) -> list[Address]:
    """The addresses of which nothing is known, and which share nothing with another one of this batch."""
    shared = Counter(key for address in addresses for key in address.keys)
    return [
        address for address in addresses if not any(key in known or shared[key] > 1 for key in address.keys)
    ]


def welcome(conn: Connection, newcomers: Sequence[Address], now: datetime) -> dict[tuple[str, str], str]:
    """Makes them customers, or finds whom staff had entered under that phone; the owner of each identity."""
    if not newcomers:
        return {}
    phones = [address.phone for address in newcomers if address.phone]
    entered = {row.phone: row.id for row in _ENTERED.all(conn, phones=phones)}
    owners = {address: entered.get(address.phone) or new_id("cust") for address in newcomers}
    new = [address for address in newcomers if address.phone not in entered]
    _NEW_CUSTOMER.run(conn, [_customer(address, owners[address], now) for address in new])
    _NEW_CONVERSATION.run(conn, [_conversation(address, owners[address], now) for address in new])
    identities = {key: owner for address, owner in owners.items() for key in address.keys}
    _NEW_IDENTITY.run(
        conn,
        [{"customer_id": owner, "kind": kind, "value": value} for (kind, value), owner in identities.items()],
    )
    return identities


def _customer(address: Address, customer_id: str, now: datetime) -> dict[str, object]:
    return {
        "id": customer_id,
        "phone": address.phone,
        "name": address.push_name,
        "language": "id",
        "consent_marketing": "UNKNOWN",
        "tier": "MASS",
        "profile": {},
        "created_at": now,
    }


def _conversation(address: Address, customer_id: str, now: datetime) -> dict[str, object]:
    return {
        "id": new_id("conv"),
        "customer_id": customer_id,
        "session": address.session,
        "chat_id": address.chat_id,
        "status": "bot",
        "priority": "normal",
        "language": "id",
        "high_intent": False,
        "misses": 0,
        "created_at": now,
    }
