"""ADMIN at the panel: staff, branches, and what a role may do within the limits of the table."""

import json
import re

from admin.words import all_words
from flows.roles import Permission
from tests.admin.browser import Visitor
from tests.admin.house import PASSWORD, House
from tests.admin.test_pages import Browser


async def admin_of(house: House) -> Browser:
    browser = Browser(house)
    await browser.logs_in("admin")
    return browser


def test_every_permission_has_its_words() -> None:
    assert {f"permission.{permission}" for permission in Permission} <= set(all_words())


async def test_a_new_colleague_can_log_in_and_a_former_one_cannot(small_house: House) -> None:
    admin, lina = await admin_of(small_house), Browser(small_house)
    fields = {"username": "lina", "display_name": "Lina", "role": "RM", "password": "sandi-panjang-1"}
    assert (await admin.posts("/panel/users", **fields)).status == 303
    assert (await lina.logs_in("lina", "sandi-panjang-1")).status == 303
    assert (await lina.asks("GET", "/panel/account")).status == 200
    users = await small_house.gets("admin", "/api/users")
    user_id = next(user["id"] for user in users["items"] if user["username"] == "lina")
    assert (await admin.posts(f"/panel/users/{user_id}/active", is_active="false")).status == 303
    assert (await lina.asks("GET", "/panel/account")).status == 303


async def _user_id(house: House, name: str) -> int:
    users = await house.gets("admin", "/api/users")
    return next(int(user["id"]) for user in users["items"] if user["username"] == name)


async def test_a_branch_and_a_telegram_id_can_be_taken_away_again(small_house: House) -> None:
    admin, user_id = await admin_of(small_house), await _user_id(small_house, "rm")
    await admin.posts("/panel/branches", name="Medan Pusat")
    whole = {"display_name": "Sari", "role": "RM", "branch": "Medan Pusat", "telegram_id": "77"}
    assert (await admin.posts(f"/panel/users/{user_id}", **whole)).status == 303
    bare = whole | {"branch": "", "telegram_id": ""}
    assert (await admin.posts(f"/panel/users/{user_id}", **bare)).status == 303
    users = await small_house.gets("admin", "/api/users")
    sari = next(user for user in users["items"] if user["id"] == user_id)
    assert (sari["branch"], sari["telegram_id"], sari["display_name"]) == (None, None, "Sari")


async def test_the_audit_says_what_became_of_a_colleague_and_keeps_silent_about_what_stayed(
    small_house: House,
) -> None:
    admin, user_id = await admin_of(small_house), await _user_id(small_house, "rm")
    await admin.posts("/panel/branches", name="Medan Pusat")
    fields = {"display_name": "Sari Harahap", "role": "RM", "branch": "Medan Pusat"}
    await admin.posts(f"/panel/users/{user_id}", **fields)
    before = await small_house.gets("compliance", "/api/audit?subject=rm&limit=1")
    await admin.posts(f"/panel/users/{user_id}", **fields)
    after = await small_house.gets("compliance", "/api/audit?subject=rm&limit=1")
    assert after["total"] == before["total"]  # Nothing was different.
    await admin.posts(f"/panel/users/{user_id}", **fields | {"role": "AGENT", "password": "sandi-panjang-2"})
    found = await small_house.gets("compliance", "/api/audit?subject=rm&limit=2")
    changed, password = found["items"]
    assert (changed["event"], password["event"]) == ("CHANGE_USER", "CHANGE_PASSWORD")
    assert changed["facts"]["changed"] == ["role"]
    sides = [changed["facts"][side]["role"] for side in ("old_value", "new_value")]
    assert sides == ["RM", "AGENT"]


