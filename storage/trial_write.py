"""Can this database be written now? Found out by writing a row and taking it back, in one transaction."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert

from storage.tables import Setting

TRIAL = "trial_write"


def try_writing(conn: Connection, now: datetime) -> None:
    """Raises what a write raises; leaves nothing behind."""
    conn.execute(delete(Setting).where(Setting.name == TRIAL))
    conn.execute(insert(Setting).values(name=TRIAL, value={}, updated_at=now))
    conn.execute(delete(Setting).where(Setting.name == TRIAL))
