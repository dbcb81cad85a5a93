"""A person planted into every corner of a database, known by words that occur nowhere else: where they show up, they leaked.

`found_in` looks for them as a reader would: in any spelling of a number, in escaped JSON, in bytes.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, insert, update

from flows.decision import CaseDraft
from flows.domain import CaseCategory, CasePriority, Consent, MessageKind, Phase, Role
from storage.complaints.case_work import note_on_case, open_case
from storage.desk.handovers import pass_on
from storage.desk.notes import write_note
from storage.desk.staff_messages import say_as_staff
from storage.moments.alerts import NewAlert, raise_alert
from storage.people.consents import change_consent
from storage.people.identities import Address
from storage.sales.lead_entry import NewLead, enter_lead
from storage.sales.leads import NewNote, NoteKind, add_lead_note
from storage.staff.users import branch_id
from storage.tables import Conversation, Customer, EventCount, LaterMessage, Traveller, Turn, new_id
from storage.talks.customer_files import CustomerFile, keep_customer_file
from storage.way.inbox import NewMessage, receive
from storage.way.simulator import keep_on_the_way
from tests.people import NOW, Said, member, travels, turned, writes

PHONE, NIK, ACCOUNT = "6281399887766", "1271012105907766", "5566778899001"
EMAIL, CIF, ADDRESS = "zulkarnain@kucing.example", "CIF-ZULKAR-77", "Gang Kucingbelang 7"
NAME, WORD = "Zulkarnain Wibisana", "kucingbelangtiga"
PUSH_LID = "99887766554433"
PROFILE = {
    "nik": NIK,
    "email": EMAIL,
    "account": ACCOUNT,
    "address": ADDRESS,
    "birth_date": "1990-05-21",
    "note": f"suka {WORD}",
}
# Numbers are looked for without whatever stands between their digits, with and without the country's code.
NUMBERS = (PHONE, PHONE[2:], NIK, ACCOUNT, PUSH_LID)
SECRETS = (EMAIL, CIF, "K0CING7")
WORDS = (NAME, NAME.split()[0].lower(), WORD, "Kucingbelang")
_BETWEEN = re.compile(r"[\s.\-()/]|&nbsp;|%20")


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """The ids under which the person is found. Of each kind there is at least one."""

    customer_id: str
    conversation_id: str
    lead_id: int
    case_id: int
    message_id: str
    turn_id: str
    media_id: str

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(str(getattr(self, name)) for name in self.__dataclass_fields__)


def found_in(text: str, *, with_words: bool = True) -> list[str]:
    """Which of the person's words and numbers stand in this text. Without words: only what masking hides."""
    plain = text.lower()
    dense = _BETWEEN.sub("", text)
    found = [number for number in NUMBERS if number in dense]
    found += [secret for secret in SECRETS if secret.lower() in plain]
    return found + [word for word in WORDS if with_words and word.lower() in plain]


def plant(conn: Connection, branch: str | None = None) -> Planted:
    """Puts the person everywhere, through the functions that put people there. One member of staff a role must be hired already."""
    said = writes(conn, PHONE, f"halo saya {NAME}, {WORD}, hp {PHONE}", f"rekening {ACCOUNT}", name=NAME)
    file_message, media_id = _sends_a_file(conn, said)
    travels(conn, said, Phase.BOOKING, campaign="UMR_MAR_2027_HEMAT")
    turn_id = turned(conn, said, "payment_intent")
    _is_known_to_staff(conn, said)
    case_id = _complains(conn, said)
    lead_id = _may_buy(conn)
    agent = member(conn, "agent").actor
    say_as_staff(conn, agent, said.conversation_id, f"Baik {NAME}, {PHONE}", NOW)
    write_note(conn, agent, said.conversation_id, f"{NAME} {PHONE} {WORD}", NOW)
    _wants_more(conn, said, lead_id)
    pass_on(conn, agent, said.conversation_id, "rm", f"tolong {WORD} di {PHONE}", NOW)
    conn.execute(
        update(Conversation)
        .where(Conversation.id == said.conversation_id)
        .values(ai_notes=f"{NAME} {WORD} {PHONE}", awaiting={"of": WORD})
    )
    conn.execute(update(Turn).where(Turn.id == turn_id).values(trace={"heard": [f"{NAME} {PHONE} {WORD}"]}))
    if branch:
        # Last: whoever planted may belong to no branch. What nobody owns is in every RM's queue, so somebody does.
        of_branch = {"branch_id": branch_id(conn, branch), "owner_id": member(conn, "rm").id}
        conn.execute(update(Customer).where(Customer.id == said.customer_id).values(**of_branch))
    return Planted(
        customer_id=said.customer_id,
        conversation_id=said.conversation_id,
        lead_id=lead_id,
        case_id=case_id,
        message_id=file_message,
        turn_id=turn_id,
        media_id=media_id,
    )


