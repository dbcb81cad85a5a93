"""The packs' conversation scripts, each a test of its own: the demo company through the real webhook, database and outbox.

They are played once, one after the other, by the same player as `sapa test-chats`; a script's own expectations are the assertions.
"""

import asyncio
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from bot.scripts.chat_script import Script, WrongScript, read_scripts
from bot.scripts.played import Played
from bot.scripts.script_stage import play_scripts
from bot.settings import Settings
from knowledge.pack import PACKS
from tests.company import found_company
from tests.trained import trained_models

SCRIPTS = {path.parent.name: read_scripts(path) for path in sorted(PACKS.glob("*/chats"))}
LEAST = {"umroh": 60}  # The issue asks for at least so many.
LEAST_OF_ANOTHER_TRADE = 12


@pytest.mark.parametrize("pack", SCRIPTS)
def test_there_are_enough_scripts_and_each_has_a_name_of_its_own(pack: str) -> None:
    names = [script.name for script in SCRIPTS[pack]]
    assert len(names) >= LEAST.get(pack, LEAST_OF_ANOTHER_TRADE)
    assert len(names) == len(set(names))


@pytest.fixture(scope="session")
def company(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Settings]:
    """A pack's demo company, founded when it is first asked for; scripts only read it."""

    @cache
    def of_pack(pack: str) -> Settings:
        var = tmp_path_factory.mktemp(f"chats-{pack}")
        (var / "models").symlink_to(trained_models(pack))
        settings = Settings(var=var, pack=pack, _env_file=None)
        shutil.copy(migrated_file, var / "sapa.db")
        asyncio.run(found_company(settings.database, pack))
        return settings

    return of_pack


@pytest.fixture(scope="session")
def played(company: Callable[[str], Settings]) -> Callable[[str], dict[str, Played]]:
    """What became of each of a pack's scripts, by name; a pack is played when its first script is asked for."""

    @cache
    def of_pack(pack: str) -> dict[str, Played]:
        return {result.name: result for result in _play(company(pack), SCRIPTS[pack])}

    return of_pack


@pytest.mark.parametrize(
    ("pack", "script"),
    [pytest.param(pack, script, id=f"{pack}: {script.name}") for pack in SCRIPTS for script in SCRIPTS[pack]],
)
def test_a_conversation_goes_as_its_script_says(
    pack: str, script: Script, played: Callable[[str], dict[str, Played]]
) -> None:
    assert played(pack)[script.name].differs == []


def test_media_may_be_called_as_people_call_them(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "- name: x\n  steps: [{says: halo, media: [picture, pdf, map]}, {media: }]\n"
    )
    (script,) = read_scripts(tmp_path)
    assert [step.media for step in script.steps] == [["image", "document", "location"], None]


def test_a_script_that_expects_something_else_says_what_differs(company: Callable[[str], Settings]) -> None:
    script = Script.model_validate(
        {
            "name": "salah semua",
            "steps": [
                {"says": "halo", "hears": ["pizza"], "media": ["image"], "phase": "paid", "silent": True}
            ],
        }
    )
    (result,) = _play(company("umroh"), [script])
    assert [line.split(":")[1].strip() for line in result.differs] == [
        "not heard",
        "not silent",
        "media",
        "phase",
    ]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        pytest.param("- name: x\n  steps: []\n", "0.steps", id="no-steps"),
        pytest.param("- name: x\n  steps: [{say: halo}]\n", "0.steps.0.say", id="unknown-word"),
        pytest.param(
            "- name: [\n", r"rusak.yaml: this is no YAML: line 2, column 1: [^\n]+\.$", id="no-yaml"
        ),
        pytest.param("- name: a\x00b\n", r"this is no YAML\.$", id="nul"),
        pytest.param("- name: caf\xe9\n", "UTF-8", id="another-encoding"),
        pytest.param("halo\n", "list", id="neither-one-nor-a-list"),
    ],
)
def test_a_script_that_cannot_be_read_is_refused_with_its_place(
    text: str, place: str, tmp_path: Path
) -> None:
    (tmp_path / "rusak.yaml").write_text(text, encoding="latin-1")
    with pytest.raises(WrongScript, match=place):
        read_scripts(tmp_path)


def test_a_file_may_hold_one_script_without_a_list(tmp_path: Path) -> None:
    (tmp_path / "satu.yml").write_text("name: Satu saja\nsteps: [{says: halo}]\n")
    assert [script.name for script in read_scripts(tmp_path)] == ["Satu saja"]


def test_a_folder_without_scripts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongScript, match=r"no \.yaml files"):
        read_scripts(tmp_path)


def _play(settings: Settings, scripts: list[Script]) -> list[Played]:
    return asyncio.run(play_scripts(settings, scripts, lambda _: None, print))
