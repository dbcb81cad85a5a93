"""A text before customers read it: checked, tried, run through the scripts, approved by a second person, brought back."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from flows.roles import SYSTEM
from storage.database import Database
from storage.knowledge.prompts import PromptDraft, live_prompt, put_prompt
from storage.knowledge.script_runs import fail_run, finish_run, note_progress
from tests.admin.browser import Visitor
from tests.admin.house import House, open_house
from tests.admin.test_pages import Browser
from tests.people import writes

TYPE = "reply:ask_price:id"
PAGE = f"/panel/prompts/{TYPE}"
OLD = "Harga {{ package.price|rupiah }}."


@pytest.fixture
async def careful(small_database: Database) -> AsyncIterator[House]:
    """A house where a second person must approve, with one live text."""
    async with open_house(small_database, needs_prompt_approval=True) as house:
        await says(house, "1", OLD)
        yield house


async def says(house: House, version: str, content: str) -> None:
    """This text is live."""
    draft = PromptDraft(type=TYPE, version=version, content=content)
    await house.database.write(
        lambda conn: put_prompt(conn, draft, SYSTEM, house.clock(), needs_approval=False)
    )


async def played(house: House, content: str, result: dict[str, Any]) -> None:  # Any: JSON.
    """The scripts were played on this text, later than anything before."""
    house.clock.passes(minutes=1)
    body = {"prompt_type": TYPE, "content": content}
    run = await house.does("marketing", "/api/ai/script-runs", body, status=202)
    await house.database.write(lambda conn: finish_run(conn, run["id"], result, house.clock()))


async def browser_of(house: House, name: str) -> Browser:
    browser = Browser(house)
    await browser.logs_in(name)
    return browser


async def live(house: House) -> str:
    found = await house.database.read(lambda conn: live_prompt(conn, TYPE))
    assert found is not None
    return found.version


async def test_a_check_names_faults_lost_facts_and_variables(careful: House) -> None:
    body = {"prompt_type": TYPE, "content": "Murah sekali {{ secret }}"}
    found = await careful.does("marketing", "/api/ai/prompts/check", body)
    assert found["live_version"] == "1"
    assert found["lost"] == ["package.price"]
    assert found["problems"][0]["message"].startswith("`secret`")
    assert {"name": "total", "kind": "number", "parts": []} in found["variables"]
    unknown = await careful.asks("marketing", "POST", "/api/ai/prompts/check", body | {"prompt_type": "x"})
    assert unknown.status == 422


async def test_the_playground_shows_today_and_the_draft(careful: House) -> None:
    body = {"prompt_type": TYPE, "content": "Murah.", "messages": ["harga?"]}
    found = await careful.does("supervisor", "/api/ai/prompts/playground", body)
    assert found["items"] == [
        {"message": "harga?", "before": "live: harga?", "after": "draft: harga?", "is_changed": True}
    ]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("{{ ''.__class__.__mro__ }}", id="reaching for Python"),
        pytest.param("{% for x in packages %}{% endfor %}", id="a loop"),
        pytest.param("{{ secret }}", id="an unknown fact"),
    ],
)
async def test_a_text_that_reaches_for_more_is_never_played(careful: House, content: str) -> None:
    content = content if "secret" in content else content + "{{ secret }}"
    for path, more in (("script-runs", {}), ("prompts/playground", {"messages": ["x"]})):
        body = {"prompt_type": TYPE, "content": content, **more}
        reply = await careful.asks("marketing", "POST", f"/api/ai/{path}", body)
        assert (reply.status, reply.json["errors"][0]["field"]) == (422, "content")


async def test_a_run_is_begun_followed_and_its_result_kept_with_the_text(careful: House) -> None:
    body = {"prompt_type": TYPE, "content": "Baru."}
    run = await careful.does("marketing", "/api/ai/script-runs", body, status=202)
    assert careful.desk.stage.begun == [run["id"]]  # type: ignore[attr-defined]  # the test's own stage
    path = f"/api/ai/script-runs/{run['id']}"
    await careful.database.write(lambda conn: note_progress(conn, run["id"], 5, 10, careful.clock()))
    assert (await careful.gets("marketing", path))["done"] == 5
    change = {"script": "Harga", "step": 1, "said": "harga?", "before": "Harga lama", "after": "Harga baru"}
    result = {"passed": 9, "failed": 0, "failures": [], "changes": [change], "changes_count": 1}
    await careful.database.write(lambda conn: finish_run(conn, run["id"], result, careful.clock()))
    assert (await careful.gets("supervisor", path))["result"] == result
    marketing = await browser_of(careful, "marketing")
    reply = await marketing.posts(PAGE, content="Baru.", version="2", note="lebih singkat", based_on="1")
    assert reply.headers["Location"] == f"{PAGE.replace(':', '%3A')}/versions/2"
    page = await (await (await browser_of(careful, "supervisor")).asks("GET", f"{PAGE}/versions/2")).text()
    assert "9 skrip lulus" in page
    assert '<mark class="word-new">baru</mark>' in page
    assert "lebih singkat" in page


async def test_a_run_whose_process_went_away_counts_as_failed(small_house: House) -> None:
    body = {"prompt_type": TYPE, "content": "Baru."}
    run = await small_house.does("marketing", "/api/ai/script-runs", body, status=202)
    small_house.clock.passes(minutes=4)
    assert (await small_house.gets("marketing", f"/api/ai/script-runs/{run['id']}"))["state"] == "failed"
    again = await small_house.does("marketing", "/api/ai/script-runs", body, status=202)
    await small_house.database.write(lambda conn: fail_run(conn, again["id"], small_house.clock()))
    assert (await small_house.gets("marketing", f"/api/ai/script-runs/{again['id']}"))["state"] == "failed"
    assert (await small_house.asks("marketing", "GET", "/api/ai/script-runs/run_x")).status == 404


async def test_a_second_person_approves_and_the_author_cannot(careful: House) -> None:
    marketing, supervisor = await browser_of(careful, "marketing"), await browser_of(careful, "supervisor")
    await marketing.posts(PAGE, content="Baru.", version="2", based_on="1")
    assert await live(careful) == "1"
    own = await marketing.posts(f"{PAGE}/approve", version="2")
    assert (own.status, "Anda sendiri yang menulisnya" in await own.text()) == (409, True)
    listed = await (await supervisor.asks("GET", "/panel/prompts")).text()
    assert "Menunggu persetujuan" in listed
    assert 'id="q"' not in listed
    assert (await supervisor.posts(f"{PAGE}/approve", version="2", live="1")).status == 303
    assert await live(careful) == "2"


async def test_a_draft_does_not_replace_what_went_live_after_it_was_read(careful: House) -> None:
    marketing, supervisor = await browser_of(careful, "marketing"), await browser_of(careful, "supervisor")
    await marketing.posts(PAGE, content="Baru.", version="2", based_on="1")
    read = await (await supervisor.asks("GET", f"{PAGE}/versions/2")).text()
    assert "&#34;live&#34;: &#34;1&#34;" in read or '"live": "1"' in read
    await says(careful, "3", "Tulisan orang lain.")
    stale = await supervisor.posts(f"{PAGE}/approve", version="2", live="1")
    assert (stale.status, "terbit sejak Anda membuka" in await stale.text()) == (409, True)
    assert await live(careful) == "3"
    assert (await supervisor.posts(f"{PAGE}/approve", version="2", live="3")).status == 303


@pytest.mark.parametrize("who", ["marketing", "supervisor"])
async def test_a_draft_is_withdrawn_by_its_author_or_declined_by_its_reader(careful: House, who: str) -> None:
    marketing, other = await browser_of(careful, "marketing"), await browser_of(careful, who)
    await marketing.posts(PAGE, content="Baru.", version="2", based_on="1")
    assert (await other.posts(f"{PAGE}/decline", version="2")).status == 303
    assert "Menunggu persetujuan" not in await (await other.asks("GET", "/panel/prompts")).text()
    assert "tidak dipakai" in await (await marketing.asks("GET", PAGE)).text()
    for deed in ("approve", "decline"):
        again = await careful.asks("supervisor", "POST", f"/api/ai/prompts/{TYPE}/{deed}", {"version": "2"})
        assert again.status == 409
    back = await marketing.posts(f"{PAGE}/restore", version="2")
    assert (back.status, await live(careful)) == (409, "1")


async def test_the_author_reads_why_a_draft_was_declined_and_the_audit_does_not(careful: House) -> None:
    marketing, supervisor = await browser_of(careful, "marketing"), await browser_of(careful, "supervisor")
    await marketing.posts(PAGE, content="Baru.", version="2", based_on="1")
    why = "Harga & tanggalnya hilang"
    assert (await supervisor.posts(f"{PAGE}/decline", version="2", reason=why)).status == 303
    for path in ("/panel/prompts", PAGE, f"{PAGE}/versions/2"):
        assert "Harga &amp; tanggalnya hilang" in await (await marketing.asks("GET", path)).text(), path
    assert "Draf Anda yang ditolak" not in await (await supervisor.asks("GET", "/panel/prompts")).text()
    kept = (await careful.gets("marketing", f"/api/ai/prompts/{TYPE}"))["items"][0]
    assert (kept["declined_by"], kept["decline_reason"]) == ("supervisor", why)
    audit = await careful.asks("compliance", "GET", "/api/audit?event=DECLINE_PROMPT")
    assert (audit.json["items"][0]["facts"]["has_reason"], "tanggalnya" in audit.text) == (True, False)
    careful.clock.passes(days=15)
    later = await browser_of(careful, "marketing")
    assert "Draf Anda yang ditolak" not in await (await later.asks("GET", "/panel/prompts")).text()


async def test_a_text_that_fails_scripts_goes_live_only_knowingly(careful: House) -> None:
    marketing, supervisor = await browser_of(careful, "marketing"), await browser_of(careful, "supervisor")
    await marketing.posts(PAGE, content="Baru.", version="2", based_on="1")
    run = await careful.does(
        "marketing", "/api/ai/script-runs", {"prompt_type": TYPE, "content": "Baru."}, status=202
    )
    failures = [{"script": "Harga", "lines": ["-"], "is_new": True}]
    failures += [{"script": "Jadwal", "lines": ["-"], "is_new": False}]
    result = {"passed": 1, "failed": 2, "failures": failures, "changes": [], "changes_count": 0}
    await careful.database.write(lambda conn: finish_run(conn, run["id"], result, careful.clock()))
    page = await (await supervisor.asks("GET", f"{PAGE}/versions/2")).text()
    assert "1 skrip percakapan gagal dengan teks ini." in page


async def test_a_label_used_twice_is_refused_at_its_field(small_house: House) -> None:
    await says(small_house, "1", OLD)
    marketing = await browser_of(small_house, "marketing")
    reply = await marketing.asks(
        "POST", PAGE, data={"content": "Baru.", "version": "1", "based_on": "1"},
        headers={"HX-Request": "true", "X-CSRF-Token": marketing.csrf},
    )  # fmt: skip
    assert reply.status == 409
    assert '"version"' in reply.headers["HX-Trigger"]


async def test_what_went_live_meanwhile_is_not_written_over_unseen(small_house: House) -> None:
    await says(small_house, "1", OLD)
    marketing = await browser_of(small_house, "marketing")
    await says(small_house, "2", "Tulisan orang lain.")
    stale = await marketing.posts(PAGE, content="Baru.", version="3", based_on="1")
    assert (stale.status, "terbit saat Anda menulis" in await stale.text()) == (409, True)
    seen = await (await marketing.posts(f"{PAGE}/review", content="Baru.")).text()
    assert 'name="based_on" value="2"' in seen
    assert (await marketing.posts(PAGE, content="Baru.", version="3", based_on="2")).status == 303


async def test_of_two_who_publish_at_once_one_is_told(house: House) -> None:
    await says(house, "1", OLD)
    people = [await browser_of(house, name) for name in ("marketing", "admin")]
    both = (
        one.posts(PAGE, content=f"Baru dari {at}.", version=f"1{at}", based_on="1")
        for at, one in enumerate(people)
    )
    assert sorted(reply.status for reply in await asyncio.gather(*both)) == [303, 409]


async def test_an_older_text_comes_back_with_one_click(small_house: House) -> None:
    await says(small_house, "1", OLD)
    marketing = await browser_of(small_house, "marketing")
    await marketing.posts(PAGE, content="Baru.\r\nDua baris.", version="2", based_on="1")
    kept = await small_house.database.read(lambda conn: live_prompt(conn, TYPE))
    assert kept is not None
    assert kept.content == "Baru.\nDua baris."
    assert (await marketing.posts(f"{PAGE}/restore", version="1")).status == 303
    assert await live(small_house) == "1"


async def test_an_older_text_that_failed_scripts_is_brought_back_only_knowingly(small_house: House) -> None:
    house = small_house
    for version, content in (("1", OLD), ("2", "Baru."), ("3", "Terbaru.")):
        await says(house, version, content)
    new = {"script": "Harga", "lines": ["-"], "is_new": True}
    failing = {"passed": 1, "failed": 1, "failures": [new], "changes": [], "changes_count": 0}
    passing = failing | {"failures": []}
    for content, result in ((OLD, failing), ("Baru.", failing), ("Baru.", passing)):
        await played(house, content, result)
    marketing = await browser_of(house, "marketing")
    asks = "1 skrip percakapan gagal dengan teks ini waktu terakhir dijalankan."
    assert (await (await marketing.asks("GET", PAGE)).text()).count(asks) == 1
    # One click still for what passes, as it was played last.
    for version, expected in (("1", True), ("2", False)):
        page = await (await marketing.asks("GET", f"{PAGE}/versions/{version}")).text()
        assert (asks in page) is expected


@pytest.mark.parametrize("path", ["/panel/prompts/nothing", "/panel/prompts/reply:ask_price:de"])
async def test_an_unknown_text_has_no_page(small_house: House, path: str) -> None:
    assert (await (await browser_of(small_house, "marketing")).asks("GET", path)).status == 422


async def test_texts_are_found_by_what_they_say(small_house: House) -> None:
    await says(small_house, "1", "Harganya {{ package.price|rupiah }}, sudah termasuk durian.")
    marketing = await browser_of(small_house, "marketing")
    found = await (await marketing.asks("GET", "/panel/prompts?q=durian")).text()
    assert found.count('text-row"') == 1
    assert "ask_price" in found
    nothing: Any = await (await marketing.asks("GET", "/panel/prompts?q=zzzzz")).text()
    assert "Tidak ada teks yang cocok" in nothing


async def test_html_in_a_text_stays_text(small_house: House) -> None:
    await says(small_house, "1", "<script>alert(1)</script>")
    marketing = await browser_of(small_house, "marketing")
    page = await (await marketing.asks("GET", PAGE)).text()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


async def test_any_past_message_is_found_for_the_playground_as_one_may_read_it(small_house: House) -> None:
    words = ("Apa boleh bawa kursi roda? HP saya 081234567899", "boleh bawa koper besar?")
    await small_house.database.write(lambda conn: writes(conn, "6281234567890", *words))
    marketing = await Visitor(small_house).logs_in("marketing")
    seen = await marketing.opens("/panel/prompts/heard?q=kursi+roda", part=True)
    assert seen.status == 200
    found = seen.text
    assert "Apa boleh bawa kursi roda?" in found
    assert "081234567899" not in found
    assert "koper" not in found
    assert "Tidak ada pesan" in (await marketing.opens("/panel/prompts/heard?q=unta", part=True)).text
    agent = await Visitor(small_house).logs_in("agent")
    assert (await agent.opens("/panel/prompts/heard?q=kursi")).status == 403
