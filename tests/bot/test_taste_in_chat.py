"""What customers say of themselves in the chat is kept where staff's own entries are kept, and counts at once."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.turns.understanding import Model
from flows.next_best_action import ActionKind
from flows.persona import Budget, Persona, Survey
from storage.database import Connection
from storage.tables import Customer, NextAction
from storage.worth.behaviour import favorites_of, surveys_of
from storage.worth.churn import ChurnRisk, churn_of, note_churn
from storage.worth.value_views import values_of
from tests.chat import Customer as Writer
from tests.chat import House, open_house
from tests.people import NOW


@pytest.fixture
async def house(database_url: str, tmp_path: Path, model: Model) -> AsyncIterator[House]:
    async with open_house(database_url, tmp_path, model) as opened:
        yield opened
        assert opened.waha.violations == []


def id_of(conn: Connection, writer: Writer) -> str:
    found = conn.scalar(select(Customer.id).where(Customer.phone == writer.chat.partition("@")[0]))
    assert found is not None
    return found


async def test_the_survey_is_stored_and_the_persona_follows_at_once(house: House) -> None:
    siti = house.somebody()
    for words in ("halo", "rekomendasi dong kak", "nyaman untuk orang tua", "yang terbaik, bebas"):
        await siti.says(words)

    def look(conn: Connection) -> tuple[Survey, Persona]:
        customer_id = id_of(conn, siti)
        return surveys_of(conn, [customer_id])[customer_id], values_of(conn, [customer_id])[
            customer_id
        ].persona

    survey, persona = await house.service.database.read(look)
    assert survey == Survey(hobby="Nyaman untuk orang tua", budget=Budget.SULTAN)
    assert persona is Persona.HIGH_VALUE


async def test_thumbs_are_favourites(house: House) -> None:
    budi = house.somebody()
    for words in ("halo", "rekomendasi dong kak", "lewati", "suka yang nomor 2"):
        await budi.says(words)
    liked = await house.service.database.read(lambda conn: favorites_of(conn, id_of(conn, budi)))
    assert len(liked) == 1
    for words in ("rekomendasi dong kak", "kurang suka yang nomor 1"):  # What is liked comes first.
        await budi.says(words)
    left = await house.service.database.read(lambda conn: favorites_of(conn, id_of(conn, budi)))
    assert left == ()


async def test_who_may_leave_is_put_before_a_human(house: House) -> None:
    rina = house.somebody()
    await rina.says("halo")
    risk = ChurnRisk(risk=0.82, level="HIGH", reasons=("Belanja menurun.",), model="churn@1", scored_at=NOW)

    def score(conn: Connection) -> None:
        customer_id = id_of(conn, rina)
        note_churn(conn, {customer_id: risk})
        assert churn_of(conn, [customer_id]) == {customer_id: risk}

    await house.service.database.write(score)
    rina.hears()
    await rina.says("sudah cukup, pamit dulu ya, sampai jumpa")
    (farewell,) = rina.hears()
    assert "Senang sekali bisa melayani" in farewell

    def proposed(conn: Connection) -> list[str]:
        return list(conn.scalars(select(NextAction.kind).where(NextAction.customer_id == id_of(conn, rina))))

    assert ActionKind.RETAIN.value in await house.service.database.read(proposed)
