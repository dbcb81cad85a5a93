"""The fake WAHA as a process of its own: `python -m tests.fake_waha --port 3999 --log requests.jsonl`."""

import argparse
import asyncio
import contextlib
from pathlib import Path

from tests.fake_waha.contract import how_checked
from tests.fake_waha.server import FakeWaha


async def _main(arguments: argparse.Namespace) -> None:
    async with FakeWaha(
        engine=arguments.engine,
        port=arguments.port,
        log_to=arguments.log,
        webhook_url=arguments.webhook,
        hmac_key=arguments.hmac_key,
        api_key=arguments.api_key,
        echoes=arguments.echoes,
        acks=tuple(int(ack) for ack in arguments.acks.split(",") if ack),
        checks=not arguments.unchecked,
    ) as waha:
        print(f"fake WAHA at {waha.url}, requests checked against {how_checked()}", flush=True)
        await asyncio.Event().wait()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="A WAHA that is only its HTTP edge.")
    parser.add_argument("--port", type=int, default=3999)
    parser.add_argument("--log", type=Path, default=None, help="file that gets one line of JSON a request")
    parser.add_argument("--engine", default="GOWS", choices=["GOWS", "NOWEB", "WEBJS"])
    parser.add_argument("--webhook", default="", help="where echoes and acks go")
    parser.add_argument("--hmac-key", default="")
    parser.add_argument("--api-key", default="")
    parser.add_argument("--echoes", action="store_true", help="post own-message events")
    parser.add_argument("--acks", default="", help="acks to post for each send, such as 1,2")
    parser.add_argument("--unchecked", action="store_true", help="do not check requests against the contract")
    return parser.parse_args()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_main(_arguments()))
