"""Single sign-on: in by the company's account, and every way in which a return from the provider may be none."""

import base64
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.single_sign_on import OpenIdConnect, Provider
from storage.database import Database
from tests.admin.house import open_house
from tests.admin.test_pages import Browser
from tests.fake_oidc import CLIENT, SECRET, FakeProvider, fake_provider


@dataclass(slots=True)
class Scene:
    browser: Browser
    provider: FakeProvider

    async def goes(self, **query: str) -> dict[str, str]:
        """To the provider; what our address asked it for."""
        reply = await self.browser.asks("GET", "/login/sso", params=query)
        assert reply.status == 303
        asked = {
            name: values[0] for name, values in parse_qs(urlsplit(reply.headers["Location"]).query).items()
        }
        self.provider.nonce = asked["nonce"]
        return asked

    async def comes_back(self, **query: str) -> int:
        return (await self.browser.asks("GET", "/login/sso/back", params=query)).status

    async def is_in(self) -> bool:
        return (await self.browser.asks("GET", "/panel/account")).status == 200


@pytest.fixture
async def scene(small_database: Database) -> AsyncIterator[Scene]:
    async with fake_provider() as provider:
        sign_on = OpenIdConnect(Provider(issuer=provider.issuer, client_id=CLIENT, client_secret=SECRET))
        async with open_house(small_database, sign_on=sign_on) as house:
            yield Scene(browser=Browser(house), provider=provider)


async def test_a_known_member_comes_in_by_the_companys_account(scene: Scene) -> None:
    asked = await scene.goes()
    assert await scene.comes_back(code="c1", state=asked["state"]) == 303
    assert await scene.is_in()
    sent = scene.provider.asked[0]
    digest = hashlib.sha256(sent["code_verifier"].encode()).digest()
    assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked["code_challenge"]
    assert (sent["client_secret"], sent["redirect_uri"]) == (SECRET, asked["redirect_uri"])


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({"preferred_username": "nobody"}, id="not known here"),
        pytest.param({"nonce": "another"}, id="the answer to another log-in"),
        pytest.param({"aud": "another-client"}, id="meant for another client"),
        pytest.param({"iss": "https://jahat.example"}, id="from another issuer"),
        pytest.param({"exp": 1_000_000_000}, id="expired"),
        pytest.param(
            {"preferred_username": None, "email": "rm", "email_verified": False}, id="unproven address"
        ),
    ],
)
async def test_a_token_that_does_not_fit_lets_nobody_in(scene: Scene, claims: dict[str, object]) -> None:
    asked = await scene.goes()
    scene.provider.claims = claims
    assert await scene.comes_back(code="c1", state=asked["state"]) == 401
    assert not await scene.is_in()


async def test_a_token_signed_by_somebody_else_lets_nobody_in(scene: Scene) -> None:
    asked = await scene.goes()
    scene.provider.signs_with = rsa.generate_private_key(65537, 2048)
    assert await scene.comes_back(code="c1", state=asked["state"]) == 401


async def test_a_return_that_this_browser_did_not_begin_is_refused(scene: Scene) -> None:
    assert await scene.comes_back(code="c1", state="made-up") == 401
    await scene.goes()
    assert await scene.comes_back(code="c1", state="made-up") == 401
    assert scene.provider.asked == []


async def test_a_provider_that_is_down_is_said_on_the_log_in_page(scene: Scene) -> None:
    scene.provider.is_down = True
    reply = await scene.browser.asks("GET", "/login/sso")
    assert (reply.status, "Akun perusahaan tidak dapat dipakai" in await reply.text()) == (401, True)


async def test_who_says_no_at_the_provider_is_told_so_and_nobody_asks_it_for_a_token(scene: Scene) -> None:
    asked = await scene.goes(next="/panel/leads")
    back = {"error": "access_denied", "state": asked["state"]}
    reply = await scene.browser.asks("GET", "/login/sso/back", params=back)
    page = await reply.text()
    assert (reply.status, "dibatalkan di sana" in page) == (401, True)
    assert "/login/sso?next=/panel/leads" in page
    assert (scene.provider.asked, await scene.is_in()) == ([], False)


@pytest.mark.parametrize(
    ("asked_for", "leads_to"),
    [
        pytest.param("/panel/leads?owner=all", "/panel/leads?owner=all", id="where somebody was sent from"),
        pytest.param("//jahat.example/panel", "/panel/inbox", id="another house"),
        pytest.param("", "/panel/inbox", id="straight from the log-in"),
    ],
)
async def test_the_way_back_outlives_the_provider(scene: Scene, asked_for: str, leads_to: str) -> None:
    asked = await scene.goes(next=asked_for)
    reply = await scene.browser.asks("GET", "/login/sso/back", params={"code": "c1", "state": asked["state"]})
    assert (reply.status, reply.headers["Location"]) == (303, leads_to)
