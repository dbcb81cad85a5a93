"""Messages that arrive together are read in the order in which they arrived."""

from sqlalchemy import Connection, select

from storage.database import Database
from storage.tables import Message
from tests.people import writes


async def test_a_batch_is_read_in_the_order_of_arrival(database: Database) -> None:
    def read(conn: Connection) -> list[str | None]:
        writes(conn, "6281111", "satu", "dua", "tiga")
        return list(conn.scalars(select(Message.body).order_by(Message.id)))

    assert await database.write(read) == ["satu", "dua", "tiga"]
