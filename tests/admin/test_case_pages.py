"""Complaints in the panel: who sees what, what a form may do, and that nothing shown runs or leaks."""

import pytest
from sqlalchemy import select, update

from flows.domain import Role
from storage.complaints.recoveries import conversation_rated
from storage.database import Connection
from storage.tables import Branch, Customer
from tests.admin.browser import Visitor
from tests.admin.house import House
from tests.admin.test_pages import Browser
from tests.people import waits, writes

CASE = {
    "phone": "081234567890",
    "category": "REFUND",
    "priority": "HIGH",
    "subject": "<script>alert(1)</script>",
    "description": "Hubungi 081234567890",
}


async def visitor(house: House, username: str) -> Browser:
    browser = Browser(house)
    await browser.logs_in(username)
    return browser


async def page_of(browser: Browser, path: str) -> str:
    reply = await browser.asks("GET", path)
    assert reply.status == 200, path
    return await reply.text()


async def opened(house: House, **changes: str) -> int:
    made = await house.does("agent", "/api/cases", CASE | changes, status=201)
    return int(made["id"])


async def test_the_queue_shows_clocks_in_words_and_nothing_that_runs(small_house: House) -> None:
    house = small_house
    await opened(house)
    agent = await visitor(house, "agent")
    assert "Tidak ada keluhan di sini" in await page_of(agent, "/panel/cases")
    queue = await page_of(agent, "/panel/cases?tab=unassigned")
    assert "Sisa 8 jam" in queue
    assert "<script>alert" not in queue
    house.clock.passes(hours=9)
    agent = await visitor(house, "agent")
    late = await page_of(agent, "/panel/cases?tab=overdue")
    assert "Lewat 1 jam" in late
    assert "Lewat tenggat" in late


async def test_a_supervisor_reads_masked_and_an_rm_the_status_only(small_house: House) -> None:
    house = small_house
    await house.does("rm", "/api/marketing/leads", {"phone": "6281234567890"}, status=201)
    path = f"/panel/cases/{await opened(house, subject='Dana')}"
    boss = await page_of(await visitor(house, "supervisor"), path)
    assert "Hubungi ●●●●●●●●●890" in boss
    assert "81234567890" not in boss
    rm = await page_of(await visitor(house, "rm"), path)
    assert "Peran Anda hanya melihat status" in rm
    assert "●890" not in rm
    assert "Hubungi 0812" not in rm
    looks = await house.gets("compliance", "/api/audit?event=VIEW_CASE")
    assert [entry["user"] for entry in looks["items"]] == ["rm", "supervisor"]


async def test_closing_without_a_final_response_says_why_and_a_stale_form_changes_nothing(
    small_house: House,
) -> None:
    house = small_house
    case = await opened(house)
    agent = await visitor(house, "agent")
    path = f"/panel/cases/{case}"
    headers = {"HX-Request": "true", "X-CSRF-Token": agent.csrf}

    async def posts(address: str, **fields: str) -> tuple[int, str]:
        reply = await agent.asks("POST", address, data=fields, headers=headers)
        return reply.status, reply.headers.get("HX-Trigger", "")

    version = str((await house.gets("agent", f"/api/cases/{case}"))["version"])
    status, message = await posts(f"{path}/close", version=version)
    assert status == 409
    assert "Tulis tanggapan akhir dulu" in message
    status, message = await posts(f"{path}/change", priority="LOW", version="99")
    assert status == 409
    assert "diubah orang lain" in message
    status, _ = await posts(f"{path}/final-response", final_response="Beres.", version=version)
    assert status == 204
    version = str((await house.gets("agent", f"/api/cases/{case}"))["version"])
    assert (await posts(f"{path}/close", version=version))[0] == 204
    assert (await house.gets("agent", f"/api/cases/{case}"))["status"] == "CLOSED"
    boss = await visitor(house, "supervisor")
    assert (await boss.posts(f"{path}/reopen", reason="Belum")).status == 303
    assert "Dibuka kembali" in await page_of(boss, path)


