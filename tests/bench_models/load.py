"""How many requests a second does a service answer, and what does each cost it? Asked by callers that cost next to nothing themselves:
on a machine whose two cores the service shares with them, an HTTP library's own work would be measured instead.
"""

import asyncio
import json
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import psutil

AT_ONCE = 16
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CLOSES = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """cpu_ms of the service a request, and requests a second."""

    cpu_ms: float
    rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One request, asked over and over."""

    url: str
    body: Mapping[str, Any]  # Any: JSON.
    token: str = ""

    def raw(self) -> bytes:
        where, body = urlsplit(self.url), json.dumps(self.body).encode()
        lines = [f"POST {where.path} HTTP/1.1", f"Host: {where.netloc}", "Content-Type: application/json"]
        lines += [
            f"Content-Length: {len(body)}",
            *([f"Authorization: Bearer {self.token}"] * bool(self.token)),
        ]
        return "\r\n".join([*lines, "", ""]).encode() + body


async def cost(question: Question, process: psutil.Process, *, count: int, warm_up: int) -> Cost:
    """Of so many requests after some that do not count, sixteen at a time."""
    await _ask(question, warm_up)
    before, started = cpu_seconds(process), time.perf_counter()
    await _ask(question, count)
    seconds = time.perf_counter() - started
    return Cost(cpu_ms=(cpu_seconds(process) - before) / count * 1000, rate=count / seconds)


def cpu_seconds(process: psutil.Process) -> float:
    """Of the process and its workers."""
    return sum(sum(one.cpu_times()[:2]) for one in [process, *process.children()])


async def _ask(question: Question, count: int) -> None:
    left = iter(range(count))
    await asyncio.gather(*(_one_caller(question, left) for _ in range(AT_ONCE)))


async def _one_caller(question: Question, left: Iterator[int]) -> None:
    """Asks on one connection until nothing is left; a service that closes it is called again, as it wants."""
    where, raw, writer = urlsplit(question.url), question.raw(), None
    for _ in left:
        if writer is None:
            reader, writer = await asyncio.open_connection(where.hostname, where.port)
        writer.write(raw)
        head = await reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(head)
        assert head.startswith(b"HTTP/1.1 200 "), head.decode()
        assert length, head.decode()
        await reader.readexactly(int(length[1]))
        if _CLOSES.search(head):
            writer.close()
            writer = None
    if writer is not None:
        writer.close()
