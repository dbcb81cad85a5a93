"""Questions and answers in the panel: what matches, stale edits, undo, and from an unanswered question to its answer."""

from datetime import timedelta

from sqlalchemy import insert

from flows.roles import SYSTEM
from storage.knowledge.faq import FaqDraft, add_faq, all_faq, change_faq
from storage.tables import UnansweredMessage
from storage.way.unanswered import GroupState, find_group
from tests.admin.house import House
from tests.admin.test_pages import Browser
from tests.people import NOW, writes

WHEELCHAIR = ("kursi roda disediakan tidak", "bolehkah bawa kursi roda", "ada kursi roda untuk lansia?")


async def marketing_of(house: House) -> Browser:
    browser = Browser(house)
    await browser.logs_in("marketing")
    return browser


async def knows(house: House, question: str, answer: str = "Ya.") -> int:
    entry = await house.database.write(
        lambda conn: add_faq(conn, FaqDraft(question=question, answer=answer), SYSTEM, NOW)
    )
    return entry.id


async def went_unanswered(house: House, *texts: str) -> None:
    """Customers asked this, each another one, and had no good answer."""
    for number, text in enumerate(texts):

        def note(conn, text=text, number=number):  # type: ignore[no-untyped-def]  # a small closure for one write
            said = writes(conn, f"62811000{number:04d}", text, at=NOW + timedelta(minutes=number))
            values = {
                "message_id": said.message_ids[0],
                "reason": "complex_question",
                "at": NOW,
                "group_id": None,
            }
            conn.execute(insert(UnansweredMessage).values(**values))

        await house.database.write(note)


async def test_a_message_is_matched_before_anybody_asks_it(small_house: House) -> None:
    found = await small_house.does("marketing", "/api/faq/match", {"message": "kursi roda?"})
    assert found == {"items": []}
    page = await (
        await (await marketing_of(small_house)).posts("/panel/faq/match", message="kursi roda?")
    ).text()
    assert "Tidak ada jawaban yang cocok" in page


async def test_an_entry_that_somebody_else_saved_is_not_written_over_unseen(small_house: House) -> None:
    faq_id = await knows(small_house, "Kursi roda?")
    marketing = await marketing_of(small_house)
    theirs = FaqDraft(question="Kursi roda?", answer="Dari orang lain.")
    later = NOW + timedelta(minutes=5)
    await small_house.database.write(lambda conn: change_faq(conn, faq_id, theirs, SYSTEM, later))
    fields = {
        "question": "Kursi roda?", "answer": "Dari saya.", "answer_en": "Mine.", "seen": NOW.isoformat()
    }  # fmt: skip
    stale = await marketing.posts(f"/panel/faq/{faq_id}", **fields)
    assert (stale.status, later.isoformat() in stale.headers["HX-Trigger"]) == (409, True)
    assert (await small_house.database.read(all_faq))[0].answer == "Dari orang lain."
    knowing = await marketing.posts(f"/panel/faq/{faq_id}", **fields | {"seen": later.isoformat()})
    assert knowing.status == 303
    (entry,) = await small_house.database.read(all_faq)
    assert (entry.answer, entry.answer_en) == ("Dari saya.", "Mine.")


async def test_entries_that_nearly_say_the_same_are_named_until_one_of_them_changes(
    small_house: House,
) -> None:
    await knows(small_house, "Apakah tersedia kursi roda?")
    twin = await knows(small_house, "Apakah kursi roda tersedia?")
    marketing = await marketing_of(small_house)

    async def pairs() -> int:
        return (await (await marketing.asks("GET", "/panel/faq")).text()).count("Apakah kursi roda tersedia?")

    assert (await pairs(), await pairs()) == (2, 2)
    other = FaqDraft(question="Kapan berangkat?", answer="Besok.")
    await small_house.database.write(lambda conn: change_faq(conn, twin, other, SYSTEM, NOW))
    assert await pairs() == 0
    assert "Kapan berangkat?" in await (await marketing.asks("GET", "/panel/faq")).text()


async def test_a_hundred_variants_are_refused_and_fifty_kept(small_house: House) -> None:
    marketing = await marketing_of(small_house)
    many = {"question": "Apa?", "answer": "Itu.", "variants": "\r\n".join(f"variasi {n}" for n in range(100))}
    assert (await marketing.posts("/panel/faq", **many)).status == 422
    fifty = many | {"variants": "\r\n".join(f"variasi {n}" for n in range(50))}
    assert (await marketing.posts("/panel/faq", **fifty)).status == 303
    assert len((await small_house.database.read(all_faq))[0].variants) == 50


async def test_what_was_deleted_comes_back_whole(small_house: House) -> None:
    faq_id = await knows(small_house, "Kursi <b>roda</b>?", "Ada\ndua baris.")
    marketing = await marketing_of(small_house)
    listed = await (await marketing.asks("GET", "/panel/faq?q=RODA")).text()
    assert "Kursi &lt;b&gt;roda&lt;/b&gt;?" in listed
    assert (await marketing.posts(f"/panel/faq/{faq_id}/delete")).status == 303
    assert await small_house.database.read(all_faq) == ()
    await marketing.posts("/panel/faq", question="Kursi <b>roda</b>?", answer="Ada\ndua baris.", variants="")
    (entry,) = await small_house.database.read(all_faq)
    assert (entry.question, entry.answer) == ("Kursi <b>roda</b>?", "Ada\ndua baris.")


