"""What is a complaint called, and when is it over?"""

from flows.domain import CaseStatus

ACTIVE: tuple[CaseStatus, ...] = tuple(status for status in CaseStatus if status is not CaseStatus.CLOSED)


def case_number(year: int, serial: int) -> str:
    """The number people quote on the phone: `CASE-2027-000042`. year is the one (UTC) in which it was opened."""
    return f"CASE-{year}-{serial:06d}"
