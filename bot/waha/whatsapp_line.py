"""How is the connection to WhatsApp, for the panel: WAHA's session, the code to scan, and starting it again, once."""

from dataclasses import dataclass

from admin.ports import LineState
from bot.json_fields import loose_object, loose_text
from bot.waha.waha_http import Unanswered, Unreached, WahaHttp
from bot.waha.waha_sessions import WahaRefused, qr_value, read_session, state_of

NO_SESSION, NO_ANSWER = "NO_SESSION", "UNREACHABLE"
TO_SCAN = "SCAN_QR_CODE"
ALREADY = 422  # WAHA's way to say that it runs.


@dataclass(frozen=True, slots=True, kw_only=True)
class WahaLine:
    http: WahaHttp
    session: str

    async def state(self) -> LineState:
        try:
            known = await read_session(self.http, self.session)
            status = state_of(known) if known is not None else NO_SESSION
            qr = await qr_value(self.http, self.session) if status == TO_SCAN else None
        except (Unreached, Unanswered, WahaRefused) as error:
            return LineState(
                is_simulated=False, session=self.session, status=NO_ANSWER, problem=_sentence(error)
            )
        me = loose_object(known or {}, "me")
        return LineState(
            is_simulated=False,
            session=self.session,
            status=status,
            phone=(loose_text(me.get("id")) or "").partition("@")[0] or None,
            name=loose_text(me.get("pushName")),
            qr=qr,
        )

    async def restart(self) -> str | None:
        try:
            answer = await self.http.call("POST", f"api/sessions/{self.session}/restart")
        except (Unreached, Unanswered) as error:
            return _sentence(error)
        if answer.is_good or answer.status == ALREADY:
            return None
        return f"WAHA answered {answer.status}. See WAHA's log, then try again."


def _sentence(error: Exception) -> str:
    return str(error) or type(error).__name__
