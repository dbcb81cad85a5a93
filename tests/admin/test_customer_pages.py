"""Customers, privacy and audit at the panel: what each role finds there, and what a form does."""

import re

import pytest
from sqlalchemy import Connection, update

from flows.domain import Role
from storage.tables import Customer
from storage.trail.audit import Event, note
from tests.admin.browser import Visitor
from tests.admin.house import House
from tests.admin.test_pages import Browser
from tests.people import NOW, member, writes
from tests.planted import NAME, NIK, PHONE, Planted, plant


async def browse(house: House, who: str) -> Browser:
    browser = Browser(house)
    await browser.logs_in(who)
    return browser


async def reads(browser: Browser, path: str) -> str:
    reply = await browser.asks("GET", path)
    text = await reply.text()
    assert reply.status == 200, (path, text[:500])
    return text


@pytest.fixture
async def planted(small_house: House) -> Planted:
    return await small_house.database.write(plant)


@pytest.mark.parametrize("who", ["agent", "supervisor", "marketing", "compliance", "admin"])
async def test_every_page_about_customers_opens(small_house: House, planted: Planted, who: str) -> None:
    browser = await browse(small_house, who)
    assert NAME in await reads(browser, "/panel/customers?q=Zulkarnain&tier=MASS")
    page = await reads(browser, f"/panel/customers/{planted.customer_id}")
    assert ("NIK" in page, NIK in page) == (True, who == "agent")
    assert "Percakapan, " in page
    await reads(browser, f"/panel/customers/{planted.customer_id}/value")
    await reads(browser, f"/panel/customers/{planted.customer_id}/story?before=2027-01-05T00:00:00Z")


async def test_what_a_colleague_mended_meanwhile_is_not_written_over_unseen(small_house: House) -> None:
    first, second = await Visitor(small_house).logs_in("agent"), await Visitor(small_house).logs_in("agent")
    siti = {"name": "Siti", "phone": "081300000001"}
    path = f"{(await first.posts('/panel/customers/new', siti)).headers['HX-Redirect']}/edit"
    shown = re.search(r'name="seen" value="(\d+)"', (await second.opens(path)).text)
    assert shown
    assert (await first.posts(path, {**siti, "email": "siti@contoh.id", "seen": shown[1]})).status == 204
    late = {**siti, "name": "Siti Aminah", "seen": shown[1]}
    refused = await second.posts(path, late)
    assert (refused.status, refused.events["invalid"]["fields"]) == (
        409,
        {"email": "Rekan baru saja mengubahnya. Sekarang tertulis: siti@contoh.id"},
    )
    assert "siti@contoh.id" in (await second.opens(path)).text
    knowingly = {**late, "email": "siti@contoh.id", "seen": refused.events["stale"]["seen"]}
    assert (await second.posts(path, knowingly)).status == 204
    page = (await second.opens(path)).text
    assert ("Siti Aminah" in page, "siti@contoh.id" in page) == (True, True)


async def test_what_is_wrong_is_said_and_not_what_we_call_the_field(small_house: House) -> None:
    agent = await Visitor(small_house).logs_in("agent")
    wrong = await agent.posts("/panel/customers/new", name="Siti", birth_date="besok", phone="abc")
    assert (wrong.status, wrong.toast) == (422, "Tulis tanggal yang benar.")
    wrong = await agent.posts("/panel/customers/new", name="Siti", phone="abc")
    assert (wrong.status, wrong.toast) == (422, "Bukan nomor telepon; tulis seperti 6281234567890")


async def test_a_customer_who_goes_to_another_branch_is_gone_from_here(small_house: House) -> None:
    agent = await Visitor(small_house).logs_in("agent")
    await small_house.hires(("binjai", Role.AGENT), branch="Binjai")
    path = (await agent.posts("/panel/customers/new", name="Siti")).headers["HX-Redirect"]
    branches = re.findall(r"<option( selected)?>([^<]+)</option>", (await agent.opens(f"{path}/edit")).text)
    elsewhere = next(name for is_here, name in branches if not is_here)
    moved = await agent.posts(f"{path}/edit", name="Siti", branch=elsewhere)
    assert (moved.status, moved.headers["HX-Redirect"]) == (204, "/panel/customers")
    assert (await agent.opens(path)).status == 404
    entered = await agent.posts("/panel/customers/new", name="Budi", branch=elsewhere)
    assert entered.headers["HX-Redirect"] == "/panel/customers"
    assert "Budi" not in (await agent.opens("/panel/customers")).text
    # Over the API, too.
    ani = await small_house.asks("agent", "POST", "/api/customers", {"name": "Ani", "branch": elsewhere})
    assert ani.status == 201