async def test_two_entries_that_are_nearly_alike_are_pointed_out(small_house: House) -> None:
    await knows(small_house, "Apakah kursi roda disediakan?")
    await knows(small_house, "kursi roda disediakan tidak")
    await knows(small_house, "Vaksin meningitis wajib?")
    page = await (await (await marketing_of(small_house)).asks("GET", "/panel/faq")).text()
    assert page.count("mirip") == 1


async def test_unanswered_questions_are_grouped_masked_and_become_an_entry(house: House) -> None:
    await went_unanswered(house, *WHEELCHAIR, "kartu kredit bisa? wa 081234567890")
    listed = await house.gets("marketing", "/api/unanswered")
    assert [(group["count"], group["state"]) for group in listed["items"]] == [(3, "open"), (1, "open")]
    assert listed["items"][1]["example"].endswith("●●●●●●●●●890")
    group_id = listed["items"][0]["id"]
    details = await house.gets("marketing", f"/api/unanswered/{group_id}")
    assert {one["message"] for one in details["messages"]} == set(WHEELCHAIR)

    marketing = await marketing_of(house)
    form = await (await marketing.asks("GET", f"/panel/faq/new?group={group_id}")).text()
    assert all(text in form for text in WHEELCHAIR)
    fields = {"question": WHEELCHAIR[0], "answer": "Disediakan.", "group": str(group_id)}
    preview = await (await marketing.posts("/panel/faq/preview?entry=0", **fields)).text()
    assert f"draft: {WHEELCHAIR[1]}" in preview
    saved = await marketing.posts("/panel/faq", **fields)
    assert saved.headers["Location"] == f"/panel/unanswered/{group_id}"
    after = await (await marketing.asks("GET", f"/panel/unanswered/{group_id}")).text()
    assert f"live: {WHEELCHAIR[1]}" in after
    group = await house.database.read(lambda conn: find_group(conn, group_id))
    assert (group.state, group.faq_id is not None) == (GroupState.HANDLED, True)


async def test_the_same_words_stand_once_before_and_after(small_house: House) -> None:
    await went_unanswered(
        small_house, WHEELCHAIR[0], f" {WHEELCHAIR[0].upper()}", WHEELCHAIR[1], WHEELCHAIR[0]
    )
    group_id = (await small_house.gets("marketing", "/api/unanswered"))["items"][0]["id"]
    marketing = await marketing_of(small_house)
    fields = {"question": WHEELCHAIR[0], "answer": "Disediakan.", "group": str(group_id)}
    await marketing.posts("/panel/faq", **fields)
    page = await (await marketing.asks("GET", f"/panel/unanswered/{group_id}")).text()
    assert (page.count('class="tried"'), page.count("3×")) == (2, 1)
    assert "4 dari 4 pesan" in page


async def test_a_handled_question_that_comes_again_is_open_again_and_an_ignored_one_is_not(
    house: House,
) -> None:
    await went_unanswered(house, WHEELCHAIR[0], "vaksin meningitis harus?")
    groups = (await house.gets("marketing", "/api/unanswered"))["items"]
    by_words = {group["example"]: group["id"] for group in groups}
    for words, state in ((WHEELCHAIR[0], "handled"), ("vaksin meningitis harus?", "ignored")):
        await house.does("marketing", f"/api/unanswered/{by_words[words]}/state", {"state": state})
    assert (await house.gets("marketing", "/api/unanswered"))["total"] == 0
    await went_unanswered(house, "x", WHEELCHAIR[1], "wajib vaksin meningitis?")
    again = await house.gets("marketing", "/api/unanswered")
    assert [(group["id"], group["count"]) for group in again["items"] if group["example"] != "x"] == [
        (by_words[WHEELCHAIR[0]], 2)
    ]
    entries = await house.gets("compliance", "/api/audit?event=SETTLE_QUESTION")
    assert entries["total"] == 2


async def test_a_group_is_ignored_with_one_click_and_brought_back(small_house: House) -> None:
    await went_unanswered(small_house, WHEELCHAIR[0])
    marketing = await marketing_of(small_house)
    assert WHEELCHAIR[0] in await (await marketing.asks("GET", "/panel/unanswered")).text()
    await marketing.posts("/panel/unanswered/1/state", state="ignored")
    assert "Semua pertanyaan terjawab" in await (await marketing.asks("GET", "/panel/unanswered")).text()
    await marketing.posts("/panel/unanswered/1/state", state="open", faq_id="")
    assert WHEELCHAIR[0] in await (await marketing.asks("GET", "/panel/unanswered")).text()
    assert (await marketing.posts("/panel/unanswered/999/state", state="open")).status == 404
