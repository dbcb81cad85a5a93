"""The bare limit: what any service here must at least do, aiohttp, HMAC and one batched insert on disk, and nothing else."""

import asyncio
import hashlib
import hmac
import sqlite3
import sys
from pathlib import Path

import uvloop
from aiohttp import web

from tests.bench.service import HMAC_KEY


async def serve(folder: Path, port: int) -> None:
    connection = sqlite3.connect(folder / "bare.db", isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE bodies (id INTEGER PRIMARY KEY, body BLOB)")
    waiting: list[tuple[bytes, asyncio.Future[None]]] = []
    bell = asyncio.Event()

    def insert(bodies: list[tuple[bytes]]) -> None:
        connection.execute("BEGIN")
        connection.executemany("INSERT INTO bodies (body) VALUES (?)", bodies)
        connection.execute("COMMIT")

    async def write() -> None:
        while True:
            await bell.wait()
            bell.clear()
            while waiting:
                batch = waiting[:]
                waiting.clear()
                await asyncio.to_thread(insert, [(body,) for body, _ in batch])
                for _, done in batch:
                    done.set_result(None)

    async def take(request: web.Request) -> web.Response:
        raw = await request.read()
        expected = hmac.new(HMAC_KEY.encode(), raw, hashlib.sha512).hexdigest()
        if not hmac.compare_digest(expected, request.headers["X-Webhook-Hmac"]):
            return web.Response(status=401)
        done = asyncio.get_running_loop().create_future()
        waiting.append((raw, done))
        bell.set()
        await done
        return web.json_response({"status": "ok"})

    async def ready(_request: web.Request) -> web.Response:
        return web.Response()

    app = web.Application()
    app.router.add_post("/api/whatsapp/webhook", take)
    app.router.add_get("/readyz", ready)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await write()


if __name__ == "__main__":
    uvloop.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
