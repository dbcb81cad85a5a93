"""From a CSV to a fitted model: any columns, clear refusals, the same rows the same bytes, nothing worse in service."""

import csv
import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pytest

from knowledge.pack import load_pack
from ml.columns import encode
from ml.serve.artifact import read_card, roll_back
from ml.train import fit_churn, fit_offers
from ml.train.boosting import MANY, measured_parts
from ml.train.churn_trainer import TRAINER as CHURN
from ml.train.fitted import FittedTable, leaving_last
from ml.train.offers_trainer import KIND
from ml.train.offers_trainer import TRAINER as OFFERS
from ml.train.publishing import WorseModel
from ml.train.sheet import WrongRows
from ml.train.table_figures import calibration_gap
from ml.train.table_trainer import read_rows
from ml.train.trainer import Order, Trainer
from tests.telco_people import DOCUMENTED

PACK = load_pack("umroh")
Rows = list[dict[str, Any]]  # Any: what a CSV writer takes


def write(path: Path, rows: Rows) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def strange_rows(count: int = 400, yes: object = "Yes", no: object = "No") -> Rows:
    """Columns as other people have them: ids, numbers as text with blanks, categories, truth values, holes."""
    chance = np.random.default_rng(1)
    rows: Rows = []
    for at in range(count):
        months, is_loyal = int(chance.integers(0, 60)), bool(chance.random() < 0.5)
        leaves = chance.random() < (0.75 if months < 12 else 0.1)
        rows.append(
            {
                "customerID": f"X-{at:05d}",
                "tenure": months,
                "TotalCharges": " " if months == 0 else f"{months * 50.5:.2f}",
                "Contract": "Two year" if months > 40 else "Month-to-month",
                "loyal": is_loyal,
                "city": chance.choice(["Medan", "Binjai", ""]),
                "Churn": yes if leaves else no,
            }
        )
    return rows


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> FittedTable:
    return fit_churn(write(tmp_path_factory.mktemp("csv") / "pelanggan.csv", strange_rows()))


def test_any_columns_are_learned_from_and_ids_are_not(fitted: FittedTable) -> None:
    assert fitted.left_out == ("customerID",)
    assert [column.name for column in fitted.table.columns] == [
        "tenure",
        "TotalCharges",
        "Contract",
        "loyal",
        "city",
    ]


def test_chances_are_for_each_row_and_sum_to_one(fitted: FittedTable) -> None:
    rows = strange_rows(20)
    found = fitted.predict_proba(rows)
    assert fitted.classes_ == ("No", "Yes")
    assert found.shape == (20, 2)
    assert np.allclose(found.sum(axis=1), 1)
    assert fitted.predict_proba([]).shape == (0, 2)


def test_what_was_learned_tells_new_customers_from_old_ones(fitted: FittedTable) -> None:
    new, old = {"tenure": 1, "Contract": "Month-to-month"}, {"tenure": "55", "Contract": "Two year"}
    assert fitted.predict([new, old]) == ["Yes", "No"]


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"tenure": None},
        {"tenure": "banyak", "city": "Mars"},
        {"unknown": 5},
        {"loyal": "TRUE", "tenure": float("nan")},
    ],
    ids=["empty", "null", "unreadable", "other columns", "odd forms"],
)
def test_rows_with_holes_still_get_chances_and_reasons(fitted: FittedTable, row: dict[str, Any]) -> None:
    assert np.isfinite(fitted.predict_proba([row])).all()
    assert fitted.reasons([row])[0]


def test_what_is_missing_or_unheard_of_counts_as_lightgbm_itself_counts_it(fitted: FittedTable) -> None:
    model = fitted.boosted.model
    rows: Rows = [
        *strange_rows(60),
        {},
        {"city": "Mars"},
        {"tenure": None, "loyal": "TRUE"},
        {"Contract": ""},
    ]
    numbers = encode(model.columns, rows)
    assert np.isnan(numbers).any()
    booster = lightgbm.Booster(model_str=fitted.boosted.text)
    scores = np.asarray(booster.predict(numbers, raw_score=True)).reshape(-1, 1)
    assert np.abs(model.chances(rows) - model.calibration.chances(scores)).max() < 1e-9
    own = np.asarray(booster.predict(numbers, pred_contrib=True))[:, :-1]
    for row, weights in zip(rows, own, strict=True):
        told = {found.column.name: found.weight for found in model.influences(model.read(row), 1, most=9)}
        assert np.allclose([told[column.name] for column in model.columns], weights, atol=1e-9)


