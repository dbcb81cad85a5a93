"""Is WAHA's session set up as we need it? Creating it with our webhook, mending it, and showing the code to scan.

A session that failed is restarted once; whoever loops restarts gets the number banned. Used by people through `sapa waha`, never by the
service itself.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bot.json_fields import loose_object, loose_text
from bot.waha.waha_http import TEXT_SECONDS, Answer, WahaHttp

Json = dict[str, Any]  # Any: WAHA's JSON.
Say = Callable[[str], None]
Wait = Callable[[float], Awaitable[object]]

WEBHOOK_PATH = "/api/whatsapp/webhook"
EVENTS = (
    "message.any",
    "message.ack",
    "message.reaction",
    "message.edited",
    "message.revoked",
    "session.status",
)
# 2 s, then twice as long each time: about 68 minutes in all, where WAHA's default gives up after half a minute.
RETRIES = {"policy": "exponential", "delaySeconds": 2, "attempts": 10}
IGNORED = {"status": True, "groups": True, "channels": True, "broadcast": True}
SETTLING_SECONDS, SETTLING_LOOKS = 1.0, 20  # A session takes about 3 s to start, an old one longer.
UNSETTLED = ("STARTING",)


class WahaRefused(Exception):
    """WAHA said no to setting up the session; the sentence says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPlan:
    """The session as we need it. hmac_key empty: WAHA does not sign."""

    session: str
    webhook_url: str
    hmac_key: str = ""


async def read_session(http: WahaHttp, session: str) -> Json | None:
    """WAHA's word on the session, None when it has none of that name. Raises WahaRefused, Unreached or Unanswered."""
    answer = await http.call("GET", f"api/sessions/{session}")
    if answer.status == 404:
        return None
    return _told(answer)


async def connect_session(http: WahaHttp, plan: SessionPlan, say: Say, wait: Wait = asyncio.sleep) -> str:
    """Sets the session up and answers its state. Doing it again changes nothing."""
    known = await read_session(http, plan.session)
    if known is None:
        say(f"Creating the session {plan.session!r} with our webhook.")
        body = {"name": plan.session, "start": True, "config": config_for(plan, {})}
        _told(await http.call("POST", "api/sessions", json=body))
    else:
        existing = loose_object(known, "config")
        wanted = config_for(plan, existing)
        if _differs(existing, wanted):
            say("Setting our webhook; WAHA restarts the session for it.")
            _told(await http.call("PUT", f"api/sessions/{plan.session}", json={"config": wanted}))
        else:
            say("The session has our webhook already.")
    return await _get_going(http, plan.session, say, wait)


def config_for(plan: SessionPlan, existing: Json) -> Json:
    """The whole configuration that WAHA wants: what is there, with our webhook and without groups, channels and statuses."""
    hooks = existing.get("webhooks")
    others = [hook for hook in hooks if not _is_ours(hook)] if isinstance(hooks, list) else []
    ours: Json = {"url": plan.webhook_url, "events": list(EVENTS), "retries": dict(RETRIES)}
    if plan.hmac_key:
        ours["hmac"] = {"key": plan.hmac_key}
    return existing | {"webhooks": [*others, ours], "ignore": loose_object(existing, "ignore") | IGNORED}


async def qr_value(http: WahaHttp, session: str) -> str | None:
    """What the QR code to scan says; None while there is none to scan."""
    answer = await http.call("GET", f"api/{session}/auth/qr", params={"format": "raw"}, seconds=TEXT_SECONDS)
    if answer.status == 422:
        return None
    return loose_text(_told(answer).get("value"))


def state_of(session: Json) -> str:
    """The session's state in WAHA's words."""
    return loose_text(session.get("status")) or "UNKNOWN"


async def _get_going(http: WahaHttp, session: str, say: Say, wait: Wait) -> str:
    """Starts a stopped session and restarts a failed one, once. Answers the state that it settles in."""
    status = await _settled(http, session, wait)
    if status not in ("STOPPED", "FAILED"):
        return status
    how = "start" if status == "STOPPED" else "restart"
    say(f"The session is {status}; asking WAHA to {how} it, once.")
    answer = await http.call("POST", f"api/sessions/{session}/{how}")
    # 422 is WAHA's way to say that it runs already.
    if answer.status != 422:
        _told(answer)
    return await _settled(http, session, wait)


async def _settled(http: WahaHttp, session: str, wait: Wait) -> str:
    status = "UNKNOWN"
    for _ in range(SETTLING_LOOKS):
        status = state_of(await read_session(http, session) or {})
        if status not in UNSETTLED:
            break
        await wait(SETTLING_SECONDS)
    return status


def _differs(existing: Json, wanted: Json) -> bool:
    """Whether anything that we want is not there. WAHA adds fields of its own to what it was given."""
    return not _holds(existing, wanted)


def _holds(there: object, wanted: object) -> bool:
    if isinstance(wanted, dict):
        return isinstance(there, dict) and all(_holds(there.get(name), part) for name, part in wanted.items())
    if isinstance(wanted, list):
        same_length = isinstance(there, list) and len(there) == len(wanted)
        return same_length and all(any(_holds(one, part) for one in loose_list(there)) for part in wanted)
    return there == wanted


def loose_list(value: object) -> list[Any]:  # Any: JSON.
    return value if isinstance(value, list) else []


def _is_ours(hook: object) -> bool:
    url = loose_text(loose_object(hook).get("url")) or ""
    return url.endswith(WEBHOOK_PATH)


def _told(answer: Answer) -> Json:
    """The answer's object; some successes have an empty body."""
    if answer.is_good:
        return loose_object(answer.json)
    if answer.status in (401, 403):
        raise WahaRefused(f"WAHA refuses the API key ({answer.status}). Check SAPA_WAHA_API_KEY.")
    raise WahaRefused(f"WAHA answered {answer.status}. See WAHA's log, then try again.")
