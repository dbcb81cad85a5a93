"""Labels, notes and putting off over the API: as the inbox does them, within the same scope, masked by the same sight."""

import pytest

from tests.admin.browser import Visitor
from tests.admin.house import House
from tests.admin.test_inbox_tools import a_customer


async def test_labels_are_made_hung_and_taken_away(house: House) -> None:
    path = f"/api/conversations/{(await a_customer(house)).conversation_id}/labels"
    made = await house.does("agent", "/api/labels", {"name": "Rombongan", "colour": "purple"}, status=201)
    assert (await house.asks("agent", "POST", "/api/labels", {"name": "rombongan"})).status == 409
    hung = await house.asks("agent", "PUT", path, {"labels": [made["id"]]})
    assert (hung.status, [label["name"] for label in hung.json["items"]]) == (200, ["Rombongan"])
    assert (await house.gets("marketing", path))["total"] == 1
    assert (await house.asks("agent", "PUT", path, {"labels": [999_999]})).status == 404
    assert (await house.asks("agent", "DELETE", f"/api/labels/{made['id']}")).status == 204
    assert await house.gets("agent", path) == {"items": [], "total": 0, "next": None}
    assert (await house.gets("agent", "/api/labels"))["total"] == 0


async def test_notes_are_private_masked_and_reading_them_is_a_look(house: House) -> None:
    said = await a_customer(house)
    path = f"/api/conversations/{said.conversation_id}/notes"
    wrote = await house.does("agent", path, {"body": "Nomor lain 081399887766, @rm tolong cek."}, status=201)
    assert wrote["author"] == "agent"
    masked = (await house.gets("supervisor", path))["items"][0]["body"]
    assert masked == "Nomor lain ●●●●●●●●●766, @rm tolong cek."
    looks = await house.gets("compliance", "/api/audit?event=VIEW_CONVERSATION&user=supervisor")
    assert looks["items"][0]["subject"] == said.conversation_id
    mentioned = await (await Visitor(house).logs_in("rm")).opens("/panel/inbox?tab=mentioned")
    assert said.conversation_id in mentioned.text


@pytest.mark.parametrize(
    ("until", "status"),
    [
        pytest.param("2027-01-05T08:00:00", 204, id="tomorrow, on the company's clock"),
        pytest.param(None, 204, id="until the customer writes"),
        pytest.param("2020-01-01T08:00:00+07:00", 422, id="a moment that is past"),
        pytest.param("2029-01-01T08:00:00+07:00", 422, id="a moment nobody remembers"),
    ],
)
async def test_a_conversation_is_put_off_until_a_moment_ahead(
    small_house: House, until: str | None, status: int
) -> None:
    path = f"/api/conversations/{(await a_customer(small_house)).conversation_id}/snooze"
    reply = await small_house.asks("agent", "POST", path, {"until": until})
    assert reply.status == status
    visitor = await Visitor(small_house).logs_in("agent")
    assert ("Budi" in (await visitor.opens("/panel/inbox?tab=snoozed")).text) is (status == 204)
    assert (await small_house.asks("agent", "DELETE", path)).status == 204
    assert "Budi" not in (await visitor.opens("/panel/inbox?tab=snoozed")).text


@pytest.mark.parametrize(
    ("method", "tail", "body"),
    [("PUT", "labels", {"labels": []}), ("POST", "notes", {"body": "x"}), ("POST", "snooze", {})],
)
async def test_what_is_not_there_cannot_be_worked_on(
    small_house: House, method: str, tail: str, body: dict[str, object]
) -> None:
    reply = await small_house.asks("agent", method, f"/api/conversations/conv_none/{tail}", body)
    assert reply.status == 404
