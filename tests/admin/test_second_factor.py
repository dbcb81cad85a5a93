"""The second factor: asked for after the password, good once, and given up only by its owner or an ADMIN."""

import re

import pyotp
import pytest

from tests.admin.house import PASSWORD, House
from tests.admin.test_pages import Browser


async def _sets_up(browser: Browser) -> str:
    """The secret that the page offered, now kept."""
    page = await (await browser.asks("GET", "/panel/account/factor")).text()
    secret = re.search(r'name="secret" value="([A-Z2-7]{32})"', page)
    assert secret is not None
    reply = await browser.posts("/panel/account/factor", secret=secret[1], code=_code(browser, secret[1]))
    assert reply.status == 303
    return secret[1]


def _code(browser: Browser, secret: str) -> str:
    return pyotp.TOTP(secret).at(browser.house.clock.now)


async def test_the_password_alone_opens_nothing_once_a_factor_is_set_up(small_house: House) -> None:
    rm = Browser(small_house)
    await rm.logs_in("rm")
    secret = await _sets_up(rm)
    small_house.clock.passes(minutes=2)
    again = Browser(small_house)
    assert (await again.logs_in("rm")).headers["Location"] == "/login/code"
    assert (await again.asks("GET", "/panel/account")).headers["Location"].startswith("/login/code")
    assert (await again.asks("GET", "/api/auth/me")).status == 401
    wrong = await again.asks("POST", "/login/code", data={"code": "000000"})
    assert (wrong.status, "Kode itu salah" in await wrong.text()) == (401, True)
    right = await again.asks("POST", "/login/code", data={"code": _code(again, secret)})
    assert right.status == 303
    assert (await again.asks("GET", "/panel/account")).status == 200


@pytest.mark.parametrize(
    ("asked", "leads_to"),
    [
        pytest.param("/panel/leads?owner=all", "/panel/leads?owner=all", id="where somebody was sent from"),
        pytest.param("https://jahat.example/panel", "/panel/inbox", id="another house"),
        pytest.param("//jahat.example", "/panel/inbox", id="another house without its scheme"),
    ],
)
async def test_the_way_back_outlives_the_code(small_house: House, asked: str, leads_to: str) -> None:
    rm = Browser(small_house)
    await rm.logs_in("rm")
    secret = await _sets_up(rm)
    small_house.clock.passes(minutes=2)
    again = Browser(small_house)
    sent = {"username": "rm", "password": PASSWORD, "next": asked}
    to_code = (await again.asks("POST", "/login", data=sent)).headers["Location"]
    page = await (await again.asks("GET", to_code)).text()
    assert f'name="next" value="{asked}"' in page
    right = await again.asks("POST", "/login/code", data={"code": _code(again, secret), "next": asked})
    assert right.headers["Location"] == leads_to


async def test_a_code_counts_once(small_house: House) -> None:
    rm = Browser(small_house)
    await rm.logs_in("rm")
    secret = await _sets_up(rm)
    small_house.clock.passes(minutes=2)
    code = _code(rm, secret)
    first, second = Browser(small_house), Browser(small_house)
    await first.logs_in("rm")
    await second.logs_in("rm")
    assert (await first.asks("POST", "/login/code", data={"code": code})).status == 303
    assert (await second.asks("POST", "/login/code", data={"code": code})).status == 401


async def test_the_code_that_set_the_factor_up_opens_nothing(small_house: House) -> None:
    rm, again = Browser(small_house), Browser(small_house)
    await rm.logs_in("rm")
    secret = await _sets_up(rm)
    await again.logs_in("rm")
    assert (await again.asks("POST", "/login/code", data={"code": _code(rm, secret)})).status == 401


async def test_guessing_codes_is_throttled_and_the_form_stays(small_house: House) -> None:
    rm = Browser(small_house)
    await rm.logs_in("rm")
    secret = await _sets_up(rm)
    again = Browser(small_house)
    await again.logs_in("rm")
    replies = [await again.asks("POST", "/login/code", data={"code": f"{n:06}"}) for n in range(12)]
    assert (replies[-1].status, "Retry-After" in replies[-1].headers) == (429, True)
    assert 'name="code"' in await replies[-1].text()
    small_house.clock.passes(hours=1)
    again = Browser(small_house)
    await again.logs_in("rm")
    assert (await again.asks("POST", "/login/code", data={"code": _code(again, secret)})).status == 303


async def test_a_token_for_scripts_takes_the_code_too(small_house: House) -> None:
    rm = Browser(small_house)
    await rm.logs_in("rm")
    secret = await _sets_up(rm)
    small_house.clock.passes(minutes=2)
    asked = {"username": "rm", "password": PASSWORD}
    client = small_house.client
    bare = await client.post("/api/auth/token", json=asked)
    assert (bare.status, "authenticator" in (await bare.json())["detail"]) == (401, True)
    assert (await client.post("/api/auth/token", json=asked | {"code": "000000"})).status == 401
    code = {"code": _code(rm, secret)}
    assert (await client.post("/api/auth/token", json=asked | code)).status == 200
    assert (await client.post("/api/auth/token", json=asked | code)).status == 401  # Good once.


async def test_who_owes_the_code_is_not_logged_in_for_the_audit_nor_on_their_own_page(
    small_house: House,
) -> None:
    rm, again = Browser(small_house), Browser(small_house)
    await rm.logs_in("rm")
    secret = await _sets_up(rm)
    small_house.clock.passes(minutes=2)
    await again.logs_in("rm")
    await again.asks("POST", "/login/code", data={"code": "000000"})
    assert await _events(small_house) == ["LOG_IN_REFUSED", "SET_UP_SECOND_FACTOR", "LOG_IN"]
    assert (await (await rm.asks("GET", "/panel/account")).text()).count("terakhir dipakai") == 1
    await again.asks("POST", "/login/code", data={"code": _code(again, secret)})
    assert (await _events(small_house))[0] == "LOG_IN"


async def _events(house: House) -> list[str]:
    """What rm did, the newest first."""
    found = await house.gets("compliance", "/api/audit?user=rm")
    return [item["event"] for item in found["items"]]


async def test_a_wrong_code_keeps_nothing_and_a_lost_phone_is_the_admins_to_mend(small_house: House) -> None:
    rm, admin = Browser(small_house), Browser(small_house)
    await rm.logs_in("rm")
    await admin.logs_in("admin")
    reply = await rm.posts("/panel/account/factor", secret=pyotp.random_base32(), code="123456")
    assert reply.status == 422
    await _sets_up(rm)
    users = await small_house.gets("admin", "/api/users")
    user_id = next(user["id"] for user in users["items"] if user["username"] == "rm")
    assert (await admin.posts(f"/panel/users/{user_id}/factor/reset")).status == 303
    again = Browser(small_house)
    reply = await again.asks("POST", "/login", data={"username": "rm", "password": PASSWORD})
    assert not reply.headers["Location"].startswith("/login")


async def test_nobody_takes_a_factor_away_without_a_code_of_it(small_house: House) -> None:
    rm = Browser(small_house)
    await rm.logs_in("rm")
    secret = await _sets_up(rm)
    assert (await rm.posts("/panel/account/factor/remove", code="000000")).status == 422
    for guess in range(8):
        tried = await rm.posts("/panel/account/factor/remove", code=f"{guess:06}")
    assert tried.status == 429  # A stolen session is no place to guess at leisure.
    small_house.clock.passes(hours=1)
    assert (await rm.posts("/panel/account/factor/remove", code=_code(rm, secret))).status == 303
