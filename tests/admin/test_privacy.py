"""A person's privacy over the API: entering and mending, breaking the glass, handing out and forgetting by two, merging."""

import json

import pytest

from storage.moments.alerts import alert_page
from storage.pages import Page
from tests.admin.browser import Visitor
from tests.admin.house import House
from tests.people import NOW, writes
from tests.planted import NAME, NIK, PHONE, Planted, found_in, plant

REASON = "Laporan ke OJK nomor 12"


async def planted_in(house: House) -> Planted:
    return await house.database.write(plant)


async def test_an_agent_enters_and_mends_a_customer(house: House) -> None:
    body = {"name": "Siti", "phone": "0813-0000-0001", "cif": "cif 00-12", "nik": "1271016105900001"}
    made = await house.does("agent", "/api/customers", body, status=201)
    assert (made["phone"], made["cif"], made["tier"]) == ("6281300000001", "CIF00-12", "MASS")
    path = f"/api/customers/{made['id']}"
    mended = await house.asks(
        "agent", "PATCH", path, {"tier": "PRIORITY", "email": "siti@email.com", "nik": None}
    )
    assert (mended.status, mended.json["tier"], mended.json["nik"], mended.json["name"]) == (
        200,
        "PRIORITY",
        None,
        "Siti",
    )
    audit = await house.gets("compliance", "/api/audit?event=UPDATE_CUSTOMER")
    assert audit["items"][0]["facts"] == {"changed_fields": ["email", "nik", "tier"]}
    assert (await house.gets("marketing", path))["email"] == "s***@email.com"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        pytest.param({"name": ""}, "name", id="nobody"),
        pytest.param({"name": "A", "nik": "123"}, "nik", id="no NIK"),
        pytest.param({"name": "A", "cif": "=1+1"}, "cif", id="a formula for a CIF"),
        pytest.param({"name": "A", "phone": "12"}, "phone", id="no number"),
        pytest.param({"name": "A", "tier": "GOLD"}, "tier", id="no tier"),
        pytest.param({"name": "A", "branch": "Atlantis"}, "branch", id="no branch"),
    ],
)
async def test_a_customer_with_a_wrong_fact_is_refused(
    small_house: House, body: dict[str, str], field: str
) -> None:
    reply = await small_house.asks("agent", "POST", "/api/customers", body)
    assert (reply.status, reply.json["errors"][0]["field"]) == (422, field)


async def test_a_number_and_a_cif_belong_to_one_customer(house: House) -> None:
    body = {"name": "Siti", "phone": "081300000001", "cif": "CIF-0012"}
    await house.does("agent", "/api/customers", body, status=201)
    for taken in ({"phone": "+62 813 0000 0001"}, {"cif": "cif-0012"}):
        assert (await house.asks("rm", "POST", "/api/customers", {"name": "B", **taken})).status == 409
    other = await house.does("agent", "/api/customers", {"name": "B"}, status=201)
    for taken in ({"phone": "081300000001"}, {"cif": "CIF-0012"}):
        assert (await house.asks("agent", "PATCH", f"/api/customers/{other['id']}", taken)).status == 409


async def test_an_rms_new_customer_is_in_the_own_portfolio(small_house: House) -> None:
    made = await small_house.does("rm", "/api/customers", {"name": "Siti"}, status=201)
    assert made["owner"] == "rm"
    assert (await small_house.gets("rm", f"/api/customers/{made['id']}"))["name"] == "Siti"


async def test_the_directory_is_filtered(small_house: House) -> None:
    await small_house.does(
        "agent", "/api/customers", {"name": "Ani", "tier": "PRIVATE", "cif": "CIF-0001"}, status=201
    )
    await small_house.does("rm", "/api/customers", {"name": "Beni"}, status=201)

    async def names(query: str) -> list[str]:
        return [one["name"] for one in (await small_house.gets("admin", f"/api/customers?{query}"))["items"]]

    assert await names("tier=PRIVATE") == ["Ani"]
    assert await names("owner=rm") == ["Beni"]
    assert await names("owner=-") == ["Ani"]
    assert await names("branch=-") == ["Beni", "Ani"]
    assert await names("consent=GRANTED") == []
    assert await names("q=cif-0001") == ["Ani"]