async def test_a_final_response_survives_what_happens_while_it_is_written_but_no_colleagues(
    small_house: House,
) -> None:
    house = small_house
    case = await opened(house)
    path = f"/api/cases/{case}"
    looked_at = (await house.gets("agent", path))["version"]
    await house.does("agent", f"{path}/escalate", {"reason": "Sudah lama"})
    body = {"final_response": "Dana dikirim.", "version": looked_at}
    assert (await house.does("agent", f"{path}/final-response", body))["status"] == "RESOLVED"
    stale = body | {"final_response": "Dana belum."}
    assert (await house.asks("supervisor", "POST", f"{path}/final-response", stale)).status == 409
    assert (await house.gets("agent", path))["final_response"] == "Dana dikirim."


async def test_a_case_is_opened_for_somebody_found_with_a_look_ahead(small_house: House) -> None:
    house = small_house

    def arrive(conn: Connection) -> str:
        return writes(conn, "6281234567890", "Halo", name="Budi Santoso").customer_id

    customer = await house.database.write(arrive)
    agent = await visitor(house, "agent")
    assert "Sen" not in await page_of(agent, "/panel/cases/new/customers?q=x")
    assert "Budi Santoso" in await page_of(agent, "/panel/cases/new/customers?q=budi")
    preview = await page_of(agent, "/panel/cases/new/preview?category=FRAUD_SCAM&priority=CRITICAL")
    assert "10.30" in preview
    assert "14.00" in preview
    fields = {"category": "SERVICE", "priority": "LOW", "subject": "Lama", "description": "Menunggu"}
    made = await agent.posts("/panel/cases", customer_id=customer, **fields)
    assert made.headers["Location"].startswith("/panel/cases/")
    nobody = await agent.posts("/panel/cases", **fields)
    assert nobody.status == 422
    new = await agent.posts("/panel/cases", phone="0812 9999 8888", **fields)
    assert new.status == 303


async def test_a_case_is_opened_from_the_chat_and_from_the_customers_page(small_house: House) -> None:
    house = small_house
    said = await house.database.write(lambda conn: writes(conn, "6281234567890", "Visa saya mana?"))
    await house.database.write(lambda conn: waits(conn, said))  # For an RM to see it, too.
    agent = await visitor(house, "agent")
    from_chat = f"/panel/cases/new?customer_id={said.customer_id}&amp;conversation_id={said.conversation_id}"
    assert from_chat in await page_of(agent, f"/panel/inbox/{said.conversation_id}")
    assert f"/panel/cases/new?customer_id={said.customer_id}" in await page_of(
        agent, f"/panel/customers/{said.customer_id}"
    )
    assert said.conversation_id in await page_of(agent, from_chat.replace("&amp;", "&"))
    form = {"customer_id": said.customer_id, "conversation_id": said.conversation_id, "phone": ""}
    words = {"category": "SERVICE", "priority": "LOW", "subject": "Visa", "description": "Belum ada"}
    assert (await agent.posts("/panel/cases", **form, **words)).status == 303
    case = (await house.gets("agent", "/api/cases"))["items"][0]
    assert case["conversation_id"] == said.conversation_id
    assert f"/panel/cases/{case['id']}" in await page_of(agent, f"/panel/inbox/{said.conversation_id}")
    rm = await page_of(await visitor(house, "rm"), f"/panel/inbox/{said.conversation_id}")
    assert ("/panel/cases/" in rm, case["case_number"] in rm) == (False, True)


