"""What is made once for all test processes: whoever comes first makes it, the others wait and take it."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest


def once(folder: Path, make: Callable[[Path], None]) -> Path:
    """The folder, filled by make; a try that broke off is made good, on top of what it left."""
    folder.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (done := folder.with_name(f"{folder.name}.done")).exists():
            make(folder)
            done.touch()
    return folder


def shared_folder(factory: pytest.TempPathFactory) -> Path:
    """The temporary folder of this run that its test processes share."""
    own = factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