async def test_a_customer_is_entered_and_mended_with_forms(small_house: House) -> None:
    agent = await browse(small_house, "agent")
    made = await agent.posts(
        "/panel/customers/new", name="Siti", phone="081300000001", nik="1271016105900001"
    )
    path = made.headers["Location"]
    assert made.status == 303
    assert "Siti" in await reads(agent, f"{path}/edit")
    wrong = await agent.posts(f"{path}/edit", name="Siti", nik="123")
    assert wrong.status == 422
    assert "NIK terdiri dari 16 angka" in await wrong.text()
    assert (await agent.posts(f"{path}/edit", name="Siti Aminah", phone="081300000001")).status == 303
    page = await reads(agent, path)
    assert "Siti Aminah" in page
    assert "1271016105900001" not in page, "an emptied field is emptied"


async def test_a_consent_is_recorded_with_the_message_that_proves_it(small_house: House) -> None:
    said, other = await small_house.database.write(
        lambda conn: (
            writes(conn, "6281300000009", "Boleh kirim promo", name="Siti"),
            writes(conn, "6281300000010", "Bukan saya", name="Budi"),
        )
    )
    path = f"/panel/customers/{said.customer_id}"
    agent = await browse(small_house, "agent")
    page = await reads(agent, path)
    assert f'<option value="{said.message_ids[0]}">' in page
    assert other.message_ids[0] not in page
    assert "message_id" not in await reads(await browse(small_house, "supervisor"), path)
    given = {"value": "GRANTED", "request_note": "Lewat WhatsApp"}
    foreign = await agent.posts(f"{path}/consent", message_id=other.message_ids[0], **given)
    assert foreign.status == 422
    assert (await agent.posts(f"{path}/consent", message_id=said.message_ids[0], **given)).status == 303
    assert "“Boleh kirim promo”\nLewat WhatsApp" in await reads(agent, path), "in the story"
    compliance = await browse(small_house, "compliance")
    assert "“Boleh kirim promo”" in await reads(compliance, "/panel/audit/consents")


async def test_html_in_what_a_customer_says_stays_text(small_house: House) -> None:
    evil = '<img src=x onerror="alert(1)">'

    def build(conn: Connection) -> str:
        said = writes(conn, "6281300000009", evil, name=evil)
        conn.execute(
            update(Customer)
            .where(Customer.id == said.customer_id)
            .values(profile={"note": evil, "address": evil})
        )
        return said.customer_id

    customer_id = await small_house.database.write(build)
    agent = await browse(small_house, "agent")
    for path in (
        "/panel/customers",
        f"/panel/customers/{customer_id}",
        f"/panel/customers/{customer_id}/edit",
    ):
        assert "<img src=x" not in await reads(agent, path)
    compliance = await browse(small_house, "compliance")
    assert "<img src=x" not in await reads(compliance, "/panel/audit/interactions")


async def test_compliance_reveals_with_a_reason_and_sees_how_long(
    small_house: House, planted: Planted
) -> None:
    compliance = await browse(small_house, "compliance")
    path = f"/panel/customers/{planted.customer_id}"
    assert (await compliance.posts(f"{path}/reveal", reason="cek")).status == 422
    assert (await compliance.posts(f"{path}/reveal", reason="Laporan ke OJK")).status == 303
    page = await reads(compliance, path)
    assert NIK in page
    assert 'data-until="2027-01-04T10:30:00+07:00"' in page
    assert "Laporan ke OJK" in await reads(compliance, "/panel/audit?event=REVEAL_CUSTOMER")
    assert PHONE not in await reads(compliance, "/panel/customers")


async def test_an_erasure_is_asked_and_agreed_to(small_house: House, planted: Planted) -> None:
    compliance, admin = await browse(small_house, "compliance"), await browse(small_house, "admin")
    path = f"/panel/customers/{planted.customer_id}"
    assert (await compliance.posts(f"{path}/erase", note="Surat")).status == 303
    assert "Menunggu" in await reads(compliance, "/panel/privacy")
    assert "Setujui" in await reads(admin, "/panel/privacy")
    assert "Setujui" not in await reads(compliance, "/panel/privacy")
    assert (await admin.posts(f"{path}/erase")).status == 303
    assert (await admin.asks("GET", path)).status == 404
    assert "sudah dihapus" in await reads(admin, "/panel/privacy")


async def test_an_export_can_be_fetched_once_agreed_to(small_house: House, planted: Planted) -> None:
    compliance, admin = await browse(small_house, "compliance"), await browse(small_house, "admin")
    path = f"/panel/customers/{planted.customer_id}/export"
    assert (await admin.posts(path)).status == 303
    assert (await compliance.posts(path)).headers["Location"] == "/panel/privacy"
    for browser in (admin, compliance):
        link = re.search(r'href="(/api/customers/[^"]+/export)"', await reads(browser, "/panel/privacy"))
        assert link is not None
        assert NIK in await reads(browser, link[1])


