"""What the demo's staff keep and did at their desks: labels, canned answers, notes, tasks, what was put off or prepared, parties."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.demo.history import FIRST_NUMBER
from flows.roles import SYSTEM, Actor
from flows.traveller import Gender, Relation, TravellerFacts
from knowledge.demo_desk import REPLY, DemoCanned, DemoPerson, DemoTalk
from storage.database import Connection
from storage.demo.demo_desk import make_known, story_ids
from storage.desk.canned_answers import CannedDraft, all_canned, put_canned
from storage.desk.labels import all_labels, set_labels
from storage.desk.later_messages import prepare
from storage.desk.notes import write_note
from storage.desk.snoozes import snooze
from storage.knowledge.packages import find_package
from storage.sales.leads import NewNote, NoteKind, add_lead_note, own_lead
from storage.sales.travellers import add_traveller
from storage.staff.users import find_user

TASK_WRITTEN = timedelta(hours=26)  # Before now, so that what is overdue was written before it was due.


def know_person(conn: Connection, person: DemoPerson) -> None:
    make_known(conn, _phone(person.number), person.facts)


def save_canned(conn: Connection, canned: DemoCanned, now: datetime) -> None:
    """The answer with the brochure that it promises, if that package has one."""
    package = find_package(conn, canned.brochure_of) if canned.brochure_of else None
    brochure = package.brochure_url.split("/")[2] if package and package.brochure_url else None
    draft = CannedDraft(
        shortcut=canned.shortcut,
        title=canned.title,
        body=canned.body,
        media_ids=(brochure,) if brochure else (),
    )
    known = next((one.id for one in all_canned(conn) if one.shortcut == canned.shortcut), None)
    put_canned(conn, known, draft, SYSTEM, now)


def do_talk(conn: Connection, talk: DemoTalk, now: datetime) -> None:
    """Does what stands in the file; nothing where the conversation is not there, because staff may have erased it."""
    found = story_ids(conn, _phone(int(talk.talk)))
    if found is None:
        return
    by = _actor(conn, talk.by)
    if talk.label:
        wanted = {label.id for label in all_labels(conn) if label.name in talk.label}
        set_labels(conn, by, found.conversation_id, wanted, now)
    for author, words in talk.notes:
        write_note(conn, _actor(conn, author), found.conversation_id, words, now)
    for hours, words in talk.later:
        prepare(conn, by, found.conversation_id, words, now + timedelta(hours=hours), now)
    if talk.snooze is not None:
        until = None if talk.snooze == REPLY else now + timedelta(hours=float(talk.snooze))
        snooze(conn, by, found.conversation_id, until, now)
    if found.lead_id is not None:
        _do_lead(conn, talk, found.lead_id, by, now)


def _do_lead(conn: Connection, talk: DemoTalk, lead_id: int, by: Actor, now: datetime) -> None:
    if by.user_id and talk.tasks:
        own_lead(conn, lead_id, by.user_id)
    for hours, words in talk.tasks:
        task = NewNote(kind=NoteKind.TASK, note=words, due_at=now + timedelta(hours=hours))
        add_lead_note(conn, by, lead_id, task, now - TASK_WRITTEN)
    for facts in talk.party:
        add_traveller(conn, by, lead_id, _traveller(facts), now, now.date())


def _traveller(facts: Mapping[str, Any]) -> TravellerFacts:  # Any: YAML.
    return TravellerFacts(
        **{**facts, "relation": Relation(facts["relation"]), "gender": Gender(facts["gender"])}
    )


def _phone(number: int) -> str:
    return str(FIRST_NUMBER + number)


def _actor(conn: Connection, username: str) -> Actor:
    member = find_user(conn, username)
    assert member is not None, "the demo's people come before their desks"
    return member.actor
