"""Customers, complaints, staff and files through the API: scope, masks, consent and what the audit keeps of it."""

from typing import Any

import pytest
from sqlalchemy import update

from flows.domain import Role
from storage.database import Connection
from storage.tables import Customer
from storage.talks.media import NewMedia, keep_media
from tests.admin.house import PASSWORD, House
from tests.people import NOW, Said, waits, writes

PHONE = "6281234567890"
PROFILE = {"nik": "1271012345670001", "email": "budi@email.com", "account": "1234567890"}


async def budi(house: House) -> Said:
    def build(conn: Connection) -> Said:
        said = writes(conn, PHONE, "halo", name="Budi")
        conn.execute(update(Customer).where(Customer.id == said.customer_id).values(profile=PROFILE))
        return said

    return await house.database.write(build)


async def test_an_agent_sees_a_customer_in_full_and_a_supervisor_masked(small_house: House) -> None:
    said = await budi(small_house)
    full = await small_house.gets("agent", f"/api/customers/{said.customer_id}")
    assert {name: full[name] for name in ("phone", *PROFILE)} == {"phone": PHONE, **PROFILE}
    for who in ("supervisor", "marketing", "compliance", "admin"):
        seen = await small_house.gets(who, f"/api/customers/{said.customer_id}")
        assert {name: seen[name] for name in ("name", "phone", *PROFILE)} == {
            "name": "Budi",
            "phone": "●●●●●●●●●●890",
            "nik": "●●●●●●●●●●●●0001",
            "email": "b***@email.com",
            "account": "●●●●●●7890",
        }
    audit = await small_house.gets("compliance", "/api/audit?event=VIEW_PROFILE")
    assert {entry["user"] for entry in audit["items"]} == {
        "agent",
        "supervisor",
        "marketing",
        "compliance",
        "admin",
    }


async def test_an_rm_reaches_only_the_portfolio(small_house: House) -> None:
    said = await budi(small_house)
    assert (await small_house.asks("rm", "GET", f"/api/customers/{said.customer_id}")).status == 404
    await small_house.database.write(lambda conn: waits(conn, said))
    assert (await small_house.gets("rm", f"/api/customers/{said.customer_id}"))["phone"] == PHONE


@pytest.mark.parametrize(
    ("who", "q", "total"),
    [
        pytest.param("agent", "bud", 1, id="part of a name"),
        pytest.param("agent", "0812-3456-7890", 1, id="a whole number"),
        pytest.param("agent", "34567", 1, id="part of a number, in full sight"),
        pytest.param("marketing", "34567", 0, id="part of a number, masked: nobody guesses digit by digit"),
        pytest.param("marketing", PHONE, 1, id="a whole number, masked"),
        pytest.param("agent", "%", 0, id="no wildcard"),
        pytest.param("agent", "citra", 0, id="nobody"),
    ],
)
async def test_searching_customers(small_house: House, who: str, q: str, total: int) -> None:
    await budi(small_house)
    reply = await small_house.asks(who, "GET", "/api/customers", params={"q": q})
    assert (reply.status, reply.json["total"]) == (200, total)
    audit = await small_house.gets("compliance", "/api/audit?event=SEARCH_CUSTOMER")
    assert audit["items"][0]["facts"] == {"where": "customers", "results_count": total}


async def test_an_agent_records_a_consent_with_its_proof(house: House) -> None:
    said = await budi(house)
    path = f"/api/customers/{said.customer_id}/consent"
    assert (await house.asks("agent", "POST", path, {"value": "GRANTED"})).status == 422
    assert (await house.asks("agent", "POST", path, {"value": "GRANTED", "request_note": " "})).status == 422
    note = {"value": "GRANTED", "request_note": "Lewat telepon, 4 Januari"}
    for who in ("marketing", "rm", "admin", "director"):
        assert (await house.asks(who, "POST", path, note)).status == 403
    bad = await house.asks("agent", "POST", path, note | {"message_id": "msg_of_somebody_else"})
    assert (bad.status, bad.json["errors"][0]["field"]) == (422, "message_id")
    good = await house.does("agent", path, note | {"message_id": said.message_ids[0]})
    assert good["consent_marketing"] == "GRANTED"
    unknown = await house.asks("agent", "POST", path, {"value": "UNKNOWN", "request_note": "x"})
    assert unknown.status == 422
    entry = (await house.gets("compliance", "/api/audit?event=CHANGE_CONSENT"))["items"][0]
    assert (entry["user"], entry["role"], entry["facts"]["old_value"], entry["facts"]["new_value"]) == (
        "agent",
        "AGENT",
        "UNKNOWN",
        "GRANTED",
    )
    assert (await house.asks("agent", "POST", "/api/customers/cust_404/consent", note)).status == 404


