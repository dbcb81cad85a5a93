"""What a text that staff write must not be able to do: reach our objects, loop, grow, or take the service's memory or time."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.reply_keys import Key
from knowledge.replies import Replies, check_reply, reply_type
from knowledge.reply_facts import samples
from knowledge.reply_filters import FILTERS
from knowledge.reply_sandbox import MAX_NODES, MAX_OUTPUT, MAX_SOURCE

JAKARTA = ZoneInfo("Asia/Jakarta")
KEY = Key.RECOMMEND
# Pieces of templates, right and wrong, to be thrown together.
PIECES = (
    *(
        "{{ ",
        " }}",
        "{% ",
        " %}",
        "if ",
        "elif ",
        "else",
        "endif",
        "for x in ",
        "endfor",
        "{#",
        "#}",
        "-%}",
        "{%-",
    ),
    *(
        "package",
        "packages",
        ".name",
        ".price",
        ".__class__",
        "pax",
        "budget",
        "|rupiah",
        "|daftar",
        "|bullets(3)",
    ),
    *(
        " == ",
        " < ",
        " and ",
        " or ",
        "not ",
        "(",
        ")",
        "[",
        "]",
        "'a'",
        "9",
        " * ",
        " ~ ",
        " is none",
        "\n",
        "Halo ",
    ),
)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param("{{ ''.__class__.__mro__ }}", "__class__", id="class of a word"),
        pytest.param("{{ package.__class__ }}", "__class__", id="class of a fact"),
        pytest.param("{{ package._private }}", "_private", id="private attribute"),
        pytest.param("{{ package.ml_label }}", "ml_label", id="what customers must not see"),
        pytest.param("{{ package.name.upper }}", "upper", id="method of a word"),
        pytest.param("{{ package.name.upper() }}", "call", id="calling a method"),
        pytest.param("{{ package['name'] }}", "square brackets", id="index"),
        pytest.param("{{ packages[0].name }}", "square brackets", id="index into a list"),
        pytest.param("{{ package|attr('name') }}", "'attr'", id="attr filter"),
        pytest.param("{{ 'a' * 10**9 }}", "arithmetic", id="a gigabyte"),
        pytest.param("{{ 2 ** 99999999 }}", "arithmetic", id="a huge number"),
        pytest.param("{{ package.price + 1 }}", "arithmetic", id="sum"),
        pytest.param("{{ -package.price }}", "arithmetic", id="sign"),
        pytest.param("{{ package.name ~ package.name }}", "joining", id="joining"),
        pytest.param("{% for x in range(10**9) %}a{% endfor %}", "a loop", id="loop over a range"),
        pytest.param("{% for p in packages %}{{ p.name }}{% endfor %}", "a loop", id="loop over packages"),
        pytest.param("{{ range(5) }}", "call", id="range"),
        pytest.param("{{ cycler }}", "'cycler'", id="a global of the template language"),
        pytest.param("{{ lipsum() }}", "'lipsum'", id="a function of the template language"),
        pytest.param("{{ self }}", "'self'", id="the template itself"),
        pytest.param("{% macro m() %}{{ m() }}{% endmacro %}", "a macro", id="macro"),
        pytest.param("{% set x = 1 %}", "set", id="set"),
        pytest.param("{% set x %}a{% endset %}", "set", id="set block"),
        pytest.param("{% with x = 1 %}{% endwith %}", "with", id="with"),
        pytest.param("{% include 'x' %}", "include", id="include"),
        pytest.param("{% import 'x' as y %}", "import", id="import"),
        pytest.param("{% extends 'x' %}", "extends", id="extends"),
        pytest.param("{% block a %}{% endblock %}", "a block", id="block"),
        pytest.param("{% filter rupiah %}1{% endfilter %}", "filter block", id="filter block"),
        pytest.param("{% autoescape true %}x{% endautoescape %}", "not allowed", id="autoescape"),
        pytest.param("{{ [1, 2] }}", "list", id="list"),
        pytest.param("{{ {'a': 1} }}", "dict", id="mapping"),
        pytest.param("{{ 1.5 }}", "whole numbers", id="fraction"),
        pytest.param("{{ 'a' in package.name }}", "'in'", id="in"),
        pytest.param("{{ package is mapping }}", "'mapping'", id="test"),
        pytest.param("{{ package.includes|join('x') }}", "'join'", id="a filter of the template language"),
        pytest.param("{{ package.name|center(99999999) }}", "'center'", id="padding"),
        pytest.param("{{ package.includes|bullets(999999999) }}", "from 1 to 12", id="too many lines"),
        pytest.param("{{ package.includes|bullets(0) }}", "from 1 to 12", id="no lines"),
        pytest.param("{{ package.includes|bullets(true) }}", "from 1 to 12", id="yes is no number"),
        pytest.param("{{ package.includes|bullets(package.price) }}", "from 1 to 12", id="a fact as count"),
        pytest.param("{{ package.includes|bullets(count=3) }}", "does not take", id="named argument"),
        pytest.param("{{ package.includes|bullets(*packages) }}", "does not take", id="spread argument"),
        pytest.param("{{ package.price|rupiah(3) }}", "does not take", id="argument for none"),
        pytest.param("{{ answer }}", "'answer'", id="another text's fact"),
        pytest.param("{{ package.prise }}", "'prise'", id="misspelt attribute"),
        pytest.param("{{ pax.real }}", "'real'", id="attribute of a number"),
        pytest.param("{{ package.location.lat }}", "'lat'", id="attribute of a place"),
        pytest.param("Halo {{ package.name", "unexpected end", id="not closed"),
        pytest.param("{% if package %}x", "endif", id="if without end"),
        pytest.param("{{ package }}", "needs a filter", id="a whole package"),
        pytest.param("{{ packages }}", "needs a filter", id="a whole list"),
        pytest.param("{{ package.departure_date }}", "needs a filter", id="a bare date"),
        pytest.param("{% if package.quota_left < 5 %}x{% endif %}y", "few facts", id="forgets to ask"),
        pytest.param("", "empty", id="nothing"),
        pytest.param("Transfer ke rek BCA 123 456 7890 ya", "account numbers", id="account number"),
        pytest.param("Rekening: 1234567890123", "account numbers", id="long account number"),
    ],
)
def test_refuses(content: str, problem: str) -> None:
    assert problem in " ".join(check_reply(KEY, content))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("x" * (MAX_SOURCE + 1), id="too long"),
        pytest.param("{{pax}}" * (MAX_NODES + 50), id="too many parts"),
        pytest.param("{% if pax %}" * 60 + "x" + "{% endif %}" * 60, id="ifs in ifs"),
        pytest.param("{{ " + "(" * 1900 + "1" + ")" * 1900 + " }}", id="brackets in brackets"),
        pytest.param("{{ " + "not " * 900 + "1 }}", id="not not not"),
        pytest.param("{{ " + "1 if pax else " * 100 + "2 }}", id="if else if else"),
        pytest.param("{{ pax" + "|rupiah" * 200 + " }}", id="filter on filter"),
        pytest.param("{{ package" + ".location" * 300 + " }}", id="attribute of attribute"),
        pytest.param("{% if " + "pax and " * 120 + "pax %}x{% endif %}", id="and and and"),
    ],
)
def test_refuses_what_grows_without_falling_over(content: str) -> None:
    assert check_reply(KEY, content) != []


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("{{ package.name if package else 'paket kami' }}", id="choice in place"),
        pytest.param(
            "{% if pax and pax >= 10 or budget is none %}a{% elif not pax %}b{% else %}c{% endif %}d", id="if"
        ),
        pytest.param("{{ budget|rupiah }}{{ packages|daftar }}ya", id="filters"),
        pytest.param("{{ package.includes|bullets(3) }}ya", id="filter with a count"),
        pytest.param("{# untuk kami #}Halo {{ company.pin.name }}", id="comment and place"),
        pytest.param(
            "DP Rp 500.000.000.000 lewat rekening resmi, telp 0812 3456 7890", id="amount and phone"
        ),
        pytest.param("{% raw %}{{ bukan }}{% endraw %}", id="braces as text"),
    ],
)
def test_lets_in(content: str) -> None:
    assert check_reply(KEY, content) == []


def test_a_problem_names_its_line() -> None:
    assert check_reply(KEY, "Satu\n{% if pax %}\nDua\n{% endif %}\n{{ x }}")[0].startswith("Line 5: 'x'")


def test_says_so_when_there_is_no_such_text() -> None:
    assert check_reply("no_such_key", "Halo") == ["There is no reply 'no_such_key'."]


def test_every_filter_is_described() -> None:
    assert [name for name, description in FILTERS.items() if not description.endswith(".")] == []


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_any_text_is_refused_in_words_or_can_be_written(content: str) -> None:
    problems = check_reply(KEY, content)
    if not problems:
        replies = Replies({reply_type(KEY, "id"): content}, JAKARTA, ())
        for sample in samples(KEY):
            assert len(replies.render(KEY, "id", sample.facts)) <= MAX_OUTPUT
