"""Kinds of shoppers: the document's scenario, stable groups, honest chances, and a company's own customers."""

import shutil
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from knowledge.pack import load_pack
from ml.serve.artifact import ModelMismatch, ModelMissing, read_card
from ml.serve.segments import FEATURES, PERSONAS, TIERS, Persona, Segments, ShopTier
from ml.train import fit_segments
from ml.train.publishing import WorseModel
from ml.train.segment_world import invent, products
from ml.train.segments import calibration_error, name_clusters
from ml.train.sheet import WrongRows
from ml.train.trainer import Order, trainer
from tests.shoppers import LOYALIST, NEWBIE, SULTAN, WINDOW_SHOPPER, shoppers
from tests.trained import trained_models


def test_the_documents_scenario() -> None:
    sultan = shoppers().predict(SULTAN)
    assert sultan.persona is Persona.SULTAN
    assert {match.product.tier for match in sultan.products[:5]} == {"Luxury"}
    risks = [
        shoppers().predict(SULTAN | {"recency_days": days}).migration_risk or 0.0 for days in (5, 30, 90)
    ]
    assert risks == sorted(risks)
    assert risks[-1] > 2 * risks[0]


@pytest.mark.parametrize(
    ("numbers", "persona", "tier"),
    [
        (NEWBIE, Persona.NEWBIE, ShopTier.BUDGET),
        (WINDOW_SHOPPER, Persona.WINDOW_SHOPPER, ShopTier.STANDARD),
        (LOYALIST, Persona.LOYALIST, ShopTier.PREMIUM),
        (dict.fromkeys(FEATURES, 0.0), Persona.NEWBIE, ShopTier.BUDGET),
        (dict.fromkeys(FEATURES, 1e9), Persona.SULTAN, ShopTier.LUXURY),
    ],
    ids=[
        "few of everything",
        "looks and rarely buys",
        "comes back and back",
        "nothing at all",
        "more than anybody",
    ],
)
def test_each_manner_of_shopping_has_its_persona_and_tier(
    numbers: dict[str, float], persona: Persona, tier: ShopTier
) -> None:
    found = shoppers().predict(numbers)
    assert (found.persona, found.tier) == (persona, tier)
    assert found.products[0].product.tier == tier
    assert found.reasons


def test_nobody_falls_below_the_lowest_or_rises_above_the_highest() -> None:
    assert shoppers().predict(NEWBIE).migration_risk == 0
    assert shoppers().predict(SULTAN).upgrade_potential == 0
    assert (shoppers().predict(NEWBIE).upgrade_potential or 0) > 0


def test_who_spends_more_within_a_persona_is_shown_dearer_products_first() -> None:
    model = shoppers()
    modest, lavish = (model.matches(Persona.SULTAN, spend)[0].product.price for spend in (2_000, 40_000))
    assert modest < lavish


def test_products_of_near_tiers_come_before_those_of_far_ones() -> None:
    tiers = [match.product.tier for match in shoppers().matches(Persona.SULTAN, 6_000)]
    assert tiers.index("Luxury") < tiers.index("Premium") < tiers.index("Standard") < tiers.index("Budget")


def test_a_radar_holds_every_feature_between_nothing_and_all() -> None:
    radar = shoppers().predict(SULTAN).radar
    assert tuple(radar) == FEATURES
    assert all(0 <= value <= 1 for pair in radar.values() for value in pair)
    assert radar["total_spend"][0] > shoppers().predict(NEWBIE).radar["total_spend"][0]


def test_clusters_are_named_by_what_they_are_and_not_by_their_number() -> None:
    rows = {
        Persona.NEWBIE: (0, 0, 0),
        Persona.WINDOW_SHOPPER: (0, 0, 3),
        Persona.LOYALIST: (1, 2, 1),
        Persona.SULTAN: (3, 3, 2),
    }
    order = [Persona.LOYALIST, Persona.SULTAN, Persona.NEWBIE, Persona.WINDOW_SHOPPER]
    centroids = np.zeros((4, len(FEATURES)))
    for at, persona in enumerate(order):
        spend, frequency, looking = rows[persona]
        centroids[at, [0, 1, 5, 6, 7]] = spend, frequency, looking, looking, looking
    assert [order[at] for at in name_clusters(centroids)] == list(PERSONAS)


def test_the_four_are_stable_and_none_is_a_sliver() -> None:
    metrics = shoppers().metrics
    assert metrics["bootstrap_ari"] >= 0.9
    assert min(persona["share"] for persona in metrics["personas"]) >= 0.03
    assert sum(persona["customers"] for persona in metrics["personas"]) == metrics["customers"] == 1_000
    assert sum(row["share"] for row in metrics["importance"]) == pytest.approx(1, abs=1e-3)
    assert (
        [row["k"] for row in metrics["elbow"]]
        == [row["k"] for row in metrics["silhouette"]]
        == list(range(2, 9))
    )
    inertia = [row["inertia"] for row in metrics["elbow"]]
    assert inertia == sorted(inertia, reverse=True)
    assert len(metrics["pca"]["points"]) == 1_000


def test_chances_of_moving_hold_on_customers_that_were_not_in_the_training() -> None:
    for name in ("migration_risk", "upgrade_potential"):
        assert shoppers().metrics[name]["ece"] <= 0.03
        assert shoppers().metrics[name]["auc"] >= 0.75


def test_a_chance_that_always_holds_has_no_calibration_error() -> None:
    labels = np.array([True, False] * 50)
    assert calibration_error(np.full(100, 0.5), labels, bins=1) == pytest.approx(0)
    assert calibration_error(np.full(100, 0.9), labels, bins=1) == pytest.approx(0.4)


