"""Training: from rows to a model in service, and everything that must not get there."""

import json
from pathlib import Path

import pytest

from knowledge.pack import OUT_OF_SCOPE, Pack, Utterance, load_pack, load_utterances
from ml.serve.artifact import CARD, PREVIOUS, Card, ModelMismatch, ModelMissing, read_card, roll_back
from ml.serve.understanding import Understanding
from ml.train.figures import Answer, answered_share, calibration_error, f1_of, macro_f1, refused_share
from ml.train.intents import FOLDS, voice_folds
from ml.train.nlu import BAR, hash_of, train_pack
from ml.train.noise import noisy
from ml.train.publishing import WorseModel, refuse_worse
from ml.train.report import made_of
from ml.train.rows import read_rows
from ml.train.sheet import WrongRows

PACK = load_pack("umroh")
VOICES = {"ibu", "remaja", "polos", "kapital"}
README = Path(__file__).parents[2] / "ml" / "README.md"


def some_rows() -> list[Utterance]:
    """Four voices and some background: enough to train on in a second."""
    return [row for row in load_utterances(PACK) if row.voice in VOICES or row.voice == "background-1"]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("nlu")
    train_pack(PACK, folder, rows=some_rows())
    return folder


@pytest.fixture
def folder(trained: Path, tmp_path: Path) -> Path:
    """A copy of the trained model that a test may spoil."""
    for path in trained.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


def spoil(folder: Path, **changes: object) -> None:
    card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    (folder / CARD).write_text(json.dumps(card | changes), encoding="utf-8")


def test_a_trained_model_loads_and_understands(folder: Path) -> None:
    assert Understanding.load(folder, PACK).card.classes == tuple(sorted((*PACK.intents, OUT_OF_SCOPE)))


def test_the_same_rows_make_the_same_model(trained: Path, tmp_path: Path) -> None:
    assert train_pack(PACK, tmp_path, rows=some_rows()).id == read_card(trained).id


def test_a_missing_model_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="Run: sapa train nlu"):
        Understanding.load(tmp_path, PACK)


@pytest.mark.parametrize(
    ("changes", "because"),
    [
        ({"libraries": {"scikit-learn": "0.1"}}, r"expects scikit-learn 0\.1, found"),
        ({"lexicon_hash": "other"}, "another lexicon"),
        ({"sha256": "0" * 64}, "not the one its card describes"),
        ({"format": 99}, "has format 99"),
        ({"file": "gone.joblib"}, "is missing"),
        ({"file": "../model.joblib"}, "is missing"),
        ({"classes": ["greeting"]}, "other intents than the pack"),
    ],
    ids=["library", "lexicon", "hash", "format", "file", "path", "classes"],
)
def test_a_model_that_does_not_fit_is_refused_with_the_mending_command(
    folder: Path, changes: dict[str, object], because: str
) -> None:
    spoil(folder, **changes)
    with pytest.raises(ModelMismatch, match=because) as refusal:
        Understanding.load(folder, PACK)
    assert "Run: sapa train nlu" in str(refusal.value)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"id": 1}'])
def test_a_broken_card_is_refused(folder: Path, content: str) -> None:
    (folder / CARD).write_text(content, encoding="utf-8")
    with pytest.raises(ModelMismatch, match="cannot be read"):
        Understanding.load(folder, PACK)


def test_a_spoilt_file_is_never_unpickled(folder: Path) -> None:
    (folder / read_card(folder).file).write_bytes(b"cos\nsystem\n(S'false'\ntR.")
    with pytest.raises(ModelMismatch, match="not the one its card describes"):
        Understanding.load(folder, PACK)


def better_card(folder: Path, macro: float) -> Card:
    spoil(folder, metrics={"macro_f1": macro})
    return read_card(folder)


def test_a_worse_model_of_the_same_rows_is_not_published(folder: Path) -> None:
    card = read_card(folder)
    better_card(folder, card.metrics["macro_f1"] + 0.05)
    with pytest.raises(WorseModel, match="was not published"):
        refuse_worse(folder, card, card.classes, BAR)


def test_a_model_as_good_is_published(folder: Path) -> None:
    card = read_card(folder)
    better_card(folder, card.metrics["macro_f1"] + 0.01)
    refuse_worse(folder, card, card.classes, BAR)


def test_a_model_that_never_says_an_intent_is_not_published(folder: Path) -> None:
    card = read_card(folder)
    with pytest.raises(WorseModel, match="never answers affirm"):
        refuse_worse(folder, card, card.classes[1:], BAR)


def test_other_classes_cannot_be_compared(folder: Path) -> None:
    card = read_card(folder)
    spoil(folder, classes=["greeting"], metrics={"macro_f1": 1.0})
    refuse_worse(folder, card, card.classes, BAR)


