"""What each message means, through the one door that the rest of Sapa uses."""

import threading
import time
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.domain import Meaning, Package
from knowledge.pack import load_pack
from ml.serve.understanding import Understanding, Vocabulary

PACKAGES = (
    Package(code="UMR_JAN_2027_REGULER", name="Umroh Januari 2027 Reguler", price=29_500_000, departure_date=date(2027, 1, 12)),
    Package(code="UMR_MAR_2027_HEMAT", name="Umroh Maret 2027 Hemat", price=25_000_000, departure_date=date(2027, 3, 15)),
    Package(code="UMR_MAR_2027_VIP", name="Umroh Maret 2027 VIP", price=52_000_000, departure_date=date(2027, 3, 20)),
    Package(code="UMR_OKT_2027_PLUSTURKI", name="Umroh Oktober 2027 Plus Turki", price=41_500_000, departure_date=date(2027, 10, 5)),
)  # fmt: skip
VOCABULARY = Vocabulary(packages=PACKAGES, today=date(2026, 12, 1))


def meaning_of(model: Understanding, text: str) -> Meaning:
    return model.understand([text], VOCABULARY)[0]


@pytest.mark.parametrize(
    "text",
    ["UMR_MAR_2027_HEMAT", " umr mar 2027 hemat ", "UMR_MAR_2027_HEMAT🙏", "UMR_MEI_2027_APA", "2", "no 2"],
)
def test_a_bare_code_or_number_has_no_intent_and_no_doubt(model: Understanding, text: str) -> None:
    meaning = meaning_of(model, text)
    assert (meaning.intent, meaning.confidence, meaning.asks) == (None, 1.0, ())


def test_a_code_with_a_question_has_both(model: Understanding) -> None:
    meaning = meaning_of(model, "halo kak, UMR_MAR_2027_HEMAT hotelnya di mana ya?")
    assert meaning.intent == "ask_hotel"
    assert meaning.entities.campaign_codes == ("UMR_MAR_2027_HEMAT",)


def test_months_inside_a_code_are_no_months_said(model: Understanding) -> None:
    entities = meaning_of(model, "UMR_MAR_2027_HEMAT harganya berapa").entities
    assert (entities.month, entities.months, entities.year) == (None, (), None)


def test_reads_everything_that_a_message_names(model: Understanding) -> None:
    entities = meaning_of(
        model, "kami berempat maunya Maret atau April 2027, budget 35 juta per orang"
    ).entities
    assert (entities.pax, entities.month, entities.months, entities.year, entities.budget_idr) == (
        4,
        3,
        (3, 4),
        2027,
        35_000_000,
    )


def test_an_unknown_code_names_what_comes_near(model: Understanding) -> None:
    mention = meaning_of(model, "mau UMR_MAR_2028_HEMAT dong").codes[0]
    assert mention.canonical is None
    assert "UMR_MAR_2027_HEMAT" in mention.nearest


def test_knows_a_package_by_its_name(model: Understanding) -> None:
    assert meaning_of(model, "yang plus turki berapa harganya?").named_packages == ("UMR_OKT_2027_PLUSTURKI",)


TWO: list[tuple[str, tuple[str, ...]]] = [
    ("harganya berapa? hotelnya di mana?", ("ask_price", "ask_hotel")),
    ("Berapa harganya dan hotelnya bintang berapa kak", ("ask_price", "ask_hotel")),
    ("how much is it and where is your office?", ("ask_price", "ask_location")),
    ("syaratnya apa aja sama bisa dicicil ga?", ("ask_requirements", "ask_payment_terms")),
    ("What's included, and which airline do you use?", ("ask_inclusions", "ask_flight")),
    ("kirim brosurnya dong kak, sekalian alamat kantornya di mana", ("ask_brochure", "ask_location")),
    ("Mau tanya jadwal keberangkatan Maret dan apakah kursinya masih ada", ("ask_schedule", "ask_quota")),
    (
        "Is there a discount for groups? Also, can we pay in instalments?",
        ("ask_discount", "ask_payment_terms"),
    ),
    ("masih ada kursi ga buat april? kalo ada harganya berapa", ("ask_quota", "ask_price")),
    ("ini resmi kan? kantornya di mana biar saya cek", ("ask_legality", "ask_location")),
]
ONE: list[tuple[str, str]] = [
    ("Assalamualaikum kak, paket ramadhan berapa ya harganya?", "ask_price"),
    ("Assalamualaikum, mau tanya harga. Terima kasih", "ask_price"),
    ("halo min, hotel di makkah apa ya? makasih", "ask_hotel"),
    ("saya sama istri mau berangkat maret, harganya berapa ya", "ask_price"),
    ("berangkat tanggal berapa dan pulang tanggal berapa", "ask_schedule"),
    ("makan sama visa udah termasuk?", "ask_inclusions"),
    ("vaksin wajib? paspor harus berlaku berapa lama?", "ask_requirements"),
    ("kalau batal uangnya kembali ga? terus kalau ganti orang bisa?", "ask_refund"),
    ("pesawatnya langsung atau transit ya bu, dan berapa lama penerbangannya", "ask_flight"),
    ("Apakah ibu saya yang berumur 75 tahun dan memakai kursi roda boleh ikut?", "ask_requirements"),
    ("hotelnya jauh ga dari masjid, soalnya ibu saya ga kuat jalan", "ask_hotel"),
]


@pytest.mark.parametrize(("text", "asks"), TWO, ids=[text for text, _ in TWO])
def test_hears_both_questions_in_order(model: Understanding, text: str, asks: tuple[str, ...]) -> None:
    assert meaning_of(model, text).asks == asks


