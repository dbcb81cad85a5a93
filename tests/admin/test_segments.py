"""The simulator of shoppers over HTTP: the document's scenario, its plots, and numbers that are none."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from storage.database import Database
from tests.admin.house import House, open_house
from tests.shoppers import SULTAN, shoppers


@pytest.fixture
async def shop(database: Database) -> AsyncIterator[House]:
    async with open_house(database, segments=shoppers) as house:
        yield house


async def test_a_big_spender_is_a_sultan_with_luxury_products(shop: House) -> None:
    answer = await shop.does("marketing", "/api/segments/predict", SULTAN)
    assert (answer["persona"], answer["tier"], answer["currency"]) == ("Sultan", "Luxury", "USD")
    assert [product["tier"] for product in answer["products"][:5]] == ["Luxury"] * 5
    assert answer["products"][0]["reason"] == "Kelas Luxury cocok dengan Sultan."
    assert set(answer["products_by_tier"]) == {"Budget", "Standard", "Premium", "Luxury"}
    assert len(answer["radar"]["labels"]) == len(answer["radar"]["customer"]) == 8


async def test_three_months_without_an_order_raise_the_risk(shop: House) -> None:
    fresh, stale = [
        (await shop.does("rm", "/api/segments/predict", SULTAN | {"recency_days": days}))["migration_risk"]
        for days in (5, 90)
    ]
    assert stale > fresh


@pytest.mark.parametrize("path", ["/api/segments/metrics", "/cluster/metrics"])
async def test_plots_get_their_numbers_at_both_addresses(shop: House, path: str) -> None:
    metrics = await shop.gets("admin", path)
    assert metrics["k"] == 4
    assert len(metrics["elbow"]) == len(metrics["silhouette"]) == 7
    assert {point["persona"] for point in metrics["pca"]["points"]} == {
        persona["persona"] for persona in metrics["personas"]
    }


@pytest.mark.parametrize("wrong", [None, -1, "40", True, 1e13, "missing"])
async def test_a_number_that_is_none_is_named(shop: House, wrong: Any) -> None:
    body: dict[str, Any] = dict(SULTAN)
    if wrong == "missing":
        del body["frequency"]
    else:
        body["frequency"] = wrong
    reply = await shop.asks("agent", "POST", "/api/segments/predict", body)
    assert reply.status == 422
    assert [error["field"] for error in reply.json["errors"]] == ["frequency"]


async def test_without_the_model_it_says_so(small_house: House) -> None:
    reply = await small_house.asks("admin", "POST", "/api/segments/predict", SULTAN)
    assert reply.status == 503
    assert "sapa train segments" in reply.json["detail"]
