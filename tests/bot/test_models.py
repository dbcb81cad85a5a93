"""Models at the start: a missing one is made, one that is there is taken, a spoilt one stops it."""

import shutil
from pathlib import Path

import pytest

from bot.models import load_segments
from ml.serve.artifact import CARD, ModelMismatch, read_card
from ml.serve.segments import Persona
from tests.shoppers import SULTAN
from tests.trained import trained_models


async def test_missing_segments_are_found_once_and_then_taken(tmp_path: Path) -> None:
    said: list[str] = []
    first = await load_segments(tmp_path, "umroh", said.append)
    assert said[0] == "Finding the kinds of shoppers; this happens once."
    said.clear()
    again = await load_segments(tmp_path, "umroh", said.append)
    assert said == []
    assert first.predict(SULTAN).persona is again.predict(SULTAN).persona is Persona.SULTAN


async def test_a_spoilt_model_stops_the_start_and_says_how_to_mend_it(tmp_path: Path) -> None:
    folder = shutil.copytree(trained_models() / "segments", tmp_path / "segments")
    await load_segments(tmp_path, "umroh", lambda _: None)
    (folder / read_card(folder, CARD, "segments").file).write_bytes(b"not it")
    with pytest.raises(ModelMismatch, match="Run: sapa train segments"):
        await load_segments(tmp_path, "umroh", lambda _: None)
