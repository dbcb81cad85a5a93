"""The panel's door: who gets in, who gets where, and that nothing gets in that another site sent."""

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import ClientResponse

from admin.endpoint import Door, parameters_of
from admin.pages.page import Page
from admin.pages.routes import PAGES
from admin.session import CSRF_FIELD, CSRF_HEADER, SAFE_COOKIE
from flows.domain import Role
from flows.roles import may
from storage.database import Database
from storage.demo.demo import DemoRecord, save_demo_record
from tests.admin.house import PASSWORD, House, open_house
from tests.admin.parts import asking


@dataclass(slots=True)
class Browser:
    """Somebody at the panel: keeps the cookie, sends the token, follows nothing by itself."""

    house: House
    cookies: dict[str, str] = field(default_factory=dict)
    csrf: str = ""

    async def asks(
        self, method: str, path: str, **kwargs: Any
    ) -> ClientResponse:  # Any: aiohttp's own arguments.
        headers = {
            "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()),
            **(asking(path) if method == "GET" else {}),
            **kwargs.pop("headers", {}),
        }
        client = self.house.client
        response = await client.request(method, path, headers=headers, allow_redirects=False, **kwargs)
        for name, morsel in response.cookies.items():
            self.cookies[name] = morsel.value
        client.session.cookie_jar.clear()
        if response.content_type == "text/event-stream":
            response.close()  # It would go on for good.
            return response
        text = await response.text()
        if found := re.search(r"X-CSRF-Token&#34;: &#34;([0-9a-f]+)|X-CSRF-Token\": \"([0-9a-f]+)", text):
            self.csrf = found[1] or found[2]
        return response

    async def logs_in(self, username: str, password: str = PASSWORD) -> ClientResponse:
        response = await self.asks("POST", "/login", data={"username": username, "password": password})
        await self.asks("GET", "/panel/account")
        return response

    async def posts(self, path: str, **fields: str) -> ClientResponse:
        return await self.asks("POST", path, data={CSRF_FIELD: self.csrf, **fields})


def doors() -> set[tuple[str, str]]:
    return {page.key for page in PAGES if isinstance(page.access, Door)}


def address(page: Page) -> str:
    """The page's address with something in each place of its path."""
    path = page.key[1]
    for name, kind in parameters_of(page.path):
        path = path.replace(f"{{{name}}}", "1" if kind == "int" else "x")
    return path


def test_nothing_but_the_log_in_is_open() -> None:
    assert doors() == {(method, path) for path in ("/login", "/login/code") for method in ("GET", "POST")} | {
        ("GET", "/login/sso"),
        ("GET", "/login/sso/back"),
    }


async def test_each_role_gets_exactly_the_pages_that_its_permissions_name(small_house: House) -> None:
    wrong = []
    for role in Role:
        browser = Browser(small_house)
        await browser.logs_in(role.value.lower())
        for page in PAGES:
            if isinstance(page.access, Door) or page.key == ("POST", "/logout"):
                continue
            fields = {} if page.method == "GET" else {"data": {CSRF_FIELD: browser.csrf}}
            reply = await browser.asks(page.method, address(page), **fields)
            if (reply.status == 403) == may(role, page.access) and page.path != "/panel/switch":
                wrong.append((page.key, role.value, reply.status))
            if reply.status >= 500:
                wrong.append((page.key, role.value, reply.status))
    assert wrong == []


async def test_without_a_session_every_page_leads_to_the_log_in_and_back(small_house: House) -> None:
    for page in PAGES:
        if isinstance(page.access, Door):
            continue
        alone = {"HX-Request": "false"}
        reply = await Browser(small_house).asks(page.method, address(page), headers=alone)
        assert (reply.status, reply.headers["Location"][:6]) == (303, "/login"), page.key


async def test_a_part_of_a_page_leads_to_the_log_in_and_back_to_its_page(small_house: House) -> None:
    part = {"HX-Request": "true", "HX-Current-URL": "https://sapa.example/panel/inbox/conv_1?tab=mine"}
    for method, path in (("GET", "/panel/inbox/conv_1"), ("POST", "/panel/inbox/conv_1/claim")):
        reply = await Browser(small_house).asks(method, path, headers=part)
        assert reply.status == 204
        assert reply.headers["HX-Redirect"] == "/login?next=%2Fpanel%2Finbox%2Fconv_1%3Ftab%3Dmine"
    elsewhere = {"HX-Request": "true", "HX-Current-URL": "https://jahat.example//jahat.example"}
    reply = await Browser(small_house).asks("GET", "/panel/inbox", headers=elsewhere)
    next_page = parse_qs(urlsplit(reply.headers["HX-Redirect"]).query)["next"][0]
    fields = {"username": "rm", "password": PASSWORD, "next": next_page}
    assert (await Browser(small_house).asks("POST", "/login", data=fields)).headers[
        "Location"
    ] == "/panel/inbox"


