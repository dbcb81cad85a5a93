"""What tests of the service's edge share: a fake WAHA, and our client for it."""

from collections.abc import AsyncIterator

import pytest

from bot.waha.waha import Waha
from bot.waha.waha_http import WahaHttp
from storage.database import Database
from storage.talks.media import NewMedia, keep_media
from tests.fake_waha import FakeWaha
from tests.people import NOW


@pytest.fixture
async def waha_server() -> AsyncIterator[FakeWaha]:
    """A WAHA's HTTP edge. Every request a test makes is checked against WAHA's contract."""
    async with FakeWaha(api_key="kunci") as server:
        yield server
    assert server.violations == []


@pytest.fixture
async def waha(waha_server: FakeWaha) -> AsyncIterator[Waha]:
    """Our client, connected to the fake."""
    client = Waha(WahaHttp(waha_server.url, "kunci"))
    yield client
    await client.close()


@pytest.fixture
async def kept_picture(database: Database) -> str:
    """The id of a package's picture."""
    new = NewMedia(owner="package", name="hemat.png", mimetype="image/png", content=b"gambar")
    return await database.write(lambda conn: keep_media(conn, new, NOW))