def test_reasons_name_columns_and_values(fitted: FittedTable) -> None:
    (reasons,) = fitted.reasons(
        [{"tenure": 1, "TotalCharges": "50.5", "Contract": "Month-to-month", "loyal": True}]
    )
    assert any(
        reason.startswith(("Tenure 1", "TotalCharges 50,5", "Contract Month-to-month")) for reason in reasons
    )
    assert all(reason.endswith(": mendukung dugaan pelanggan berhenti (Churn = Yes).") for reason in reasons)


@pytest.mark.parametrize(
    ("classes", "expected"),
    [
        (("No", "Yes"), ("No", "Yes")),
        (("0", "1"), ("0", "1")),
        (("False", "True"), ("False", "True")),
        (("Churned", "Stayed"), ("Stayed", "Churned")),
        (("ya", "tidak"), ("tidak", "ya")),
        (("aktif", "pergi"), ("aktif", "pergi")),
    ],
)
def test_the_class_that_means_leaving_comes_last(classes: tuple[str, ...], expected: tuple[str, ...]) -> None:
    assert leaving_last(classes) == expected


def without_classes(rows: Rows) -> Rows:
    return [row | {"Churn": "No"} for row in rows]


def with_hole(rows: Rows) -> Rows:
    return [row | {"Churn": ""} if at == 4 else row for at, row in enumerate(rows)]


def without_target(rows: Rows) -> Rows:
    return [{name: value for name, value in row.items() if name != "Churn"} for row in rows]


def with_three(rows: Rows) -> Rows:
    return [row | {"Churn": "Maybe"} if at < 50 else row for at, row in enumerate(rows)]


def only_names(rows: Rows) -> Rows:
    return [{"customerID": row["customerID"], "Churn": row["Churn"]} for row in rows]


BAD: list[Any] = [
    pytest.param(without_classes, "every row has Churn = No; there is nothing to tell apart", id="one class"),
    pytest.param(with_hole, "row 6, column Churn is empty", id="hole in the answers"),
    pytest.param(without_target, "lacks in its first row: column Churn", id="no answers"),
    pytest.param(with_three, "two classes are needed", id="three classes"),
    pytest.param(lambda rows: rows[:20], "has 20 rows; at least 50 are needed", id="few rows"),
    pytest.param(only_names, "has no column to learn from", id="nothing but ids"),
]


@pytest.mark.parametrize(("spoil", "because"), BAD)
def test_rows_that_cannot_be_learned_from_are_refused(
    tmp_path: Path, spoil: Callable[[Rows], Rows], because: str
) -> None:
    with pytest.raises(WrongRows, match=because):
        fit_churn(write(tmp_path / "pelanggan.csv", spoil(strange_rows(200))))


@pytest.mark.parametrize(
    ("content", "because"),
    [
        (b"", "lacks in its first row: column Churn"),
        (b"a,Churn\n", "has no rows"),
        (b"a,Churn\n\xff\xfe,Yes\n", "cannot be read as a CSV in UTF-8"),
    ],
    ids=["empty", "head only", "no text"],
)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, content: bytes, because: str) -> None:
    path = tmp_path / "pelanggan.csv"
    path.write_bytes(content)
    with pytest.raises(WrongRows, match=because):
        fit_churn(path)


def test_thin_classes_are_named(tmp_path: Path) -> None:
    rows = [row | {"target_offer": "A" if at % 2 else "B"} for at, row in enumerate(strange_rows(100))]
    rows[0]["target_offer"] = "Langka"
    with pytest.raises(WrongRows, match=r"too few for Langka \(1\)"):
        fit_offers(write(tmp_path / "tawaran.csv", rows))


def test_offers_of_any_names_are_learned(tmp_path: Path) -> None:
    rows = [
        {"data": at % 10, "target_offer": "Besar" if at % 10 > 6 else "Sedang" if at % 10 > 3 else "Kecil"}
        for at in range(300)
    ]
    found = fit_offers(write(tmp_path / "tawaran.csv", rows))
    assert found.classes_ == ("Besar", "Kecil", "Sedang")
    assert found.predict([{"data": "9"}, {"data": 0}, {"data": 5.0}]) == ["Besar", "Kecil", "Sedang"]


def telco_rows(count: int = 300) -> Rows:
    """A company's own rows with two offers and whether people left."""
    chance = np.random.default_rng(2)
    rows: Rows = []
    for _ in range(count):
        travels = bool(chance.random() < 0.5)
        rows.append(
            DOCUMENTED
            | {
                "travel_score": round(
                    float(chance.uniform(0.5, 1) if travels else chance.uniform(0, 0.5)), 3
                ),
                "sms_freq": int(chance.poisson(10)),
                "target_offer": "Roaming Pass" if travels else "General Offer",
                "Churn": "no" if chance.random() < (0.85 if travels else 0.2) else "yes",
            }
        )
    return rows