async def test_a_new_password_of_ones_own_takes_the_old_one_and_ends_the_other_log_ins(
    small_house: House,
) -> None:
    rm, elsewhere = Browser(small_house), Browser(small_house)
    await rm.logs_in("rm")
    await elsewhere.logs_in("rm")
    new = {"password": "sandi-baru-9", "again": "sandi-baru-9"}
    for fields, field in (
        (new | {"current": "bukan-ini-9"}, "current"),
        (new | {"current": PASSWORD, "again": "sandi-baru-8"}, "again"),
        ({"current": PASSWORD, "password": "pendek", "again": "pendek"}, "password"),
    ):
        data = {"_csrf": rm.csrf, **fields}
        headers = {"HX-Request": "true"}
        refused = await rm.asks("POST", "/panel/account/password", data=data, headers=headers)
        assert list(json.loads(refused.headers["HX-Trigger"])["invalid"]["fields"]) == [field]
    assert (await rm.posts("/panel/account/password", current=PASSWORD, **new)).status == 303
    assert (await rm.asks("GET", "/panel/account")).status == 200
    assert (await elsewhere.asks("GET", "/panel/account")).status == 303
    assert (await elsewhere.logs_in("rm")).status == 401
    assert (await elsewhere.logs_in("rm", "sandi-baru-9")).status == 303
    found = await small_house.gets("compliance", "/api/audit?event=CHANGE_PASSWORD")
    assert [(item["user"], item["subject"]) for item in found["items"]] == [("rm", "rm")]


async def test_guessing_the_own_password_is_throttled_like_the_log_in(small_house: House) -> None:
    rm = Browser(small_house)
    await rm.logs_in("rm")
    new = {"password": "sandi-baru-9", "again": "sandi-baru-9"}
    tries = [await rm.posts("/panel/account/password", current=f"tebakan-{n}", **new) for n in range(8)]
    assert tries[-1].status == 429


async def test_sessions_that_somebody_else_ended_stand_in_the_audit(small_house: House) -> None:
    admin, user_id = await admin_of(small_house), await _user_id(small_house, "rm")
    rm, elsewhere = Browser(small_house), Browser(small_house)
    await rm.logs_in("rm")
    await elsewhere.logs_in("rm")
    assert (await rm.posts("/panel/account/sessions/end-others")).status == 200
    assert (await elsewhere.asks("GET", "/panel/account")).status == 303
    assert (await admin.posts(f"/panel/users/{user_id}/log-out")).status == 303
    assert (await rm.asks("GET", "/panel/account")).status == 303
    found = await small_house.gets("compliance", "/api/audit?event=END_SESSIONS")
    assert [(item["user"], item["subject"]) for item in found["items"]] == [("admin", "rm"), ("rm", "rm")]
    assert (await admin.posts("/panel/users/4711/log-out")).status == 404


async def test_a_wrong_field_is_named_and_nothing_is_added(small_house: House) -> None:
    admin = await admin_of(small_house)
    fields = {"username": "b u d i", "display_name": "Budi", "role": "RM", "password": "pendek"}
    reply = await admin.asks(
        "POST", "/panel/users", data={"_csrf": admin.csrf, **fields}, headers={"HX-Request": "true"}
    )
    assert reply.status == 422
    assert {"username", "password"} <= set(json.loads(reply.headers["HX-Trigger"])["invalid"]["fields"])


async def test_the_last_admin_cannot_lock_everybody_out(small_house: House) -> None:
    admin = await admin_of(small_house)
    users = await small_house.gets("admin", "/api/users")
    user_id = next(user["id"] for user in users["items"] if user["username"] == "admin")
    assert (await admin.posts(f"/panel/users/{user_id}/active", is_active="false")).status == 409


async def test_a_changed_grant_counts_at_once_in_panel_and_api_and_stands_in_the_audit(
    small_house: House,
) -> None:
    house, admin = small_house, await admin_of(small_house)
    body = {"question": "Apakah ada manasik?", "answer": "Ada, dua kali."}
    assert (await house.asks("agent", "POST", "/api/faq", body)).status == 403
    given = await admin.posts("/panel/roles", permission="edit_faq", role="AGENT", is_granted="true")
    assert given.status == 200
    assert (await house.asks("agent", "POST", "/api/faq", body)).status == 201
    await admin.posts("/panel/roles", permission="edit_faq", role="AGENT", is_granted="false")
    assert (await house.asks("agent", "POST", "/api/faq", body)).status == 403
    events = await house.gets("compliance", "/api/audit?event=CHANGE_GRANT")
    assert [event["subject"] for event in events["items"]] == ["edit_faq", "edit_faq"]