async def test_a_log_in_is_a_new_session_whose_cookie_scripts_cannot_read(small_house: House) -> None:
    browser = Browser(small_house)
    reply = await browser.logs_in("rm")
    cookie = reply.cookies[SAFE_COOKIE]
    assert (reply.status, cookie["httponly"], cookie["secure"], cookie["samesite"]) == (
        303,
        True,
        True,
        "Lax",
    )
    first = browser.cookies[SAFE_COOKIE]
    await browser.logs_in("rm")
    assert browser.cookies[SAFE_COOKIE] != first


@pytest.mark.parametrize(("username", "password"), [("rm", "wrong"), ("nobody", PASSWORD)])
async def test_a_wrong_log_in_says_one_thing_and_opens_nothing(
    small_house: House, username: str, password: str
) -> None:
    browser = Browser(small_house)
    reply = await browser.asks("POST", "/login", data={"username": username, "password": password})
    assert reply.status == 401
    page = await reply.text()
    assert "Nama pengguna atau kata sandinya salah." in page
    assert re.search(r'id="password"[^>]* autofocus', page), "the name stands there already"
    assert (await browser.asks("GET", "/panel/account")).status == 303


async def test_the_way_back_outlives_another_language_at_the_log_in(small_house: House) -> None:
    page = await (await Browser(small_house).asks("GET", "/login?next=/panel/queue?x=1")).text()
    assert 'href="?lang=en&amp;next=/panel/queue%3Fx%3D1"' in page


async def test_too_many_tries_wait(small_house: House) -> None:
    browser = Browser(small_house)
    statuses = [
        (await browser.asks("POST", "/login", data={"username": "rm", "password": "no"})).status
        for _ in range(12)
    ]
    assert statuses[0] == 401
    assert statuses[-1] == 429


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Sec-Fetch-Site": "cross-site"}, id="the browser says it is another site's"),
        pytest.param({"Origin": "https://jahat.example"}, id="the origin is another"),
    ],
)
async def test_what_another_site_sends_is_refused(small_house: House, headers: dict[str, str]) -> None:
    browser = Browser(small_house)
    await browser.logs_in("rm")
    fields = {CSRF_FIELD: browser.csrf, "language": "en"}
    reply = await browser.asks("POST", "/panel/account/language", data=fields, headers=headers)
    assert reply.status == 403
    forged = await browser.asks(
        "POST", "/login", data={"username": "rm", "password": PASSWORD}, headers=headers
    )
    assert forged.status == 403


async def test_a_post_without_the_sessions_own_token_is_refused(small_house: House) -> None:
    rm, agent = Browser(small_house), Browser(small_house)
    await rm.logs_in("rm")
    await agent.logs_in("agent")
    for token in ("", "x", agent.csrf):
        reply = await rm.asks(
            "POST", "/panel/account/language", data={"language": "en"}, headers={CSRF_HEADER: token}
        )
        assert reply.status == 403
        assert "Formulir ini sudah usang" in await reply.text(), "nothing is wrong with their role"
    good = await rm.asks(
        "POST", "/panel/account/language", data={"language": "en"}, headers={CSRF_HEADER: rm.csrf}
    )
    assert good.status == 204


_PART = b'--x\r\nContent-Disposition: form-data; name="file"%b\r\n\r\nhalo\r\n--x--\r\n'


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        pytest.param("multipart/form-data; boundary=x", b"--x\r\nrusak", id="a header that is none"),
        pytest.param(
            "multipart/form-data; boundary=x", b"--x\r\nA: " + b"b" * 20_000, id="a header without end"
        ),
        pytest.param(
            "multipart/form-data; boundary=x",
            _PART % b"\r\nContent-Type: text/plain; charset=x",
            id="letters of no kind",
        ),
        pytest.param(
            "multipart/form-data; boundary=x",
            _PART % b"\r\nContent-Transfer-Encoding: x",
            id="packed in no way",
        ),
        pytest.param("multipart/form-data", b"halo", id="no boundary"),
        pytest.param(
            "application/x-www-form-urlencoded; charset=x", b"file=halo", id="a form in letters of no kind"
        ),
    ],
)
async def test_a_form_that_no_browser_writes_is_refused_as_unreadable(
    small_house: House, kind: str, body: bytes
) -> None:
    rm = Browser(small_house)
    await rm.logs_in("rm")
    headers = {CSRF_HEADER: rm.csrf, "Content-Type": kind}
    assert (await rm.asks("POST", "/panel/account/language", data=body, headers=headers)).status == 400


