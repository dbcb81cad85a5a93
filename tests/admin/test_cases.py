"""Cases through the API: the contract's rows, who may what, and what strangers try."""

from typing import Any

import pytest
from sqlalchemy import select, update

from flows.domain import Role
from storage.complaints.cases import CaseQuestion, older_cases
from storage.complaints.recoveries import conversation_rated
from storage.database import Connection
from storage.staff.users import find_user
from storage.tables import Branch, Customer
from tests.admin.house import House
from tests.people import writes

CASE = {
    "phone": "081234567890",
    "category": "REFUND",
    "priority": "HIGH",
    "subject": "Uang kembali",
    "description": "Belum diterima, hubungi 081234567890",
}


async def opened(house: House, **changes: Any) -> Any:  # Any: JSON.
    return await house.does("agent", "/api/cases", CASE | changes, status=201)


async def test_an_agent_cannot_close_without_a_final_response_and_a_supervisor_reopens(house: House) -> None:
    case = await opened(house)
    path = f"/api/cases/{case['id']}"
    refused = await house.asks("agent", "POST", f"{path}/close")
    assert (refused.status, refused.json["detail"]) == (409, "Write the final response before closing.")
    answered = await house.does(
        "agent", f"{path}/final-response", {"final_response": "Dana dikirim hari ini."}
    )
    assert (answered["status"], answered["assigned_to"]) == ("RESOLVED", "agent")
    closed = await house.does("agent", f"{path}/close")
    assert closed["status"] == "CLOSED"
    assert (await house.asks("agent", "POST", f"{path}/reopen", {})).status == 403
    again = await house.does("supervisor", f"{path}/reopen", {"reason": "Dana belum masuk"})
    assert (again["status"], again["final_response"]) == ("IN_PROGRESS", None)
    assert (await house.asks("agent", "POST", f"{path}/close")).status == 409
    events = [entry["event"] for entry in (await house.gets("compliance", "/api/audit"))["items"]]
    assert [event for event in events if "CASE" in event or event == "FINAL_RESPONSE"] == [
        "REOPEN_CASE",
        "CLOSE_CASE",
        "FINAL_RESPONSE",
        "ASSIGN_CASE",
        "CREATE_CASE",
    ]


async def test_supervisors_give_and_agents_take(small_house: House) -> None:
    house = small_house
    await house.hires(("sari", Role.AGENT), ("rudi", Role.AGENT))
    path = f"/api/cases/{(await opened(house))['id']}"
    assert (await house.asks("sari", "POST", f"{path}/assign", {"assigned_to": "rudi"})).status == 403
    assert (await house.does("sari", f"{path}/assign"))["assigned_to"] == "sari"
    assert (await house.asks("rudi", "POST", f"{path}/assign")).status == 403
    given = await house.does("supervisor", f"{path}/assign", {"assigned_to": "rudi"})
    assert (given["assigned_to"], given["status"]) == ("rudi", "ASSIGNED")
    for name in ("nobody", "marketing"):
        reply = await house.asks("supervisor", "POST", f"{path}/assign", {"assigned_to": name})
        assert (reply.status, reply.json["errors"][0]["field"]) == (422, "assigned_to")
    assert (await house.asks("sari", "PATCH", path, {"priority": "LOW"})).status == 403


async def test_a_misspelt_colleague_is_a_refusal_and_not_oneself(small_house: House) -> None:
    house = small_house
    await house.hires(("sari", Role.AGENT))
    path = f"/api/cases/{(await opened(house))['id']}"
    for body in ({"asigned_to": "sari"}, {"assigned_to": "sari", "user": "agent"}, {"assigned_to": None}):
        reply = await house.asks("supervisor", "POST", f"{path}/assign", body)
        assert (reply.status, reply.headers["Content-Type"]) == (422, "application/problem+json")
        assert reply.json["errors"][0]["field"] in ("asigned_to", "user", "assigned_to")
    assert (await house.gets("agent", path))["assigned_to"] is None


@pytest.mark.parametrize("change", [{}, {"status": "NEW"}, {"priority": CASE["priority"]}])
async def test_a_change_that_changes_nothing_takes_no_case(
    small_house: House, change: dict[str, Any]
) -> None:
    path = f"/api/cases/{(await opened(small_house))['id']}"
    same = await small_house.asks("agent", "PATCH", path, change)
    assert (same.status, same.json["assigned_to"], same.json["status"]) == (200, None, "NEW")
    other = await small_house.asks("agent", "PATCH", path, {"priority": "LOW"})
    assert (other.status, other.json["assigned_to"], other.json["status"]) == (200, "agent", "ASSIGNED")


