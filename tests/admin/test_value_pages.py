"""Customers' value at the panel: who sees what, what a decision leaves, the simulator's scenario, and the models' cards."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, update

from admin.score_keeping import write_scores
from flows.next_best_action import ActionStatus
from flows.persona import Budget, Survey
from flows.roles import SYSTEM
from ml.serve.drift import FEWEST
from ml.telco import FIELDS
from storage.database import Database
from storage.tables import AuditEvent, Conversation, Customer, NextAction
from storage.trail.audit import Event
from storage.worth.behaviour import answer_survey
from storage.worth.churn import ChurnRisk, note_churn
from storage.worth.value import ValueRules, rescore
from storage.worth.value_spread import value_spread
from tests.admin.house import House, open_house
from tests.admin.test_pages import Browser
from tests.people import NOW
from tests.planted import NAME, Planted, plant
from tests.shoppers import SULTAN, shoppers
from tests.telco import telco
from tests.telco_people import HIGH_RISK
from tests.trained import trained_models

RISK = ChurnRisk(risk=0.82, level="HIGH", reasons=("Belanja menurun.",), model="abc123", scored_at=NOW)
HOBBY = "Gaming, telepon 081234567890"


@pytest.fixture
async def house(database: Database) -> AsyncIterator[House]:
    async with open_house(database, segments=shoppers, models=trained_models()) as opened:
        yield opened


@pytest.fixture
async def planted(house: House) -> Planted:
    def job(conn: Connection) -> Planted:
        found = plant(conn)
        answer_survey(conn, found.customer_id, Survey(hobby=HOBBY, budget=Budget.HEMAT), SYSTEM, NOW)
        note_churn(conn, {found.customer_id: RISK})
        rescore(conn, [found.customer_id], ValueRules(), NOW, "survey")
        return found

    return await house.database.write(job)


async def browse(house: House, who: str) -> Browser:
    browser = Browser(house)
    await browser.logs_in(who)
    return browser


async def reads(browser: Browser, path: str) -> str:
    reply = await browser.asks("GET", path)
    text = await reply.text()
    assert reply.status == 200, (path, text[:500])
    return text


async def test_a_customers_value_tells_scores_persona_risk_and_what_to_do(
    house: House, planted: Planted
) -> None:
    agent = await browse(house, "agent")
    page = await reads(agent, f"/panel/customers/{planted.customer_id}/value")
    for words in (
        "Kebaruan",
        "Survei: Gaming",
        "82 %",
        "Belanja menurun.",
        "Hubungi agar bertahan",
        "Lakukan",
    ):
        assert words in page
    beside = await reads(agent, f"/panel/customers/{planted.customer_id}/next-actions")
    assert "berisiko berhenti" in beside


async def test_what_a_customer_typed_is_masked_for_who_sees_masked(house: House, planted: Planted) -> None:
    marketing = await browse(house, "marketing")
    page = await reads(marketing, f"/panel/customers/{planted.customer_id}/value")
    assert "081234567890" not in page
    assert "Gaming" in page
    assert "Lakukan" not in page, "MARKETING follows nobody up"


async def test_a_decision_is_kept_audited_and_can_be_taken_back(house: House, planted: Planted) -> None:
    agent = await browse(house, "agent")

    def newest(conn: Connection) -> tuple[int, str, str | None]:
        chosen = select(NextAction.id, NextAction.status, NextAction.decided_by)
        row = conn.execute(chosen.where(NextAction.kind == "RETAIN")).one()
        return row.id, row.status, row.decided_by

    action_id, status, _ = await house.database.read(newest)
    assert status == ActionStatus.PROPOSED
    done = await agent.posts(f"/panel/next-actions/{action_id}", outcome="done")
    assert (done.status, "Dicatat: Hubungi agar bertahan" in done.headers["HX-Trigger"]) == (200, True)
    assert (await house.database.read(newest))[1:] == ("done", "agent")
    assert (await agent.posts(f"/panel/next-actions/{action_id}", outcome="dismissed")).status == 409
    assert (await agent.posts(f"/panel/next-actions/{action_id}", outcome="proposed")).status == 200
    assert (await house.database.read(newest))[1:] == ("proposed", None)
    assert (await agent.posts(f"/panel/next-actions/{action_id}", outcome="proposed")).status == 409

    def outcomes(conn: Connection) -> list[str]:
        rows = conn.scalars(
            select(AuditEvent.facts).where(AuditEvent.event == Event.DECIDE_NEXT_ACTION.value)
        )
        return [facts["outcome"] for facts in rows]

    assert sorted(await house.database.read(outcomes)) == ["done", "proposed"]


async def test_somebody_elses_customers_are_not_there(house: House, planted: Planted) -> None:
    rm = await browse(house, "rm")

    def let_go(conn: Connection) -> None:
        conn.execute(update(Conversation).values(status="bot", assigned_to=None))
        conn.execute(update(Customer).values(owner_id=None))

    await house.database.write(let_go)
    assert (await rm.asks("GET", f"/panel/customers/{planted.customer_id}/value")).status == 404
    assert (await rm.posts("/panel/next-actions/1", outcome="done")).status == 404
    assert NAME not in await reads(rm, "/panel/value")


async def test_the_director_reads_numbers_and_nobodys_name(house: House, planted: Planted) -> None:
    page = await reads(await browse(house, "director"), "/panel/value")
    assert NAME not in page
    assert "Hubungi agar bertahan" not in page
    assert "Strategi tiap segmen" in page
    spread = await house.database.read(lambda conn: value_spread(conn, None))
    assert spread.total == sum(spread.r.values()) == sum(spread.personas.values()) > 0


@pytest.mark.parametrize(
    ("query", "is_there"),
    [
        ("", True),
        ("?priority=HIGH&kind=RETAIN", True),
        ("?priority=LOW", False),
        ("?segment=CHAMPION", False),
        ("?segment=&kind=&priority=", True),
        ("?offset=500", False),
    ],
)
async def test_the_list_of_actions_is_filtered_by_its_address(
    house: House, planted: Planted, query: str, is_there: bool
) -> None:
    marketing = await browse(house, "marketing")
    rows = re.findall(r"<tbody>.*?</tbody>", await reads(marketing, f"/panel/value{query}"), re.DOTALL)
    assert (bool(rows) and "Hubungi agar bertahan" in rows[0]) is is_there


def asked(**changes: float) -> str:
    return "&".join(f"{name}={value}" for name, value in (SULTAN | changes).items())


async def test_the_documents_scenario_goes_as_it_says(house: House) -> None:
    marketing = await browse(house, "marketing")
    page = await reads(marketing, f"/panel/segments?{asked()}")
    assert re.search(r'id="persona">Sultan<', page)
    assert 'class="tier is-own"><h3>Luxury' in page

    async def risk(days: int) -> float:
        answer = await reads(marketing, f"/panel/segments/answer?{asked(recency_days=days)}")
        found = re.search(r"data-migration_risk>([\d,]+) %", answer)
        assert found is not None
        return float(found[1].replace(",", "."))

    assert await risk(90) > await risk(5)


async def test_beyond_the_sliders_nothing_is_asked(house: House) -> None:
    marketing = await browse(house, "marketing")
    assert (await marketing.asks("GET", "/panel/segments/answer?frequency=-1")).status == 422
    assert (await marketing.asks("GET", "/panel/segments/answer?frequency=nan")).status == 422


async def test_without_a_model_the_simulator_says_so(small_house: House) -> None:
    assert "belum siap" in await reads(await browse(small_house, "marketing"), "/panel/segments")


async def test_the_cards_tell_what_each_model_was_made_of(house: House) -> None:
    page = await reads(await browse(house, "admin"), "/panel/models")
    for words in (
        "macro_f1",
        "high_from",
        "Risiko tinggi mulai",
        "0,600",
        "bootstrap_ari",
        "sapa train churn",
    ):
        assert words in page
    assert page.count("dipakai</span>") == 4


@pytest.fixture
async def scoring(database: Database) -> AsyncIterator[House]:
    telco().offers.tally.take()
    telco().churn.tally.take()
    async with open_house(database, models=trained_models(), telco=telco) as opened:
        yield opened


async def test_who_is_scored_is_compared_with_training_on_the_page_and_in_the_api(scoring: House) -> None:
    for _ in range(FEWEST):
        telco().churn.predict(HIGH_RISK)
    await write_scores(scoring.desk)
    page = await reads(await browse(scoring, "admin"), "/panel/models")
    assert "latih lagi dengan data terbaru" in page
    assert "Skor perjalanan" in page
    assert page.count("<svg") > len(FIELDS)
    assert "Belum bisa disimpulkan." in page  # of offers nobody was asked
    model = await scoring.gets("supervisor", "/api/models/churn")
    assert (model["verdict"], model["scored"]) == ("drifted", FEWEST)
    assert model["card"]["id"] == telco().churn.card.id
    assert {drift["feature"] for drift in model["drift"]} >= {"score", "monthly_spend"}
    assert all(sum(drift["served"]) == pytest.approx(1) for drift in model["drift"])


async def test_every_card_is_told_to_machines_and_an_unknown_model_is_404(house: House) -> None:
    models = await house.gets("admin", "/api/models")
    assert models["total"] == 4
    assert [model["name"] for model in models["items"]] == ["nlu", "offers", "churn", "segments"]
    assert all(model["card"]["metrics"] and not model["fault"] for model in models["items"])
    assert (await house.asks("admin", "GET", "/api/models/ramalan")).status == 404


async def test_a_missing_model_names_the_command(database: Database, tmp_path: Path) -> None:
    async with open_house(database, models=tmp_path) as house:
        assert "Run: sapa train offers" in await reads(await browse(house, "supervisor"), "/panel/models")
