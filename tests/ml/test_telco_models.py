"""Offers and churn in service: the customers of seed 002's test client, what is told to staff, and which files are refused."""

import json
import shutil
from pathlib import Path
from typing import Any

import joblib
import lightgbm
import numpy as np
import pytest

from ml.columns import encode
from ml.serve.artifact import CARD, ModelMismatch, ModelMissing, read_card
from ml.serve.churn import ChurnPredictor, Risk, category_of
from ml.serve.offers import OFFERS, TelcoRecommender
from ml.telco import FIELDS, with_derived
from tests import telco_people as people


@pytest.mark.parametrize(
    ("profile", "offer"),
    [
        pytest.param(people.DOCUMENTED, "Streaming Partner Pack", id="the document's example"),
        pytest.param(people.STREAMER, "Streaming Partner Pack", id="heavy video streamer"),
        pytest.param(people.TRAVELLER, "Roaming Pass", id="frequent traveller"),
        pytest.param(people.CALLER, "Voice Bundle", id="long calls"),
        pytest.param(people.TEXTER, "SMS Bundle", id="many texts"),
        pytest.param(people.HEAVY_USER, "Data Booster", id="many gigabytes"),
        pytest.param(people.SAVER, "Top-up Promo", id="many small top-ups"),
        pytest.param(people.UNHAPPY, "Retention Offer", id="many complaints"),
    ],
)
def test_a_customer_of_the_test_client_gets_the_offer_that_suits(
    recommender: TelcoRecommender, profile: dict[str, Any], offer: str
) -> None:
    found = recommender.recommend(profile)
    assert found.offer == offer
    assert 0.5 < found.confidence <= 1


def test_the_default_model_knows_all_ten_offers(recommender: TelcoRecommender) -> None:
    assert recommender.model.classes == OFFERS


def test_alternatives_are_other_offers_less_likely_each_with_its_reason(
    recommender: TelcoRecommender,
) -> None:
    found = recommender.recommend(people.UNHAPPY)
    chances = [found.confidence, *(other.confidence for other in found.alternatives)]
    assert chances == sorted(chances, reverse=True)
    assert len({found.offer, *(other.offer for other in found.alternatives)}) == 4
    assert all(other.offer in other.reason for other in found.alternatives)


def test_reasons_are_sentences_with_the_customers_own_numbers(recommender: TelcoRecommender) -> None:
    reasons = recommender.recommend(people.TRAVELLER).reasons
    assert reasons[0] == (
        "Skor perjalanan 0,9 dari 1, lebih tinggi dari kebanyakan pelanggan: mendukung Roaming Pass."
    )


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("device_brand", "Nokia", 'Merek perangkat "Nokia" belum dikenal model'),
        ("plan_type", "Hybrid", 'Jenis paket "Hybrid" belum dikenal model'),
    ],
)
def test_an_unknown_brand_or_plan_counts_as_other_and_a_reason_says_so(
    recommender: TelcoRecommender, predictor: ChurnPredictor, field: str, value: str, sentence: str
) -> None:
    profile = people.customer(**{field: value})
    for reasons in (recommender.recommend(profile).reasons, predictor.predict(profile).reasons):
        assert [reason for reason in reasons if sentence in reason]


def test_an_unknown_brand_is_never_taken_for_the_first_known_one(recommender: TelcoRecommender) -> None:
    column = next(column for column in recommender.model.columns if column.name == "device_brand")
    assert column.words is not None
    assert column.number("Nokia") == column.number("Other") == len(column.words)
    assert column.number(column.words[0]) == 0


@pytest.mark.parametrize("written", ["samsung", " SAMSUNG ", "Samsung"])
def test_a_brand_is_known_however_it_is_written(recommender: TelcoRecommender, written: str) -> None:
    expected = recommender.recommend(people.DOCUMENTED)
    assert recommender.recommend(people.customer(device_brand=written)).confidence == expected.confidence


def test_what_else_stands_in_a_profile_changes_nothing(recommender: TelcoRecommender) -> None:
    assert recommender.recommend(
        {**people.STREAMER, "username": "budi", "umur": 30}
    ) == recommender.recommend(people.STREAMER)


def test_a_customer_at_high_risk_is_called_so(predictor: ChurnPredictor) -> None:
    found = predictor.predict(people.HIGH_RISK)
    assert (found.category, found.leaves) == (Risk.HIGH, True)
    assert any("menaikkan risiko berhenti" in reason for reason in found.reasons)
    assert any("5 keluhan tercatat" in reason for reason in found.reasons)


def test_a_content_customer_is_at_low_risk(predictor: ChurnPredictor) -> None:
    found = predictor.predict(people.CONTENT)
    assert (found.category, found.leaves) == (Risk.LOW, False)
    assert "menurunkan risiko berhenti" in found.reasons[0]


def test_more_complaints_never_make_a_customer_safer(predictor: ChurnPredictor) -> None:
    base = people.customer(monthly_spend=60_000, avg_data_usage_gb=3.0)
    risks = [predictor.predict(base | {"complaint_count": count}).risk for count in (0, 1, 3, 5)]
    assert risks == sorted(risks)
    assert risks[-1] > 2 * risks[0]


@pytest.mark.parametrize(
    ("risk", "category"),
    [
        (0.0, "LOW"),
        (0.2999, "LOW"),
        (0.3, "MEDIUM"),
        (0.5999, "MEDIUM"),
        (0.6, "HIGH"),
        (1.0, "HIGH"),
    ],
)
def test_risk_categories_begin_where_the_document_says(risk: float, category: str) -> None:
    assert category_of(risk) == category