async def test_escalating_raises_the_level_and_the_flag_up_to_the_top(small_house: House) -> None:
    path = f"/api/cases/{(await opened(small_house))['id']}"
    levels = [
        (await small_house.does("agent", f"{path}/escalate", {"reason": "Sudah tiga hari"}))[
            "escalation_level"
        ]
        for _ in range(3)
    ]
    assert levels == [1, 2, 3]
    assert (await small_house.gets("agent", path))["escalated"] is True
    assert (await small_house.asks("agent", "POST", f"{path}/escalate")).status == 409


async def test_an_export_is_the_supervisors_masked_safe_and_audited(small_house: House) -> None:
    await opened(small_house, subject='=HYPERLINK("http://jahat.example")')
    reply = await small_house.asks("supervisor", "GET", "/api/cases/export")
    assert (reply.status, reply.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    header, row = reply.text.strip().splitlines()
    assert header.startswith("case_number,status,category")
    assert "'=HYPERLINK" in row
    assert "●●●●●●●●●●890" in row
    assert "6281234567890" not in reply.text
    entry = (await small_house.gets("compliance", "/api/audit?event=EXPORT_DATA"))["items"][0]
    assert entry["facts"] == {"export_type": "cases", "row_count": 1}
    assert (await small_house.asks("agent", "GET", "/api/cases/export")).status == 403


async def test_another_branchs_case_is_not_there(small_house: House) -> None:
    house = small_house
    await house.hires(("jauh", Role.AGENT), branch="Binjai")
    await house.hires(("dekat", Role.AGENT), branch="Medan")
    case = await opened(house)

    def move(conn: Connection) -> None:
        medan = conn.scalar(select(Branch.id).where(Branch.name == "Medan"))
        conn.execute(update(Customer).values(branch_id=medan))

    await house.database.write(move)
    path = f"/api/cases/{case['id']}"
    assert (await house.gets("dekat", path))["branch"] == "Medan"
    for method, address, body in (
        ("GET", path, None),
        ("GET", f"{path}/clocks", None),
        ("GET", f"{path}/events", None),
        ("PATCH", path, {"priority": "LOW"}),
        ("POST", f"{path}/assign", {}),
        ("POST", f"{path}/escalate", {}),
        ("POST", f"{path}/final-response", {"final_response": "x"}),
        ("POST", f"{path}/close", None),
        ("POST", f"{path}/notes", {"note": "x"}),
    ):
        assert (await house.asks("jauh", method, address, body)).status == 404, address
    assert (await house.gets("jauh", "/api/cases"))["total"] == 0


async def test_the_clocks_explain_themselves(small_house: House) -> None:
    house = small_house
    path = f"/api/cases/{(await opened(house))['id']}"
    house.clock.passes(hours=1)
    await house.asks("agent", "PATCH", path, {"status": "WAITING_CUSTOMER"})
    house.clock.passes(hours=0.5)
    clocks = await house.gets("agent", f"{path}/clocks")
    spans = [(span["kind"], span["reasons"]) for span in clocks["resolution"]["spans"]]
    assert spans == [("counted", []), ("paused", ["waiting_customer"])]
    assert clocks["first_response"]["used"] == pytest.approx(1 / 8, abs=1e-4)
    assert clocks["resolution"]["calendar"] is None


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"status": "CLOSED"}, 409),
        ({"status": "RESOLVED"}, 409),
        ({"status": "NEW"}, 200),
        ({"status": "ASSIGNED"}, 200),
        ({"status": "SOLVED"}, 422),
        ({"category": "WEATHER"}, 422),
        ({"version": 99}, 409),
        ({}, 200),
    ],
)
async def test_changes_that_cannot_be_are_refused(
    small_house: House, change: dict[str, Any], status: int
) -> None:
    path = f"/api/cases/{(await opened(small_house))['id']}"
    reply = await small_house.asks("supervisor", "PATCH", path, change)
    if change.get("status") == "ASSIGNED":
        status = 409  # Giving a case to somebody is another endpoint's work.
    assert reply.status == status


async def test_a_final_response_can_go_to_the_customer(small_house: House) -> None:
    house = small_house
    said = await house.database.write(lambda conn: writes(conn, "6281234567890", "Uang saya mana?"))
    case = await opened(house)
    assert case["conversation_id"] == said.conversation_id
    body = {"final_response": "Sudah dikirim.", "send": True}
    await house.does("agent", f"/api/cases/{case['id']}/final-response", body)
    talk = await house.gets("agent", f"/api/conversations/{said.conversation_id}")
    assert [(m["author"], m["body"]) for m in talk["messages"]][-1] == ("agent", "Sudah dikirim.")
    assert house.engine.senders == [said.conversation_id]


