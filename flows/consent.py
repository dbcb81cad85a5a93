"""Who may record that a customer agrees to marketing, and with what proof?"""

from flows.domain import Consent, Role
from flows.refusal import Kind, Refusal, invalid
from flows.roles import Actor, Permission


def refuse_consent(by: Actor, value: Consent, request_note: str | None) -> Refusal | None:
    """Why this change is refused, None when it may be recorded.

    An agent acts on what the customer asked for, so the request must be written down. Nobody can make a consent unknown again.
    """
    if not by.may(Permission.CHANGE_CONSENT):
        return Refusal(kind=Kind.FORBIDDEN, sentence=f"{by.role} may not change a consent.")
    if value is Consent.UNKNOWN:
        return invalid("value", "A consent is GRANTED or WITHDRAWN; it never becomes unknown again.")
    if by.role is Role.AGENT and not (request_note or "").strip():
        return invalid("request_note", "Write down how and when the customer asked for this.")
    return None