async def test_an_admin_edits_promises_categories_and_calendars(small_house: House) -> None:
    house = small_house
    admin = await visitor(house, "admin")
    assert "TRX_FAIL" in await page_of(admin, "/panel/settings/sla")
    hours = {f"{p}_{c}": "2" for p in ("low", "medium", "high", "critical") for c in ("first", "resolution")}
    assert (await admin.posts("/panel/settings/sla/REFUND", name="Refund", **hours)).status == 303
    wrong = {**hours, "low_resolution": "481"}
    assert (await admin.posts("/panel/settings/sla/REFUND", name="Refund", **wrong)).status == 422
    assert (await admin.posts("/panel/settings/sla", code="VISA", name="Visa")).status == 303
    week = {f"hours{day}": "08:00-12:00, 13:00-17:00" for day in range(5)}
    form = {
        "name": "Kantor",
        "timezone": "Asia/Jakarta",
        "breaks4": "11:30-13:00",
        "season0_name": "Ramadan",
        "season0_starts": "2027-02-08",
        "season0_ends": "2027-03-09",
        "season0_hours": "08.00–14.00",
        "days_off": "2027-04-01 Ulang tahun",
        "holidays": "true",
        **week,
    }
    shown = await admin.posts("/panel/settings/calendars/preview", **form)
    # Monday 10.00, four hours of work: lunch is jumped over.
    assert "15.00" in await shown.text()
    assert (await admin.posts("/panel/settings/calendars", **form)).status == 303
    kept = (await house.gets("admin", "/api/calendars"))["items"][0]
    assert len(kept["frames"]) == 10
    assert kept["breaks"] == [{"day": "friday", "opens": "11:30", "closes": "13:00"}]
    assert len(kept["seasons"][0]["frames"]) == 5
    one = await page_of(admin, f"/panel/settings/calendars/{kept['id']}")
    assert "08:00-12:00, 13:00-17:00" in one
    assert "2027-04-01 Ulang tahun" in one
    assert "Kantor" in await page_of(admin, "/panel/settings/calendars")
    for field, value in (("hours0", "pagi"), ("days_off", "besok libur"), ("season0_ends", "")):
        assert (await admin.posts("/panel/settings/calendars", **form | {field: value})).status == 422
    clicks = await Visitor(house).logs_in("admin")
    lebaran = {
        "season1_name": "Lebaran",
        "season1_starts": "2027-03-09",
        "season1_ends": "2027-03-20",
        "season1_hours": "09:00-12:00",
    }
    for change, told in (
        ({"season0_ends": "2027-01-01"}, ("season0_ends", "Ramadan berakhir sebelum dimulai.")),
        (lebaran, ("season1_starts", "Ramadan dan Lebaran bertindihan.")),
        (lebaran | {"season1_name": ""}, ("season1_name", "Musim perlu nama.")),
    ):
        refused = await clicks.posts("/panel/settings/calendars", form | change)
        assert (refused.status, refused.events["invalid"]["fields"]) == (422, dict([told]))
    removed = await admin.posts(f"/panel/settings/calendars/{kept['id']}/remove")
    assert removed.status == 303


async def test_fraud_notes_have_a_page_of_their_own_for_few(small_house: House) -> None:
    house = small_house
    fraud = await opened(house, category="FRAUD_SCAM")
    path = f"/panel/investigations/{fraud}"
    boss = await visitor(house, "supervisor")
    assert (await boss.posts(path, note="Rekening 1234567890")).status == 303
    compliance = await visitor(house, "compliance")
    assert "CASE-2027" in await page_of(compliance, "/panel/investigations")
    seen = await page_of(compliance, path)
    assert "Rekening ●●●●●●7890" in seen
    agent = await visitor(house, "agent")
    assert (await agent.asks("GET", path)).status == 403
    assert "Rekening" not in await page_of(agent, f"/panel/cases/{fraud}")


@pytest.mark.parametrize("path", ["/panel/cases/{id}", "/panel/cases/{id}/close", "/panel/cases/{id}/assign"])
async def test_another_branchs_id_in_an_address_finds_nothing(small_house: House, path: str) -> None:
    house = small_house
    await house.hires(("jauh", Role.AGENT), branch="Binjai")
    await house.hires(("dekat", Role.AGENT), branch="Medan")
    case = await opened(house)

    def move(conn: Connection) -> None:
        medan = conn.scalar(select(Branch.id).where(Branch.name == "Medan"))
        conn.execute(update(Customer).values(branch_id=medan))

    await house.database.write(move)
    browser = await visitor(house, "jauh")
    address = path.format(id=case)
    if path.endswith("}"):
        reply = await browser.asks("GET", address)
    else:
        reply = await browser.posts(address, version="0")
    assert reply.status == 404


