"""The sales board: moves that can be taken back, follow-ups with reminders, and the party of travellers, each within one's scope."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from flows.domain import Phase, Role
from storage.database import Connection
from storage.moments.alerts import claim_alert
from storage.tables import Transaction
from tests.admin.house import House
from tests.admin.test_pages import Browser
from tests.people import Said, travels, waits, writes


async def _lead(house: House, phone: str = "6281234567890", who: str = "rm") -> int:
    body = {"phone": phone, "name": "Budi Santoso", "interested_package": "UMR_MAR_2027_HEMAT"}
    reply = await house.asks(who, "POST", "/api/marketing/leads", body)
    assert reply.status in (200, 201), reply.text
    return int(reply.json["id"])


async def _status(house: House, lead: int) -> str:
    return str((await house.gets("rm", f"/api/marketing/leads/{lead}"))["status"])


async def _moves(house: House, who: str, lead: int, **body: Any) -> int:
    return (await house.asks(who, "PATCH", f"/api/marketing/leads/{lead}", body)).status


async def test_ones_own_last_move_can_be_taken_back_even_from_lost(house: House) -> None:
    lead = await _lead(house)
    await _moves(house, "rm", lead, status="CONTACTED")
    await _moves(house, "rm", lead, status="LOST", lost_reason="Harga terlalu tinggi")
    back = await house.does("rm", f"/api/marketing/leads/{lead}/undo")
    assert (back["status"], back["lost_reason"]) == ("CONTACTED", None)


async def test_a_move_is_not_taken_back_by_others_nor_after_ten_minutes_nor_twice(house: House) -> None:
    lead = await _lead(house)
    await _moves(house, "rm", lead, status="QUALIFIED")
    assert (await house.asks("supervisor", "POST", f"/api/marketing/leads/{lead}/undo")).status == 409
    house.clock.passes(minutes=11)
    assert (await house.asks("rm", "POST", f"/api/marketing/leads/{lead}/undo")).status == 409
    assert await _status(house, lead) == "QUALIFIED"


async def test_what_was_taken_back_is_not_lost_again_without_a_reason(house: House) -> None:
    lead = await _lead(house)
    await _moves(house, "rm", lead, status="LOST", lost_reason="Harga terlalu tinggi")
    await house.does("rm", f"/api/marketing/leads/{lead}/undo")
    again = await house.asks("rm", "POST", f"/api/marketing/leads/{lead}/undo")
    assert (again.status, await _status(house, lead)) == (409, "NEW")


async def test_a_lost_lead_stays_lost_once_the_customer_has_a_new_one(house: House) -> None:
    lead = await _lead(house)
    await _moves(house, "rm", lead, status="LOST", lost_reason="Belum siap")
    assert await _lead(house) != lead
    assert (await house.asks("rm", "POST", f"/api/marketing/leads/{lead}/undo")).status == 409


async def test_a_follow_up_is_told_when_it_falls_due_and_not_once_it_is_done(house: House) -> None:
    lead = await _lead(house)
    due = house.clock.now.isoformat()
    tasks = [
        await house.does(
            "rm", f"/api/marketing/leads/{lead}/tasks", {"note": note, "due_at": due}, status=201
        )
        for note in ("Telepon lagi", "Kirim jadwal manasik")
    ]
    await house.does("rm", f"/api/marketing/leads/tasks/{tasks[0]['id']}/done", {"done": True})
    house.clock.passes(minutes=1)
    told = await house.database.write(lambda conn: claim_alert(conn, house.clock.now))
    assert told is not None
    assert told.kind == "task_due"
    assert await house.database.write(lambda conn: claim_alert(conn, house.clock.now)) is None


async def test_what_was_to_be_done_goes_with_a_lost_lead_and_comes_back_with_it(house: House) -> None:
    lead = await _lead(house)
    due = (house.clock.now + timedelta(minutes=5)).isoformat()
    for note in ("Telepon lagi", "Kirim jadwal manasik"):
        body = {"note": note, "due_at": due}
        task = await house.does("rm", f"/api/marketing/leads/{lead}/tasks", body, status=201)
    await house.does("rm", f"/api/marketing/leads/tasks/{task['id']}/done", {"done": True})
    house.clock.passes(minutes=1)
    rm = Browser(house)
    await rm.logs_in("rm")

    async def open_tasks() -> list[bool]:
        page = await (await rm.asks("GET", "/panel/leads/tasks")).text()
        return [words in page for words in ("Telepon lagi", "Kirim jadwal manasik")]

    assert await open_tasks() == [True, False]
    await _moves(house, "rm", lead, status="LOST", lost_reason="Pindah ke travel lain")
    assert await open_tasks() == [False, False]
    assert "ikut batal" in await (await rm.asks("GET", f"/panel/leads/{lead}")).text()
    house.clock.passes(minutes=5)
    assert await house.database.write(lambda conn: claim_alert(conn, house.clock.now)) is None
    await house.does("rm", f"/api/marketing/leads/{lead}/undo")
    assert await open_tasks() == [True, False]
    assert await house.database.write(lambda conn: claim_alert(conn, house.clock.now)) is not None


async def test_a_task_planned_for_next_week_is_still_told_then(house: House) -> None:
    lead = await _lead(house)
    due = house.clock.now.replace(day=28).isoformat()
    await house.does(
        "rm", f"/api/marketing/leads/{lead}/tasks", {"note": "Telepon", "due_at": due}, status=201
    )
    assert await house.database.write(lambda conn: claim_alert(conn, house.clock.now)) is None
    house.clock.now = house.clock.now.replace(day=28)
    assert await house.database.write(lambda conn: claim_alert(conn, house.clock.now)) is not None


async def _pays(house: House, lead: int) -> int:
    rm = Browser(house)
    await rm.logs_in("rm")
    return (await rm.posts(f"/panel/leads/{lead}/paid")).status


async def test_who_never_wrote_to_us_pays_all_the_same(house: House) -> None:
    lead = await _lead(house)
    await house.asks("marketing", "PUT", "/api/packages/UMR_MAR_2027_HEMAT", PACKAGE)
    for name in ("Siti Aminah", "Budi Santoso"):
        party = f"/api/marketing/leads/{lead}/travellers"
        await house.does("rm", party, TRAVELLER | {"name": name}, status=201)
    assert await _pays(house, lead) == 303
    paid = await house.gets("rm", f"/api/marketing/leads/{lead}")
    assert (paid["status"], paid["phase"], paid["conversation_id"]) == ("WON", "paid", None)
    assert await _bought(house) == [("UMR_MAR_2027_HEMAT", 50_000_000)]
    assert (await _pays(house, lead), await _bought(house)) == (409, [("UMR_MAR_2027_HEMAT", 50_000_000)])
    events = [entry["event"] for entry in (await house.gets("compliance", "/api/audit"))["items"]]
    assert events.count("MARK_PAID") == 1


async def test_a_lead_by_hand_pays_for_the_purchase_that_was_talked_about(house: House) -> None:
    lead = await _lead(house)

    def talks(conn: Connection) -> Said:
        said = writes(conn, "6281234567890", "UMR_MAR_2027_HEMAT")
        travels(conn, said, Phase.INTEREST, package="UMR_MAR_2027_HEMAT")
        return said

    said = await house.database.write(talks)
    assert await _pays(house, lead) == 303
    talk = await house.gets("rm", f"/api/conversations/{said.conversation_id}")
    assert (talk["phase"], await _status(house, lead)) == ("paid", "WON")


async def test_a_lost_lead_is_not_paid(small_house: House) -> None:
    lead = await _lead(small_house)
    await _moves(small_house, "rm", lead, status="LOST", lost_reason="Harga terlalu tinggi")
    assert (await _pays(small_house, lead), await _status(small_house, lead)) == (409, "LOST")


async def _bought(house: House) -> list[tuple[str, int]]:
    def look(conn: Connection) -> list[tuple[str, int]]:
        return [(row.package_code, row.amount) for row in conn.execute(select(Transaction.__table__))]

    return await house.database.read(look)


TRAVELLER = {
    "name": "Siti Aminah",
    "relation": "spouse",
    "birth_date": "1980-05-01",
    "passport_number": "c 1234567",
    "passport_expiry": "2027-04-01",
}


async def test_a_booking_names_its_party_and_warns_of_passports(house: House) -> None:
    lead = await _lead(house)
    await house.asks("marketing", "PUT", "/api/packages/UMR_MAR_2027_HEMAT", PACKAGE)
    added = await house.does("rm", f"/api/marketing/leads/{lead}/travellers", TRAVELLER, status=201)
    assert added["passport_number"] == "C1234567"
    assert added["passport_warning"] == "expires_early"
    assert added["package_code"] == "UMR_MAR_2027_HEMAT"
    party = await house.gets("rm", f"/api/marketing/leads/{lead}/travellers")
    assert [item["name"] for item in party["items"]] == ["Siti Aminah"]
    changed = await house.asks("rm", "PUT", f"/api/travellers/{added['id']}", {"name": "Siti Aminah Lubis"})
    assert (changed.status, changed.json["passport_warning"]) == (200, "missing")
    assert (await house.asks("rm", "DELETE", f"/api/travellers/{added['id']}")).status == 204
    assert (await house.gets("rm", f"/api/marketing/leads/{lead}/travellers"))["total"] == 0


PACKAGE = {
    "name": "Umroh Maret 2027 Hemat", "price": 25_000_000, "departure_date": "2027-03-15", "tier": "HEMAT",
    "features": [], "includes": [], "excludes": [], "status": "open",
}  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("birth_date", "2199-01-01"),
        ("birth_date", "1801-01-01"),
        ("passport_number", "12345"),
        ("relation", "neighbour"),
        ("name", " "),
    ],
)
async def test_what_cannot_be_right_about_a_traveller_is_named(
    small_house: House, field: str, value: str
) -> None:
    lead = await _lead(small_house)
    body = TRAVELLER | {field: value}
    reply = await small_house.asks("rm", "POST", f"/api/marketing/leads/{lead}/travellers", body)
    assert (reply.status, reply.json["errors"][0]["field"]) == (422, field)


async def test_masked_roles_see_neither_birth_date_nor_passport(small_house: House) -> None:
    lead = await _lead(small_house)
    await small_house.does("rm", f"/api/marketing/leads/{lead}/travellers", TRAVELLER, status=201)
    party = await small_house.gets("admin", f"/api/marketing/leads/{lead}/travellers")
    seen = party["items"][0]
    assert (seen["passport_number"], seen["birth_date"]) == ("●●●●4567", None)


async def test_whoever_sees_a_traveller_masked_changes_it_without_losing_what_is_hidden(
    small_house: House,
) -> None:
    house = small_house
    lead = await _lead(house)
    whole = TRAVELLER | {"note": "Kursi roda, anaknya 081234567890"}
    added = await house.does("rm", f"/api/marketing/leads/{lead}/travellers", whole, status=201)
    party = f"/api/marketing/leads/{lead}/travellers"
    seen = (await house.gets("supervisor", party))["items"][0]
    sent = {name: seen[name] for name in whole} | {"relation": "parent"}
    path = f"/api/travellers/{added['id']}"
    assert (await house.asks("supervisor", "PUT", path, sent)).status == 200
    kept = (await house.gets("rm", party))["items"][0]
    assert {name: kept[name] for name in whole} == {
        **{name: added[name] for name in whole},
        "relation": "parent",
    }
    assert (await house.asks("supervisor", "PUT", path, sent | {"passport_number": "B7654321"})).status == 200
    assert (await house.gets("rm", party))["items"][0]["passport_number"] == "B7654321"


async def test_a_masked_role_is_handed_nothing_whole_to_put_a_traveller_back(small_house: House) -> None:
    lead = await _lead(small_house)
    path = f"/api/marketing/leads/{lead}/travellers"
    added = await small_house.does("rm", path, TRAVELLER, status=201)
    boss = Browser(small_house)
    await boss.logs_in("supervisor")
    reply = await boss.posts(f"/panel/travellers/{added['id']}/remove")
    assert reply.status == 200
    assert "C1234567" not in reply.headers["HX-Trigger"] + await reply.text()


async def test_what_staff_wrote_of_numbers_is_masked_on_the_board_and_among_the_follow_ups(
    small_house: House,
) -> None:
    house = small_house
    lead = await _lead(house)
    task = {"note": "Telepon 081298765432"}
    await house.does("rm", f"/api/marketing/leads/{lead}/tasks", task, status=201)
    boss = Browser(house)
    await boss.logs_in("supervisor")
    for address in ("/panel/leads", "/panel/leads/tasks", f"/panel/leads/{lead}"):
        page = await (await boss.asks("GET", address)).text()
        assert ("081298765432" in page, "●●●●●●●●●432" in page) == (False, True), address
    await _moves(house, "rm", lead, status="LOST", lost_reason="Pindah ke 081298765432")
    for address in ("/panel/leads", f"/panel/leads/{lead}"):
        assert "081298765432" not in await (await boss.asks("GET", address)).text(), address


async def test_another_rms_lead_is_not_there(house: House) -> None:
    await house.hires(("lina", Role.RM))
    lead = await _lead(house)
    task = await house.does("rm", f"/api/marketing/leads/{lead}/tasks", {"note": "Telepon"}, status=201)
    traveller = await house.does("rm", f"/api/marketing/leads/{lead}/travellers", TRAVELLER, status=201)
    for method, path, body in (
        ("POST", f"/api/marketing/leads/{lead}/undo", {}),
        ("POST", f"/api/marketing/leads/tasks/{task['id']}/done", {}),
        ("GET", f"/api/marketing/leads/{lead}/travellers", None),
        ("POST", f"/api/marketing/leads/{lead}/travellers", TRAVELLER),
        ("PUT", f"/api/travellers/{traveller['id']}", TRAVELLER),
        ("DELETE", f"/api/travellers/{traveller['id']}", None),
    ):
        assert (await house.asks("lina", method, path, body)).status == 404, path


async def test_the_board_shows_columns_with_worth_and_escapes_what_customers_are_called(
    small_house: House,
) -> None:
    rm = Browser(small_house)
    await rm.logs_in("rm")
    await small_house.asks("marketing", "PUT", "/api/packages/UMR_MAR_2027_HEMAT", PACKAGE)
    body = {
        "phone": "6281234567890",
        "name": "<b onclick=x>Budi</b>",
        "interested_package": "UMR_MAR_2027_HEMAT",
    }
    await small_house.asks("rm", "POST", "/api/marketing/leads", body)
    page = await (await rm.asks("GET", "/panel/leads")).text()
    assert "&lt;b onclick=x&gt;Budi" in page
    assert "<b onclick" not in page
    assert "Rp 25.000.000" in page


async def test_the_board_and_the_lead_say_how_promising_it_is_and_why(small_house: House) -> None:
    rm = Browser(small_house)
    await rm.logs_in("rm")
    lead = await _lead(small_house)
    board = await (await rm.asks("GET", "/panel/leads")).text()
    page = await (await rm.asks("GET", f"/panel/leads/{lead}")).text()
    assert "heat-cold" in board
    assert "+5" in page
    assert "Baru mengenal." in page


async def test_a_lead_is_made_from_the_chat_of_a_customer_in_the_portfolio(small_house: House) -> None:
    house = small_house
    said = await house.database.write(lambda conn: writes(conn, "6281234567890", "Tanya dulu"))
    await house.database.write(lambda conn: waits(conn, said))
    rm = Browser(house)
    await rm.logs_in("rm")
    talk, new = f"/panel/inbox/{said.conversation_id}", f"/panel/leads/new?customer_id={said.customer_id}"
    assert new not in await (await rm.asks("GET", talk)).text()
    await house.does("rm", f"/api/conversations/{said.conversation_id}/claim")
    assert new in await (await rm.asks("GET", talk)).text()
    assert "+62 812-3456-7890" in await (await rm.asks("GET", new)).text()
    made = await rm.posts("/panel/leads", customer_id=said.customer_id, conversation_summary="Tanya dulu")
    assert made.status == 303
    lead = (await house.gets("rm", "/api/marketing/leads"))["items"][0]
    assert (lead["customer_id"], lead["conversation_id"]) == (said.customer_id, said.conversation_id)
    after = await (await rm.asks("GET", talk)).text()
    assert (new in after, f"/panel/leads/{lead['id']}" in after) == (False, True)
    for wrong in ({"customer_id": "cust_nobody"}, {"phone": "abc"}, {}):
        assert (await rm.posts("/panel/leads", **wrong)).status in (404, 422)


async def test_a_move_at_the_panel_offers_its_undo(small_house: House) -> None:
    rm = Browser(small_house)
    await rm.logs_in("rm")
    lead = await _lead(small_house)
    reply = await rm.posts(f"/panel/leads/{lead}/move", status="CONTACTED")
    assert f"/panel/leads/{lead}/undo" in reply.headers["HX-Trigger"]
    assert (await rm.posts(f"/panel/leads/{lead}/undo")).status == 204
    assert await _status(small_house, lead) == "NEW"
    refused = await rm.asks(
        "POST",
        f"/panel/leads/{lead}/move",
        data={"_csrf": rm.csrf, "status": "LOST"},
        headers={"HX-Request": "true"},
    )
    assert refused.status == 422
    assert "Tulis kenapa" in refused.headers["HX-Trigger"].encode().decode("unicode_escape")
    await _moves(small_house, "rm", lead, status="LOST", lost_reason="Harga")
    late = await rm.asks(
        "POST",
        f"/panel/leads/{lead}/move",
        data={"_csrf": rm.csrf, "status": "NEW"},
        headers={"HX-Request": "true"},
    )
    assert (late.status, "Kartu ini sudah Gagal." in late.headers["HX-Trigger"]) == (409, True)
