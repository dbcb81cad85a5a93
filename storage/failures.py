"""Is it the database that cannot be had now, or this one statement? What drivers raise, told apart once for both databases."""

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

DOWN = (OperationalError, InterfaceError, OSError)
# SQLSTATE classes in which PostgreSQL refuses everybody, not this statement: connection (08), log-in (28), no such database (3D),
# out of memory, disk or connections (53), shutting down or cancelled by an operator (57).
_REFUSES_EVERYBODY = ("08", "28", "3D", "53", "57")


class DatabaseDown(Exception):
    """The database cannot be reached or written now. Try again later; nothing of the job happened."""


def is_down(error: BaseException) -> bool:
    return isinstance(error, DOWN) or _state(error).startswith(_REFUSES_EVERYBODY)


def reason(error: BaseException) -> str:
    """What to tell the operator, without anything that a customer wrote."""
    if _state(error).startswith(("28", "3D")):
        # What the server says here names the user or the database and nothing else.
        return f"The database refuses us: {getattr(error, 'orig', error)}. Check SAPA_DATABASE_URL."
    return f"The database does not answer ({type(error).__name__}). Check SAPA_DATABASE_URL and that it runs, then try again."


def is_conflict(error: DBAPIError) -> bool:
    """Deadlock or serialization failure: PostgreSQL asks to simply try again (codes 40P01, 40001)."""
    return _state(error) in ("40P01", "40001")


def _state(error: BaseException) -> str:
    return getattr(getattr(error, "orig", None), "sqlstate", None) or ""
