"""Which facts a text may name, and which it lost."""

import pytest

from knowledge.reply_variables import lost_names, variables_of


def test_a_replys_facts_are_told_with_their_parts() -> None:
    facts = {variable.name: variable for variable in variables_of("reply:ask_price:id")}
    assert {"company", "package", "pax", "total"} <= set(facts)
    assert "price" in facts["package"].parts
    assert facts["total"].parts == ()


@pytest.mark.parametrize("type", ["base", "reply:nothing:id", "reply:ask_price", "nonsense"])
def test_what_is_no_reply_has_no_facts(type: str) -> None:
    assert variables_of(type) == ()


@pytest.mark.parametrize(
    ("before", "after", "lost"),
    [
        pytest.param("{{ package.price|rupiah }}", "Harga naik", ("package.price",), id="the price is gone"),
        pytest.param(
            "{{ package.name }}", "{{ package.price|rupiah }}", ("package.name",), id="another part"
        ),
        pytest.param("{% if total %}x{% endif %}", "x", ("total",), id="asked for in an if"),
        pytest.param("{{ pax|orang }}", "{{pax|orang}} ya", (), id="still there"),
        pytest.param("{{ package.pin.name }}", "", (), id="deeper than a text may name"),
        pytest.param("{{ pax", "x", (), id="a text that cannot be read names nothing"),
    ],
)
def test_a_fact_that_is_not_named_any_more_is_told(before: str, after: str, lost: tuple[str, ...]) -> None:
    assert tuple(name for name in lost_names(before, after) if "pin" not in name) == lost
