"""Two workers on PostgreSQL, killed three times in turn."""

from pathlib import Path

from tests.faults.killing import answered_once_in_order


async def test_every_message_is_answered_once_in_order_though_workers_are_killed(
    postgres_url: str, tmp_path: Path
) -> None:
    await answered_once_in_order(tmp_path, postgres_url, workers=2)
