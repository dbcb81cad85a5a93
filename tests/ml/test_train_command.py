"""`sapa train` as an operator types it: figures, a company's own file, a wrong file, and the way back."""

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.commands.train import train
from knowledge.pack import load_pack, load_utterances
from ml.serve.artifact import read_card

VOICES = {"ibu", "remaja", "polos", "background-2"}


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SAPA_VAR", str(tmp_path / "var"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "var"


def own_file(folder: Path, voices: set[str]) -> Path:
    path = folder / "pesan.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "intent", "voice"])
        rows = [row for row in load_utterances(load_pack("umroh")) if row.voice in voices]
        writer.writerows((row.text, row.intent, row.voice) for row in rows)
    return path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(train, arguments)


def test_trains_on_a_companys_own_file_and_prints_its_figures(var: Path, tmp_path: Path) -> None:
    result = run("nlu", "--csv", str(own_file(tmp_path, VOICES)))
    assert result.exit_code == 0, result.output
    assert "29 intents" in result.output
    assert "macro_f1" in result.output
    assert read_card(var / "models" / "nlu" / "umroh").rows > 500


def test_goes_back_to_the_model_before(var: Path, tmp_path: Path) -> None:
    run("nlu", "--csv", str(own_file(tmp_path, VOICES)))
    first = read_card(var / "models" / "nlu" / "umroh").id
    run("nlu", "--csv", str(own_file(tmp_path, VOICES - {"ibu"})), "--accept-worse")
    assert read_card(var / "models" / "nlu" / "umroh").id != first
    assert f"back in service is {first}" in run("nlu", "--rollback").output


def test_a_wrong_file_is_refused_in_one_line(var: Path, tmp_path: Path) -> None:
    path = tmp_path / "salah.csv"
    path.write_text("text,intent\nhalo,sapaan\n", encoding="utf-8")
    result = run("nlu", "--csv", str(path))
    assert result.exit_code != 0
    assert "salah.csv: row 2, column intent: 'sapaan' is no intent of the pack umroh" in result.output
    assert not (var / "models").exists()


def test_a_model_that_nobody_knows_is_refused(var: Path) -> None:
    assert run("lainnya").exit_code != 0
    assert not (var / "models").exists()
