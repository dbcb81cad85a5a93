"""Where a trade's customers begin to be valuable: read from its pack, the document's where it names nothing."""

from pathlib import Path

import pytest

from flows.persona import PriceBands
from flows.rfm import DOCUMENT_THRESHOLDS, RfmThresholds
from knowledge.pack import load_pack

BARE = 'code_prefixes = ["X"]\n[intents]\ngreeting = "courtesy"\n'
RFM = "[rfm]\nrecency = [1, 2, 3, 4]\nfrequency = [1, 2, 3, 4]\nmonetary = [1, 2, 3, 4]\n"


def pack_with(folder: Path, more: str) -> Path:
    (folder / "shop").mkdir()
    (folder / "shop" / "pack.toml").write_text(BARE + more)
    return folder


def test_pilgrims_are_not_asked_to_buy_fifty_times_a_year() -> None:
    pack = load_pack("umroh")
    assert pack.rfm.frequency[-1] < 10
    assert pack.rfm.window_label == "60 bulan terakhir"


def test_a_pack_that_names_nothing_has_the_documents(tmp_path: Path) -> None:
    pack = load_pack("shop", pack_with(tmp_path, ""))
    assert (pack.rfm, pack.bands) == (DOCUMENT_THRESHOLDS, None)


def test_a_pack_may_count_balances_over_its_own_window_and_name_its_prices(tmp_path: Path) -> None:
    more = f'{RFM}window_days = 90\nmoney = "balance"\n[prices]\ncheap_below = 50_000\ndear_from = 150_000\n'
    pack = load_pack("shop", pack_with(tmp_path, more))
    assert pack.rfm == RfmThresholds(
        recency=(1, 2, 3, 4),
        frequency=(1, 2, 3, 4),
        monetary=(1, 2, 3, 4),
        window_days=90,
        counts_balance=True,
    )
    assert pack.bands == PriceBands(low=50_000, high=150_000)


@pytest.mark.parametrize(
    "wrong", [RFM.replace("[1, 2, 3, 4]", "[4, 3, 2, 1]"), "[rfm]\nrecency = [1, 2, 3, 4]\n"]
)
def test_thresholds_that_cannot_be_are_refused_by_the_packs_name(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(ValueError, match=r"\[rfm\] of the pack 'shop'"):
        load_pack("shop", pack_with(tmp_path, wrong))