def _sends_a_file(conn: Connection, said: Said) -> tuple[str, str]:
    """A photograph that is kept, and one that still lies in the simulator."""
    address = Address(session="default", chat_id=f"{PUSH_LID}@lid", phone=PHONE, lid=PUSH_LID, push_name=NAME)
    lying = keep_on_the_way(conn, f"{WORD}.jpg", "image/jpeg", f"{NAME} {PHONE}".encode(), NOW)
    messages = [
        NewMessage(
            address=address,
            bare_id=new_id("3EB0"),
            kind=MessageKind.IMAGE,
            body=f"bukti {WORD}",
            at=NOW + timedelta(minutes=1),
            facts={"file": {"url": url, "mimetype": "image/jpeg", "name": f"{WORD}.jpg"}},
        )
        for url in (f"http://waha/{WORD}.jpg", f"simulator:/files/{lying}")
    ]
    kept, _ = receive(conn, messages, NOW)
    assert kept.message_id is not None
    file = CustomerFile(content=f"{NAME} {NIK}".encode(), mimetype="image/jpeg", name=f"{WORD}.jpg")
    media_id = keep_customer_file(conn, kept.message_id, file, NOW)
    assert media_id is not None
    assert kept.conversation_id == said.conversation_id
    return kept.message_id, media_id


def _is_known_to_staff(conn: Connection, said: Said) -> None:
    values: dict[str, object] = {"profile": PROFILE, "cif": CIF, "name": NAME}
    conn.execute(update(Customer).where(Customer.id == said.customer_id).values(**values))
    change_consent(
        conn,
        said.customer_id,
        Consent.GRANTED,
        changed_by="agent",
        role=Role.AGENT,
        message_id=said.message_ids[0],
        request_note=f"{NAME} menelepon dari {PHONE}",
        now=NOW,
    )
    last_body = {"from": f"{PHONE}@c.us"}
    conn.execute(insert(EventCount).values(event="presence", count=1, last_body=last_body, last_at=NOW))


def _complains(conn: Connection, said: Said) -> int:
    draft = CaseDraft(
        category=CaseCategory.REFUND,
        priority=CasePriority.HIGH,
        subject=f"Uang {WORD}",
        description=f"{NAME} {ACCOUNT}",
    )
    agent = member(conn, "agent").actor
    case = open_case(conn, draft, said.customer_id, said.conversation_id, NOW, by=agent)
    alert = NewAlert(
        kind="case",
        dedupe_key=f"case:{case.id}",
        conversation_id=said.conversation_id,
        facts={"x": f"{NAME} {PHONE}"},
    )
    raise_alert(conn, alert, NOW)
    note_on_case(conn, agent, case.id, f"{NAME} menelepon, {WORD}", NOW)
    return case.id


def _may_buy(conn: Connection) -> int:
    agent = member(conn, "agent").actor
    new = NewLead(phone=PHONE, name=NAME, conversation_summary=f"{WORD} {PHONE}", source=f"dari {NAME}")
    lead, _ = enter_lead(conn, agent, new, NOW)
    add_lead_note(conn, agent, lead.lead_id, NewNote(kind=NoteKind.CALL, note=f"{WORD} {NIK}"), NOW)
    return lead.lead_id


def _wants_more(conn: Connection, said: Said, lead_id: int) -> None:
    """A traveller of the booking, and a message that waits to be sent."""
    conn.execute(
        insert(Traveller).values(
            customer_id=said.customer_id,
            lead_id=lead_id,
            conversation_id=said.conversation_id,
            name=NAME,
            relation="self",
            passport_number="K0CING7",
            note=f"{WORD} {NIK}",
            created_by="agent",
            created_at=NOW,
            updated_at=NOW,
        )
    )
    conn.execute(
        insert(LaterMessage).values(
            conversation_id=said.conversation_id,
            author="agent",
            body=f"Halo {NAME}, {WORD}",
            due_at=NOW + timedelta(days=1),
            state="waiting",
            created_at=NOW,
        )
    )
