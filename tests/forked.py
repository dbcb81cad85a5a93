"""A `sapa` command in a process of its own, which need not load Python's libraries first: it is forked from one that has.

Loading them takes two seconds of a processor, every time. All else is as in a terminal: the environment, the folder, what is printed.
That the bare command starts too is promised by `test_deploy.py`.
"""

import multiprocessing
import os
import sys
from multiprocessing.process import BaseProcess
from pathlib import Path

STOP_SECONDS = 30
# What `sapa serve` has loaded once it is ready.
LOADED = (
    "bot.commands.serve", "bot.commands.migrate", "bot.commands.demo", "admin.api.routes", "admin.pages.routes", "joblib",
)  # fmt: skip
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(list(LOADED))


def start(*arguments: str, environment: dict[str, str], folder: Path, log: Path) -> BaseProcess:
    """The running command; what it prints is added to the log."""
    process = _context.Process(target=_command, args=(arguments, environment, folder, log))
    process.start()
    return process


def run(*arguments: str, environment: dict[str, str], folder: Path, log: Path) -> None:
    """The command, to its end, which must be a good one."""
    process = start(*arguments, environment=environment, folder=folder, log=log)
    process.join()
    assert process.exitcode == 0, log.read_text()[-3000:]


def stop(process: BaseProcess) -> None:
    """As a service manager does: told to end, and killed when it does not."""
    if process.is_alive():
        process.terminate()
        process.join(STOP_SECONDS)
    if process.is_alive():
        process.kill()
        process.join()


def _command(arguments: tuple[str, ...], environment: dict[str, str], folder: Path, log: Path) -> None:
    from bot.commands.main import main

    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(written, 1)
    os.dup2(written, 2)
    sys.argv = ["sapa", *arguments]
    main()
