"""COMPLIANCE finds everything in the audit, takes it along as a file, and leaves a trace of having looked."""

import csv
import html
import io
import json
import re
from datetime import timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, update

from admin.words import all_words
from flows.domain import Consent, Role
from storage.people.consents import change_consent
from storage.tables import AuditEvent
from storage.trail.audit import Event, note
from storage.trail.audit_chain import seal
from tests.admin.browser import Visitor
from tests.admin.house import House
from tests.admin.test_pages import Browser
from tests.people import NOW, member, writes
from tests.planted import PHONE, found_in, plant

JAKARTA = ZoneInfo("Asia/Jakarta")


async def rows_of(house: House, query: str) -> list[dict[str, str]]:
    reply = await house.asks("compliance", "GET", f"/api/audit/export?{query}")
    assert (reply.status, reply.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    return list(csv.DictReader(io.StringIO(reply.text)))


async def things_happen(house: House) -> None:
    def record(conn: Connection) -> None:
        agent, admin = member(conn, "agent").actor, member(conn, "admin").actor
        note(conn, Event.VIEW_PROFILE, agent, NOW, subject="cust_1")
        note(conn, Event.VIEW_PROFILE, agent, NOW, subject="cust_2")
        note(conn, Event.CHANGE_FAQ, admin, NOW, subject="=cmd()", changed=["answer"])

    await house.database.write(record)


@pytest.mark.parametrize(
    ("query", "total"),
    [
        pytest.param("event=VIEW_PROFILE", 2, id="by event"),
        pytest.param("user=agent", 2, id="by user"),
        pytest.param("role=ADMIN&event=CHANGE_FAQ", 1, id="by role"),
        pytest.param("subject=cust_2", 1, id="by subject"),
        pytest.param("q=CUST_", 2, id="by text, in any case"),
        pytest.param("q=change_faq", 1, id="by text of the event"),
        pytest.param("q=Agent&event=VIEW_PROFILE", 2, id="by text of the user"),
        pytest.param("event=VIEW_PROFILE&from=2027-01-04&to=2027-01-04", 2, id="on that day"),
        pytest.param("event=VIEW_PROFILE&from=2027-01-05", 0, id="a day later"),
        *(
            pytest.param(f"event=VIEW_PROFILE&{quote(query, safe='=&')}", total, id=query)
            for query, total in (
                (f"from={NOW.isoformat()}", 2),
                (f"from={(NOW + timedelta(seconds=1)).isoformat()}", 0),
                (f"to={NOW.astimezone(JAKARTA).isoformat()}", 2),
                (f"to={NOW.astimezone(JAKARTA).replace(tzinfo=None).isoformat()}", 2),
                (f"to={(NOW - timedelta(seconds=1)).isoformat()}", 0),
            )
        ),
        pytest.param(f"event=VIEW_PROFILE&to={NOW.isoformat()}", 2, id="a plus sign that nobody escaped"),
    ],
)
async def test_the_audit_is_filtered(house: House, query: str, total: int) -> None:
    await things_happen(house)
    assert (await house.gets("compliance", f"/api/audit?{query}"))["total"] == total
    assert len(await rows_of(house, query)) == total


@pytest.mark.parametrize(
    "written", ["kemarin", "2027-13-01", "2027-01-04T99", "1999-01-01", "9999-12-31T00:00:00", ""]
)
async def test_an_odd_day_of_the_audit_is_refused_by_name(small_house: House, written: str) -> None:
    reply = await small_house.asks("compliance", "GET", f"/api/audit?from={written}")
    assert (reply.status, reply.json["errors"][0]["field"]) == (422, "from")


async def test_an_event_is_told_in_the_panels_words_and_on_its_clock(small_house: House) -> None:
    later = NOW + timedelta(hours=5)  # NOW is 10.00 in Jakarta.

    def record(conn: Connection) -> None:
        agent = member(conn, "agent").actor
        note(conn, Event.SNOOZE_CONVERSATION, agent, NOW, subject="conv_1", until=later.isoformat())
        note(conn, Event.UPDATE_LEAD, agent, NOW, subject="1", old_value="NEW", new_value="LOST")

    await small_house.database.write(record)
    compliance = Browser(small_house)
    await compliance.logs_in("compliance")
    page = await (await compliance.asks("GET", "/panel/audit")).text()
    assert later.isoformat() not in page
    assert "15.00.00" in page
    assert "gagal" in page


async def test_no_interaction_is_lost_between_two_pages_or_in_the_file(small_house: House) -> None:
    def talk(conn: Connection) -> None:
        for number in range(40):  # Three messages at each moment, and fifty on a page.
            at = NOW + timedelta(minutes=number)
            writes(conn, PHONE, *(f"pesan {number}-{part} wa 081234567890" for part in "abc"), at=at)

    await small_house.database.write(talk)
    compliance = Visitor(small_house)
    await compliance.logs_in("compliance")
    words = {f"pesan {number}-{part}" for number in range(40) for part in "abc"}
    seen, address = [], "/panel/audit/interactions?kind=message"
    while address:
        page = (await compliance.opens(address)).text
        seen += re.findall(r"pesan \d+-[abc]", page)
        older = re.search(r'href="(/panel/audit/interactions\?[^"]*before=[^"]*)"', page)
        address = html.unescape(older[1]) if older else ""
    assert (len(seen), set(seen)) == (120, words)

    for form in ("csv", "json"):
        reply = await small_house.asks(
            "compliance", "GET", f"/api/audit/interactions/export?kind=message&format={form}"
        )
        rows = reply.json if form == "json" else list(csv.DictReader(io.StringIO(reply.text)))
        assert {row["text"] for row in rows} == {f"{said} wa ●●●●●●●●●890" for said in words}
        assert {row["direction"] for row in rows} == {"in"}
    first = await small_house.asks(
        "compliance", "GET", f"/api/audit/interactions/export?format=json&to={quote(NOW.isoformat())}"
    )
    assert [row["text"][:9] for row in first.json if row["kind"] == "message"] == [
        "pesan 0-c",
        "pesan 0-b",
        "pesan 0-a",
    ]
    exported = (await small_house.gets("compliance", "/api/audit?event=EXPORT_DATA"))["items"]
    assert exported[-1]["facts"] == {
        "export_type": "interactions",
        "row_count": 120,
        "format": "csv",
        "kind": "message",
    }


async def test_an_export_is_safe_for_spreadsheets_sealed_and_audited(house: House) -> None:
    await things_happen(house)
    await house.database.write(seal)
    (row,) = await rows_of(house, "event=CHANGE_FAQ")
    assert (row["subject"], json.loads(row["facts"])) == ("'=cmd()", {"changed": ["answer"]})
    assert len(row["hash"]) == 64
    as_json = await house.asks("compliance", "GET", "/api/audit/export?format=json&event=CHANGE_FAQ")
    assert as_json.json[0]["subject"] == "=cmd()"
    entry = (await house.gets("compliance", "/api/audit?event=EXPORT_DATA"))["items"][-1]
    assert entry["facts"] == {
        "export_type": "audit",
        "row_count": 1,
        "format": "csv",
        "filter": {"event": "CHANGE_FAQ"},
    }


async def test_an_export_longer_than_one_reading_is_whole(small_house: House) -> None:
    def record(conn: Connection) -> None:
        for number in range(1_100):
            note(conn, Event.VIEW_PROFILE, member(conn, "agent").actor, NOW, subject=f"cust_{number}")

    await small_house.database.write(record)
    rows = await rows_of(small_house, "event=VIEW_PROFILE")
    assert [row["subject"] for row in rows] == [f"cust_{number}" for number in reversed(range(1_100))]


async def test_looking_is_noted_once_a_filter_and_holds_nothing_that_was_typed(house: House) -> None:
    for _ in range(2):
        await house.gets("compliance", f"/api/audit?q={PHONE}&user={PHONE}")
    await house.gets("compliance", "/api/audit?event=VIEW_AUDIT&user=agent")
    looks = await house.gets("compliance", "/api/audit?event=VIEW_AUDIT")
    assert [look["facts"] for look in looks["items"]] == [
        {"event": "VIEW_AUDIT", "user": "agent"},
        {"searched": True},
    ]


async def test_a_proof_names_the_first_bad_event(house: House) -> None:
    await things_happen(house)
    await house.database.write(seal)
    good = await house.does("compliance", "/api/audit/verify")
    assert (good["is_whole"], good["why"]) == (True, None)
    forged = update(AuditEvent).where(AuditEvent.subject == "cust_1").values(subject="cust_9")
    await house.database.write(lambda conn: conn.execute(forged))
    bad = await house.does("compliance", "/api/audit/verify")
    forged_id = (await house.gets("compliance", "/api/audit?subject=cust_9"))["items"][0]["id"]
    assert (bad["is_whole"], bad["event_id"]) == (False, forged_id)
    assert await house.gets("compliance", "/api/audit/chain") == bad


async def test_the_consent_report_counts_and_shows_the_proof_masked(house: House) -> None:
    planted = await house.database.write(plant)
    report = await house.gets("compliance", "/api/consents/report")
    assert (report["totals"], report["total"]) == ({"GRANTED": 1, "WITHDRAWN": 0, "UNKNOWN": 0}, 1)
    step = report["items"][0]
    assert (step["customer_id"], step["value"], step["changed_by"]) == (
        planted.customer_id,
        "GRANTED",
        "agent",
    )
    assert step["proof"].startswith("halo saya")
    assert found_in(json.dumps(report, ensure_ascii=False), with_words=False) == []
    officer = await Visitor(house).logs_in("compliance")
    for _ in range(2):
        assert "halo saya" in (await officer.opens("/panel/audit/consents")).text
    looks = await house.gets("compliance", "/api/audit?event=VIEW_CONSENTS")
    assert [look["facts"] for look in looks["items"]] == [{}]
    later = await house.gets("compliance", "/api/consents/report?from=2027-01-05")
    assert (later["total"], later["totals"]["GRANTED"]) == (0, 1)
    file = await house.asks("compliance", "GET", "/api/consents/report?format=csv")
    assert planted.customer_id in file.text
    assert found_in(file.text, with_words=False) == []


async def test_the_consent_report_counts_changes_without_proof(small_house: House) -> None:
    made = await small_house.does("agent", "/api/customers", {"name": "Siti"}, status=201)

    def change(conn: Connection) -> None:
        nothing = {"message_id": None, "request_note": None}
        change_consent(
            conn, made["id"], Consent.WITHDRAWN, changed_by="x", role=Role.ADMIN, now=NOW, **nothing
        )

    await small_house.database.write(change)
    assert (await small_house.gets("compliance", "/api/consents/report"))["without_proof"] == 1


async def test_an_event_has_a_page_of_its_own_and_a_part_for_the_list(small_house: House) -> None:
    await things_happen(small_house)
    compliance = await Visitor(small_house).logs_in("compliance")
    found = (await small_house.asks("compliance", "GET", "/api/audit?event=CHANGE_FAQ")).json["items"][0][
        "id"
    ]
    whole = (await compliance.opens(f"/panel/audit/{found}")).text
    part = (await compliance.opens(f"/panel/audit/{found}", part=True)).text
    assert "<html" in whole
    assert "<html" not in part
    for text in (whole, part):
        assert "Sen 4 Jan 2027 10.00.00" in text
        assert "Yang berubah" in text


async def test_what_was_filtered_for_is_said_in_words(small_house: House) -> None:
    query = "event=LOG_IN&user=rm&role=RM&from=2027-01-01&to=2027-01-04&q=x&subject=y"
    officer = await Visitor(small_house).logs_in("compliance")
    await officer.opens(f"/panel/audit?{query}")
    looks = (await small_house.gets("compliance", "/api/audit?event=VIEW_AUDIT&limit=2"))["items"]
    names = {name for look in looks for name in look["facts"]}
    assert len(names) == 7
    assert {name for name in names if f"audit.fact_{name}" not in all_words()} == set()
