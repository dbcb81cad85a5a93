"""The connection as the panel shows it: WAHA's own word, the code to scan, and a WAHA that is not there."""

from collections.abc import AsyncIterator

import pytest

from bot.waha.waha_http import WahaHttp
from bot.waha.whatsapp_line import NO_ANSWER, NO_SESSION, WahaLine
from tests.bot.test_waha_sessions import connect
from tests.fake_waha import FakeWaha


@pytest.fixture
async def http(waha_server: FakeWaha) -> AsyncIterator[WahaHttp]:
    client = WahaHttp(waha_server.url, "kunci")
    yield client
    await client.close()


async def test_a_session_is_told_as_waha_tells_it(http: WahaHttp, waha_server: FakeWaha) -> None:
    line = WahaLine(http=http, session="default")
    assert (await line.state()).status == NO_SESSION
    waha_server.status = "SCAN_QR_CODE"
    await connect(http)
    scanning = await line.state()
    assert scanning.status == "SCAN_QR_CODE"
    assert scanning.qr
    waha_server.status = "WORKING"
    assert (await line.restart()) is None


async def test_a_waha_that_is_not_there_is_a_state_with_a_sentence() -> None:
    client = WahaHttp("http://127.0.0.1:9", "kunci")
    line = WahaLine(http=client, session="default")
    state = await line.state()
    assert (state.status, state.qr) == (NO_ANSWER, None)
    assert state.problem
    assert await line.restart()
    await client.close()
