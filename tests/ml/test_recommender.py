"""What a customer buys next: what goes together, what is bought again, and a reason for each."""

from pathlib import Path

import numpy as np
import pytest

from ml.train import fit_recommender
from ml.train.recommender import Recommender
from ml.train.sheet import WrongRows
from tests.bench_models import recommender as bench
from tests.bench_models.row import PUBLIC_DATA
from tests.ml.purchases import COFFEE, TEA, write_purchases

# Customer 0 is one of those who like tea and have never bought the last of its products.
BOUGHT, NEW = TEA[:-1], TEA[-1]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Recommender:
    return fit_recommender(write_purchases(tmp_path_factory.mktemp("shop") / "sales.csv.gz"))


def test_a_new_product_is_one_of_the_customers_own_taste(shop: Recommender) -> None:
    assert shop.recommend("0", 1, allow_rebuy=False) == [NEW]
    assert not set(shop.recommend("0", 10, allow_rebuy=False)) & set(BOUGHT)


def test_what_is_bought_again_and_again_comes_first(shop: Recommender) -> None:
    counts = shop.counts[shop.customers["0"]].toarray()[0]
    most = shop.products[int(np.argmax(counts))]
    assert set(shop.recommend(0, 3, allow_rebuy=True)) == set(BOUGHT)
    assert shop.recommend(0, 1, allow_rebuy=True) == [most]


def test_every_product_says_why_it_is_there(shop: Recommender) -> None:
    new = shop.suggest("0", 1, allow_rebuy=False)[0]
    assert (new.product, new.because) == (NEW, "bought_together")
    assert set(new.by) <= set(BOUGHT)
    again = shop.suggest("1", 1)[0]
    assert (again.because, again.by) == ("bought_before", (again.product,))
    assert again.times > 1
    assert again.product in COFFEE


def test_a_stranger_gets_what_sells_now(shop: Recommender) -> None:
    best = shop.suggest("somebody new", 2)
    assert [suggestion.because for suggestion in best] == ["popular", "popular"]
    assert shop.recommend("somebody new", 100) == [s.product for s in shop.suggest("somebody new", 100)]
    assert len(shop.recommend("somebody new", 100)) == len(TEA + COFFEE)
    assert shop.recommend("somebody new", 0) == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("customer_id,date\n1,2026-01-01\n", "no column in its first row for product"),
        ("product,date\nA,2026-01-01\n", "no column in its first row for customer"),
        ("customer,product,date\n1,A,yesterday\n", "row 2, column date: 'yesterday'"),
        ("customer,product,date,quantity\n1,A,2026-01-01,many\n", "row 2, column quantity: 'many'"),
        ("customer,product,date\n1,,2026-01-01\n", "row 2, column product is empty"),
        ("customer,product,date\n,A,2026-01-01\n", "holds no purchase"),
        ("", "no column in its first row"),
    ],
    ids=["no product", "no customer", "no date", "no number", "no name", "nobody known", "nothing at all"],
)
def test_a_file_that_cannot_be_used_is_refused_by_row_and_column(
    tmp_path: Path, text: str, sentence: str
) -> None:
    path = tmp_path / "sales.csv"
    path.write_text(text)
    with pytest.raises(WrongRows, match=sentence):
        fit_recommender(path)


def test_returns_and_sales_over_the_counter_are_no_purchases(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_text(
        "CustomerID,StockCode,InvoiceDate,Quantity\n1,A,20260101,1\n1,B,20260101,-1\n,C,20260101,1\n2,D,20260102,3\n"
    )
    assert fit_recommender(path).products == ("A", "D")


@pytest.mark.skipif(
    not (PUBLIC_DATA / bench.FILE).exists(), reason="the public data does not lie beside the project"
)
def test_ranks_a_real_shops_later_month_as_well_as_promised() -> None:
    assert [row for row in bench.rows() if row.is_reached is False] == []


def test_a_customers_number_is_one_however_it_is_written(shop: Recommender) -> None:
    assert (
        shop.recommend(0, 3) == shop.recommend("0", 3) == shop.recommend(0.0, 3) == shop.recommend(" 0 ", 3)
    )


def test_more_than_there_are_gives_what_there_is_and_none_gives_nothing(shop: Recommender) -> None:
    everything = set(TEA + COFFEE)
    assert set(shop.recommend("0", 1000)) == everything
    assert set(shop.recommend("0", 1000, allow_rebuy=False)) == everything - set(BOUGHT)
    assert shop.recommend("0", 0) == shop.recommend("nobody", -1) == []