CASE = {
    "phone": "0812-3456-7890",
    "category": "REFUND",
    "priority": "HIGH",
    "subject": "Uang kembali",
    "description": "Belum diterima, hubungi 081234567890",
}


async def test_a_case_is_opened_with_its_due_times(small_house: House) -> None:
    made = await small_house.does("agent", "/api/cases", CASE, status=201)
    assert (made["status"], made["escalation_level"]) == ("NEW", 0)
    assert made["case_number"].startswith("CASE-2027-")
    assert made["first_response_due"] == "2027-01-04T18:00:00+07:00"
    assert made["resolution_due"] == "2027-01-07T10:00:00+07:00"
    assert await small_house.gets("agent", f"/api/cases/{made['id']}") == made
    by_customer = {**CASE, "phone": None, "customer_id": made["customer_id"]}
    second = await small_house.does("supervisor", "/api/cases", by_customer, status=201)
    assert second["description"] == "Belum diterima, hubungi ●●●●●●●●●890"
    assert (await small_house.gets("agent", f"/api/cases?customer_id={made['customer_id']}"))["total"] == 2


async def test_an_rm_learns_a_cases_status_only(small_house: House) -> None:
    await small_house.does("rm", "/api/marketing/leads", {"phone": PHONE}, status=201)
    made = await small_house.does("agent", "/api/cases", CASE, status=201)
    seen = await small_house.gets("rm", f"/api/cases/{made['id']}")
    assert (seen["status"], seen["subject"], seen["description"]) == ("NEW", None, None)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"phone": None}, "body"),
        ({"category": "WEATHER"}, "category"),
        ({"priority": "URGENT"}, "priority"),
        ({"subject": ""}, "subject"),
    ],
)
async def test_a_wrong_case_is_refused(small_house: House, change: dict[str, Any], field: str) -> None:
    reply = await small_house.asks("agent", "POST", "/api/cases", CASE | change)
    assert (reply.status, reply.json["errors"][0]["field"]) == (422, field)


async def test_a_case_names_one_person_not_two(small_house: House) -> None:
    made = await small_house.does("agent", "/api/cases", CASE, status=201)
    same = CASE | {"customer_id": made["customer_id"]}
    await small_house.does("agent", "/api/cases", same, status=201)
    reply = await small_house.asks("agent", "POST", "/api/cases", same | {"phone": "6281200009999"})
    assert (reply.status, reply.json["errors"][0]["field"]) == (422, "phone")


async def test_an_admin_adds_and_changes_staff(small_house: House) -> None:
    await small_house.does("admin", "/api/branches", {"name": "Binjai"}, status=201)
    assert (await small_house.asks("admin", "POST", "/api/branches", {"name": "BINJAI"})).status == 409
    assert (await small_house.gets("admin", "/api/branches"))["items"] == [{"name": "Binjai"}]
    body = {"username": "ani", "password": "sangat-rahasia", "role": "RM", "branch": "binjai"}
    made = await small_house.does("admin", "/api/users", body, status=201)
    assert (made["role"], made["branch"], made["is_active"]) == ("RM", "Binjai", True)
    assert "password" not in str(made)
    token = await small_house.asks(
        None, "POST", "/api/auth/token", {"username": "ani", "password": "sangat-rahasia"}
    )
    assert token.status == 200
    assert (await small_house.asks("admin", "POST", "/api/users", body)).status == 409
    path = f"/api/users/{made['id']}"
    assert (await small_house.asks("admin", "PATCH", path, {"is_active": False})).json["is_active"] is False
    headers = {"Authorization": f"Bearer {token.json['access_token']}"}
    assert (await small_house.asks(None, "GET", "/api/auth/me", headers=headers)).status == 401
    assert (await small_house.asks("admin", "PATCH", "/api/users/999", {})).status == 404
    elsewhere = await small_house.asks("admin", "PATCH", path, {"branch": "Mars"})
    assert elsewhere.status == 422


