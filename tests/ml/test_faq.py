"""Which FAQ entries answer a message? The demo's entries, asked in other words than theirs."""

from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from knowledge.lexicon import standard_text
from knowledge.pack import PACKS, load_pack, load_utterances
from ml.serve.faq import FaqRanker, fit_faq
from ml.serve.understanding import Understanding, Vocabulary

DEMO = PACKS / "umroh" / "demo" / "faq.yaml"
PARAPHRASES = Path(__file__).parents[1] / "data" / "faq" / "paraphrases.tsv"
TOP_1, TOP_3 = 0.875, 0.95
PRECISION, MOST_WRONG = 0.97, 0.08


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    id: int
    question: str
    answer: str
    variants: tuple[str, ...] = ()
    answer_en: str | None = None


def entries() -> list[Entry]:
    read = yaml.safe_load(DEMO.read_text(encoding="utf-8"))
    return [
        Entry(id=number, question=row["q"], answer=row["a"], variants=tuple(str(way) for way in row["as"]))
        for number, row in enumerate(read, start=1)
    ]


def paraphrases() -> list[tuple[str, str]]:
    lines = PARAPHRASES.read_text(encoding="utf-8").splitlines()[1:]
    return [(question, text) for question, text in (line.split("\t") for line in lines)]


@pytest.fixture(scope="module")
def ranker() -> FaqRanker:
    fitted = fit_faq(entries())
    assert fitted is not None
    return fitted


def test_paraphrases_belong_to_entries_that_exist() -> None:
    assert {question for question, _ in paraphrases()} <= {entry.question for entry in entries()}


def test_finds_the_entry_that_is_meant(ranker: FaqRanker) -> None:
    asked = paraphrases()
    ranked = ranker.rank([text for _, text in asked])
    first = [question == found[0][0].question for (question, _), found in zip(asked, ranked, strict=True)]
    among_three = [
        question in {entry.question for entry, _ in found[:3]}
        for (question, _), found in zip(asked, ranked, strict=True)
    ]
    assert sum(first) / len(first) >= TOP_1
    assert sum(among_three) / len(among_three) >= TOP_3


def test_what_it_answers_it_answers_rightly(ranker: FaqRanker) -> None:
    asked = paraphrases()
    hits = ranker.hits([standard_text(text) for _, text in asked])
    right = [hit[0].question == question for (question, _), hit in zip(asked, hits, strict=True) if hit]
    assert sum(right) / len(right) >= PRECISION


def test_stays_silent_on_what_nobody_wrote_an_answer_for(ranker: FaqRanker) -> None:
    general = (PACKS / "umroh" / "background.txt").read_text(encoding="utf-8").splitlines()
    answered = [hit for hit in ranker.hits([standard_text(text) for text in general]) if hit]
    assert len(answered) / len(general) <= MOST_WRONG


def test_greetings_and_thanks_are_no_questions(ranker: FaqRanker, model: Understanding) -> None:
    social = [
        row.text
        for row in load_utterances(load_pack("umroh"))
        if row.intent in ("greeting", "thanks", "affirm")
    ]
    meanings = model.understand(social, Vocabulary(faq=ranker))
    assert sum(bool(meaning.faq) for meaning in meanings) <= 0.02 * len(social)


def test_an_entry_with_its_answer_comes_back(ranker: FaqRanker, model: Understanding) -> None:
    hit = model.understand(["colokan listriknya model apa di sana?"], Vocabulary(faq=ranker))[0].faq[0]
    assert hit.question == "Colokan listrik di sana seperti apa?"
    assert hit.answer
    assert 0 < hit.score <= 1


def test_no_entries_make_no_ranker() -> None:
    assert fit_faq([]) is None
    assert fit_faq([Entry(id=1, question="  ", answer="")]) is None


def test_one_entry_answers_its_question_and_not_another() -> None:
    ranker = fit_faq([Entry(id=7, question="Apakah ada kolam renang?", answer="Tidak ada.")])
    assert ranker is not None
    asked, other, nothing = ranker.hits(
        [standard_text(t) for t in ("kolam renang ada?", "harga paket maret", "")]
    )
    assert [hit.faq_id for hit in asked] == [7]
    assert (other, nothing) == ((), ())


def test_a_question_asked_word_for_word_is_that_entry_however_many_are_about_the_same() -> None:
    near = [
        Entry(id=number, question=f"Apakah bisa bayar dengan {means}?", answer=f"Dengan {means} bisa.")
        for number, means in enumerate(("kartu kredit", "tabungan", "paylater", "transfer", "emas"), start=1)
    ]
    ranker = fit_faq([*near, Entry(id=9, question="Mau bayar", answer="-", variants=("bisa bayar ga?",))])
    assert ranker is not None
    for asked, entry_id in (("apakah bisa bayar dengan emas", 5), ("Bisa bayar ga??", 9)):
        best = ranker.hits([standard_text(asked)])[0][0]
        assert (best.faq_id, best.score) == (entry_id, 1.0)


def test_the_same_entry_twice_does_no_harm() -> None:
    twice = [
        Entry(id=n, question="Apakah ada kolam renang?", answer="Tidak.", variants=("kolam renang?",))
        for n in (1, 2)
    ]
    ranker = fit_faq(twice)
    assert ranker is not None
    assert len(ranker.hits(["kolam renang ada?"])[0]) <= 2


@pytest.mark.parametrize(
    ("text", "question"),
    [
        pytest.param("bisa dapat harga khusus kak?", "Apakah ada diskon?", id="worded-differently"),
        pytest.param("ada cerita dari yang sudah berangkat?", "Apakah ada testimoni jamaah?", id="stories"),
    ],
)
def test_the_entry_that_asks_just_this_is_at_hand_however_it_is_worded(
    model: Understanding, ranker: FaqRanker, text: str, question: str
) -> None:
    usual = model.understand([text], Vocabulary(faq=ranker))[0].usual_answers
    assert [hit.question for hit in usual] == [question]


def test_without_entries_no_answer_is_usual(model: Understanding) -> None:
    assert model.understand(["ada diskon?"], Vocabulary())[0].usual_answers == ()
