"""What customers are worth: scored from what is stored, kept with its rules, and re-scored when something changes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, insert, update

from flows.decision import CaseDraft
from flows.domain import CaseCategory, CasePriority, CaseStatus, Consent, Phase, Role
from flows.next_best_action import ActionKind, ActionStatus
from flows.persona import Budget, Persona, PersonaSource, Survey, bands_of
from flows.refusal import Refused
from flows.rfm import RfmSegment, RfmThresholds, Ruleset
from flows.roles import SYSTEM
from storage.complaints.case_work import open_case
from storage.database import Database
from storage.desk.handovers import mark_paid
from storage.knowledge.packages import delete_package, put_package
from storage.pages import Page
from storage.people.consents import change_consent
from storage.people.customers import CustomerQuestion, customer_page
from storage.people.merge import merge_customers
from storage.tables import Case, Customer, Journey
from storage.worth.behaviour import (
    NewPurchase,
    answer_survey,
    bought_together,
    favorites_of,
    like,
    record_purchase,
)
from storage.worth.known_buyers import known_buyers
from storage.worth.next_actions import actions_of, decide_action
from storage.worth.value import ValueRules, rescore
from storage.worth.value_due import due_for_scoring
from storage.worth.value_spread import value_spread
from storage.worth.value_views import (
    buyer_card,
    value_of,
    value_trend,
)
from tests.paketin import PAKET_50GB, PRODUCTS, PULSA_20, STREAMING, SULTAN_100GB
from tests.people import NOW, hire, travels, writes

RULES = ValueRules()
BUDI, SARI = "6281200000001", "6281200000002"
YEAR = timedelta(days=365)


def stock(conn: Connection) -> None:
    for product in PRODUCTS:
        put_package(conn, product, SYSTEM, NOW)


def buys(
    conn: Connection, customer_id: str, code: str, *, days_ago: float = 0, amount: int = 150_000
) -> None:
    purchase = NewPurchase(package_code=code, amount=amount, at=NOW - timedelta(days=days_ago))
    record_purchase(conn, customer_id, purchase, SYSTEM, NOW)


def customer(conn: Connection, phone: str = BUDI, *, days_ago: float = 0) -> str:
    """Somebody who wrote once, so many days ago."""
    stock(conn)
    at = NOW - timedelta(days=days_ago)
    said = writes(conn, phone, "halo", at=at)
    conn.execute(update(Customer).where(Customer.id == said.customer_id).values(created_at=at))
    return said.customer_id


async def test_a_customer_is_scored_from_payments_and_messages(database: Database) -> None:
    def story(conn: Connection) -> None:
        budi = customer(conn, days_ago=10)
        for n in range(31):
            buys(conn, budi, SULTAN_100GB, days_ago=40 + n, amount=2_000_000)
        buys(conn, budi, SULTAN_100GB, days_ago=400, amount=900_000_000)
        rescore(conn, [budi], RULES, NOW, "test")
        value = value_of(conn, hire(conn, "sari", Role.AGENT), budi)
        assert value is not None
        # The message of ten days ago is newer than the last payment; what lies before the window counts for nothing.
        assert (value.recency_days, value.frequency, value.monetary) == (10, 31, 62_000_000)
        assert (value.r, value.f, value.m, value.segment) == (4, 4, 4, RfmSegment.CHAMPION)
        assert (value.ruleset_version, value.window_label) == (Ruleset.V2, "12 bulan terakhir")
        assert value.segment_reason.endswith("Champion.")
        assert value.persona is Persona.HIGH_VALUE

    await database.write(story)


async def test_who_never_did_anything_is_as_old_as_their_row(database: Database) -> None:
    def story(conn: Connection) -> None:
        conn.execute(insert(Customer).values(id="c", phone=BUDI, profile={}, created_at=NOW - YEAR))
        rescore(conn, ["c"], RULES, NOW, "test")
        value = value_of(conn, hire(conn, "sari", Role.AGENT), "c")
        assert value is not None
        assert (value.recency_days, value.segment, value.persona_source) == (
            365,
            RfmSegment.LOST,
            PersonaSource.NOTHING,
        )

    await database.write(story)


@pytest.mark.parametrize(("ruleset", "segment"), [(Ruleset.V1, "AT_RISK"), (Ruleset.V2, "REGULAR")])
async def test_the_ruleset_is_the_one_that_was_set(
    database: Database, ruleset: Ruleset, segment: str
) -> None:
    def story(conn: Connection) -> str:
        budi = customer(conn, days_ago=40)
        rescore(conn, [budi], ValueRules(ruleset=ruleset), NOW, "test")
        value = value_of(conn, hire(conn, "sari", Role.AGENT), budi)
        assert value is not None
        assert value.ruleset_version is ruleset
        return value.segment.value

    assert await database.write(story) == segment


async def test_a_bank_counts_the_balance_as_money(database: Database) -> None:
    bank = RfmThresholds(
        recency=(7, 30, 90, 180), frequency=(1, 2, 3, 4), monetary=(1, 2, 3, 4), counts_balance=True
    )

    def story(conn: Connection) -> tuple[int, int]:
        budi = customer(conn)
        buys(conn, budi, PULSA_20, amount=20_000)
        conn.execute(update(Customer).where(Customer.id == budi).values(profile={"balance": 3}))
        rescore(conn, [budi], ValueRules(thresholds=bank), NOW, "test")
        value = value_of(conn, hire(conn, "sari", Role.AGENT), budi)
        assert value is not None
        return value.monetary, value.m

    assert await database.write(story) == (3, 4)


async def test_the_trend_has_a_step_for_each_change_and_none_for_sameness(database: Database) -> None:
    def story(conn: Connection) -> None:
        budi = customer(conn)
        answer_survey(conn, budi, Survey(hobby="Chatting", budget=Budget.HEMAT), SYSTEM, NOW)
        rescore(conn, [budi], RULES, NOW, "survey")
        rescore(conn, [budi], RULES, NOW + timedelta(hours=1), "nightly")
        buys(conn, budi, SULTAN_100GB)
        rescore(conn, [budi], RULES, NOW + timedelta(hours=2), "payment")
        trend = value_trend(conn, budi)
        assert [(point.because, point.persona, point.frequency) for point in trend] == [
            ("survey", Persona.TOP_UP_PROMO, 0),
            ("payment", Persona.HIGH_VALUE, 1),
        ]
        assert [point.because for point in value_trend(conn, budi, limit=1)] == ["payment"]

    await database.write(story)


async def test_many_are_scored_as_each_one_would_be(database: Database) -> None:
    def story(conn: Connection) -> None:
        budi, sari = customer(conn), customer(conn, SARI, days_ago=200)
        buys(conn, budi, PULSA_20, amount=20_000)
        rescore(conn, [budi, sari, "nobody"], RULES, NOW, "nightly")
        spread = value_spread(conn, None)
        assert spread.segments == dict.fromkeys(RfmSegment, 0) | {
            RfmSegment.POTENTIAL: 1,
            RfmSegment.LOST: 1,
        }
        assert spread.personas[Persona.TOP_UP_PROMO] == 1
        assert spread.r == {1: 1, 2: 0, 3: 0, 4: 0, 5: 1}
        agent = hire(conn, "sari", Role.AGENT)
        found = customer_page(conn, agent, CustomerQuestion(segment=RfmSegment.LOST), Page())
        assert [person.id for person in found.items] == [sari]
        assert customer_page(conn, agent, CustomerQuestion(), Page()).total == 2

    await database.write(story)


async def test_recommendations_follow_what_others_bought_too(database: Database) -> None:
    def story(conn: Connection) -> None:
        budi, sari = customer(conn), customer(conn, SARI)
        buys(conn, budi, SULTAN_100GB)
        buys(conn, sari, SULTAN_100GB)
        buys(conn, sari, STREAMING)
        assert bought_together(conn, budi, [SULTAN_100GB]) == {STREAMING: 1.0}
        assert bought_together(conn, budi, []) == {}
        card = buyer_card(conn, budi, RULES, NOW, NOW.date())
        assert card.recommendations[0].package.code == STREAMING
        assert "Sering dibeli bersama yang sudah dibeli." in card.recommendations[0].reasons

    await database.write(story)


async def test_a_model_of_the_companys_own_stands_in_for_what_others_bought(database: Database) -> None:
    def drawn(bought: Sequence[str]) -> dict[str, float] | None:
        return {STREAMING: 1.0} if SULTAN_100GB in bought else None

    def story(conn: Connection) -> None:
        budi, sari = customer(conn), customer(conn, SARI)
        buys(conn, budi, SULTAN_100GB)
        buys(conn, sari, PULSA_20)
        rules, together = replace(RULES, together=drawn), "Sering dibeli bersama yang sudah dibeli."
        named = {
            who: [
                one.package.code
                for one in buyer_card(conn, who, rules, NOW, NOW.date()).recommendations
                if together in one.reasons
            ]
            for who in (budi, sari)
        }
        assert named == {budi: [STREAMING], sari: []}
        assert known_buyers(conn, [budi], bands_of([20_000, 150_000]), drawn)[budi].together == {
            STREAMING: 1.0
        }

    await database.write(story)


async def test_a_package_that_is_gone_still_counts_as_bought(database: Database) -> None:
    def story(conn: Connection) -> int:
        budi = customer(conn)
        buys(conn, budi, PAKET_50GB, amount=110_000)
        delete_package(conn, PAKET_50GB, SYSTEM, NOW)
        rescore(conn, [budi], RULES, NOW, "test")
        return buyer_card(conn, budi, RULES, NOW, NOW.date()).purchases[0].amount

    assert await database.write(story) == 110_000


async def test_money_that_staff_saw_is_a_purchase_for_as_many_as_travel(database: Database) -> None:
    def story(conn: Connection) -> None:
        stock(conn)
        agent, said = hire(conn, "sari", Role.AGENT), writes(conn, BUDI, "halo")
        journey = travels(conn, said, Phase.BOOKING, package=PAKET_50GB)
        conn.execute(update(Journey).where(Journey.id == journey).values(preference={"pax": 2}))
        mark_paid(conn, agent, said.conversation_id, NOW)
        card = buyer_card(conn, said.customer_id, RULES, NOW, NOW.date())
        assert [(bought.package_code, bought.amount) for bought in card.purchases] == [(PAKET_50GB, 220_000)]
        again = NewPurchase(package_code=PAKET_50GB, amount=1, at=NOW, journey_id=journey)
        assert record_purchase(conn, said.customer_id, again, agent, NOW) is False

    await database.write(story)


async def test_what_cannot_be_a_purchase_is_refused(database: Database) -> None:
    def story(conn: Connection) -> list[str | None]:
        budi, fields = customer(conn), []
        for code, amount, at in ((PULSA_20, 0, NOW), (PULSA_20, 1, NOW + YEAR), ("NONE", 1, NOW)):
            with pytest.raises(Refused) as refused:
                record_purchase(conn, budi, NewPurchase(package_code=code, amount=amount, at=at), SYSTEM, NOW)
            fields.append(refused.value.refusal.field)
        return fields

    assert await database.write(story) == ["amount", "at", "package_code"]


async def test_two_who_are_one_person_have_one_value(database: Database) -> None:
    def story(conn: Connection) -> None:
        budi, again = customer(conn, days_ago=2), customer(conn, SARI)
        for who in (budi, again):
            like(conn, who, PULSA_20, SYSTEM, NOW)
            buys(conn, who, PULSA_20)
        like(conn, again, STREAMING, SYSTEM, NOW)
        rescore(conn, [budi, again], RULES, NOW, "test")
        kept = merge_customers(conn, [budi, again], NOW)
        assert due_for_scoring(conn, NOW - YEAR, NOW, 10)[0].count(kept) == 1
        rescore(conn, [kept], RULES, NOW, "test")
        value = value_of(conn, hire(conn, "sari", Role.AGENT), kept)
        assert value is not None
        assert value.frequency == 2
        assert set(favorites_of(conn, kept)) == {PULSA_20, STREAMING}

    await database.write(story)


async def test_what_changes_a_customer_makes_them_due_within_the_minute(database: Database) -> None:
    def due(conn: Connection) -> tuple[tuple[str, ...], str]:
        return due_for_scoring(conn, NOW - timedelta(days=2), NOW - timedelta(hours=8), 10)

    def story(conn: Connection) -> None:
        budi = customer(conn, days_ago=1)
        agent = hire(conn, "sari", Role.AGENT)
        assert due(conn) == ((budi,), "nightly")
        later = NOW
        draft = CaseDraft(
            category=CaseCategory.OTHER, priority=CasePriority.LOW, subject="s", description="d"
        )
        changes = (
            lambda: writes(conn, BUDI, "lagi", at=later),
            lambda: record_purchase(
                conn, budi, NewPurchase(package_code=PULSA_20, amount=1, at=later), agent, later
            ),
            lambda: open_case(conn, draft, budi, None, later),
            lambda: change_consent(
                conn, budi, Consent.GRANTED, changed_by="sari", message_id=None, request_note="x", now=later
            ),
        )
        for change in changes:
            rescore(conn, [budi], RULES, later, "test")
            assert due(conn)[0] == ()
            later += timedelta(minutes=1)
            change()
            assert due(conn) == ((budi,), "behaviour")
        rescore(conn, [budi], RULES, NOW - timedelta(days=1), "test")
        assert due_for_scoring(conn, later, NOW, 10) == ((budi,), "nightly")

    await database.write(story)


async def test_actions_follow_the_rules_and_keep_what_staff_decided(database: Database) -> None:
    def story(conn: Connection) -> None:
        agent, budi = hire(conn, "sari", Role.AGENT), customer(conn)
        change_consent(
            conn, budi, Consent.GRANTED, changed_by="sari", message_id=None, request_note="x", now=NOW
        )

        def proposed() -> list[tuple[ActionKind, ActionStatus]]:
            return [(card.kind, card.status) for card in actions_of(conn, agent, budi)]

        rescore(conn, [budi], RULES, NOW, "test")
        assert proposed() == [(ActionKind.NURTURE, ActionStatus.PROPOSED)]
        draft = CaseDraft(
            category=CaseCategory.OTHER, priority=CasePriority.LOW, subject="s", description="d"
        )
        file = open_case(conn, draft, budi, None, NOW)
        rescore(conn, [budi], RULES, NOW, "test")
        assert proposed() == [
            (ActionKind.SETTLE_CASE, ActionStatus.PROPOSED),
            (ActionKind.NURTURE, ActionStatus.LAPSED),
        ]
        done = decide_action(
            conn, agent, actions_of(conn, agent, budi)[0].id, ActionStatus.DONE, "sudah", NOW
        )
        assert (done.decided_by, done.note) == ("sari", "sudah")
        rescore(conn, [budi], RULES, NOW, "test")
        assert ActionStatus.PROPOSED not in [status for _, status in proposed()]
        conn.execute(update(Case).where(Case.id == file.id).values(status=CaseStatus.CLOSED.value))
        rescore(conn, [budi], RULES, NOW, "test")
        assert proposed()[0] == (ActionKind.NURTURE, ActionStatus.PROPOSED)
        assert len(proposed()) == 3

    await database.write(story)


async def test_an_action_is_decided_once_and_comes_back_after_a_month(database: Database) -> None:
    def story(conn: Connection) -> None:
        agent = hire(conn, "sari", Role.AGENT)
        conn.execute(
            insert(Customer).values(
                id="c", phone=BUDI, profile={}, created_at=NOW - YEAR, consent_marketing=Consent.GRANTED.value
            )
        )
        rescore(conn, ["c"], RULES, NOW, "test")
        (card,) = actions_of(conn, agent, "c")
        assert card.kind is ActionKind.WIN_BACK
        decide_action(conn, agent, card.id, ActionStatus.DISMISSED, None, NOW)
        with pytest.raises(Refused, match="dismissed already"):
            decide_action(conn, agent, card.id, ActionStatus.DONE, None, NOW)
        rescore(conn, ["c"], RULES, NOW + timedelta(days=29), "test")
        assert len(actions_of(conn, agent, "c")) == 1
        rescore(conn, ["c"], RULES, NOW + timedelta(days=31), "test")
        assert [one.status for one in actions_of(conn, agent, "c")] == [
            ActionStatus.PROPOSED,
            ActionStatus.DISMISSED,
        ]

    await database.write(story)
