"""What spares a test process work that has nothing to do with what is tested: looking for garbage, and compiling the same SQL again.

Both are as in the program but for how often. Every test has an engine of its own, and SQLAlchemy remembers a statement's compiled form with
the engine: a fifth of what a test with a database costs.
"""

import gc
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.util import LRUCache

# Python's own 700 are for a program a thousandth of the size.
OBJECTS_UNTIL_A_LOOK = 50_000
STATEMENTS = 5_000  # More than there are.


def look_for_garbage_seldom() -> None:
    """To be called early: loading makes many objects, and no garbage."""
    gc.set_threshold(OBJECTS_UNTIL_A_LOOK, 20, 20)


def look_no_more_at_what_is_loaded() -> None:
    gc.freeze()


class Compiled(LRUCache[Any, Any]):  # Any: SQLAlchemy's own keys and values.
    """Compiled statements by all but their engine's own dialect object, in whose place stands which dialect it is."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_of_any_engine(key), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        super().__setitem__(_of_any_engine(key), compiled)


def _of_any_engine(key: Any) -> Any:
    dialect, *rest = key
    return (dialect.name, dialect.driver, *rest)


def compile_once() -> None:
    """For all engines of this process."""
    compiled = Compiled(STATEMENTS)

    @event.listens_for(Engine, "engine_connect")
    def share(connection: Connection) -> None:
        connection.execution_options(compiled_cache=compiled)
