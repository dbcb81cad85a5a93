"""Is this the code that somebody's second factor shows now? Every try is counted, and a right one is good once.

The log-in page, the token for scripts and whoever takes the factor away ask here, so that none of them is the cheaper door.
"""

from http import HTTPStatus

import pyotp

from admin.desk import Desk
from admin.login import too_many
from admin.problems import Problem
from storage.staff.logins import note_code, note_refusal
from storage.staff.second_factor import try_code, use_step
from storage.staff.users import StaffMember

STEP_SECONDS = 30
CLOCKS_APART = (0, -1, 1)  # Steps: a phone's clock may be half a minute off.


async def is_good(desk: Desk, member: StaffMember, code: str) -> bool:
    """Whether this member's app shows the code and nobody used it before. Raises Problem 429 after too many tries."""
    now = desk.now()
    blocked = await desk.database.write(lambda conn: try_code(conn, member.username, now))
    if blocked:
        raise too_many((blocked - now).total_seconds())
    step = step_of(member.totp_secret, code, now.timestamp())
    return step is not None and await desk.database.write(lambda conn: use_step(conn, member, step))


async def lets_in(desk: Desk, member: StaffMember, code: str) -> bool:
    """The same for somebody who is about to come in: the audit says whether they did."""
    is_in = await is_good(desk, member, code)
    tell = note_code if is_in else note_refusal
    await desk.database.write(lambda conn: tell(conn, member, desk.now()))
    return is_in


async def ask_for(desk: Desk, member: StaffMember, code: str | None) -> None:
    """Raises Problem 401 unless the code is good, for whom no page can ask for it."""
    if code is None:
        raise Problem(
            HTTPStatus.UNAUTHORIZED, "Send the six digits of your authenticator app as `code`, too."
        )
    if not await lets_in(desk, member, code):
        raise Problem(
            HTTPStatus.UNAUTHORIZED, "That code is wrong or was used already. Wait for the next one."
        )


def step_of(secret: str | None, code: str, timestamp: float) -> int | None:
    """The time step whose code this is, None when it is no code of now."""
    if secret is None:
        return None
    digits = "".join(character for character in code if character.isdigit())
    now = int(timestamp) // STEP_SECONDS
    totp = pyotp.TOTP(secret)
    for apart in CLOCKS_APART:
        if pyotp.utils.strings_equal(digits, totp.generate_otp(now + apart)):
            return now + apart
    return None
