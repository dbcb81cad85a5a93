"""Does the trainer serve data that nobody here wrote? The quick part of `python -m ml.train.public_checks`."""

import pytest

from ml.train.public_checks import Check, check_xsid
from tests.ml.heldout import SHARED

NLU = SHARED / "nlu"


@pytest.mark.skipif(not NLU.exists(), reason="the public data does not lie beside the project")
def test_reaches_the_bar_on_indonesian_assistant_messages() -> None:
    assert [str(check) for check in check_xsid(NLU / "xsid_id") if not check.is_reached] == []


def test_a_check_says_whether_it_is_reached() -> None:
    assert Check(what="x", least=0.9, found=0.9).is_reached
    assert not Check(what="x", least=0.9, found=0.8).is_reached