def test_the_model_before_comes_back(folder: Path) -> None:
    first = read_card(folder)
    second = train_pack(
        PACK, folder, rows=[row for row in some_rows() if row.voice != "ibu"], accept_worse=True
    )
    assert roll_back(folder).id == first.id
    assert Understanding.load(folder, PACK).card.id == first.id
    assert roll_back(folder).id == second.id


def test_without_a_model_before_there_is_no_way_back(folder: Path) -> None:
    assert not (folder / PREVIOUS).exists()
    with pytest.raises(ModelMissing):
        roll_back(folder)


def csv_of(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "pesan.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("lines", "because"),
    [
        (["text,label", "halo,greeting"], "lacks in its first row: column intent"),
        (["pesan,maksud", "halo,greeting"], "lacks in its first row: column text, column intent"),
        (["text,intent", "halo,greeting", ",ask_price"], "row 3, column text is empty"),
        (["text,intent", "halo,sapaan"], "row 2, column intent: 'sapaan' is no intent of the pack umroh"),
        (["text,intent", "halo,"], "row 2, column intent: ''"),
        (["text,intent", "halo,greeting"], r"too few for greeting \(1\)"),
        (["text,intent"], "has no rows"),
        ([""], "lacks in its first row: column text"),
    ],
    ids=[
        "no intent",
        "no columns",
        "empty text",
        "unknown intent",
        "empty intent",
        "too few",
        "no rows",
        "empty file",
    ],
)
def test_a_wrong_file_is_named_by_row_and_column(tmp_path: Path, lines: list[str], because: str) -> None:
    with pytest.raises(WrongRows, match=because):
        read_rows(csv_of(tmp_path, *lines), PACK)


def test_a_right_file_gives_rows_with_voices(tmp_path: Path) -> None:
    lines = [f'"pesan, ke-{n}",{intent},ani' for intent in (*PACK.intents, OUT_OF_SCOPE) for n in range(5)]
    rows = read_rows(csv_of(tmp_path, "text,intent,voice", *lines), PACK)
    assert rows[0] == Utterance(intent=PACK.intents[0], voice="ani", text="pesan, ke-0")


def test_a_pack_without_a_folder_names_those_there_are() -> None:
    with pytest.raises(ValueError, match="there are: bank, retail, telco, umroh"):
        load_pack("katering")


def test_the_hash_of_rows_does_not_hang_on_their_order() -> None:
    rows = some_rows()
    assert hash_of(rows) == hash_of(rows[::-1])
    assert hash_of(rows) != hash_of(rows[1:])


def test_a_voice_is_in_one_fold_only() -> None:
    voices = [row.voice for row in some_rows()]
    folds = voice_folds(voices)
    pairs = set(zip(voices, folds.tolist(), strict=True))
    assert len(pairs) == len(set(voices))
    assert {fold for _, fold in pairs} == set(range(FOLDS))


def test_rows_of_one_voice_are_spread_all_the_same() -> None:
    assert set(voice_folds(["ani"] * 12).tolist()) == set(range(FOLDS))


def test_noise_is_the_same_each_time_and_hurts_a_little() -> None:
    texts = [row.text for row in some_rows()[:200]]
    assert noisy(texts, 1) == noisy(texts, 1)
    assert 0 < sum(a != b for a, b in zip(texts, noisy(texts, 1), strict=True)) < len(texts)


def test_figures_count_as_their_names_say() -> None:
    answers = [
        Answer(meant="a", taken="a", confidence=1.0),
        Answer(meant="a", taken="b", confidence=0.5),
        Answer(meant="b", taken="b", confidence=1.0),
        Answer(meant=OUT_OF_SCOPE, taken="a", confidence=0.5),
    ]
    assert f1_of(answers) == {"a": 0.5, "b": pytest.approx(2 / 3), OUT_OF_SCOPE: 0.0}
    assert macro_f1(answers) == pytest.approx((0.5 + 2 / 3) / 3)
    assert (answered_share(answers), refused_share(answers)) == (1.0, 0.0)
    assert calibration_error(answers) == pytest.approx(0.25)


def test_the_report_in_the_manual_is_about_these_messages() -> None:
    text = README.read_text(encoding="utf-8")
    assert made_of(load_utterances(PACK)) in text, "Run: python -m ml.train.report"


def test_a_pack_knows_what_kind_of_thing_each_intent_is() -> None:
    pack: Pack = PACK
    assert pack.is_question("ask_price")
    assert pack.is_courtesy("thanks")
    assert not pack.may_ask("affirm")
    assert not pack.may_ask(None)
