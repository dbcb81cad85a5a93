"""The queue's page and the WhatsApp page: the next customer, the connection as it is, and trying once more what went wrong."""

from dataclasses import dataclass, field

from sqlalchemy import Connection, insert, select, update

from admin.ports import LineState
from storage.database import Database
from storage.tables import InboxRow, Message, OutboxRow
from tests.admin.browser import Visitor
from tests.admin.house import House, open_house
from tests.people import NOW, Said, waits, writes


@dataclass(slots=True)
class Line:
    """A connection that waits for its code to be scanned, and remembers being restarted."""

    state_now: LineState
    restarts: int = 0
    says: list[str | None] = field(default_factory=lambda: [None])

    async def state(self) -> LineState:
        return self.state_now

    async def restart(self) -> str | None:
        self.restarts += 1
        return self.says[-1]


async def a_customer(house: House) -> Said:
    def job(conn: Connection) -> Said:
        said = writes(conn, "6281234567890", "Halo, nomor saya 081299998888", name="Budi")
        waits(conn, said)
        return said

    return await house.database.write(job)


async def test_the_button_takes_the_next_one_and_opens_it(house: House) -> None:
    said = await a_customer(house)
    rm = await Visitor(house).logs_in("rm")
    seen = (await rm.opens("/panel/queue")).text
    assert "Ingin membayar" in seen
    taken = await rm.posts("/panel/queue/next", part=False)
    assert (taken.status, taken.headers["Location"]) == (303, f"/panel/inbox/{said.conversation_id}")
    nobody = await rm.posts("/panel/queue/next")
    assert (nobody.status, nobody.toast) == (409, "Tidak ada yang menunggu di antrean sekarang.")
    assert "Tidak ada yang menunggu" in (await rm.opens("/panel/queue", part=True)).text


async def test_a_code_to_scan_is_shown_and_a_simulator_says_what_it_is(small_database: Database) -> None:
    line = Line(
        LineState(
            is_simulated=False, session="default", status="SCAN_QR_CODE", phone="628123456789", qr="2@abc"
        )
    )
    async with open_house(small_database, line=line) as house:
        supervisor = await Visitor(house).logs_in("supervisor")
        seen = (await supervisor.opens("/panel/whatsapp")).text
        assert 'src="data:image/svg+xml' in seen
        assert "628123456789" not in seen
        assert "2@abc" not in seen
        await supervisor.posts("/panel/whatsapp/restart")
        line.says.append("WAHA answered 500. See WAHA's log, then try again.")
        assert (await supervisor.posts("/panel/whatsapp/restart")).status == 409
        assert line.restarts == 2
        noted = await house.gets("compliance", "/api/audit?event=RESTART_SESSION")
        assert noted["total"] == 1


async def test_the_simulator_says_that_there_is_nothing_to_scan(small_house: House) -> None:
    admin = await Visitor(small_house).logs_in("admin")
    assert "simulator bawaan" in (await admin.opens("/panel/whatsapp")).text


async def test_what_went_wrong_is_listed_masked_and_tried_again(house: House) -> None:
    said = await a_customer(house)

    def broken(conn: Connection) -> tuple[int, int]:
        conn.execute(update(InboxRow).values(state="parked", attempts=3))
        message_id = conn.scalar(select(Message.id))
        row = insert(OutboxRow).values(
            conversation_id=said.conversation_id, message_id=message_id, session="default", chat_id="x",
            call="sendText", payload={"text": "x"}, by_bot=True, state="failed", not_before=NOW,
            error="WAHA answered 422", created_at=NOW,
        )  # fmt: skip
        return conn.scalar(row.returning(OutboxRow.id)) or 0, conn.scalar(select(InboxRow.id)) or 0

    outbox_id, inbox_id = await house.database.write(broken)
    admin = await Visitor(house).logs_in("admin")
    seen = (await admin.opens("/panel/whatsapp")).text
    assert "WAHA answered 422" in seen
    assert "081299998888" not in seen
    assert (await admin.posts(f"/panel/whatsapp/turns/{inbox_id}")).status == 204
    assert (await admin.posts(f"/panel/whatsapp/turns/{inbox_id}")).status == 409
    assert (await admin.posts(f"/panel/whatsapp/sends/{outbox_id}")).status == 204
    assert house.engine.workers == [said.conversation_id]
    assert house.engine.senders == [said.conversation_id]
    assert "Semua pesan keluar terkirim." in (await admin.opens("/panel/whatsapp")).text
    assert (await admin.posts("/panel/whatsapp/turns/999")).status == 404
    for role in ("rm", "agent", "marketing", "compliance", "director"):
        assert (await (await Visitor(house).logs_in(role)).opens("/panel/whatsapp")).status == 403