def order(trainer: Trainer, models: Path, path: Path, **more: Any) -> Order:
    return Order(pack=PACK, folder=trainer.folder(models, PACK), csv=path, **more)


@pytest.mark.parametrize("trainer", [OFFERS, CHURN], ids=["offers", "churn"])
def test_a_companys_own_rows_go_into_service_and_the_same_rows_make_the_same_model(
    tmp_path: Path, trainer: Trainer
) -> None:
    path = write(tmp_path / "sendiri.csv", telco_rows())
    first = trainer.train(order(trainer, tmp_path / "a", path))
    second = trainer.train(order(trainer, tmp_path / "b", path))
    assert (first.id, first.sha256, first.data_hash) == (second.id, second.sha256, second.data_hash)
    assert (first.name, first.rows) == ("sendiri", 300)
    assert read_card(tmp_path / "a" / trainer.name).id == first.id


def test_columns_go_by_the_companys_own_names(tmp_path: Path) -> None:
    rows = [
        {
            {"travel_score": "skor", "target_offer": "tawaran"}.get(name, name): value
            for name, value in row.items()
        }
        for row in telco_rows()
    ]
    path = write(tmp_path / "sendiri.csv", rows)
    with pytest.raises(WrongRows, match="lacks in its first row: column travel_score, column target_offer"):
        read_rows(KIND, path, {})
    table = read_rows(KIND, path, {"travel_score": "skor", "target_offer": "tawaran"})
    assert table.classes == ("General Offer", "Roaming Pass")
    with pytest.raises(WrongRows, match="no column skor to map"):
        read_rows(KIND, path, {"skor": "travel_score"})


@pytest.mark.parametrize(
    ("field", "value", "because"),
    [
        ("sms_freq", "banyak", "row 3, column sms_freq: 'banyak' is no finite number"),
        ("sms_freq", "1e308", "row 3, column sms_freq: '1e308' is beyond what a customer can have"),
        ("sms_freq", "", "row 3, column sms_freq: is empty"),
        ("travel_score", "1.5", "row 3, column travel_score: '1.5' is no share between 0 and 1"),
        ("plan_type", "", "row 3, column plan_type: is empty"),
        ("target_offer", "Kulkas", "row 3, column target_offer: 'Kulkas' is no answer that Sapa knows"),
    ],
)
def test_a_wrong_cell_is_named_by_row_and_column(
    tmp_path: Path, field: str, value: str, because: str
) -> None:
    rows = telco_rows()
    rows[1][field] = value
    with pytest.raises(WrongRows, match=because):
        read_rows(KIND, write(tmp_path / "sendiri.csv", rows), {})


def test_a_few_negative_figures_are_left_out_and_told_many_are_refused(tmp_path: Path) -> None:
    rows, told = telco_rows(), list[str]()
    rows[0]["avg_call_duration"] = -0.3
    table = read_rows(KIND, write(tmp_path / "sendiri.csv", rows), {}, told.append)
    assert len(table.rows) == 299
    assert told == ["left out: row 2, column avg_call_duration: '-0.3' is negative"]
    for row in rows[:100]:
        row["monthly_spend"] = -5
    with pytest.raises(WrongRows, match=r"row 2, column .*is negative.*and 90 more"):
        read_rows(KIND, write(tmp_path / "sendiri.csv", rows), {})


def test_a_worse_model_stays_out_and_the_one_in_service_stays_in(tmp_path: Path) -> None:
    good = OFFERS.train(order(OFFERS, tmp_path, write(tmp_path / "baik.csv", telco_rows())))
    chance = np.random.default_rng(3)
    guessed = [row | {"travel_score": round(float(chance.random()), 3)} for row in telco_rows()]
    bad = write(tmp_path / "buruk.csv", guessed)
    with pytest.raises(WorseModel, match="--accept-worse"):
        OFFERS.train(order(OFFERS, tmp_path, bad))
    assert read_card(tmp_path / "offers").id == good.id
    accepted = OFFERS.train(order(OFFERS, tmp_path, bad, accept_worse=True))
    assert read_card(tmp_path / "offers").id == accepted.id
    assert roll_back(tmp_path / "offers", "offers").id == good.id


def test_rows_of_one_class_leave_the_model_in_service_alone(tmp_path: Path) -> None:
    good = CHURN.train(order(CHURN, tmp_path, write(tmp_path / "baik.csv", telco_rows())))
    path = write(tmp_path / "satu.csv", [row | {"Churn": "no"} for row in telco_rows()])
    with pytest.raises(WrongRows, match="nothing to tell apart"):
        CHURN.train(order(CHURN, tmp_path, path))
    assert read_card(tmp_path / "churn").id == good.id


