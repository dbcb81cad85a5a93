"""What does a start of the service read in? Neither what only training and migrations need, nor what nobody on WhatsApp waits for."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.trained import trained_models

# The import of `sapa serve`, then its models, then what is in memory by then.
STARTED = """
import asyncio, json, sys
from pathlib import Path
import bot.commands.serve
from bot.models import load_segments, load_telco, load_understanding

async def load(models):
    for load in (load_understanding, load_segments, load_telco):
        await load(models, "umroh", print)

asyncio.run(load(Path(sys.argv[1])))
print(json.dumps(sorted(sys.modules)))
"""
TRAINING = ("sklearn", "scipy", "pandas", "lightgbm", "ml.train")
DATABASES = ("alembic", "asyncpg")
SELDOM = (
    "holidays",
    "reportlab",
    "telegram",
    "jwt",
    "bot.scripts.script_stage",
    "bot.single_sign_on",
    "Sastrawi",
)
ROOMS = ("admin.api.routes", "admin.pages.routes", "segno")


@pytest.fixture(scope="module")
def in_memory() -> set[str]:
    models: Path = trained_models()
    command = [sys.executable, "-c", STARTED, str(models)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return set(json.loads(printed.splitlines()[-1]))


@pytest.mark.parametrize("module", [*TRAINING, *DATABASES, *SELDOM, *ROOMS])
def test_a_start_on_sqlite_with_trained_models_does_without(in_memory: set[str], module: str) -> None:
    assert module not in in_memory


def test_a_start_holds_the_way_of_a_message(in_memory: set[str]) -> None:
    """So that the names above are known to be looked for in the right place."""
    assert {
        "bot.turns.turn",
        "bot.receiving.webhook",
        "bot.sending.sender",
        "ml.serve.understanding",
        "numpy",
    } <= in_memory
