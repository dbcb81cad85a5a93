"""A service with the simulator and the real webhook parsing and inbox, but no bot: tests say themselves what the business answers."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import ClientSession, CookieJar, web
from aiohttp.test_utils import TestServer
from sqlalchemy import Connection, insert, update

from bot.receiving.arrivals import AckNotice, Arrival, InboundMessage
from bot.receiving.webhook_body import parse
from bot.simulator.simulator import Simulator
from bot.simulator_page.routes import add_simulator
from bot.whatsapp import Outgoing, SendCall
from storage.database import Database
from storage.people.identities import Address, conversation_of
from storage.tables import Message, OutboxRow, Turn, new_id
from storage.way.inbox import NewMessage, receive

SECRET = "a secret of tests"


@dataclass(slots=True)
class Service:
    """What tests hold: the simulator, what came through its webhook, and the address of the page."""

    database: Database
    simulator: Simulator
    address: str = ""
    arrivals: list[Arrival] = field(default_factory=list)
    webhook_status: int = 200
    _heard: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def deliver(self, raw: bytes) -> int:
        if self.webhook_status != 200:
            return self.webhook_status
        arrival = parse(raw, "default", UTC)
        async with self._heard:
            self.arrivals.append(arrival)
            self._heard.notify_all()
        if isinstance(arrival, InboundMessage):
            await self.database.write(lambda conn: _keep(conn, arrival))
        if isinstance(arrival, AckNotice):
            await self.database.write(lambda conn: _acknowledge(conn, arrival))
        return 200

    @property
    def acks(self) -> list[AckNotice]:
        return [arrival for arrival in self.arrivals if isinstance(arrival, AckNotice)]

    async def hears_acks(self, count: int) -> None:
        """Waits until WhatsApp has acknowledged so often."""
        async with asyncio.timeout(5), self._heard:
            await self._heard.wait_for(lambda: len(self.acks) >= count)

    async def drops_everything(self) -> None:
        """The send gate says no to all that was prepared."""
        await self.database.write(
            lambda conn: conn.execute(update(OutboxRow).values(state="dropped")).rowcount
        )

    async def answers(self, phone: str, call: SendCall, payload: dict[str, Any], **turn: Any) -> str:
        """The business sends something to that phone; the WhatsApp id it got."""
        wa_id = await self.simulator.premade_id("default")
        await self.database.write(lambda conn: _record(conn, phone, call, payload, wa_id, turn))
        await self.simulator.send(
            Outgoing(
                session="default",
                chat_id=f"{phone}@c.us",
                call=call,
                payload=payload,
                premade_id=wa_id,
            )
        )
        return wa_id


def _keep(conn: Connection, arrival: InboundMessage) -> None:
    sender = arrival.sender
    facts = dict(arrival.facts)
    if arrival.file:
        facts["file"] = {"name": arrival.file.name, "mimetype": arrival.file.mimetype}
    address = Address(
        session=arrival.session,
        chat_id=sender.chat_id,
        phone=sender.phone,
        lid=sender.lid,
        push_name=sender.push_name,
    )
    message = NewMessage(
        address=address,
        bare_id=arrival.bare_id,
        kind=arrival.kind,
        body=arrival.body,
        at=arrival.at,
        facts=facts,
    )
    receive(conn, [message], datetime.now(UTC))


def _acknowledge(conn: Connection, arrival: AckNotice) -> None:
    conn.execute(update(Message).where(Message.wa_id == arrival.bare_id).values(ack=arrival.ack))


def _record(
    conn: Connection, phone: str, call: str, payload: dict[str, Any], wa_id: str, turn: dict[str, Any]
) -> None:
    conversation_id = conversation_of(conn, phone=phone)
    now, message_id, turn_id = datetime.now(UTC), new_id("msg"), new_id("turn")
    kinds = {"sendText": "text", "sendImage": "image", "sendFile": "document", "sendLocation": "location"}
    if turn:
        conn.execute(
            insert(Turn).values(
                id=turn_id,
                conversation_id=conversation_id,
                at=now,
                status_before="bot",
                status_after="bot",
                **turn,
            )
        )
    conn.execute(
        insert(Message).values(
            id=message_id,
            conversation_id=conversation_id,
            direction="out",
            author="bot",
            kind=kinds[call],
            body=payload.get("text"),
            at=now,
            wa_id=wa_id,
            turn_id=turn_id if turn else None,
        )
    )
    conn.execute(
        insert(OutboxRow).values(
            conversation_id=conversation_id,
            message_id=message_id,
            session="default",
            chat_id=f"{phone}@c.us",
            call=call,
            payload=payload,
            by_bot=True,
            state="sent",
            not_before=now,
            premade_id=wa_id,
            created_at=now,
        )
    )


@asynccontextmanager
async def simulated(database: Database) -> AsyncIterator[Service]:
    service = Service(database=database, simulator=Simulator(database))
    app = web.Application()
    add_simulator(app, service.simulator, database, SECRET, service.deliver)
    async with TestServer(app) as server:
        service.address = str(server.make_url("")).rstrip("/")
        yield service


@asynccontextmanager
async def browser(service: Service) -> AsyncIterator["Browser"]:
    """A browser that has opened the page once and so has a number."""
    async with ClientSession(service.address, cookie_jar=CookieJar(unsafe=True)) as session:
        visitor = Browser(session)
        await visitor.opens_the_page()
        yield visitor


class Browser:
    """Somebody with the page open."""

    def __init__(self, session: ClientSession) -> None:
        self.session = session
        self.number = ""

    async def opens_the_page(self) -> None:
        async with self.session.get("/simulator") as answer:
            assert answer.status == 200
            kept = answer.cookies.get("sapa_phones")
        if kept is not None:
            found = re.findall(r"62800\d{8}", kept.value)
            self.number = found[-1]

    async def posts(self, path: str, headers: dict[str, str] | None = None, **body: Any) -> tuple[int, Any]:
        same_origin = {"Sec-Fetch-Site": "same-origin"}
        async with self.session.post(
            f"/simulator/{path}", headers=same_origin | (headers or {}), **body
        ) as answer:
            is_json = "json" in answer.content_type
            return answer.status, await answer.json(content_type=None) if is_json else await answer.text()

    async def says(self, text: str, wa_id: str = "3EB0000000000000000001") -> int:
        status, _ = await self.posts(f"numbers/{self.number}/messages", json={"id": wa_id, "text": text})
        return status

    async def sees(self, number: str | None = None) -> dict[str, Any]:
        """The first thing the page is told."""
        async with self.session.get(f"/simulator/events?number={number or self.number}") as answer:
            if answer.status != 200:
                return {"status": answer.status}
            async for line in answer.content:
                if line.startswith(b"data: "):
                    seen: dict[str, Any] = json.loads(line[6:])
                    return seen
        raise AssertionError("the stream ended without a word")