async def test_the_api_takes_the_session_too_but_changes_nothing_without_its_token(
    small_house: House,
) -> None:
    browser = Browser(small_house)
    await browser.logs_in("marketing")
    assert (await browser.asks("GET", "/api/auth/me")).status == 200
    body = {"question": "Apa ini?", "answer": "Ini."}
    assert (await browser.asks("POST", "/api/faq", json=body)).status == 403
    reply = await browser.asks("POST", "/api/faq", json=body, headers={CSRF_HEADER: browser.csrf})
    assert reply.status == 201


async def test_an_ended_expired_or_rested_session_is_none(small_house: House) -> None:
    house = small_house
    ended, rested, changed = Browser(house), Browser(house), Browser(house)
    for browser in (ended, rested, changed):
        await browser.logs_in("rm")
    replayed = dict(ended.cookies)
    assert (await ended.posts("/logout")).status == 303
    ended.cookies = replayed
    assert (await ended.asks("GET", "/panel/account")).status == 303
    assert (await rested.asks("GET", "/panel/account")).status == 200
    house.clock.passes(hours=2, minutes=1)
    assert (await rested.asks("GET", "/panel/account")).status == 303


async def test_a_new_password_ends_every_session(small_house: House) -> None:
    browser = Browser(small_house)
    await browser.logs_in("rm")
    users = await small_house.gets("admin", "/api/users")
    user_id = next(user["id"] for user in users["items"] if user["username"] == "rm")
    await small_house.asks("admin", "PATCH", f"/api/users/{user_id}", {"password": "another-long-password"})
    assert (await browser.asks("GET", "/panel/account")).status == 303


async def test_nobody_switches_roles_where_no_demo_was_loaded(small_house: House) -> None:
    browser = Browser(small_house)
    await browser.logs_in("agent")
    assert (await browser.posts("/panel/switch", username="admin")).status == 403


@pytest.mark.parametrize(("is_simulated", "status"), [(True, 303), (False, 403)])
async def test_the_demos_people_may_be_tried_only_while_whatsapp_is_the_simulator(
    small_database: Database, is_simulated: bool, status: int
) -> None:
    async with open_house(small_database, is_simulated=is_simulated) as house:
        made = DemoRecord(digest="x", things={f"user:{name}": ("", "") for name in ("agent", "admin")})
        await house.database.write(lambda conn: save_demo_record(conn, made, house.clock.now))
        browser = Browser(house)
        await browser.logs_in("agent")
        assert (await browser.posts("/panel/switch", username="admin")).status == status
        assert (await browser.asks("GET", "/panel/users")).status == (200 if is_simulated else 403)
        # Whom the demo did not make is nobody to be, whatever it is.
        assert (await browser.posts("/panel/switch", username="compliance")).status == 403


async def test_every_page_forbids_what_it_did_not_bring(small_house: House) -> None:
    browser = Browser(small_house)
    await browser.logs_in("rm")
    for path in ("/login", "/panel/account", "/panel/nothing-here"):
        reply = await browser.asks("GET", path)
        policy = reply.headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy, path
        assert "unsafe" not in policy, path


async def test_the_way_back_after_the_log_in_stays_in_the_house(small_house: House) -> None:
    for wanted, found in (
        ("/panel/account", "/panel/account"),
        ("https://jahat.example/", None),
        ("//jahat.example", None),
        ("/panel//jahat.example", None),
        ("/panel\\jahat", None),
        ("/panel/inbox?tab=all&q=kursi+roda", "/panel/inbox?tab=all&q=kursi+roda"),
        ("/panel@jahat.example", None),
        ("/panel\r\nX-Jahat: ya", None),
    ):
        fields = {"username": "rm", "password": PASSWORD, "next": wanted}
        reply = await Browser(small_house).asks("POST", "/login", data=fields)
        assert (reply.headers["Location"] == wanted) == (found is not None), wanted


async def test_the_language_of_the_log_in_outlives_a_wrong_password_and_follows_the_account(
    small_house: House,
) -> None:
    browser = Browser(small_house)
    await browser.asks("GET", "/login?lang=en")
    wrong = await browser.asks("POST", "/login", data={"username": "rm", "password": "bukan-ini"})
    assert "Log in to the desk" in await wrong.text()
    await browser.logs_in("rm")
    await browser.posts("/panel/account/language", language="id")
    assert "Masuk ke meja kerja" in await (await browser.asks("GET", "/login")).text()
