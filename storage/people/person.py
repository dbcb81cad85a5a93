"""Which rows belong to a person? By customer, conversation, lead, case or file; the list of tables is `storage/people/personal.py`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, String, cast, or_, select

from storage.tables import Case, Conversation, Customer, DueThing, Lead, Message


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonIds:
    """A person's customers (whom they were merged from included), conversations and files."""

    customers: tuple[str, ...]
    conversations: tuple[str, ...]
    files: tuple[str, ...]


Condition = Callable[[PersonIds], ColumnElement[bool]]


def of_customer(table: Any) -> Condition:  # Any: a table with the column customer_id.
    return lambda person: table.customer_id.in_(person.customers)


def of_conversation(table: Any) -> Condition:  # Any: a table with the column conversation_id.
    return lambda person: table.conversation_id.in_(person.conversations)


def of_lead(table: Any) -> Condition:  # Any: a table with the column lead_id.
    return lambda person: table.lead_id.in_(select(Lead.id).where(Lead.customer_id.in_(person.customers)))


def of_case(table: Any) -> Condition:  # Any: a table with the column case_id.
    return lambda person: table.case_id.in_(select(Case.id).where(Case.customer_id.in_(person.customers)))


def of_subject(person: PersonIds) -> ColumnElement[bool]:
    """Subjects are ids as text, each kind in its own way; numbers of other things are no customer's or conversation's."""
    cases = select(cast(Case.id, String)).where(Case.customer_id.in_(person.customers))
    leads = select(cast(Lead.id, String)).where(Lead.customer_id.in_(person.customers))
    return or_(
        DueThing.subject.in_((*person.customers, *person.conversations)),
        DueThing.kind.startswith("case") & DueThing.subject.in_(cases),
        DueThing.kind.startswith("lead") & DueThing.subject.in_(leads),
    )


def person_ids(conn: Connection, customer_id: str) -> PersonIds:
    """Everything by which the person's rows are found, through whatever merges there were."""
    customers = [customer_id]
    for found in customers:
        twins = conn.scalars(select(Customer.id).where(Customer.merged_into == found)).all()
        customers.extend(twin for twin in twins if twin not in customers)
    conversations = conn.scalars(select(Conversation.id).where(Conversation.customer_id.in_(customers))).all()
    return PersonIds(
        customers=tuple(customers),
        conversations=tuple(conversations),
        files=tuple(_files(conn, conversations)),
    )


def _files(conn: Connection, conversations: Any) -> set[str]:  # Any: a list of ids.
    """Files that came with messages; those still lying in the simulator are named by their address only."""
    chosen = select(Message.media_id, Message.details).where(
        Message.conversation_id.in_(conversations),
        Message.direction == "in",
        Message.kind.not_in(("text", "location", "contact")),
    )
    found: set[str] = set()
    for row in conn.execute(chosen):
        url = ((row.details or {}).get("file") or {}).get("url") or ""
        found |= {row.media_id or "", url.rpartition("/")[2]}
    return found - {""}
