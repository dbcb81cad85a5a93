"""A list as a file opens with every letter right in a spreadsheet, and reads as plain columns in a script."""

import csv
import io

import pytest

from admin.actions.csv_stream import MARK
from tests.admin.browser import Visitor
from tests.admin.house import House

FILES = (
    pytest.param("supervisor", "/panel/cases/export", id="cases"),
    pytest.param("compliance", "/panel/audit/export?format=csv", id="audit"),
    pytest.param("supervisor", "/panel/dashboard/export", id="dashboard"),
    pytest.param("supervisor", "/api/cases/export", id="cases, at the API's address"),
    pytest.param("compliance", "/api/consents/report?format=csv", id="consents"),
    pytest.param("compliance", "/api/audit/interactions/export?format=csv", id="interactions"),
)


@pytest.mark.parametrize(("who", "path"), FILES)
async def test_a_file_from_the_browser_says_once_how_its_letters_are_written(
    small_house: House, who: str, path: str
) -> None:
    visitor = await Visitor(small_house).logs_in(who)
    seen = await visitor.opens(path)
    assert (seen.status, seen.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert (seen.text[0], seen.text.count(MARK)) == (MARK, 1)
    assert len(next(csv.reader(io.StringIO(seen.text)))) > 1


@pytest.mark.parametrize(
    ("who", "path"),
    [
        pytest.param("supervisor", "/api/cases/export", id="cases"),
        pytest.param("compliance", "/api/audit/export?format=csv", id="audit"),
        pytest.param("compliance", "/api/consents/report?format=csv", id="consents"),
    ],
)
async def test_a_script_finds_the_first_column_under_its_name(
    small_house: House, who: str, path: str
) -> None:
    reply = await small_house.asks(who, "GET", path)
    assert (reply.status, MARK in reply.text) == (200, False)


@pytest.mark.parametrize(
    "path", ["/panel/audit/export?format=json", "/api/audit/interactions/export?format=json"]
)
async def test_json_never_carries_the_mark(small_house: House, path: str) -> None:
    visitor = await Visitor(small_house).logs_in("compliance")
    seen = await visitor.opens(path)
    assert (seen.status, MARK in seen.text) == (200, False)
