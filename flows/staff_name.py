"""What may a member of staff be called to log in? One rule for the terminal, the API and the panel."""

import re

from flows.refusal import Refusal, invalid

USER_NAME = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,78}[A-Za-z0-9]$"  # No blank and no look-alike letter: it stands in the audit.


def refuse_user_name(name: str) -> Refusal | None:
    """Why not; None when it may be."""
    if re.fullmatch(USER_NAME, name):
        return None
    sentence = f"{name!r} is no user name: 2 to 80 of the letters A to Z, digits, and . _ - between them."
    return invalid("username", sentence)