async def test_an_admin_changes_what_a_role_may_do_within_the_table(small_house: House) -> None:
    roles = (await small_house.gets("admin", "/api/roles"))["items"]
    assert [row["role"] for row in roles] == [role.value for role in Role]
    agent = next(row for row in roles if row["role"] == "AGENT")
    assert "edit_faq" in agent["changeable"]
    assert "edit_faq" not in agent["permissions"]
    grant = {"permission": "edit_faq", "is_granted": True}
    changed = await small_house.asks("admin", "PATCH", "/api/roles/AGENT", grant)
    assert "edit_faq" in changed.json["permissions"]
    assert (await small_house.asks("agent", "GET", "/api/faq")).status == 200
    fixed = {"permission": "manage_users", "is_granted": True}
    assert (await small_house.asks("admin", "PATCH", "/api/roles/AGENT", fixed)).status == 409
    assert (await small_house.asks("admin", "PATCH", "/api/roles/BOSS", grant)).status == 404


async def test_the_last_admin_stays(small_house: House) -> None:
    users = (await small_house.gets("admin", "/api/users"))["items"]
    me = next(user for user in users if user["username"] == "admin")
    for change in ({"role": "RM"}, {"is_active": False}):
        assert (await small_house.asks("admin", "PATCH", f"/api/users/{me['id']}", change)).status == 409
    await small_house.hires(("admin2", Role.ADMIN))
    reply = await small_house.asks("admin", "PATCH", f"/api/users/{me['id']}", {"role": "RM"})
    assert reply.status == 200


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"username": "a b"}, "username"),
        ({"password": "short"}, "password"),
        ({"role": "KING"}, "role"),
        ({"branch": "Mars"}, "branch"),
        ({"telegram_id": "@ani"}, "telegram_id"),
    ],
)
async def test_wrong_staff_is_refused(small_house: House, change: dict[str, Any], field: str) -> None:
    body = {"username": "ani", "password": PASSWORD, "role": "RM"}
    reply = await small_house.asks("admin", "POST", "/api/users", body | change)
    assert (reply.status, reply.json["errors"][0]["field"]) == (422, field)


async def test_a_customers_file_is_for_those_who_serve_them_and_audited(house: House) -> None:
    said = await budi(house)
    new = NewMedia(
        owner="customer",
        name="bukti transfer.html",
        mimetype="text/html",
        content=b"<script>alert(1)</script>",
        conversation_id=said.conversation_id,
    )
    media_id = await house.database.write(lambda conn: keep_media(conn, new, NOW))
    path = f"/api/media/{media_id}"
    for who, status in (("rm", 404), ("marketing", 403), ("supervisor", 403), ("agent", 200)):
        assert (await house.asks(who, "GET", path)).status == status
    reply = await house.asks("agent", "GET", path)
    assert reply.headers["Content-Type"] == "application/octet-stream"
    assert reply.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in reply.headers["Content-Security-Policy"]
    assert (await house.asks(None, "GET", f"/media/{media_id}")).status == 404
    audit = await house.gets("compliance", "/api/audit?event=VIEW_MEDIA")
    assert audit["total"] == 2


async def test_a_packages_file_is_everybodys(small_house: House) -> None:
    new = NewMedia(owner="package", name="brosur.pdf", mimetype="application/pdf", content=b"%PDF-")
    media_id = await small_house.database.write(lambda conn: keep_media(conn, new, NOW))
    assert await small_house.database.write(lambda conn: keep_media(conn, new, NOW)) == media_id
    for path in (f"/media/{media_id}", f"/media/{media_id}/brosur.pdf"):
        reply = await small_house.asks(None, "GET", path)
        assert (reply.status, reply.text, reply.headers["Content-Type"]) == (200, "%PDF-", "application/pdf")
        assert "immutable" in reply.headers["Cache-Control"]


async def test_the_audit_is_filtered_by_user_day_and_text(house: House) -> None:
    await house.gets("agent", "/api/customers?q=budi")
    house.clock.passes(hours=15)  # It is Tuesday 01.00 in Jakarta now.
    await house.log_in("admin", "compliance")
    await house.gets("admin", "/api/customers?q=budi")

    async def total(query: str) -> int:
        return int((await house.gets("compliance", f"/api/audit?event=SEARCH_CUSTOMER&{query}"))["total"])

    assert await total("user=agent") == 1
    assert await total("from=2027-01-05") == 1
    assert await total("to=2027-01-04") == 1
    assert await total("from=2027-01-04&to=2027-01-05") == 2
    assert await total("q=customers") == 2
    assert await total("q=nothing") == 0
    assert (await house.asks("compliance", "GET", "/api/audit?from=9999-12-31")).status == 422
