"""How promising leads are, from what is stored of them."""

from datetime import timedelta

from sqlalchemy import Connection, update

from flows.decision import CaseDraft
from flows.domain import CaseCategory, CasePriority, Phase
from flows.lead import LeadSignal
from storage.complaints.case_work import open_case
from storage.database import Database
from storage.sales.lead_scores import lead_scores
from storage.sales.leads import merge_lead
from storage.tables import Conversation, Journey
from storage.worth.value import ValueRules, rescore
from tests.people import NOW, travels, writes


def lead_of(conn: Connection, phone: str, *, days_ago: int = 0) -> tuple[int, str]:
    """A lead of somebody who asks about a package; its id and the customer's."""
    said = writes(conn, phone, "halo", at=NOW - timedelta(days=days_ago))
    journey = travels(conn, said, Phase.INTEREST, package="UMR_MAR_2027_HEMAT")
    conn.execute(update(Journey).where(Journey.id == journey).values(preference={"pax": 2, "budget_idr": 1}))
    conn.execute(update(Conversation).where(Conversation.id == said.conversation_id).values(high_intent=True))
    signal = LeadSignal(
        customer_id=said.customer_id,
        conversation_id=said.conversation_id,
        journey_id=journey,
        phase=Phase.INTEREST,
        interested_package="UMR_MAR_2027_HEMAT",
        source="UMR_MAR_2027_HEMAT",
    )
    return merge_lead(conn, signal, NOW).lead_id, said.customer_id


async def test_a_lead_is_judged_by_what_is_known_of_it(database: Database) -> None:
    def story(conn: Connection) -> None:
        fresh, fresh_customer = lead_of(conn, "6281200000001")
        cold, cold_customer = lead_of(conn, "6281200000002", days_ago=20)
        rescore(conn, [fresh_customer, cold_customer], ValueRules(), NOW, "test")
        draft = CaseDraft(
            category=CaseCategory.OTHER, priority=CasePriority.LOW, subject="s", description="d"
        )
        open_case(conn, draft, cold_customer, None, NOW)
        scores = lead_scores(conn, [fresh, cold, 999_999], NOW)
        assert set(scores) == {fresh, cold}
        sentences = {reason: points for points, reason in scores[fresh].reasons}
        assert sentences == {
            "Bertanya tentang paket tertentu.": 20,
            "Menulis hari ini.": 12,
            "Sudah memilih paket.": 10,
            "Menunjukkan minat tinggi.": 10,
            "Pelanggan Potensial.": 6,
            "Menyebut anggaran.": 5,
            "Menyebut jumlah orang.": 5,
            "Datang dari iklan.": 3,
        }
        assert (scores[fresh].score, scores[fresh].heat) == (71, "hot")
        assert (-20, "Masih ada keluhan terbuka.") in scores[cold].reasons
        assert scores[cold].score < scores[fresh].score

    await database.write(story)


async def test_a_lead_that_staff_typed_in_has_a_score_too(database: Database) -> None:
    def story(conn: Connection) -> int:
        said = writes(conn, "6281200000003", "halo")
        signal = LeadSignal(customer_id=said.customer_id, phase=Phase.LEADS)
        lead_id = merge_lead(conn, signal, NOW).lead_id
        return lead_scores(conn, [lead_id], NOW)[lead_id].score

    assert await database.write(story) == 5