def test_many_are_assigned_as_each_one_would_be() -> None:
    features = invent(300, seed=9).features[-1]
    places = shoppers().assign(features)
    names = [
        shoppers().predict(dict(zip(FEATURES, row, strict=True))).persona for row in features[:50].tolist()
    ]
    assert [PERSONAS[place] for place in places[:50]] == names
    assert (shoppers().assign(features.astype(np.float32)) == places).all()


def test_the_same_seed_invents_the_same_people() -> None:
    assert (invent(50, seed=1).features == invent(50, seed=1).features).all()
    assert (invent(50, seed=1).features != invent(50, seed=2).features).any()


def test_the_shop_has_a_hundred_products_in_four_price_bands_that_do_not_touch() -> None:
    goods = products()
    assert len({product.name for product in goods}) == 100
    bands = [[p.price for p in goods if p.tier == tier] for tier in TIERS]
    assert all(max(low) < min(high) for low, high in pairwise(bands))


def write(path: Path, moments: int, customers: int = 200) -> Path:
    """A company's own export of that many quarters."""
    features = invent(customers, seed=4).features[-moments:]
    lines = [",".join(("customer_id", "as_of", *FEATURES))]
    for moment, rows in enumerate(features.tolist()):
        lines += [
            f"C{at},2027-{1 + 3 * moment:02}-01,{','.join(map(str, row))}" for at, row in enumerate(rows)
        ]
    path.write_text("\n".join(lines))
    return path


def test_a_companys_own_customers_make_a_model_in_its_own_currency(tmp_path: Path) -> None:
    model = fit_segments(write(tmp_path / "ours.csv", 3), currency="IDR")
    assert model.currency == "IDR"
    assert model.predict(SULTAN).migration_risk is not None
    assert model.metrics["customers"] == 200


def test_one_moment_says_who_somebody_is_and_nothing_about_where_they_go(tmp_path: Path) -> None:
    model = fit_segments(write(tmp_path / "ours.csv", 1))
    assert model.predict(SULTAN).persona is Persona.SULTAN
    assert (model.predict(SULTAN).migration_risk, model.predict(SULTAN).upgrade_potential) == (None, None)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("wishlist", "wishes"), "lacks in its first row: column wishlist"),
        (("2027-01-01", "soon"), "row 2, column as_of: 'soon'"),
        (("C0,2027-01-01,", "C0,2027-01-01,-"), "row 2, column total_spend"),
        (("C0,2027-01-01,", "C0,2027-01-01,x"), "row 2, column total_spend"),
    ],
    ids=["no column", "no date", "less than nothing", "no number"],
)
def test_a_file_that_cannot_be_used_is_refused_by_row_and_column(
    tmp_path: Path, change: tuple[str, str], sentence: str
) -> None:
    path = write(tmp_path / "ours.csv", 1)
    path.write_text(path.read_text().replace(*change, 1))
    with pytest.raises(WrongRows, match=sentence):
        fit_segments(path)


def test_too_few_customers_are_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongRows, match="holds 40 customers"):
        fit_segments(write(tmp_path / "ours.csv", 1, customers=40))


def order(folder: Path, **changes: object) -> Order:
    return Order(pack=load_pack("umroh"), folder=folder, **changes)  # type: ignore[arg-type]  # as each test says


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a model of this module's own training."""
    folder = tmp_path_factory.mktemp("trained")
    trainer("segments").train(order(folder))
    return folder


@pytest.fixture
def own(trained: Path, tmp_path: Path) -> Path:
    """A copy of it, to be spoilt."""
    return shutil.copytree(trained, tmp_path / "model")


def test_a_trained_model_answers_from_its_file_as_it_did_before(trained: Path) -> None:
    card, loaded, fitted = read_card(trained), Segments.load(trained), fit_segments()
    for numbers in (SULTAN, NEWBIE, LOYALIST, WINDOW_SHOPPER):
        assert asdict(loaded.predict(numbers)) == asdict(fitted.predict(numbers))
    assert card.metrics["currency"] == "USD"
    assert tuple(card.classes) == PERSONAS
    assert card.id == read_card(trained_models() / "segments").id, "the same rows make the same model"


def test_a_report_shows_the_four_and_what_speaks_for_another_number(trained: Path) -> None:
    report = trainer("segments").report(order(trained))
    assert [line for line in report.splitlines() if line.startswith("| Sultan | 0.")]
    assert sum(line.startswith(f"| {k} | ") for k in range(2, 9) for line in report.splitlines()) == 7
    assert report.endswith(shoppers().metrics["why_k"])


def test_a_missing_or_changed_file_names_the_command_that_mends_it(own: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="Run: sapa train segments"):
        Segments.load(tmp_path)
    with (own / read_card(own).file).open("ab") as file:
        file.write(b"x")
    with pytest.raises(ModelMismatch, match="Run: sapa train segments"):
        Segments.load(own)


def test_a_model_with_a_sliver_of_a_group_is_refused_and_the_one_in_service_stays(
    own: Path, tmp_path: Path
) -> None:
    before = read_card(own)
    path = write(tmp_path / "ours.csv", 1)
    giants = "\n".join(f"G{at},2027-01-01," + ",".join(["1e11"] * len(FEATURES)) for at in range(3))
    path.write_text(f"{path.read_text()}\n{giants}")
    with pytest.raises(WorseModel, match="never answers Sultan"):
        trainer("segments").train(order(own, csv=path))
    assert read_card(own).id == before.id
