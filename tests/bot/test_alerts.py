"""Alerts on their way to staff: what they read in Telegram, how often, and what happens while Telegram is away."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import structlog
from sqlalchemy import Connection, insert, select, update

from bot.alerting.alert_message import AlertOptions
from bot.alerting.alert_presses import PressListener
from bot.alerting.alerts import AlertSender
from bot.alerting.telegram_client import TelegramClient
from flows.domain import Role
from storage.database import Database
from storage.moments.alerts import AlertRow, NewAlert, alert_page, claim_alert, raise_alert
from storage.pages import Page
from storage.tables import Conversation, Customer, Handover, Journey, PackageRow, User
from tests.fake_telegram import GROUP, TOKEN, FakeTelegram, Fault, fake_telegram

NOON = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)  # 12.00 in Jakarta
PHONE = "6281234567890"
SARI, RUDI, STRANGER = 501, 502, 999


@dataclass
class Office:
    """Telegram, the database and the two tasks between them, with a clock that tests set."""

    database: Database
    telegram: FakeTelegram
    client: TelegramClient
    at: datetime = NOON
    public_url: str = "https://crm.example"
    sender: AlertSender = field(init=False)
    listener: PressListener = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        options = AlertOptions(zone=ZoneInfo("Asia/Jakarta"), public_url=self.public_url)
        self.sender = AlertSender(self.database, self.client, options, lambda: self.at)
        self.listener = PressListener(self.database, self.client, options, lambda: self.at, poll_seconds=0)

    async def alert(
        self, kind: str = "payment_intent", key: str = "a", conversation: str | None = "conv_1"
    ) -> bool:
        new = NewAlert(kind=kind, dedupe_key=key, conversation_id=conversation, facts={})
        return await self.database.write(partial(raise_alert, new=new, now=self.at))

    async def rows(self) -> list[AlertRow]:
        part = await self.database.read(partial(alert_page, page=Page()))
        return sorted(part.items, key=lambda row: row.id)

    async def states(self) -> list[str]:
        return [row.state.value for row in await self.rows()]

    async def conversation_becomes(self, **values: Any) -> None:  # Any: column values.
        await self.database.write(
            lambda conn: conn.execute(
                update(Conversation).where(Conversation.id == "conv_1").values(**values)
            )
        )

    async def holder(self) -> tuple[str, int | None]:
        def load(conn: Connection) -> tuple[str, int | None]:
            row = conn.execute(select(Conversation.status, Conversation.assigned_to)).one()
            return row.status, row.assigned_to

        return await self.database.read(load)


def siti_waits_for_a_human(conn: Connection) -> None:
    conn.execute(insert(Customer).values(id="cust_1", phone=PHONE, name="Siti", created_at=NOON))
    conn.execute(
        insert(PackageRow).values(
            code="UMR_MAR_2027_HEMAT",
            name="Umroh Maret Hemat",
            price=25_000_000,
            tier="HEMAT",
            updated_at=NOON,
        )
    )
    conn.execute(
        insert(Conversation).values(
            id="conv_1",
            customer_id="cust_1",
            session="default",
            chat_id=f"{PHONE}@c.us",
            status="waiting",
            handover_reason="payment_intent",
            journey_id="jrn_1",
            created_at=NOON,
        )
    )
    conn.execute(
        insert(Journey).values(
            id="jrn_1",
            conversation_id="conv_1",
            phase="booking",
            package_code="UMR_MAR_2027_HEMAT",
            started_at=NOON,
        )
    )
    conn.execute(
        insert(Handover).values(
            conversation_id="conv_1",
            reason="payment_intent",
            priority="high",
            asked_by="bot",
            asked_at=NOON - timedelta(minutes=5),
        )
    )


def staff_work_here(conn: Connection) -> None:
    for username, name, role, telegram_id in (
        ("sari", "Sari", Role.RM, SARI),
        ("rudi", "Rudi", Role.AGENT, RUDI),
        ("dewi", "Dewi", Role.MARKETING, 503),
    ):
        conn.execute(
            insert(User).values(
                username=username,
                display_name=name,
                role=role.value,
                password_hash="x",
                is_active=True,
                telegram_id=str(telegram_id),
                created_at=NOON,
            )
        )


@pytest.fixture
def database_url(migrated_file: Path, tmp_path: Path) -> str:
    """One engine is enough for what people see; what engines do differently is tested in tests/storage/test_alerts.py."""
    return f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'sapa.db')}"


@pytest.fixture
async def office(database: Database) -> AsyncIterator[Office]:
    """Siti waits since 11.55; Sari, Rudi and Dewi have linked their Telegram accounts."""
    await database.write(siti_waits_for_a_human)
    await database.write(staff_work_here)
    async with fake_telegram() as telegram:
        client = TelegramClient(token=TOKEN, chat_id=GROUP, api_url=telegram.url)
        yield Office(database=database, telegram=telegram, client=client)
        await client.close()


async def test_staff_read_what_happened_and_never_the_whole_number(office: Office) -> None:
    await office.alert()
    await office.sender.tell_due()
    (message,) = office.telegram.messages
    assert message.text.splitlines() == [
        "💰 Pelanggan siap membayar",
        "Alasan: menanyakan cara pembayaran atau ingin mendaftar",
        "Paket: Umroh Maret Hemat",
        "Pelanggan: ●●●●●●●●●●890",
        "Menunggu sejak 21 Nov 11.55 WIB",
    ]
    assert message.labels() == ["Ambil", "Tunda 15 menit", "Buka"]
    assert message.buttons[-1]["url"] == "https://crm.example/panel/inbox/conv_1"
    assert await office.states() == ["sent"]


async def test_an_alert_without_a_conversation_can_only_be_snoozed(office: Office) -> None:
    await office.alert(kind="session_down", conversation=None)
    await office.sender.tell_due()
    (message,) = office.telegram.messages
    assert message.labels() == ["Tunda 15 menit"]
    assert message.text.startswith("📵 WhatsApp terputus")


async def test_a_kind_without_words_of_its_own_is_told_all_the_same(office: Office) -> None:
    await office.alert(kind="brand_new")
    await office.sender.tell_due()
    assert office.telegram.messages[0].text.startswith("🔔 Perlu perhatian staf")


async def test_the_same_thing_is_told_once(office: Office) -> None:
    assert [await office.alert(key="once"), await office.alert(key="once")] == [True, False]
    await office.sender.tell_due()
    await office.sender.tell_due()
    assert len(office.telegram.messages) == 1


async def test_nobody_is_told_of_a_customer_who_waits_no_more(office: Office) -> None:
    await office.alert()
    await office.conversation_becomes(status="bot")
    await office.sender.tell_due()
    assert office.telegram.messages == []
    assert await office.states() == ["done"]


async def test_yesterdays_alert_is_not_told(office: Office) -> None:
    await office.alert(kind="send_failed")
    office.at += timedelta(hours=25)
    await office.sender.tell_due()
    assert office.telegram.messages == []
    assert await office.states() == ["done"]


async def test_without_a_public_address_there_is_no_button_to_open(office: Office) -> None:
    office.public_url = ""
    office.restart()
    await office.alert()
    await office.sender.tell_due()
    assert office.telegram.messages[0].labels() == ["Ambil", "Tunda 15 menit"]


async def test_an_address_that_telegram_does_not_take_costs_only_the_button(office: Office) -> None:
    office.telegram.refuses_links = True
    await office.alert()
    await office.alert(key="b")
    await office.sender.tell_due()
    assert [message.labels() for message in office.telegram.messages] == [["Ambil", "Tunda 15 menit"]] * 2
    assert office.telegram.count("sendMessage") == 3


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault(502, "Bad Gateway"), id="a gateway error"),
        pytest.param(Fault(500, "Internal Server Error"), id="a server error"),
        pytest.param(Fault(0), id="a cut connection"),
    ],
)
async def test_an_alert_waits_until_telegram_is_back(office: Office, fault: Fault) -> None:
    office.telegram.fails("sendMessage", fault, fault)
    await office.alert()
    await office.alert(key="b")
    first = await office.sender.tell_due()
    assert 4 <= first <= 6
    assert await office.sender.tell_due() == first, "nobody who wakes the sender shortens the pause"
    assert office.telegram.count("sendMessage") == 1
    office.at += timedelta(seconds=first)
    await office.sender.tell_due()
    office.at += timedelta(minutes=1)
    await office.sender.tell_due()
    assert len(office.telegram.messages) == 2
    assert await office.states() == ["sent", "sent"]


async def test_waits_as_long_as_telegram_asks(office: Office) -> None:
    office.telegram.fails("sendMessage", Fault(429, "Too Many Requests", {"retry_after": 37}))
    await office.alert()
    assert await office.sender.tell_due() == 37
    office.at += timedelta(seconds=37)
    await office.sender.tell_due()
    assert len(office.telegram.messages) == 1


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault(400, "Bad Request: chat not found"), id="chat not found"),
        pytest.param(Fault(403, "Forbidden: bot was kicked from the supergroup chat"), id="kicked"),
    ],
)
async def test_what_can_never_work_is_given_up_and_said_once(office: Office, fault: Fault) -> None:
    office.telegram.fails("sendMessage", fault, fault)
    await office.alert()
    await office.alert(key="b")
    await office.alert(key="c")
    with structlog.testing.capture_logs() as lines:
        await office.sender.tell_due()
    assert await office.states() == ["failed", "failed", "sent"]
    assert [line["event"] for line in lines] == ["neighbour is down", "neighbour is back"]
    assert (await office.rows())[0].error is not None


async def test_a_wrong_token_leaves_the_alert_waiting_and_is_never_repeated(office: Office) -> None:
    wrong = "777777:another-token-that-nobody-knows"
    client = TelegramClient(token=wrong, chat_id=GROUP, api_url=office.telegram.url)
    office.client = client
    office.restart()
    await office.alert()
    assert await office.sender.tell_due() == 300
    (row,) = await office.rows()
    assert (row.state, wrong in str(row.error)) == ("waiting", False)
    await client.close()


async def test_follows_a_group_that_became_a_supergroup(office: Office) -> None:
    client = TelegramClient(token=TOKEN, chat_id="-55", api_url=office.telegram.url)
    office.client = client
    office.restart()
    moved = Fault(400, "Bad Request: group chat was upgraded", {"migrate_to_chat_id": int(GROUP)})
    office.telegram.fails("sendMessage", moved)
    await office.alert()
    await office.alert(key="b")
    await office.sender.tell_due()
    assert [message.chat_id for message in office.telegram.messages] == [GROUP, GROUP]
    await client.close()


async def test_an_alert_whose_sender_died_is_told_by_the_next(office: Office) -> None:
    await office.alert()
    assert await office.database.write(partial(claim_alert, now=office.at)) is not None
    await office.sender.tell_due()
    assert office.telegram.messages == []
    office.at += timedelta(minutes=1)
    await office.sender.tell_due()
    assert len(office.telegram.messages) == 1


async def test_a_running_sender_tells_what_it_is_woken_for(office: Office) -> None:
    running = asyncio.create_task(office.sender.run())
    await office.alert()
    office.sender.wake()
    await office.telegram.is_called("sendMessage")
    await office.alert(key="b")
    office.sender.wake()
    await office.telegram.is_called("sendMessage", times=2)
    running.cancel()


async def test_a_running_listener_deals_with_presses(office: Office) -> None:
    message = await told(office)
    running = asyncio.create_task(office.listener.run())
    office.telegram.press(message, "Ambil", SARI)
    await office.telegram.is_called("editMessageText")
    assert await office.holder() == ("human", 1)
    running.cancel()


async def told(office: Office) -> Any:  # Any: the fake's message.
    await office.alert()
    await office.sender.tell_due()
    return office.telegram.messages[0]


async def test_sari_takes_the_conversation(office: Office) -> None:
    message = await told(office)
    office.telegram.press(message, "Ambil", SARI)
    await office.listener.listen_once()
    assert await office.holder() == ("human", 1)
    assert office.telegram.notes == [("Anda mengambil percakapan ini.", False)]
    assert message.text.endswith("✅ Diambil Sari")
    assert message.labels() == ["Buka"]
    assert await office.states() == ["done"]


async def test_the_same_press_twice_changes_nothing(office: Office) -> None:
    message = await told(office)
    data = message.data("Ambil")
    office.telegram.press_data(message, data, SARI)
    office.telegram.press_data(message, data, SARI)
    await office.listener.listen_once()
    assert await office.holder() == ("human", 1)
    assert [note for note, _ in office.telegram.notes] == ["Anda mengambil percakapan ini."] * 2


async def test_rudi_hears_that_sari_was_faster(office: Office) -> None:
    message = await told(office)
    data = message.data("Ambil")
    office.telegram.press_data(message, data, SARI)
    office.telegram.press_data(message, data, RUDI)
    await office.listener.listen_once()
    assert await office.holder() == ("human", 1)
    assert office.telegram.notes[1] == ("Sudah diambil Sari.", True)
    assert message.text.endswith("✅ Diambil Sari")


async def test_a_stranger_in_the_group_is_told_how_to_be_linked(office: Office) -> None:
    message = await told(office)
    office.telegram.press(message, "Ambil", STRANGER)
    office.telegram.press(message, "Tunda 15 menit", STRANGER)
    await office.listener.listen_once()
    assert await office.holder() == ("waiting", None)
    assert all("belum terhubung ke Sapa" in note and "999" in note for note, _ in office.telegram.notes)
    assert message.labels() == ["Ambil", "Tunda 15 menit", "Buka"]


async def test_a_role_that_holds_no_conversations_cannot_take_one(office: Office) -> None:
    message = await told(office)
    office.telegram.press(message, "Ambil", 503)
    await office.listener.listen_once()
    assert await office.holder() == ("waiting", None)
    assert office.telegram.notes == [("Maaf, akun Anda tidak dapat mengambil percakapan ini.", True)]


async def test_a_snoozed_alert_comes_again_unless_somebody_took_it(office: Office) -> None:
    message = await told(office)
    office.telegram.press(message, "Tunda 15 menit", SARI)
    await office.listener.listen_once()
    assert message.text.endswith("⏰ Ditunda sampai 21 Nov 12.15 WIB")
    await office.sender.tell_due()
    assert len(office.telegram.messages) == 1
    office.at += timedelta(minutes=15)
    await office.sender.tell_due()
    assert office.telegram.messages[1].text.startswith("⏰ Pengingat: 💰 Pelanggan siap membayar")


async def test_a_snoozed_alert_stays_away_once_somebody_took_it(office: Office) -> None:
    message = await told(office)
    office.telegram.press(message, "Tunda 15 menit", SARI)
    await office.listener.listen_once()
    await office.conversation_becomes(status="human", assigned_to=2)
    office.at += timedelta(minutes=15)
    await office.sender.tell_due()
    assert len(office.telegram.messages) == 1
    assert await office.states() == ["done"]


async def test_a_second_snooze_does_not_put_it_off_further(office: Office) -> None:
    message = await told(office)
    data = message.data("Tunda 15 menit")
    office.telegram.press_data(message, data, SARI)
    await office.listener.listen_once()
    office.at += timedelta(minutes=5)
    office.telegram.press_data(message, data, RUDI)
    await office.listener.listen_once()
    assert office.telegram.notes[1] == ("Ditunda sampai 21 Nov 12.15 WIB.", False)


async def test_a_press_on_what_nobody_waits_for_any_more_says_so(office: Office) -> None:
    message = await told(office)
    await office.conversation_becomes(status="closed")
    office.telegram.press(message, "Ambil", SARI)
    await office.listener.listen_once()
    assert await office.holder() == ("closed", None)
    assert office.telegram.notes == [("Percakapan ini sudah tidak menunggu lagi.", False)]
    assert message.text.endswith("✅ Sudah tidak menunggu")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param("take:", id="no number"),
        pytest.param("take:1;drop", id="not a number"),
        pytest.param("take:999999", id="an alert that is not there"),
        pytest.param("erase:1", id="a deed that we do not know"),
    ],
)
async def test_a_forged_button_does_nothing(office: Office, data: str) -> None:
    message = await told(office)
    office.telegram.press_data(message, data, SARI)
    await office.listener.listen_once()
    assert await office.holder() == ("waiting", None)
    assert office.telegram.notes == [("Tombol ini sudah tidak berlaku.", False)]


async def test_a_press_from_another_chat_does_nothing(office: Office) -> None:
    message = await told(office)
    office.telegram.press(message, "Ambil", SARI, chat_id="-4242")
    await office.listener.listen_once()
    assert await office.holder() == ("waiting", None)


async def test_a_press_is_dealt_with_once_telegram_answers_again(office: Office) -> None:
    message = await told(office)
    office.telegram.fails(
        "getUpdates", Fault(409, "Conflict: terminated by other getUpdates request"), Fault(502)
    )
    office.telegram.press(message, "Ambil", SARI)
    assert await office.listener.listen_once() == 30
    assert await office.listener.listen_once() == 5
    assert await office.listener.listen_once() == 0
    assert await office.holder() == ("human", 1)


async def test_a_press_survives_an_answer_that_telegram_refuses(office: Office) -> None:
    message = await told(office)
    office.telegram.fails("answerCallbackQuery", Fault(400, "Bad Request: query is too old"))
    office.telegram.fails("editMessageText", Fault(502))
    office.telegram.press(message, "Ambil", SARI)
    await office.listener.listen_once()
    assert await office.holder() == ("human", 1)


async def test_no_word_of_the_customer_reaches_telegram(office: Office) -> None:
    new = NewAlert(
        kind="complaint",
        dedupe_key="c",
        conversation_id="conv_1",
        facts={"message": "saya kecewa sekali", "phone": PHONE, "name": "Siti"},
    )
    await office.database.write(partial(raise_alert, new=new, now=office.at))
    await office.sender.tell_due()
    sent = json.dumps([message.text for message in office.telegram.messages], ensure_ascii=False)
    assert not any(private in sent for private in ("kecewa", PHONE, "Siti"))