async def test_compliance_breaks_the_glass_for_half_an_hour(house: House) -> None:
    planted = await planted_in(house)
    path = f"/api/customers/{planted.customer_id}"
    assert (await house.gets("compliance", path))["nik"] == "●" * 12 + NIK[-4:]
    for who in ("admin", "supervisor", "agent", "director"):
        assert (await house.asks(who, "POST", f"{path}/reveal", {"reason": REASON})).status == 403
    assert (await house.asks("compliance", "POST", f"{path}/reveal", {"reason": "cek"})).status == 422
    opened = await house.does("compliance", f"{path}/reveal", {"reason": REASON})
    assert (opened["phone"], opened["revealed_until"]) == (PHONE, "2027-01-04T10:30:00+07:00")
    assert (await house.gets("compliance", path))["nik"] == NIK
    assert (await house.gets("admin", path))["nik"] != NIK
    house.clock.passes(minutes=30)
    closed = await house.gets("compliance", path)
    assert (closed["nik"], closed["revealed_until"]) == ("●" * 12 + NIK[-4:], None)


async def test_a_broken_glass_is_audited_with_its_reason_and_told(house: House) -> None:
    planted = await planted_in(house)
    await house.does("compliance", f"/api/customers/{planted.customer_id}/reveal", {"reason": REASON})
    entry = (await house.gets("compliance", "/api/audit?event=REVEAL_CUSTOMER"))["items"][0]
    assert (entry["subject"], entry["reason"]) == (planted.customer_id, REASON)
    assert REASON not in json.dumps(entry["facts"]), "a reason may name the person, and facts are for ever"
    alerts = await house.database.read(lambda conn: alert_page(conn, Page()))
    assert alerts.items[0].kind == "reveal"
    await house.gets("compliance", f"/api/customers/{planted.customer_id}")
    look = (await house.gets("compliance", "/api/audit?event=VIEW_PROFILE"))["items"][0]
    assert look["facts"] == {"revealed": True}


async def test_supervisors_are_told_in_the_panel_while_a_glass_is_broken(house: House) -> None:
    planted = await planted_in(house)
    reason = f"Nasabah {PHONE} mengadu"
    await house.does("compliance", f"/api/customers/{planted.customer_id}/reveal", {"reason": reason})
    link = f"/panel/customers/{planted.customer_id}"
    told = (await (await Visitor(house).logs_in("supervisor")).opens("/panel/dashboard")).text
    assert (link in told, "mengadu" in told, PHONE in told) == (True, True, False)
    for who in ("director", "marketing", "admin"):
        assert link not in (await (await Visitor(house).logs_in(who)).opens("/panel/dashboard")).text
    house.clock.passes(minutes=31)
    later = await (await Visitor(house).logs_in("supervisor")).opens("/panel/dashboard/now")
    assert link not in later.text


async def test_an_export_takes_two_roles_in_either_order(house: House) -> None:
    planted = await planted_in(house)
    path = f"/api/customers/{planted.customer_id}/export"
    asked = await house.asks("admin", "GET", path)
    assert (asked.status, asked.json["missing"], asked.json["asked_by"]) == (202, "COMPLIANCE", "admin")
    assert found_in(asked.text) == []
    assert (await house.asks("admin", "GET", path)).status == 202
    got = await house.asks("compliance", "GET", path)
    assert got.status == 200
    tables = {section["table"]: section["rows"] for section in got.json["sections"]}
    assert tables["customers"][0]["profile"]["nik"] == NIK
    assert len(tables["messages"]) == 5
    assert (await house.asks("admin", "GET", path)).status == 200
    readable = await house.asks("compliance", "GET", f"{path}?format=html")
    assert NAME in readable.text
    audit = await house.gets("compliance", "/api/audit?event=EXPORT_DATA")
    assert audit["total"] == 3
    assert audit["items"][0]["facts"]["row_count"] >= 20
    for who in ("agent", "rm", "supervisor", "marketing", "director"):
        assert (await house.asks(who, "GET", path)).status == 403