async def test_who_reads_masked_gives_a_text_back_whole_and_keeps_no_dots(small_house: House) -> None:
    house = small_house
    path = f"/api/cases/{(await opened(house))['id']}"
    await house.does("agent", f"{path}/final-response", {"final_response": "Hubungi 081298765432."})
    seen = await house.gets("supervisor", path)
    assert (seen["final_response"], seen["description"]) == (
        "Hubungi ●●●●●●●●●432.",
        "Belum diterima, hubungi ●●●●●●●●●890",
    )
    await house.does("supervisor", f"{path}/final-response", {"final_response": seen["final_response"]})
    sent_back = {"description": seen["description"], "subject": "Dana kembali"}
    assert (await house.asks("supervisor", "PATCH", path, sent_back)).status == 200
    for method, address, body in (
        ("POST", f"{path}/final-response", {"final_response": f"Maaf. {seen['final_response']}"}),
        ("PATCH", path, {"description": f"{seen['description']}!"}),
    ):
        reply = await house.asks("supervisor", method, address, body)
        assert (reply.status, reply.json["errors"][0]["field"]) == (422, next(iter(body)))
    kept = await house.gets("agent", path)
    assert (kept["final_response"], kept["description"], kept["subject"]) == (
        "Hubungi 081298765432.",
        CASE["description"],
        "Dana kembali",
    )


async def test_a_colleagues_answer_in_the_conversation_is_the_first_response(small_house: House) -> None:
    house = small_house
    said = await house.database.write(lambda conn: writes(conn, "6281234567890", "Uang saya mana?"))
    case = await opened(house)
    house.clock.passes(minutes=20)
    await house.does(
        "agent", f"/api/conversations/{said.conversation_id}/messages", {"body": "Saya cek"}, status=201
    )
    seen = await house.gets("agent", f"/api/cases/{case['id']}")
    assert seen["first_response_at"] == "2027-01-04T10:20:00+07:00"


async def test_fraud_notes_are_for_supervisor_and_compliance_and_each_look_is_audited(
    small_house: House,
) -> None:
    house = small_house
    fraud = await opened(house, category="FRAUD_SCAM")
    path = f"/api/cases/{fraud['id']}/investigation"
    note = {"note": "Rekening 1234567890 atas nama lain"}
    added = await house.does("supervisor", path, note, status=201)
    assert added["notes"][0]["note"] == "Rekening ●●●●●●7890 atas nama lain"
    assert (await house.gets("compliance", path))["notes"][0]["author"] == "supervisor"
    for role in ("agent", "rm", "admin", "marketing", "director"):
        assert (await house.asks(role, "GET", path)).status == 403
    looks = await house.gets("compliance", "/api/audit?event=VIEW_INVESTIGATION")
    assert {entry["user"] for entry in looks["items"]} == {"supervisor", "compliance"}
    assert "1234567890" not in (await house.asks("agent", "GET", f"/api/cases/{fraud['id']}/events")).text
    other = await opened(house)
    reply = await house.asks("supervisor", "POST", f"/api/cases/{other['id']}/investigation", note)
    assert reply.status == 409


async def test_an_admin_edits_the_table_within_bounds(house: House) -> None:
    table = await house.gets("admin", "/api/sla")
    assert len(table["items"]) == 44
    line = {
        "category": "REFUND",
        "priority": "HIGH",
        "first_response_hours": 2.0,
        "resolution_hours": 480.0,
    }
    changed = await house.asks("admin", "PUT", "/api/sla", {"items": [line]})
    assert changed.status == 200
    assert line in changed.json["items"]
    case = await opened(house)
    assert case["first_response_due"] == "2027-01-04T12:00:00+07:00"
    for wrong, field in (
        ({"resolution_hours": 480.5}, "resolution_hours"),
        ({"resolution_hours": 1.0}, "resolution_hours"),
        ({"first_response_hours": 0.0}, "items.0.first_response_hours"),
        ({"category": "WEATHER"}, "category"),
    ):
        reply = await house.asks("admin", "PUT", "/api/sla", {"items": [line | wrong]})
        assert (reply.status, reply.json["errors"][0]["field"]) == (422, field)
    entry = (await house.gets("compliance", "/api/audit?event=CHANGE_SLA"))["items"][0]
    assert (entry["facts"]["old_value"], entry["facts"]["new_value"]) == ("8 / 72", "2 / 480")


