"""The panel's files: templates that say only what they may, words in both languages, and vendored files as their makers made them."""

import re
import tomllib
from hashlib import sha256
from pathlib import Path

import pytest
from jinja2 import Environment

from admin.pages.assets import FOLDER, asset_address, icon_source
from admin.pages.devices import device
from admin.pages.render import TEMPLATES, _environment
from admin.words import all_words
from flows.domain import Role
from storage.trail.audit import Event
from tests.source_code import ROOT

VENDOR = FOLDER / "vendor"
# Attributes that the content security policy would block, or that would make it weaker.
FORBIDDEN = re.compile(
    r"""\s(?:style|on\w+|hx-on[:\w-]*)\s*=|<script(?![^>]*\bsrc=)|<style|javascript:|\|\s*safe\b"""
)
SILENT_FORM = re.compile(r"""<form\b[^>]*\shx-swap="none"[^>]*>(.*?)</form>""", re.DOTALL)
ASKING_TAG = re.compile(r"""<\w[^<>]*\shx-(?:get|post)=[^<>]*>""")
WORDS = re.compile(r"""\bt\(\s*'([\w.]+)'\s*[,)]""")
HANDLER_WORDS = re.compile(r"""(?:\.t|\.say)\(\s*f?"([\w.]+)"\s*[,)]""")


def templates() -> list[Path]:
    return sorted(path for path in TEMPLATES.rglob("*.html") if path.parent.name != "docs")


@pytest.mark.parametrize("path", templates(), ids=lambda path: path.relative_to(TEMPLATES).as_posix())
def test_a_template_can_be_read_and_weakens_no_policy(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    environment: Environment = _environment()
    environment.parse(text)
    assert FORBIDDEN.findall(text) == []
    for name in re.findall(r"""\basset\('([^']+)'\)""", text):
        assert asset_address(name)
    for name in re.findall(r"""\bicon\('([\w-]+)'""", text):
        assert icon_source(name)


def test_what_shows_an_answer_within_a_form_that_shows_none_says_how() -> None:
    """htmx hands `hx-swap` down: without its own, a search or a preview in such a form asks and shows nothing."""
    inherits = {
        (path.name, tag)
        for path in templates()
        for inside in SILENT_FORM.findall(path.read_text(encoding="utf-8"))
        for tag in ASKING_TAG.findall(inside)
        if "hx-swap=" not in tag
    }
    assert inherits == set()


def test_every_word_that_is_said_stands_in_both_languages() -> None:
    said = {key for path in templates() for key in WORDS.findall(path.read_text(encoding="utf-8"))}
    handlers = [*(ROOT / "admin").rglob("*.py")]
    said |= {key for path in handlers for key in HANDLER_WORDS.findall(path.read_text(encoding="utf-8"))}
    assert said - set(all_words()) == set()
    empty = {key for key, both in all_words().items() if not all(text.strip() for text in both)}
    assert empty == set()


def test_every_deed_of_the_audit_has_its_words() -> None:
    assert {f"audit.event_{event.value}" for event in Event} - set(all_words()) == set()


def test_both_languages_fill_in_the_same_blanks() -> None:
    blank = re.compile(r"\{(\w+)\}")
    differing = {
        key
        for key, (first, second) in all_words().items()
        if set(blank.findall(first)) != set(blank.findall(second))
    }
    assert differing == set()


def test_every_role_has_its_words() -> None:
    assert {f"role.{role}" for role in Role} <= set(all_words())


def test_vendored_files_are_as_their_makers_made_them() -> None:
    rows = tomllib.loads((VENDOR / "vendored.toml").read_text(encoding="utf-8"))
    for name, row in rows.items():
        assert (VENDOR / row["licence_file"]).is_file(), name
        if "sha256" in row:
            assert sha256((VENDOR / name).read_bytes()).hexdigest() == row["sha256"], name
    named = {row["licence_file"] for row in rows.values()} | set(rows) | {"vendored.toml"}
    assert {path.name for path in VENDOR.iterdir() if path.is_file()} - named == set()
    sums = dict(
        reversed(line.split("  ", 1))
        for line in (VENDOR / rows["icons"]["sha256sums"]).read_text().splitlines()
    )
    icons = {path.name: sha256(path.read_bytes()).hexdigest() for path in (VENDOR / "icons").glob("*.svg")}
    assert icons == sums


@pytest.mark.parametrize(
    ("said", "words"),
    [
        pytest.param(
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
            "Chrome, Linux",
            id="every Chrome calls itself Safari",
        ),
        pytest.param(
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/26.0 Chrome/122.0 Mobile Safari/537.36",
            "Samsung Internet, Android",
            id="Android calls itself Linux",
        ),
        pytest.param(
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1",
            "Safari, iPhone",
            id="an iPhone calls itself a Mac",
        ),
        pytest.param(
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge, Windows",
            id="Edge calls itself Chrome",
        ),
        pytest.param("curl/8.5.0", "curl/8.5.0", id="no browser is shown as it calls itself"),
        pytest.param("", "—", id="nothing said"),
    ],
)
def test_a_browser_is_named_as_its_owner_would(said: str, words: str) -> None:
    assert device(said) == words