async def test_an_erasure_takes_two_roles_and_leaves_nobody(house: House) -> None:
    planted = await planted_in(house)
    path = f"/api/customers/{planted.customer_id}/erase"
    asked = await house.asks("compliance", "POST", path, {"note": "Surat 12 Januari"})
    assert (asked.status, asked.json["status"], asked.json["missing"]) == (202, "pending", "ADMIN")
    assert (await house.asks("compliance", "POST", path)).status == 202
    assert (await house.gets("agent", f"/api/customers/{planted.customer_id}"))["phone"] == PHONE
    done = await house.asks("admin", "POST", path)
    assert (done.status, done.json["status"], done.json["erased_rows"]["messages"]) == (200, "done", 5)
    for who in ("agent", "compliance", "admin"):
        assert (await house.asks(who, "GET", f"/api/customers/{planted.customer_id}")).status == 404
    conversation = await house.asks("agent", "GET", f"/api/conversations/{planted.conversation_id}")
    assert found_in(conversation.text) == []
    agent = await Visitor(house).logs_in("agent")
    for path_of_inbox in ("/panel/inbox?tab=all", f"/panel/inbox/{planted.conversation_id}"):
        seen = (await agent.opens(path_of_inbox)).text
        assert ("Data sudah dihapus" in seen, "Tanpa nomor" in seen) == (True, False), path_of_inbox
    assert (await house.asks("admin", "POST", path)).status == 404


async def test_a_request_is_declined_or_taken_back_once(house: House) -> None:
    planted = await planted_in(house)
    path = f"/api/customers/{planted.customer_id}/erase"
    asked = await house.asks("compliance", "POST", path)
    listed = await house.gets("admin", "/api/privacy-requests?state=ASKED")
    assert [(one["kind"], one["phone"]) for one in listed["items"]] == [("ERASE", "●" * 10 + PHONE[-3:])]
    decline = f"/api/privacy-requests/{asked.json['request_id']}/decline"
    assert (await house.asks("admin", "POST", decline)).json["state"] == "DECLINED"
    assert (await house.asks("admin", "POST", decline)).status == 409
    assert (await house.asks("admin", "POST", path)).status == 202, "it begins anew"


async def test_two_customers_are_merged_and_parted(house: House) -> None:
    def twins(conn):  # type: ignore[no-untyped-def]  # a job for the database
        return [writes(conn, f"62812000000{n}", "halo", at=NOW, name="Siti") for n in range(2)]

    one, other = await house.database.write(twins)
    path = f"/api/customers/{one.customer_id}"
    assert (await house.gets("agent", f"{path}/duplicates"))["items"] == []
    same = await house.asks("agent", "POST", f"{path}/merge", {"other_id": one.customer_id})
    assert same.status == 422
    merged = await house.does("agent", f"{path}/merge", {"other_id": other.customer_id})
    assert (await house.gets("agent", f"/api/customers/{other.customer_id}"))["id"] == one.customer_id
    assert (await house.gets("agent", "/api/customers"))["total"] == 1
    again = await house.asks("agent", "POST", f"{path}/merge", {"other_id": other.customer_id})
    assert again.status == 409
    parted = await house.does("supervisor", f"/api/merges/{merged['id']}/undo")
    assert parted["undone_by"] == "supervisor"
    assert (await house.gets("agent", "/api/customers"))["total"] == 2


async def test_a_broken_glass_opens_that_persons_conversation_too(house: House) -> None:
    planted = await planted_in(house)
    path = f"/api/conversations/{planted.conversation_id}"
    officer = await Visitor(house).logs_in("compliance")

    async def seen() -> list[bool]:
        api = await house.gets("compliance", path)
        pane = await officer.opens(f"/panel/inbox/{planted.conversation_id}")
        return [bool(found_in(text, with_words=False)) for text in (json.dumps(api), pane.text)]

    assert await seen() == [False, False]
    await house.does("compliance", f"/api/customers/{planted.customer_id}/reveal", {"reason": REASON})
    assert await seen() == [True, True]
    assert (await house.gets("compliance", path))["phone"] == PHONE
    assert found_in(json.dumps(await house.gets("admin", path)), with_words=False) == []
    assert (
        found_in(json.dumps(await house.gets("compliance", "/api/conversations")), with_words=False) == []
    ), "lists stay masked"
    looks = (await house.gets("compliance", "/api/audit?event=VIEW_CONVERSATION&user=compliance"))["items"]
    assert [look["facts"].get("revealed", False) for look in looks] == [True, True, True, False, False]
    house.clock.passes(minutes=30)
    assert await seen() == [False, False]