CALENDAR = {
    "name": "Kantor",
    "timezone": "Asia/Jakarta",
    "frames": [
        {"day": "monday", "opens": "08:00", "closes": "12:00"},
        {"day": "monday", "opens": "13:00", "closes": "17:00"},
        {"day": "tuesday", "opens": "08:00", "closes": "17:00"},
        {"day": "friday", "opens": "08:00", "closes": "17:00"},
    ],
    "breaks": [{"day": "friday", "opens": "11:30", "closes": "13:00"}],
    "seasons": [
        {
            "name": "Ramadan",
            "starts": "2027-02-08",
            "ends": "2027-03-09",
            "frames": [{"day": "monday", "opens": "08:00", "closes": "14:00"}],
        }
    ],
    "extra_days_off": [{"day": "2027-04-01", "name": "Ulang tahun perusahaan"}],
    "holidays": True,
    "joint_leave": True,
}


async def test_an_admin_adds_a_category_with_business_hours(house: House) -> None:
    calendar = await house.does("admin", "/api/calendars", CALENDAR, status=201)
    assert {key: calendar[key] for key in CALENDAR} == CALENDAR
    new = {"code": "VISA", "name": "Visa", "calendar_id": calendar["id"]}
    reply = await house.asks("admin", "POST", "/api/categories", new)
    # OTHER's 120 hours are within twenty of these working days, whose Mondays have eight hours, whose Fridays seven and a half.
    assert reply.status == 201, reply.text
    case = await opened(house, category="VISA", priority="CRITICAL")
    # Monday 10.00, four hours, lunch not counted.
    assert case["first_response_due"] == "2027-01-04T15:00:00+07:00"
    retired = await house.asks("admin", "PATCH", "/api/categories/VISA", {"retired": True})
    assert retired.json["retired"] is True
    assert retired.json in (await house.gets("admin", "/api/categories"))["items"]
    refused = await house.asks("agent", "POST", "/api/cases", CASE | {"category": "VISA"})
    assert (refused.status, refused.json["errors"][0]["field"]) == (422, "category")
    assert (await house.asks("admin", "DELETE", f"/api/calendars/{calendar['id']}")).status == 409
    freed = await house.asks("admin", "PATCH", "/api/categories/VISA", {"around_the_clock": True})
    assert freed.json["calendar_id"] is None
    assert (await house.asks("admin", "DELETE", f"/api/calendars/{calendar['id']}")).status == 204


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"timezone": "Europe/Berlin"}, "timezone"),
        ({"frames": []}, "frames"),
        ({"frames": [{"day": "monday", "opens": "8", "closes": "17:00"}]}, "frames.0.opens"),
        ({"frames": [{"day": "monday", "opens": "08:00", "closes": "08:00"}]}, "frames"),
        ({"breaks": [{"day": "friday", "opens": "13:00", "closes": "11:00"}]}, "breaks"),
        ({"seasons": [{"name": "R", "starts": "2027-03-09", "ends": "2027-02-08", "frames": []}]}, "seasons"),
    ],
)
async def test_a_calendar_that_cannot_be_meant_is_refused(
    small_house: House, change: dict[str, Any], field: str
) -> None:
    reply = await small_house.asks("admin", "POST", "/api/calendars", CALENDAR | change)
    assert (reply.status, reply.json["errors"][0]["field"]) == (422, field)


async def test_a_recovery_is_recorded_or_dismissed_with_a_reason(small_house: House) -> None:
    house = small_house
    said = await house.database.write(lambda conn: writes(conn, "6281234567890", "Lama sekali"))
    case = await opened(house)
    path = f"/api/cases/{case['id']}/recovery"
    assert (await house.asks("agent", "POST", path, {"action": "voucher"})).status == 404
    await house.database.write(
        lambda conn: conversation_rated(conn, said.conversation_id, 1, house.clock.now)
    )
    for body, field in (({}, "action"), ({"dismiss": True}, "note")):
        reply = await house.asks("agent", "POST", path, body)
        assert (reply.status, reply.json["errors"][0]["field"]) == (422, field)
    settled = await house.does("agent", path, {"action": "voucher", "note": "Voucher 500 ribu"})
    assert (settled["state"], settled["suggestion"], settled["settled_by"]) == ("done", "voucher", "agent")
    assert (await house.asks("agent", "POST", path, {"action": "voucher"})).status == 409


async def test_an_export_reads_on_where_it_stopped(small_house: House) -> None:
    made = [(await opened(small_house, subject=f"Keluhan {number}"))["id"] for number in range(3)]
    boss = await small_house.database.read(lambda conn: find_user(conn, "supervisor"))
    assert boss is not None
    first = await small_house.database.read(
        lambda conn: older_cases(conn, boss.actor, CaseQuestion(), None, limit=2)
    )
    rest = await small_house.database.read(
        lambda conn: older_cases(conn, boss.actor, CaseQuestion(), first[-1].id, limit=2)
    )
    assert [file.id for file in (*first, *rest)] == sorted(made, reverse=True)
