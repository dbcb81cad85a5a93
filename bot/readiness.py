"""Is this process fit for work? What `/readyz` tells: database, models, worker; WAHA's state beside them, never against them."""

from dataclasses import dataclass, field

from admin.ports import Readiness
from bot.whatsapp import WhatsApp
from storage.database import Connection, Database, DatabaseDown
from storage.schema import SchemaBehind, check
from storage.way.sessions import session_now


@dataclass(slots=True, kw_only=True)
class State:
    """What the start has reached so far. worker None: this process has none."""

    models: bool = False
    worker: bool | None = False
    doing: str = "starting"


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthNow:
    """Fills the panel's and the API's question for health."""

    database: Database
    whatsapp: WhatsApp
    session: str
    state: State = field(default_factory=State)

    async def readiness(self) -> Readiness:
        """Asks the database each time; WAHA's word is the last one it gave, so that a probe never waits for it."""
        try:
            is_up, waha = True, await self.database.read(self._waha)
        except (DatabaseDown, SchemaBehind):
            is_up, waha = False, "unknown"
        return Readiness(
            database=is_up,
            models=self.state.models,
            worker=self.state.worker,
            waha=waha,
            details={"doing": self.state.doing},
        )

    def _waha(self, conn: Connection) -> str:
        """WAHA's last word, on tables that are the ones this code expects."""
        check(conn)
        known = session_now(conn, self.session)
        return known.status if known else "unknown"