def test_the_calibration_gap_is_the_mean_distance_in_ten_bins() -> None:
    came_true = np.array([True, False] * 50)
    assert calibration_gap(np.full(100, 0.5), came_true) == 0
    assert calibration_gap(np.full(100, 0.9), came_true) == pytest.approx(0.4)


def test_a_zipped_file_and_a_target_in_another_case_are_read(tmp_path: Path) -> None:
    path = write(tmp_path / "pelanggan.csv", strange_rows(120))
    zipped = tmp_path / "pelanggan.csv.gz"
    zipped.write_bytes(gzip.compress(path.read_bytes().replace(b"Churn", b"CHURN")))
    assert fit_churn(zipped).classes_ == ("No", "Yes")


def test_a_class_of_two_rows_and_one_in_two_hundred_are_learned(tmp_path: Path) -> None:
    rows = [
        {"data": at % 7, "target_offer": "Langka" if at in (3, 210) else "Besar" if at % 7 > 3 else "Kecil"}
        for at in range(400)
    ]
    found = fit_offers(write(tmp_path / "tawaran.csv", rows))
    assert found.classes_ == ("Besar", "Kecil", "Langka")
    chances = found.predict_proba([{"data": 6}, {}, {"data": "aneh"}])
    assert np.allclose(chances.sum(axis=1), 1)
    assert chances[0].argmax() == 0
    assert chances[0, 2] < 0.05


def test_columns_that_add_up_or_act_together_are_learned_as_what_they_are(tmp_path: Path) -> None:
    """Eight categories of two columns each count a little; the usual recipe alone sees too little of rare ones."""
    chance = np.random.default_rng(5)
    worth = chance.normal(size=(2, 8))
    rows: Rows = []
    for _ in range(160):
        one, other = (int(at) for at in chance.integers(0, 8, 2))
        leaves = 2.5 * (worth[0, one] + worth[1, other]) + chance.logistic() > 0
        rows.append({"kota": f"K{one}", "paket": f"P{other}", "Churn": "ya" if leaves else "tidak"})
    found = fit_churn(write(tmp_path / "pelanggan.csv", rows[:120]))
    assert found.classes_ == ("tidak", "ya")
    told = found.predict([{name: row[name] for name in ("kota", "paket")} for row in rows[120:]])
    right = sum(answer == row["Churn"] for answer, row in zip(told, rows[120:], strict=True))
    assert right >= 28


def test_answers_that_differ_in_case_are_one_class(tmp_path: Path) -> None:
    rows = strange_rows(120)
    rows[0]["Churn"], rows[1]["Churn"] = str(rows[0]["Churn"]).upper() + " ", str(rows[1]["Churn"]).lower()
    assert fit_churn(write(tmp_path / "pelanggan.csv", rows)).classes_ == ("No", "Yes")


def test_rows_are_asked_as_the_file_wrote_them(tmp_path: Path) -> None:
    lines = [
        "no;biaya;Churn",
        *(f"{at};{at % 9}.000,5;{'ya' if at % 9 > 4 else 'tidak'}" for at in range(90)),
    ]
    path = tmp_path / "pelanggan.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    found = fit_churn(path)
    assert found.left_out == ("no",)
    assert found.predict([{"biaya": "8.000"}, {"biaya": 8000}, {"biaya": "1.000,5"}]) == ["ya", "ya", "tidak"]


def test_a_row_of_which_nothing_is_known_has_an_honest_reason(tmp_path: Path) -> None:
    rows = [{"tetap": "sama", "Churn": "ya" if at % 3 else "tidak"} for at in range(60)]
    found = fit_churn(write(tmp_path / "pelanggan.csv", rows))
    (reasons,) = found.reasons([{"tetap": "sama"}])
    assert reasons == [
        "Tidak ada yang menonjol pada baris ini; yang paling umum adalah dugaan pelanggan berhenti (Churn = ya)."
    ]


def test_impossible_figures_of_others_stop_nothing(tmp_path: Path) -> None:
    rows = strange_rows(100)
    for row in rows:
        row["avg_call_duration"], row["monthly_spend"] = -1, "1e308"
    found = fit_churn(write(tmp_path / "pelanggan.csv", rows))
    assert np.isfinite(found.predict_proba([rows[0], {"monthly_spend": 10**400}])).all()


@pytest.mark.parametrize(
    ("rows", "is_tried", "measured"),
    [(MANY + 100, True, (MANY + 100) // 5), (MANY + 100, False, MANY + 100), (MANY, True, MANY)],
    ids=["large and tried", "large and to be served", "not so large"],
)
def test_a_large_file_that_is_tried_is_measured_on_a_part_of_it(
    rows: int, is_tried: bool, measured: int
) -> None:
    parts = measured_parts(np.arange(rows) % 2, is_tried=is_tried)
    assert len({int(row) for _, test in parts for row in test}) == measured
