"""The manuals say what the code does: settings, commands, words and drawings."""

import enum
import re
from collections.abc import Iterator

import pytest

from bot.commands.main import COMMANDS
from bot.settings import Settings
from flows import domain
from tests.source_code import modules
from tests.write_docs import FLOWS, PARTS, README, between

STALE = "Run: python -m tests.write_docs"
LISTS = [
    kind
    for _, kind in sorted(vars(domain).items())
    if isinstance(kind, enum.EnumMeta) and kind is not enum.StrEnum
]
ROW = re.compile(r"^\| (?P<english>[^|]+) \| (?P<indonesian>[^|]+) \| (?P<means>[^|]*)\|$", re.MULTILINE)


def glossary() -> list[tuple[str, str]]:
    """English and Indonesian of every row."""
    rows = ROW.findall(between(FLOWS.read_text(encoding="utf-8"), "glossary"))
    return [
        (english.strip().strip("`"), indonesian.strip())
        for english, indonesian, _ in rows
        if english.strip() not in ("English", "---")
    ]


def words() -> set[str]:
    return {english for english, _ in glossary()}


@pytest.mark.parametrize("marker", PARTS)
def test_what_the_code_knows_is_written_as_it_knows_it(marker: str) -> None:
    path, content = PARTS[marker]
    assert between(path.read_text(encoding="utf-8"), marker) == content(), STALE


def test_every_setting_is_in_the_manual() -> None:
    manual = README.read_text(encoding="utf-8")
    assert [name for name in Settings.model_fields if f"`SAPA_{name.upper()}`" not in manual] == []


def test_every_setting_says_what_it_means() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_manual(name: str) -> None:
    assert f"`sapa {name}" in README.read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", LISTS, ids=lambda kind: kind.__name__)
def test_every_closed_list_and_its_values_are_in_the_glossary(kind: enum.EnumMeta) -> None:
    name = re.sub(r"(?<!^)([A-Z])", r" \1", kind.__name__).lower()
    values = {str(member.value) for member in kind}  # type: ignore[var-annotated]  # EnumMeta does not say what it holds.
    assert ({name} | values) - words() - {"staff"} == set()


def test_every_word_has_both_languages_once() -> None:
    english = [word for word, _ in glossary()]
    assert sorted(english) == sorted(set(english))
    assert [word for word, indonesian in glossary() if not indonesian] == []


def test_the_code_uses_every_word() -> None:
    code = "\n".join(module.text for module in modules()).lower()
    assert sorted(word for word in words() if not any(form in code for form in forms(word))) == []


def forms(word: str) -> Iterator[str]:
    yield word.lower()
    yield word.lower().replace(" ", "_")
    yield word.lower().replace(" ", "")
