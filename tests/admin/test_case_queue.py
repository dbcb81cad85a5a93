"""The list of cases through the API: what the filters find, and what stands at its top."""

from tests.admin.house import House
from tests.admin.test_cases import opened
from tests.people import writes


async def test_lists_are_filtered_paged_and_know_what_is_overdue(small_house: House) -> None:
    house = small_house
    first = await opened(house)
    second = await opened(house, category="DIGITAL", priority="CRITICAL", subject="Aplikasi mati")
    await house.does("agent", f"/api/cases/{first['id']}/assign")

    async def found(query: str) -> list[int]:
        return [item["id"] for item in (await house.gets("agent", f"/api/cases?{query}"))["items"]]

    assert await found("") == [second["id"], first["id"]]
    assert await found("category=DIGITAL") == [second["id"]]
    assert await found("priority=HIGH") == [first["id"]]
    assert await found("assignee=me") == [first["id"]]
    assert await found("assignee=none") == [second["id"]]
    assert await found("q=aplikasi") == [second["id"]]
    assert await found(f"q={first['case_number']}") == [first["id"]]
    assert await found(f"q={first['case_number'][-6:]}") == [first["id"]]
    assert await found(f"q=%23{first['id']}") == [first["id"]]
    assert await found("q=99999999999999999999") == []
    assert await found("overdue=false") == [second["id"], first["id"]]
    assert await found("escalated=false") == [second["id"], first["id"]]
    assert await found("escalated=true") == []
    assert await found("branch=Nowhere") == []
    page = await house.gets("agent", "/api/cases?limit=1")
    assert (page["total"], len(page["items"])) == (2, 1)
    assert (await house.gets("agent", page["next"]))["items"][0]["id"] == first["id"]
    assert await found("overdue=true") == []
    house.clock.passes(hours=1, minutes=30)
    await house.log_in("agent")
    assert await found("overdue=true") == [second["id"]]
    assert await found("overdue=false") == [first["id"]]


async def test_the_queue_begins_with_what_falls_due_first_be_it_an_answer_or_a_solution(
    small_house: House,
) -> None:
    house = small_house
    said = await house.database.write(lambda conn: writes(conn, "6281234567890", "Uang saya?"))
    answered = (await opened(house, category="DIGITAL"))["id"]  # 4 / 24 hours
    talk = f"/api/conversations/{said.conversation_id}/messages"
    await house.does("agent", talk, {"text": "Kami cek dulu ya."}, status=201)
    others = {"phone": "081298765432", "category": "OTHER"}
    waiting, solved, closed, slow, fast = [
        (await opened(house, **others, priority=priority))["id"]
        for priority in ("CRITICAL", "CRITICAL", "CRITICAL", "MEDIUM", "HIGH")
    ]
    await house.asks("agent", "PATCH", f"/api/cases/{waiting}", {"status": "WAITING_CUSTOMER"})
    for case in (solved, closed):
        await house.does("agent", f"/api/cases/{case}/final-response", {"final_response": "Beres"})
    await house.does("agent", f"/api/cases/{closed}/close")
    queue = [item["id"] for item in (await house.gets("agent", "/api/cases"))["items"]]
    # 8 and 12 hours to an answer, 24 to the solution of what was answered; then what stands still, and what is over.
    assert queue == [fast, slow, answered, waiting, solved, closed]
