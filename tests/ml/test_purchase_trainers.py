"""`sapa train recommender` and `sapa train clv`: from a company's purchases to the registry and back, and what is refused on the way."""

import json
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from bot.commands.train import train
from knowledge.pack import load_pack
from ml.serve.artifact import CARD, ModelMismatch, read_card
from ml.serve.purchases import TOLD_WEEKS, PurchaseModels
from ml.train import fit_clv, fit_recommender
from ml.train.clv_trainer import TRAINER as CLV
from ml.train.clv_trainer import load_clv
from ml.train.publishing import WorseModel
from ml.train.recommender_trainer import TRAINER as RECOMMENDER
from ml.train.recommender_trainer import load_recommender
from ml.train.sheet import WrongRows
from ml.train.trainer import Order, Trainer
from tests.ml.purchases import FIRST_DAY, write_purchases

PACK = load_pack("retail")
BOTH = pytest.mark.parametrize("trainer", [RECOMMENDER, CLV], ids=["recommender", "clv"])


@pytest.fixture(scope="module")
def sales(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_purchases(tmp_path_factory.mktemp("sales") / "penjualan.csv.gz")


@pytest.fixture(scope="module")
def visits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Customers who come often or seldom, and of whom a third stay away for good after the first month or two."""
    chance = np.random.default_rng(8)
    lines = ["customer_id,date"]
    for customer in range(150):
        gap, day = float(chance.gamma(2, 8)) + 2, float(chance.integers(0, 30))
        until = float(chance.uniform(30, 70)) if chance.random() < 1 / 3 else 270.0
        while day < until:
            lines.append(f"{customer},{FIRST_DAY + timedelta(days=int(day))}")
            day += float(chance.exponential(gap))
    path = tmp_path_factory.mktemp("visits") / "kunjungan.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def order(trainer: Trainer, models: Path, path: Path | None, *, accept_worse: bool = False) -> Order:
    return Order(pack=PACK, folder=trainer.folder(models, PACK), csv=path, accept_worse=accept_worse)


def test_the_registrys_recommender_answers_as_the_one_that_was_fitted(tmp_path: Path, sales: Path) -> None:
    card = RECOMMENDER.train(order(RECOMMENDER, tmp_path, sales))
    assert card.metrics["ndcg_again"] > card.metrics["ndcg_again_popular"]
    kept, fitted = load_recommender(tmp_path / "recommender"), fit_recommender(sales)
    for customer in ("0", "1", "nobody"):
        assert kept.recommend(customer, 5) == fitted.recommend(customer, 5)
        assert kept.suggest(customer, 5, allow_rebuy=False) == fitted.suggest(customer, 5, allow_rebuy=False)


def test_the_registrys_clv_expects_what_the_one_that_was_fitted_does(tmp_path: Path, visits: Path) -> None:
    card = CLV.train(order(CLV, tmp_path, visits))
    assert card.metrics["rmse"] < card.metrics["rmse_same_rate"]
    assert load_clv(tmp_path / "clv").expected(13) == fit_clv(visits).expected(13)


@BOTH
def test_the_same_rows_make_the_same_model(
    tmp_path: Path, trainer: Trainer, sales: Path, visits: Path
) -> None:
    path = sales if trainer is RECOMMENDER else visits
    first = trainer.train(order(trainer, tmp_path / "a", path))
    second = trainer.train(order(trainer, tmp_path / "b", path))
    assert (first.id, first.data_hash, first.metrics) == (second.id, second.data_hash, second.metrics)


@BOTH
def test_a_worse_one_is_not_published_unless_it_is_asked_for(
    tmp_path: Path, trainer: Trainer, sales: Path, visits: Path
) -> None:
    path = sales if trainer is RECOMMENDER else visits
    first = trainer.train(order(trainer, tmp_path, path))
    card = tmp_path / trainer.name / CARD
    told = json.loads(card.read_text(encoding="utf-8"))
    told["metrics"] = {name: figure + 0.05 for name, figure in told["metrics"].items()}
    card.write_text(json.dumps(told | {"id": "better"}), encoding="utf-8")
    with pytest.raises(WorseModel, match=f"sapa train {trainer.name} --accept-worse"):
        trainer.train(order(trainer, tmp_path, path))
    assert read_card(tmp_path / trainer.name).id == "better"
    assert trainer.train(order(trainer, tmp_path, path, accept_worse=True)).id == first.id


def test_one_that_foresees_nothing_is_not_published(tmp_path: Path) -> None:
    """Everybody buys what everybody buys, so what most have bought is as good."""
    lines = ["customer_id,date,product"]
    lines += [f"{at},{FIRST_DAY + timedelta(days=day)},A" for at in range(30) for day in (0, 60, 95)]
    path = tmp_path / "sama.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(WorseModel, match="no better than the obvious way"):
        RECOMMENDER.train(order(RECOMMENDER, tmp_path, path))
    assert not (tmp_path / "recommender" / CARD).exists()


@BOTH
def test_a_file_that_nothing_can_be_measured_on_is_refused(tmp_path: Path, trainer: Trainer) -> None:
    path = tmp_path / "pendek.csv"
    path.write_text("customer_id,date,product\n1,2026-01-01,A\n2,2026-01-05,B\n", encoding="utf-8")
    with pytest.raises(WrongRows, match=r"customers must have bought|must span at least"):
        trainer.train(order(trainer, tmp_path, path))
    assert not (tmp_path / trainer.name).exists()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(train, arguments)


def test_the_command_trains_reports_and_goes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, visits: Path
) -> None:
    monkeypatch.setenv("SAPA_VAR", str(tmp_path))
    assert "Run: sapa train clv --csv purchases.csv" in run("clv").output
    trained = run("clv", "--csv", str(visits), "--report")
    assert trained.exit_code == 0, trained.output
    assert "correlation" in trained.output
    assert "| weeks | purchases expected |" in trained.output
    first = read_card(tmp_path / "models" / "clv").id
    shorter = tmp_path / "pendek.csv"
    shorter.write_text("\n".join(visits.read_text(encoding="utf-8").splitlines()[:-40]) + "\n", "utf-8")
    assert run("clv", "--csv", str(shorter), "--accept-worse").exit_code == 0
    assert f"back in service is {first}" in run("clv", "--rollback").output


def test_what_serves_the_rhythm_expects_the_same_for_everybody(tmp_path: Path, visits: Path) -> None:
    """The service has no scipy; contract: answers alike within 1e-5."""
    CLV.train(order(CLV, tmp_path, visits))
    fitted, rhythm = load_clv(tmp_path / "clv"), PurchaseModels.load(tmp_path).rhythm
    assert rhythm is not None
    history = fitted.history
    for weeks in TOLD_WEEKS:
        served = [
            rhythm.expected(repeats=int(repeats), last=float(last), age=float(age), weeks=weeks)
            for repeats, last, age in zip(history.repeats, history.last, history.age, strict=True)
        ]
        assert np.allclose(served, list(fitted.expected(weeks).values()), atol=1e-5)


def test_what_serves_the_draws_names_what_goes_together(tmp_path: Path, sales: Path) -> None:
    RECOMMENDER.train(order(RECOMMENDER, tmp_path, sales))
    models = PurchaseModels.load(tmp_path)
    drawn = models.together(["TEH", "BARU"])
    assert drawn is not None
    assert max(drawn.values()) == 1.0
    assert set(drawn) <= {"MADU", "LEMON", "KURMA"}
    assert models.together(["BARU"]) is None


def test_nothing_is_served_where_nothing_was_trained(tmp_path: Path) -> None:
    assert PurchaseModels.load(tmp_path) == PurchaseModels()
    assert PurchaseModels().together(["TEH"]) is None


@BOTH
def test_a_file_changed_by_one_byte_stops_the_start(
    tmp_path: Path, trainer: Trainer, sales: Path, visits: Path
) -> None:
    card = trainer.train(order(trainer, tmp_path, sales if trainer is RECOMMENDER else visits))
    file = tmp_path / trainer.name / card.file
    changed = bytearray(file.read_bytes())
    changed[len(changed) // 2] ^= 1
    file.write_bytes(changed)
    with pytest.raises(ModelMismatch, match=f"Run: sapa train {trainer.name}"):
        PurchaseModels.load(tmp_path)
