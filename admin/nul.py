"""Does a NUL stand in what was sent? PostgreSQL keeps none in a text and nobody types one, so both guards refuse it at the door.

In a body, a form or a query it is a wrong value of its field; an address with one leads nowhere.
"""

from typing import Any

from aiohttp import web

from admin.problems import unprocessable

NUL = "\x00"


def refuse_nul(value: Any, field: str = "body") -> None:  # Any: JSON of any shape, or a form's values.
    """Raises Problem naming the field in which one stands."""
    match value:
        case str() if NUL in value:
            raise unprocessable(field, "must not hold a NUL character")
        case dict():
            for name, item in value.items():
                refuse_nul(item, str(name))
        case list():
            for item in value:
                refuse_nul(item, field)
        case _:
            pass


def refuse_nul_in_address(request: web.Request) -> None:
    """Raises 404: what has one in its name is nowhere."""
    if any(NUL in part for part in request.match_info.values()):
        raise web.HTTPNotFound