@pytest.mark.parametrize(("text", "ask"), ONE, ids=[text for text, _ in ONE])
def test_hears_one_question_where_there_is_one(model: Understanding, text: str, ask: str) -> None:
    meaning = meaning_of(model, text)
    assert (meaning.intent, meaning.asks) == (ask, (ask,))


BESIDE: list[tuple[str, tuple[str, ...]]] = [
    ("kami berlima rencana Maret, budget 30 juta. pesawatnya transit ga?", ("give_preference", "ask_flight")),
    ("mau ngobrol sama adminnya langsung dong, oh iya alamat kantornya di mana?", ("request_human", "ask_location")),
    ("berdua sama ibu, maunya pesawat jangan transit, hotel dekat", ()),
]  # fmt: skip


@pytest.mark.parametrize(("text", "asks"), BESIDE, ids=[text for text, _ in BESIDE])
def test_hears_a_question_beside_a_wish_and_no_wish_as_a_question(
    model: Understanding, text: str, asks: tuple[str, ...]
) -> None:
    assert meaning_of(model, text).asks == asks


@pytest.mark.parametrize(
    "text", ["terima kasih", "iya kak boleh", "belum mau daftar, cuma tanya", "assalamualaikum"]
)
def test_what_carries_the_talk_along_asks_nothing(model: Understanding, text: str) -> None:
    assert meaning_of(model, text).asks == ()


def test_a_refusal_to_buy_is_marked(model: Understanding) -> None:
    assert meaning_of(model, "belum mau daftar ya, mau tanya dulu").is_negated


def test_stop_is_a_stop_word_and_mulai_a_start_word(model: Understanding) -> None:
    assert meaning_of(model, "STOP").is_stop_word
    assert meaning_of(model, "mulai").is_start_word


def test_the_ranking_holds_every_intent_once_and_adds_up(model: Understanding) -> None:
    meaning = meaning_of(model, "cuaca jakarta besok")
    assert meaning.intent == "out_of_scope"
    assert {score.name for score in meaning.intents} == {*load_pack("umroh").intents, "out_of_scope"}
    assert sum(score.confidence for score in meaning.intents) == pytest.approx(1, abs=1e-3)


def test_staff_may_ask_for_more_certainty(model: Understanding) -> None:
    text = "yg bagus yang mana ya kira kira"
    sure = model.understand([text], VOCABULARY, min_confidence=0.0)[0]
    strict = model.understand([text], VOCABULARY, min_confidence=1.0)[0]
    assert (sure.intent, strict.intent) == ("ask_recommendation", "out_of_scope")
    assert strict.intents == sure.intents


ODD = [
    "", " ", "\n\n", "\x00", "\x00\x01\x02halo", "😀😀😀", "👍🏽", "\u200b\u200e\u200f", "السلام عليكم ورحمة الله",
    "\u202e tersembunyi \u202c",
    "<script>alert(1)</script>", "{{ 7*7 }} {% for x in y %}", "'; DROP TABLE packages; --", "9" * 5_000, "1" * 400, "a" * 5_000,
    "berapa " * 800, "? " * 2_000, ", " * 2_000, "dan " * 1_000, "UMR_MAR_2027_HEMAT " * 250, "_-_-" * 1_200, "ber-" * 1_000,
    "kamar " * 800, "satu " * 900, "1 " * 2_000, "25 juta " * 500, "maret sampai " * 400, "bulan 3 " * 500, "ﷺ" * 300, "é" * 4_000,
    "\ud800", "saya dan istri " * 300, "harga?" * 700, "rp " * 1_300, "a b " * 1_000, "https://" + "x" * 4_000, "①②③", "½ juta", "²",
]  # fmt: skip


@pytest.mark.parametrize("text", ODD, ids=[f"odd-{number}" for number in range(len(ODD))])
def test_nothing_that_can_be_typed_breaks_it_or_takes_long(model: Understanding, text: str) -> None:
    began = time.process_time()
    meaning_of(model, text)
    # A wide limit: it only catches time that grows faster than the text.
    assert time.process_time() - began < 1.0


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=300))
def test_any_text_has_a_meaning(model: Understanding, text: str) -> None:
    meaning = meaning_of(model, text)
    assert meaning.text == text
    assert 0 <= meaning.confidence <= 1 + 1e-6


def test_a_batch_means_the_same_as_one_by_one(model: Understanding) -> None:
    texts = [text for text, _ in TWO] + [text for text, _ in ONE] + ODD[:20] + ["UMR_MAR_2027_HEMAT", "2"]
    together = model.understand(texts, VOCABULARY)
    alone = [model.understand([text], VOCABULARY)[0] for text in texts]
    assert [(m.intent, m.asks, m.entities, m.codes) for m in together] == [
        (m.intent, m.asks, m.entities, m.codes) for m in alone
    ]


def test_an_empty_batch_is_fine(model: Understanding) -> None:
    assert model.understand([], VOCABULARY) == []


def test_threads_may_ask_at_once(model: Understanding) -> None:
    texts = [text for text, _ in TWO]
    expected = [meaning.asks for meaning in model.understand(texts, VOCABULARY)]
    heard: list[list[tuple[str, ...]]] = []
    threads = [
        threading.Thread(target=lambda: heard.append([m.asks for m in model.understand(texts, VOCABULARY)]))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heard == [expected] * 4


def test_a_meaning_says_which_model_made_it(model: Understanding) -> None:
    assert meaning_of(model, "halo").versions == (f"nlu:umroh:{model.card.id}",)
