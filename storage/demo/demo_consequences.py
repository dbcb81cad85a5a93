"""What came of a demo's story: its lead's way over the board, and its case, worked on by the demo's own people."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, update

from flows.decision import CaseDraft
from flows.domain import CasePriority, CaseStatus
from flows.roles import BOT, SYSTEM, Actor
from storage.complaints.case_work import assign_case, close_case, open_case, respond_finally
from storage.demo.demo_story import DemoStory
from storage.tables import Customer, Lead, LeadMove, LeadNote
from storage.trail.audit import Event, note


def follow_through(
    conn: Connection, story: DemoStory, ids: tuple[str, str, str], staff: Mapping[str, Actor], now: datetime
) -> None:
    """What the story led to. ids are those of its customer, conversation and journey."""
    customer_id, conversation_id, _ = ids
    if story.lead:
        _lead(conn, story, ids, staff, now)
    if story.case:
        opened = max(story.began_at, now - timedelta(hours=20)) if _is_open(story.case) else story.began_at
        _case(conn, story.case, customer_id, conversation_id, staff, opened)


def _is_open(case: Mapping[str, str]) -> bool:
    return case.get("status") in ("NEW", "IN_PROGRESS")


def _lead(
    conn: Connection, story: DemoStory, ids: tuple[str, str, str], staff: Mapping[str, Actor], now: datetime
) -> None:
    customer_id, conversation_id, journey_id = ids
    owner = staff.get("rm")
    began = story.asked_at or story.began_at
    ways = {
        "NEW": (),
        "CONTACTED": ("CONTACTED",),
        "QUALIFIED": ("CONTACTED", "QUALIFIED"),
        "PROPOSAL": ("CONTACTED", "QUALIFIED", "PROPOSAL"),
        "WON": ("CONTACTED", "PROPOSAL", "WON"),
        "LOST": ("CONTACTED", "LOST"),
    }
    steps = ways[story.lead or "NEW"]
    # What came in yesterday evening has not come further than to this moment.
    moments = [min(began + timedelta(hours=5 * (at + 1)), now) for at in range(len(steps))]
    values = {
        "customer_id": customer_id,
        "conversation_id": conversation_id,
        "journey_id": journey_id,
        "name": story.name,
        "phase": story.phase.value,
        "interested_package": story.package_code,
        "conversation_summary": story.notes,
        "source": story.campaign_code,
        "ai_confidence": 0.9,
        "status": story.lead,
        "lost_reason": "Harga terlalu tinggi" if story.lead == "LOST" else None,
        "owner_id": owner.user_id if owner and steps else None,
        "created_at": began,
        "updated_at": moments[-1] if moments else began,
    }
    lead_id = conn.execute(insert(Lead).values(**values).returning(Lead.id)).scalar_one()
    note(conn, Event.CREATE_LEAD, BOT, began, subject=str(lead_id), customer_id=customer_id)
    _moves(conn, lead_id, list(zip(steps, moments, strict=True)), owner or SYSTEM)
    if story.lead in ("QUALIFIED", "PROPOSAL"):
        due = (moments[-1] + timedelta(days=6)).replace(hour=2, minute=30)
        # What was due long ago was done; a demo whose every task is overdue looks like a company that sleeps.
        done = due + timedelta(hours=1) if due < now - timedelta(days=1) else None
        task = {"kind": "TASK", "note": "Tanyakan keputusan keluarga", "due_at": due, "done_at": done}
        conn.execute(insert(LeadNote).values(lead_id=lead_id, author="rm", at=moments[-1], **task))


def _moves(conn: Connection, lead_id: int, steps: Sequence[tuple[str, datetime]], by: Actor) -> None:
    """Over the board column by column, after a call on the first day."""
    before, subject = "NEW", str(lead_id)
    for step, at in steps:
        note(conn, Event.UPDATE_LEAD, by, at, subject=subject, old_value=before, new_value=step)
        conn.execute(
            insert(LeadMove).values(lead_id=lead_id, from_status=before, to_status=step, moved_by="rm", at=at)
        )
        before = step
    if steps:
        called_at = steps[0][1]
        note(conn, Event.ADD_LEAD_ACTIVITY, by, called_at, subject=subject, kind="CALL")
        call = {"kind": "CALL", "note": "Ditelepon, minta dikirim rincian biaya.", "due_at": None}
        conn.execute(insert(LeadNote).values(lead_id=lead_id, author="rm", at=called_at, **call))


def _case(
    conn: Connection,
    case: Mapping[str, str],
    customer_id: str,
    conversation_id: str,
    staff: Mapping[str, Actor],
    opened_at: datetime,
) -> None:
    """Opened, and worked on as far as its status says, by the demo's own agent and supervisor."""
    draft = CaseDraft(
        category=case["category"],
        priority=CasePriority(case["priority"]),
        subject=case["subject"],
        description=case["subject"],
    )
    file = open_case(conn, draft, customer_id, conversation_id, opened_at)
    agent, supervisor = staff.get("agent", SYSTEM), staff.get("supervisor", SYSTEM)
    status = CaseStatus(case.get("status", "CLOSED"))
    if status is CaseStatus.NEW:
        return
    later: Callable[[int], datetime] = lambda hours: opened_at + timedelta(hours=hours)  # noqa: E731
    conn.execute(update(Customer).where(Customer.id == customer_id).values(branch_id=agent.branch_id))
    assign_case(conn, supervisor, file.id, "agent", later(1))
    if status is CaseStatus.CLOSED:
        respond_finally(
            conn, agent, file.id, "Sudah kami telepon dan sepakati bersama. Terima kasih.", later(3)
        )
        close_case(conn, agent, file.id, later(4))
