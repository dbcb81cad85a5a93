"""Two workers on PostgreSQL, killed three times in turn."""

from pathlib import Path

import pytest

from tests.faults.killing import answered_once_in_order


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_every_message_is_answered_once_in_order_though_workers_are_killed(
    database_url: str, tmp_path: Path
) -> None:
    await answered_once_in_order(tmp_path, database_url, workers=2)