async def test_retention_is_set_and_stays_within_its_bounds(small_house: House) -> None:
    admin = await browse(small_house, "admin")
    assert (await admin.posts("/panel/retention", messages="5")).status == 422
    assert (await admin.posts("/panel/retention", messages="400", audit="")).status == 303
    assert 'value="400"' in await reads(admin, "/panel/retention")
    compliance = await browse(small_house, "compliance")
    entry = re.search(r"/panel/audit/(\d+)\"", await reads(compliance, "/panel/audit?event=CHANGE_RETENTION"))
    assert entry is not None
    detail = await reads(compliance, f"/panel/audit/{entry[1]}")
    assert "<del>-</del>" in detail
    assert "<ins>400</ins>" in detail


async def test_the_audit_shows_filters_as_chips_and_notes_one_look_a_session(small_house: House) -> None:
    def deed(conn: Connection) -> None:
        note(conn, Event.CHANGE_FAQ, member(conn, "admin").actor, NOW, subject="faq_1")

    await small_house.database.write(deed)
    compliance = await browse(small_house, "compliance")
    for _ in range(2):
        page = await reads(compliance, "/panel/audit?event=CHANGE_FAQ&user=admin")
    assert 'href="/panel/audit?user=admin"' in page
    looks = await small_house.gets("compliance", "/api/audit?event=VIEW_AUDIT")
    assert len([one for one in looks["items"] if one["facts"].get("event") == "CHANGE_FAQ"]) == 1
    assert (await compliance.posts("/panel/audit/verify")).status == 303
    assert "Utuh sampai" in await reads(compliance, "/panel/audit")


async def test_interactions_and_consents_show_masked_words(small_house: House, planted: Planted) -> None:
    compliance = await browse(small_house, "compliance")
    talks = await reads(compliance, "/panel/audit/interactions")
    assert "payment_intent" in talks
    assert PHONE not in talks
    for kind in ("message", "phase", "handover"):
        await reads(compliance, f"/panel/audit/interactions?kind={kind}&from=2027-01-01&to=2027-01-04")
    consents = await reads(compliance, "/panel/audit/consents")
    assert "halo saya" in consents
    assert PHONE not in consents
    assert planted.customer_id in consents


async def test_two_customers_are_merged_with_an_undo(small_house: House) -> None:
    def twins(conn: Connection) -> list[str]:
        ids = [writes(conn, f"62812000000{n}", "halo", name="Siti").customer_id for n in range(2)]
        for one in ids:
            born = {"birth_date": "1990-05-21"}
            conn.execute(update(Customer).where(Customer.id == one).values(profile=born))
        return ids

    one, other = await small_house.database.write(twins)
    agent = await browse(small_house, "agent")
    assert "nama dan tanggal lahir sama" in await reads(agent, f"/panel/customers/{one}")
    assert (await agent.posts(f"/panel/customers/{one}/merge", other_id=other)).status == 303
    assert (await agent.asks("GET", f"/panel/customers/{other}")).headers[
        "Location"
    ] == f"/panel/customers/{one}"
    undo = re.search(r'hx-post="(/panel/merges/[^"]+/undo)"', await reads(agent, f"/panel/customers/{one}"))
    assert undo is not None
    assert (await agent.posts(undo[1])).status == 303
    assert "Siti" in await reads(agent, f"/panel/customers/{other}")


async def test_whom_to_merge_is_looked_for_where_nothing_suggests_them(small_house: House) -> None:
    agent, rm = await Visitor(small_house).logs_in("agent"), await Visitor(small_house).logs_in("rm")
    one = (await agent.posts("/panel/customers/new", name="Budi")).headers["HX-Redirect"]
    other = (await agent.posts("/panel/customers/new", name="Pak Budi S", phone="081300000009")).headers[
        "HX-Redirect"
    ]
    assert "Pak Budi S" not in (await agent.opens(one)).text
    found = (await agent.opens(f"{one}/twins?q=081300000009", part=True)).text
    assert "Pak Budi S" in found
    assert f'hx-post="{one}/merge"' in found
    assert f'"other_id": "{other.rsplit("/", 1)[1]}"' in found
    # Nobody is their own twin, and who may not merge does not look.
    assert "Tidak ada pelanggan lain" in (await agent.opens(f"{other}/twins?q=081300000009", part=True)).text
    assert (await rm.opens(f"{one}/twins?q=Budi", part=True)).status == 403


async def test_a_no_said_at_a_merged_record_counts_for_the_person_it_became(small_house: House) -> None:
    def twins(conn: Connection) -> list[str]:
        return [writes(conn, f"62812000001{n}", "halo", name="Siti").customer_id for n in range(2)]

    one, other = await small_house.database.write(twins)
    agent = await browse(small_house, "agent")
    await agent.posts(f"/panel/customers/{one}/merge", other_id=other)
    # A page opened before the merge still names the old record.
    fields = {"value": "WITHDRAWN", "request_note": "Lewat telepon, 10.00"}
    assert (await agent.posts(f"/panel/customers/{other}/consent", **fields)).status == 303
    person = await small_house.gets("agent", f"/api/customers/{one}")
    assert person["consent_marketing"] == "WITHDRAWN"