def made_up_profiles() -> list[dict[str, Any]]:
    """Customers across the range, odd ones among them."""
    chance = np.random.default_rng(5)
    return [
        {
            "avg_data_usage_gb": float(chance.gamma(2, 4)),
            "pct_video_usage": float(chance.random()),
            "avg_call_duration": float(chance.gamma(2, 5)),
            "sms_freq": int(chance.poisson(12)),
            "monthly_spend": float(chance.gamma(3, 40_000)),
            "topup_freq": int(chance.poisson(3)),
            "travel_score": float(chance.random()),
            "complaint_count": int(chance.poisson(1)),
            "plan_type": str(chance.choice(["Prepaid", "Postpaid", "Hybrid"])),
            "device_brand": str(chance.choice(["Apple", "Samsung", "Nokia", "Other"])),
        }
        for _ in range(200)
    ]


@pytest.mark.parametrize("what", ["offers", "churn"])
def test_what_serves_answers_as_the_artifact_of_record_does(models: Path, what: str) -> None:
    folder = models / what
    plain = joblib.load(folder / read_card(folder).file)
    served = (TelcoRecommender if what == "offers" else ChurnPredictor).load(folder).model
    booster, rows = (
        lightgbm.Booster(model_str=plain["model"]),
        [with_derived(row) for row in made_up_profiles()],
    )
    raw = booster.predict(encode(served.columns, rows), raw_score=True)
    turned = plain["calibration"]["slope"] * np.asarray(raw) + plain["calibration"]["shift"]
    if what == "offers":
        expected = np.exp(turned) / np.exp(turned).sum(axis=1, keepdims=True)
    else:
        expected = np.column_stack([1 / (1 + np.exp(turned)), 1 / (1 + np.exp(-turned))])
    assert np.abs(served.chances(rows) - expected).max() < 1e-5
    assert np.abs(np.array([served.chances_of(served.read(row)) for row in rows]) - expected).max() < 1e-5


def test_reasons_weigh_as_lightgbm_itself_weighs(models: Path, recommender: TelcoRecommender) -> None:
    plain = joblib.load(models / "offers" / recommender.card.file)
    row = with_derived(people.UNHAPPY)
    numbers, reading = encode(recommender.model.columns, [row]), recommender.model.read(row)
    own = lightgbm.Booster(model_str=plain["model"]).predict(numbers, pred_contrib=True)
    by_class = np.asarray(own).reshape(len(OFFERS), len(recommender.model.columns) + 1)
    for which in range(len(OFFERS)):
        told = {
            found.column.name: found.weight for found in recommender.model.influences(reading, which, most=99)
        }
        weights = [told[column.name] for column in recommender.model.columns]
        assert np.abs(by_class[which, :-1] - weights).max() < 1e-5


@pytest.fixture(params=["offers", "churn"])
def copied(request: pytest.FixtureRequest, models: Path, tmp_path: Path) -> tuple[str, Path]:
    """A model that a test may spoil."""
    folder = tmp_path / request.param
    shutil.copytree(models / request.param, folder)
    return request.param, folder


def verify(what: str, folder: Path) -> None:
    (TelcoRecommender if what == "offers" else ChurnPredictor).verify(folder)


def test_a_model_file_changed_by_one_byte_is_refused_before_it_is_read(copied: tuple[str, Path]) -> None:
    what, folder = copied
    path = folder / read_card(folder).file
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(ModelMismatch, match=f"not the one its card describes. Run: sapa train {what}"):
        verify(what, folder)


@pytest.mark.parametrize(
    ("changes", "because"),
    [
        ({"libraries": {"lightgbm": "0.1"}}, r"expects lightgbm 0\.1, found"),
        ({"classes": ["Kulkas", "Mesin Cuci"]}, "other"),
        ({"classes": ["General Offer"]}, "other"),
        ({"format": 99}, "format 99"),
    ],
    ids=["library version", "other classes", "one class", "format"],
)
def test_a_model_that_does_not_fit_is_refused_with_the_mending_command(
    copied: tuple[str, Path], changes: dict[str, Any], because: str
) -> None:
    what, folder = copied
    card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    (folder / CARD).write_text(json.dumps(card | changes), encoding="utf-8")
    with pytest.raises(ModelMismatch, match=because) as refusal:
        verify(what, folder)
    assert f"Run: sapa train {what}" in str(refusal.value)


def test_a_card_with_fewer_classes_than_its_model_is_refused(models: Path, tmp_path: Path) -> None:
    folder = tmp_path / "offers"
    shutil.copytree(models / "offers", folder)
    card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    (folder / CARD).write_text(json.dumps(card | {"classes": list(OFFERS[:9])}), encoding="utf-8")
    with pytest.raises(ModelMismatch, match="other classes than its card"):
        TelcoRecommender.load(folder)


@pytest.mark.parametrize("what", ["offers", "churn"])
def test_a_missing_model_says_how_to_get_one(tmp_path: Path, what: str) -> None:
    with pytest.raises(ModelMissing, match=f"Run: sapa train {what}"):
        verify(what, tmp_path)


def test_the_documents_body_has_exactly_the_ten_inputs() -> None:
    assert set(people.DOCUMENTED) == set(FIELDS)
