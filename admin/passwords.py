"""Is this the right password? Argon2 in a small pool of its own: hashing takes a third of a second and must not stop the service."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from weakref import WeakValueDictionary

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

THREADS = 2  # Each hash takes 64 MiB while it runs.


def hash_password(password: str) -> str:
    """The text to store for this password. Slow on purpose: for commands, where nobody else waits."""
    return PasswordHasher().hash(password)


class Passwords:
    """Hashing and checking off the event loop."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self._pool = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="argon2")
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def turn_of(self, username: str) -> asyncio.Lock:
        """Held while a try for this name is counted and looked at, so that many right ones at once are not taken for failures."""
        return self._turns.setdefault(username, asyncio.Lock())

    async def hash(self, password: str) -> str:
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._hasher.hash, password)

    async def is_right(self, stored: str | None, password: str) -> bool:
        """Whether the password fits the stored text. Without one (no such user) it takes as long and is wrong."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._check, stored, password)

    @cached_property
    def _nobodys(self) -> str:
        return self._hasher.hash("nobody has this password")

    def _check(self, stored: str | None, password: str) -> bool:
        try:
            self._hasher.verify(stored or self._nobodys, password)
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None
