"""One process on SQLite, killed three times. Apart from PostgreSQL's, so that both can run side by side."""

from pathlib import Path

import pytest

from tests.faults.killing import answered_once_in_order


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_every_message_is_answered_once_in_order_though_the_service_is_killed(
    database_url: str, tmp_path: Path
) -> None:
    await answered_once_in_order(tmp_path, database_url, workers=1)
