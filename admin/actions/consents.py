"""Recording what a customer agreed to: the same from the API and the panel, always on the person that a merged record has become."""

from dataclasses import dataclass

from admin.desk import Desk
from flows.consent import refuse_consent
from flows.domain import Consent
from flows.refusal import Refused
from flows.roles import Actor
from storage.database import Connection
from storage.people.consents import change_consent, check_proof
from storage.people.customers import Person, find_customer, living_customer


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentAsked:
    """request_note: how and when the customer asked. message_id: the customer's message that proves it."""

    value: Consent
    request_note: str | None = None
    message_id: str | None = None


async def record_consent(desk: Desk, actor: Actor, customer_id: str, asked: ConsentAsked) -> Person:
    """The customer afterwards. Raises Refused where the rule or the proof says no, or the person is not within the actor's scope."""
    if refusal := refuse_consent(actor, asked.value, asked.request_note):
        raise Refused(refusal)
    now = desk.now()

    def record(conn: Connection) -> Person:
        person = living_customer(conn, actor, customer_id)
        if asked.message_id:
            check_proof(conn, person.id, asked.message_id)
        change_consent(
            conn,
            person.id,
            asked.value,
            changed_by=actor.name,
            role=actor.role,
            message_id=asked.message_id,
            request_note=asked.request_note,
            now=now,
        )
        return find_customer(conn, actor, person.id)

    return await desk.database.write(record)