async def test_what_is_fixed_stays_fixed(small_house: House) -> None:
    admin = await admin_of(small_house)
    for permission, role in (
        ("change_consent", "MARKETING"),
        ("read_customers", "DIRECTOR"),
        ("read_audit", "ADMIN"),
        ("manage_users", "ADMIN"),
    ):
        for is_granted in ("true", "false"):
            reply = await admin.posts("/panel/roles", permission=permission, role=role, is_granted=is_granted)
            assert reply.status == 409, (permission, role)


async def test_nobody_becomes_a_director_because_a_role_was_not_chosen(small_house: House) -> None:
    admin = await admin_of(small_house)
    assert (
        '<option value="">Pilih peran</option>' in await (await admin.asks("GET", "/panel/users/new")).text()
    )
    fields = {"username": "lina", "display_name": "Lina", "role": "", "password": "sandi-panjang-1"}
    assert (await admin.posts("/panel/users", **fields)).status == 422


async def test_a_branch_is_added_once(small_house: House) -> None:
    admin = await admin_of(small_house)
    assert (await admin.posts("/panel/branches", name="Stabat")).status == 303
    assert (await admin.posts("/panel/branches", name="stabat")).status == 409
    assert "Stabat" in await (await admin.asks("GET", "/panel/branches")).text()
    assert PASSWORD not in await (await admin.asks("GET", "/panel/users")).text()


async def test_the_day_shows_what_the_role_works_on(small_house: House) -> None:
    agents = (await (await Visitor(small_house).logs_in("agent")).opens("/panel/day")).text
    sellers = (await (await Visitor(small_house).logs_in("rm")).opens("/panel/day")).text
    parts = [
        [part for part in ("Percakapan", "Keluhan saya", "Penjualan") if f">{part}</h2>" in page]
        for page in (agents, sellers)
    ]
    assert parts == [["Percakapan", "Keluhan saya"], ["Percakapan", "Penjualan"]]


async def test_the_day_lists_what_is_to_be_done_first(small_house: House) -> None:
    lead = await small_house.does(
        "rm", "/api/marketing/leads", {"phone": "081234567890", "name": "<i>Budi</i>"}, status=201
    )
    task = {"note": "Kirim formulir", "due_at": "2027-01-03T09:00:00+07:00"}
    await small_house.does("rm", f"/api/marketing/leads/{lead['id']}/tasks", task, status=201)
    case = {
        "phone": "081234567891", "category": "SERVICE", "priority": "HIGH",
        "subject": "Janji <b>ditepati</b>", "description": "Sudah dua hari.",
    }  # fmt: skip
    opened = await small_house.does("agent", "/api/cases", case, status=201)
    await small_house.does("agent", f"/api/cases/{opened['id']}/assign", {"assigned_to": "agent"})
    sellers = await Visitor(small_house).logs_in("rm")
    day = (await sellers.opens("/panel/day")).text
    assert "Kirim formulir" in day
    assert "&lt;i&gt;Budi&lt;/i&gt;" in day
    assert "lewat waktu" in day
    assert "Anda tidak memegang percakapan." in day
    agents = (await (await Visitor(small_house).logs_in("agent")).opens("/panel/day")).text
    assert "Janji &lt;b&gt;ditepati&lt;/b&gt;" in agents
    assert opened["case_number"] in agents
    tasks = (await sellers.opens("/panel/leads/tasks")).text
    done = re.search(r'hx-post="(/panel/leads/tasks/\d+/done)"', tasks)
    assert done is not None
    assert (await sellers.posts(done[1], done="true")).status == 200
    assert "Kirim formulir" not in (await sellers.opens("/panel/leads/tasks")).text


async def test_colleagues_are_called_by_their_names(small_house: House) -> None:
    await small_house.does("rm", "/api/marketing/leads", {"phone": "081234567890"}, status=201)
    board = (await (await Visitor(small_house).logs_in("rm")).opens("/panel/leads")).text
    assert "Rm</span>" in board