async def test_a_case_that_went_badly_is_made_good_after_its_end_by_those_whose_it_is(
    small_house: House,
) -> None:
    house = small_house
    await house.hires(("sari", Role.AGENT))
    said = await house.database.write(lambda conn: writes(conn, "6281234567890", "Lama sekali"))
    case = await opened(house)
    await house.does("agent", f"/api/cases/{case}/final-response", {"final_response": "Beres."})
    await house.does("agent", f"/api/cases/{case}/close")
    await house.database.write(
        lambda conn: conversation_rated(conn, said.conversation_id, 1, house.clock.now)
    )
    recovery = f"/api/cases/{case}/recovery"
    assert (await house.asks("sari", "POST", recovery, {"action": "voucher"})).status == 403
    agent = await visitor(house, "agent")
    assert "Catat pemulihan" in await page_of(agent, f"/panel/cases/{case}")
    assert "Catat pemulihan" not in await page_of(await visitor(house, "sari"), f"/panel/cases/{case}")
    done = await agent.posts(f"/panel/cases/{case}/recovery", what="done", action="voucher")
    assert done.status == 303
    page = await page_of(agent, f"/panel/cases/{case}")
    assert ("Catat pemulihan" in page, "Selesai" in page) == (False, True)


async def test_the_explanation_can_be_checked_by_hand_and_the_log_says_what_became_of_what(
    small_house: House,
) -> None:
    house = small_house
    case = await opened(house)
    house.clock.passes(hours=30, minutes=9)
    await house.log_in("agent")
    await house.asks("agent", "PATCH", f"/api/cases/{case}", {"priority": "CRITICAL", "category": "OTHER"})
    await house.asks("agent", "PATCH", f"/api/cases/{case}", {"subject": "Dana"})
    page = await page_of(await visitor(house, "agent"), f"/panel/cases/{case}")
    assert "Dijanjikan 48 jam" in page
    assert "Terpakai 30 jam 9 mnt (62 %)" in page
    assert "dihitung 30 jam 9 mnt" in page
    assert "Kategori → Lain-lain, Prioritas → Kritis" in page
    assert "</strong>: Perihal<" in page


async def test_a_long_log_is_read_to_its_end_and_back(small_house: House) -> None:
    case = await opened(small_house)
    for number in range(65):
        await small_house.asks("agent", "POST", f"/api/cases/{case}/notes", {"note": f"Catatan-{number}."})
    agent = await visitor(small_house, "agent")
    address, seen = f"/panel/cases/{case}", ""
    for offset in (30, 60):
        page = await page_of(agent, address)
        assert f'href="?offset={offset}"' in page
        seen, address = seen + page, f"/panel/cases/{case}?offset={offset}"
    last = await page_of(agent, address)
    assert [f"Catatan-{number}." in seen + last for number in range(65)] == [True] * 65
    assert ("Keluhan dibuka" in last, "Kembali ke yang terbaru" in last, "?offset=" in last) == (
        True,
        True,
        False,
    )


async def test_the_dashboard_tells_how_promises_are_kept(small_house: House) -> None:
    case = {
        "phone": "081234567890",
        "category": "REFUND",
        "priority": "HIGH",
        "subject": "a",
        "description": "b",
    }
    await small_house.does("agent", "/api/cases", case, status=201)
    seen = (await (await Visitor(small_house).logs_in("director")).opens("/panel/dashboard/promises")).text
    assert ("data-chart" in seen, "Pengembalian dana" in seen, "81234567890" in seen) == (True, True, False)


async def test_a_category_is_said_in_the_panels_language_until_staff_name_it_themselves(
    small_house: House,
) -> None:
    await opened(small_house, subject="Dana")
    agent = await visitor(small_house, "agent")
    assert "Pengembalian dana" in await page_of(agent, "/panel/cases?tab=unassigned")
    await agent.posts("/panel/account/language", language="en")
    queue = await page_of(agent, "/panel/cases?tab=unassigned")
    assert ("Refund" in queue, "Pengembalian dana" in queue) == (True, False)
    with_name = {"name": "Uang kembali"}
    await small_house.asks("admin", "PATCH", "/api/categories/REFUND", with_name)
    assert "Uang kembali" in await page_of(agent, "/panel/cases?tab=unassigned")
