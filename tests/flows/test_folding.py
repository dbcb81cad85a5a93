"""Which words a text holds, and which are found by which beginnings."""

import pytest

from flows.folding import MOST_TERMS, folded, holds, terms_of


@pytest.mark.parametrize(
    ("text", "sought", "is_found"),
    [
        pytest.param("Mau UMROH bulan Maret", "umr maret", True, id="beginnings, any case"),
        pytest.param("Café-nya di mana?", "cafe", True, id="accents and hyphens"),
        pytest.param("Jumʿat pagi", "jum", True, id="letters of other scripts"),
        pytest.param("berangkat", "angkat", False, id="not the middle of a word"),
        pytest.param("Rp 25.000.000", "25.000", True, id="parts of an amount"),
        pytest.param("kode UMR_MAR_2027", "mar_2027", True, id="parts of a code"),
        pytest.param("halo", "halo dunia", False, id="all words are wanted"),
    ],
)
def test_words_are_found_by_their_beginnings(text: str, sought: str, is_found: bool) -> None:
    assert holds(folded(text), terms_of(sought)) == is_found


def test_terms_are_few_useful_and_safe() -> None:
    assert terms_of("a ? \" ' * () &") == ()
    assert terms_of("dp DP d p") == ("dp",)
    assert len(terms_of(" ".join(f"kata{n}" for n in range(30)))) == MOST_TERMS
