"""The real service as a newcomer starts it: migrate, demo, serve, each as the command it is."""

import contextlib
import os
import shutil
import socket
import sqlite3
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path

from argon2 import PasswordHasher

from tests import forked

START_SECONDS = 60
PASSWORD = "demo-password-of-tests"  # Of all demo people.
# The same scheme at its lowest price: each log-in would else take both processors a tenth of a second and more.
QUICK_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def found(var: Path, **settings: str) -> None:
    """Brings schema and demo company into an empty folder."""
    environment = _environment(var) | settings
    for command in ("migrate", "demo"):
        forked.run(command, environment=environment, folder=var, log=var / "found.log")
    with contextlib.closing(sqlite3.connect(var / "sapa.db")) as connection, connection:
        connection.execute("UPDATE users SET password_hash = ?", (QUICK_HASH,))


@contextmanager
def served(var: Path, models: Path, company: Path | None = None, **settings: str) -> Iterator[str]:
    """The address of a service with the demo company in it; stopped at the end. company: where it was founded already, to be copied."""
    if company is None:
        found(var, **settings)
    else:
        shutil.copytree(company, var, dirs_exist_ok=True)
    (var / "models").symlink_to(models)
    port = free_port()
    environment = _environment(var) | {"SAPA_PORT": str(port)} | settings
    process = forked.start("serve", environment=environment, folder=var, log=var / "serve.log")
    try:
        _wait_until_ready(f"http://127.0.0.1:{port}", process, var / "serve.log")
        yield f"http://127.0.0.1:{port}"
    finally:
        forked.stop(process)


def _environment(var: Path) -> dict[str, str]:
    """This process's environment without settings of whoever runs the tests."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("SAPA_")}
    return bare | {"SAPA_VAR": str(var), "SAPA_DEMO_PASSWORD": PASSWORD}


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port


def _wait_until_ready(address: str, process: BaseProcess, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.is_alive():
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            pass
        # Another process starts: there is nothing to be woken by.
        time.sleep(0.1)
    raise AssertionError(f"The service did not become ready:\n{log.read_text()[-3000:]}")
