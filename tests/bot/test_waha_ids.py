"""Ids for messages not yet sent: WAHA's where it gives some, ours of the same form where it does not."""

import asyncio
import re

from bot.waha.waha_ids import STOCK, WahaIds, make_id


class Source:
    """Gives ids like WAHA, as long as it has the call; says when it was asked often enough."""

    def __init__(self, *, has_call: bool = True, enough: int = STOCK) -> None:
        self.has_call = has_call
        self.asked = 0
        self.enough = enough
        self.was_asked = asyncio.Event()

    async def __call__(self) -> str | None:
        self.asked += 1
        if self.asked >= self.enough:
            self.was_asked.set()
        return f"3EB0WAHA{self.asked:014}" if self.has_call else None


def test_an_id_made_here_looks_like_whatsapps_own_and_never_comes_twice() -> None:
    made = {make_id() for _ in range(1_000)}
    assert len(made) == 1_000
    assert all(re.fullmatch("3EB0[0-9A-F]{18}", one) for one in made)


async def test_the_first_id_never_waits_and_the_next_come_from_waha() -> None:
    source = Source()
    stock = WahaIds(source, clock=lambda: 0.0)
    first = stock.take()
    await source.was_asked.wait()
    taken = [stock.take() for _ in range(STOCK)]
    assert not first.startswith("3EB0WAHA")
    assert taken == [f"3EB0WAHA{number:014}" for number in range(1, STOCK + 1)]
    await stock.close()


async def test_faster_than_waha_gives_ids_are_made_here() -> None:
    source = Source()
    stock = WahaIds(source, clock=lambda: 0.0)
    stock.take()
    await source.was_asked.wait()
    taken = [stock.take() for _ in range(100)]
    assert len(set(taken)) == 100
    assert source.asked == STOCK
    await stock.close()


async def test_a_waha_without_the_call_is_asked_again_after_a_minute_only() -> None:
    now = 0.0
    source = Source(has_call=False, enough=1)
    stock = WahaIds(source, clock=lambda: now)
    stock.take()
    await source.was_asked.wait()
    now = 59.0
    stock.take()
    await stock.close()
    asked_early = source.asked
    now, source.was_asked = 60.0, asyncio.Event()
    stock.take()
    await source.was_asked.wait()
    assert (asked_early, source.asked) == (1, 2)
    await stock.close()
