"""What the bot says: every key in both languages, with many facts and with few, alone and joined, and whatever staff write."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from flows.decision import Fact, Say
from flows.domain import Company, Language, Package, Place, WorkingFrame
from flows.reply_keys import Key
from knowledge.replies import LANGUAGES, PROMPT_TYPES, PackText, Replies, check_reply, pack_texts, reply_type
from knowledge.reply_facts import FACTS, samples

FLOWS = Path(__file__).parents[2] / "flows"
TOLD = re.compile(r"\b(?:tell|ask_human|miss|_about)\(([^()]*)\)")
JAKARTA = ZoneInfo("Asia/Jakarta")
PACK = pack_texts("umroh")
HEMAT = Package(
    code="UMR_MAR_2027_HEMAT",
    name="Umroh Maret 2027 Hemat",
    price=25_000_000,
    departure_date=date(2027, 3, 15),
    duration_days=9,
    quota_left=18,
    brochure_url="https://example.com/brosur.pdf",
    itinerary_url="https://example.com/itinerary.pdf",
    hotel_makkah="Hotel Ajyad",
    hotel_madinah="Hotel Quba",
    airline="Nusa Hijaz Air",
    features=("Sekamar berempat", "Pembimbing dari Medan"),
    includes=("Visa", "Tiket", "Makan 3 kali sehari"),
    excludes=("Paspor",),
    payment_terms="DP Rp 5.000.000 per orang, lunas 45 hari sebelum keberangkatan.",
)
VIP = replace(HEMAT, code="UMR_MAR_2027_VIP", name="Umroh Maret 2027 VIP", price=52_000_000, quota_left=5)
BARE = Package(code="UMR_MAR_2027_POLOS", name="Umroh Polos", price=20_000_000)
COMPANY = Company(
    name="Barokah Wisata",
    address="Jl. Contoh No. 1, Medan",
    pin=Place(name="Kantor", lat=3.5, lng=98.6),
    licence="PPIU No. 1/2026",
    hours=(
        *(WorkingFrame(weekday=day, opens=480, closes=1020) for day in range(5)),
        WorkingFrame(weekday=5, opens=480, closes=780),
    ),
    branches=tuple(f"Cabang {number}" for number in range(1, 45)),
)
MONDAY = "besok (Senin) pukul 08.00 WIB"


@pytest.fixture(scope="module")
def replies() -> Replies:
    return Replies({text.type: text.content for text in PACK}, JAKARTA, PACK)


def say(key: Key, package: Package | None = HEMAT, **facts: Fact) -> Say:
    return Say(key=key.value, facts={"company": COMPANY, "package": package} | facts)


def spoken(replies: Replies, key: Key, package: Package | None = HEMAT, **facts: Fact) -> str:
    return replies.render(key, "id", say(key, package, **facts).facts)


def test_the_pack_has_a_text_for_every_key_in_both_languages_and_no_other() -> None:
    wanted = {reply_type(key, language) for key in Key for language in LANGUAGES} | set(PROMPT_TYPES)
    types = [text.type for text in PACK]
    assert len(types) == len(set(types))
    assert set(types) == wanted


def test_every_text_says_in_a_line_when_it_is_used() -> None:
    assert [text.type for text in PACK if not text.about.strip() or "\n" in text.about] == []


@pytest.mark.parametrize("text", PACK, ids=lambda text: text.type)
def test_texts_of_the_pack_pass_the_check_that_staff_pass(text: PackText) -> None:
    if text.type.startswith("reply:"):
        assert check_reply(text.type.split(":")[1], text.content) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", Key)
def test_reads_well_with_many_facts_and_with_few(replies: Replies, key: Key, language: Language) -> None:
    for sample in samples(key):
        words = replies.render(key, language, sample.facts)
        assert words == words.strip()
        assert not re.search(r"None|True|False|\{|\}|%\}|\n\s*\n\s*\n|mappingproxy|Package\(", words)
        assert len(re.findall("[🕋🙏😊]", words)) <= 2
        assert words or key is Key.FAQ


@pytest.mark.parametrize("text", PACK, ids=lambda text: text.type)
def test_no_text_promises_round_the_clock_or_asks_for_money_on_an_account(text: PackText) -> None:
    assert not re.search(
        r"(?i)24 jam|24/7|nomor rekening (kami|berikut)|a\.n\.|bank (bca|bri|bni|bsi)", text.content
    )


def test_greets_who_comes_with_a_code_as_the_documents_show(replies: Replies) -> None:
    assert spoken(replies, Key.GREET_PACKAGE, returning=False) == (
        "Assalamualaikum! Terima kasih sudah tertarik dengan *Umroh Maret 2027 Hemat* kami 🕋\n"
        "\n"
        "Harga: Rp 25.000.000\n"
        "Keberangkatan: 15 Maret 2027\n"
        "Durasi: 9 hari\n"
        "\n"
        "Apakah Bapak/Ibu ingin mengetahui detail fasilitasnya?"
    )


def test_greets_for_a_package_without_date_or_length(replies: Replies) -> None:
    assert spoken(replies, Key.GREET_PACKAGE, BARE, returning=True) == (
        "Assalamualaikum! Senang bertemu lagi, Bapak/Ibu. Terima kasih sudah tertarik dengan *Umroh Polos* kami 🕋\n"
        "\n"
        "Harga: Rp 20.000.000\n"
        "\n"
        "Apakah Bapak/Ibu ingin mengetahui detail fasilitasnya?"
    )


def test_says_it_in_english(replies: Replies) -> None:
    words = replies.render(Key.GREET_PACKAGE, "en", say(Key.GREET_PACKAGE).facts)
    assert "Departure: 15 March 2027\nDuration: 9 days\n" in words


@pytest.mark.parametrize(
    ("key", "facts", "wanted"),
    [
        pytest.param(
            Key.WELCOME, {"packages": (HEMAT,)}, "2. Bulan apa", id="welcome asks for people and month"
        ),
        pytest.param(
            Key.WELCOME,
            {"packages": (HEMAT, BARE)},
            "• *Umroh Maret 2027 Hemat* — Rp 25.000.000, 15 Maret 2027, 9 hari\n• *Umroh Polos* — Rp 20.000.000",
            id="a list nobody is asked to point at has no numbers",
        ),
        pytest.param(
            Key.LIST_PACKAGES,
            {"packages": (HEMAT, BARE)},
            "1. *Umroh Maret 2027 Hemat* — Rp 25.000.000, 15 Maret 2027, 9 hari\n2. *Umroh Polos* — Rp 20.000.000",
            id="a list to choose from is numbered",
        ),
        pytest.param(
            Key.LIST_QUOTAS, {"packages": (VIP, BARE)}, "sisa 5 kursi\n2. *Umroh Polos* — masih", id="seats"
        ),
        pytest.param(
            Key.LIST_HOTELS,
            {"packages": (VIP, BARE)},
            "1. *Umroh Maret 2027 VIP*\n   Makkah: Hotel Ajyad\n   Madinah: Hotel Quba\n2. *Umroh Polos* — belum ada",
            id="hotels",
        ),
        pytest.param(
            Key.LIST_SCHEDULES, {"packages": (BARE,)}, "*Umroh Polos* — tanggal belum", id="no date yet"
        ),
        pytest.param(Key.LIST_FLIGHTS, {"packages": (VIP,)}, "VIP* — Nusa Hijaz Air", id="airlines"),
        pytest.param(
            Key.PACKAGE_FULL, {"asked": VIP, "packages": ()}, "belum ada jadwal lain", id="no other"
        ),
        pytest.param(
            Key.PACKAGE_FULL, {"asked": VIP, "packages": (HEMAT,)}, "cocok untuk Bapak/Ibu?", id="one other"
        ),
        pytest.param(Key.PACKAGE_DEPARTED, {"asked": HEMAT, "packages": ()}, "pada 15 Maret 2027", id="gone"),
        pytest.param(
            Key.RECOMMEND,
            {"packages": (HEMAT,), "pax": 4, "budget": 30_000_000},
            "Sesuai budget Rp 30.000.000 per orang, sisa 18 kursi, cukup untuk 4 orang",
            id="why it fits",
        ),
        pytest.param(
            Key.NO_MATCH,
            {"packages": (VIP,), "pax": 7, "budget": 40_000_000},
            "Rp 12.000.000 per orang di atas budget, sisa 5 kursi, belum cukup untuk 7 orang",
            id="why it does not fit",
        ),
        pytest.param(
            Key.ASK_QUOTA, {"pax": 20, "is_enough": False}, "belum cukup untuk 20", id="too few seats"
        ),
        pytest.param(
            Key.ASK_QUOTA, {"pax": 4, "is_enough": True}, "18 kursi, cukup untuk 4", id="enough seats"
        ),
        pytest.param(
            Key.ASK_PAYMENT_TERMS, {"terms": "Lunas H-45"}, "paket kami:\nLunas H-45", id="shared terms"
        ),
        pytest.param(Key.ASK_LOCATION, {}, "Senin–Jumat 08.00–17.00, Sabtu 08.00–13.00 WIB", id="hours"),
        pytest.param(
            Key.ASK_LOCATION, {}, "Cabang 6 dan 38 lainnya", id="many branches are counted, not listed"
        ),
        pytest.param(Key.HANDOVER_HUMAN, {"answered_at": MONDAY}, f"buka lagi, {MONDAY}", id="closed: when"),
        pytest.param(Key.HANDOVER_HUMAN, {"answered_at": None}, "di chat ini segera", id="open: soon"),
        pytest.param(Key.HANDOVER_PAYMENT, {}, "pendaftaran *Umroh Maret 2027 Hemat*", id="payment names it"),
        pytest.param(
            Key.FAQ, {"answer": "Boleh, {{ x }}"}, "Boleh, {{ x }}", id="an answer is not a template"
        ),
    ],
)
def test_says(replies: Replies, key: Key, facts: dict[str, Fact], wanted: str) -> None:
    known: dict[str, Fact] = {"company": COMPANY, "package": HEMAT}
    assert wanted in replies.render(key, "id", known | facts)


def test_a_complaint_is_answered_with_an_apology_and_no_package(replies: Replies) -> None:
    words = spoken(replies, Key.HANDOVER_COMPLAINT, answered_at=None)
    assert words.startswith("Mohon maaf")
    assert HEMAT.name not in words


def test_what_a_customer_typed_is_repeated_on_one_line_short_and_without_formatting(replies: Replies) -> None:
    written = "UMR_*X*\n`{{ 7*7 }}`\u202e" + "A" * 500
    words = spoken(replies, Key.UNKNOWN_CODE, None, written=written, packages=(HEMAT,))
    quoted = re.findall("“(.*?)”", words)[0]
    assert quoted.startswith("UMR_ X {{ 7 7 }} AAA")
    assert len(quoted) == 40


def test_names_are_shown_as_they_are_even_when_they_look_like_a_template(replies: Replies) -> None:
    tricky = replace(HEMAT, name="{{ company.phone }}{% if x %}<b>")
    assert "*{{ company.phone }}{% if x %}<b>*" in spoken(replies, Key.GREET_PACKAGE, tricky)


def test_parts_read_as_one_message_that_names_the_package_once(replies: Replies) -> None:
    words = replies.speak(
        [say(Key.ASK_PRICE), say(Key.ASK_QUOTA), say(Key.PAPERS), say(Key.REMIND_DETAILS)], "id"
    )
    assert words.count(HEMAT.name) == 1
    assert "\n\nAlhamdulillah, untuk paket ini masih tersedia 18 kursi.\n\n" in words


def test_two_lists_ask_for_a_number_once_and_at_the_end(replies: Replies) -> None:
    packages = (HEMAT, VIP)
    words = replies.speak(
        [say(Key.LIST_PRICES, packages=packages), say(Key.LIST_HOTELS, packages=packages)], "id"
    )
    assert words.count("balas nomornya") == 1
    assert words.endswith("balas nomornya.")


def test_the_same_part_twice_is_said_once(replies: Replies) -> None:
    part = say(Key.CHOOSE_FIRST, packages=(HEMAT, VIP))
    assert replies.speak([part, part], "id") == replies.speak([part], "id")


def test_an_introduction_asks_its_question_only_when_nothing_follows(replies: Replies) -> None:
    words = replies.speak([say(Key.GREET_PACKAGE), say(Key.HANDOVER_PAYMENT)], "id")
    assert "ingin mengetahui detail" not in words
    assert "pendaftarannya di chat ini" in words


def test_terms_are_not_said_again_by_the_part_that_hands_over(replies: Replies) -> None:
    words = replies.speak([say(Key.ASK_PAYMENT_TERMS), say(Key.HANDOVER_PAYMENT)], "id")
    assert HEMAT.payment_terms is not None
    assert words.count(HEMAT.payment_terms) == 1


def test_a_message_smiles_once_and_keeps_its_full_stops(replies: Replies) -> None:
    words = replies.join(["Mohon maaf, penuh 🙏 Yang lain ada.", "Terima kasih 🙏", "Ya 😊", "Siap? 🕋"])
    assert words == "Mohon maaf, penuh 🙏 Yang lain ada.\n\nTerima kasih.\n\nYa 😊\n\nSiap?"


def test_joins_only_what_was_said(replies: Replies) -> None:
    assert replies.join(["", "Satu.", "", "Dua."]) == "Satu.\n\nDua."
    assert replies.join([]) == ""


def live(key: Key, content: str, language: Language = "id") -> Replies:
    return Replies({reply_type(key, language): content}, JAKARTA, PACK)


def test_staff_write_the_text_and_lines_of_tags_leave_no_gap() -> None:
    content = (
        "Halo{% if package %} *{{ package.name }}*{% endif %}\n{% if packages %}\nAda.\n{% endif %}\nSalam."
    )
    assert spoken(live(Key.WELCOME, content), Key.WELCOME, packages=()) == f"Halo *{HEMAT.name}*\nSalam."
    assert spoken(live(Key.WELCOME, content), Key.WELCOME, None, packages=(HEMAT,)) == "Halo\nAda.\nSalam."


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("{{ package.quota_left / 0 }}", id="refused when loaded"),
        pytest.param("{% if package.departure_date > 5 %}x{% endif %}", id="fails while being written"),
        pytest.param("{{ package.price|tanggal }}", id="a filter for something else"),
        pytest.param("{{ package }}", id="a whole package"),
        pytest.param("{% if", id="broken"),
        pytest.param("  \n ", id="empty"),
    ],
)
def test_a_text_that_cannot_be_used_gives_way_to_the_packs_own(replies: Replies, content: str) -> None:
    mended = live(Key.ASK_PRICE, content)
    assert spoken(mended, Key.ASK_PRICE) == spoken(replies, Key.ASK_PRICE)


def test_remembers_which_text_could_not_be_used_and_why() -> None:
    mended = live(Key.ASK_PRICE, "{{ package.price * 2 }}")
    spoken(mended, Key.ASK_PRICE)
    assert list(mended.broken) == ["reply:ask_price:id"]
    assert "arithmetic" in mended.broken["reply:ask_price:id"]


def test_without_english_the_indonesian_text_is_said() -> None:
    indonesian = [text for text in PACK if not text.type.endswith(":en")]
    mine = Replies({"reply:thanks:id": "Sama-sama ya."}, JAKARTA, indonesian)
    assert mine.render(Key.THANKS, "en", {}) == "Sama-sama ya."


def test_an_unknown_key_is_a_mistake_in_the_code(replies: Replies) -> None:
    with pytest.raises(ValueError, match="no_such_key"):
        replies.render("no_such_key", "id", {})


def test_the_last_word_fits_a_message_and_ends_with_a_sentence() -> None:
    long = "Ini satu kalimat yang utuh. " * 400
    words = live(Key.FAQ, "{{ answer }}").render(Key.FAQ, "id", {"answer": long})
    assert 4_000 < len(words) <= 4_096
    assert words.endswith("utuh.")


def test_one_endless_word_is_cut_too(replies: Replies) -> None:
    assert len(replies.render(Key.FAQ, "id", {"answer": "a" * 100_000})) <= 4_096


def test_the_facts_that_the_flows_give_are_facts_that_texts_may_use() -> None:
    # The names stand in the calls; a fact given under another name would silently be nothing.
    sources = [path.read_text(encoding="utf-8") for path in FLOWS.glob("*.py")]
    calls = [call for source in sources for call in TOLD.findall(source)]
    given = {name for call in calls for name in re.findall(r"(\w+)=", call)}
    known = {name for facts in FACTS.values() for name in facts}
    assert given - known == {"faq_id"}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param("Transfer ke BCA 1234567890 a.n. PT X", "Transfer ke BCA (", id="bank"),
        pytest.param("rekening BSI 7123 4567 89 ya", "rekening BSI (", id="spaces"),
        pytest.param("Mandiri an. PT Sapa 1060-0123-45678", "Mandiri an. PT Sapa (", id="holder-in-between"),
        pytest.param("Rp 25.000.000 ke rekening resmi", "Rp 25.000.000 ke rekening resmi", id="amount-stays"),
        pytest.param("Rekening resmi. WA 081234567890", "Rekening resmi. WA 081234567890", id="phone-stays"),
    ],
)
def test_no_account_number_reaches_a_customer_whoever_wrote_it(
    answer: str, expected: str, replies: Replies
) -> None:
    assert replies.speak([say(Key.FAQ, answer=answer)], "id").startswith(expected)
