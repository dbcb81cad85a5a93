"""Every trade's pack: what it shares, what it says in its own words, and that its demo can be loaded and drawn."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from bot.demo.load import draw_all
from flows.reply_keys import Key
from knowledge.demo import load_demo
from knowledge.money import BudgetScale, read_budget
from knowledge.pack import PACKS, load_pack, load_utterances
from knowledge.replies import LANGUAGES, PROMPT_TYPES, PackText, check_reply, in_words, pack_texts, reply_type
from ml.serve.offers import OFFERS

TRADES = sorted(path.parent.name for path in PACKS.glob("*/pack.toml"))
OTHER_TRADES = [trade for trade in TRADES if trade != "umroh"]
OTHERS_TEXTS = [
    pytest.param(text, id=f"{trade} {text.type}") for trade in OTHER_TRADES for text in pack_texts(trade)
]
TRAVEL = re.compile(
    r"(?i)umro|umrah|jamaah|keberangkatan|assalamualaikum|alhamdulillah|manasik|pendaftaran|kursi"
)
FEWEST_FAQ = 15
LENDER = 'code_prefixes = ["L"]\nown_words = ["hotel"]\n[intents]\nask_price = "question"\n'
BORROWER = (
    'code_prefixes = ["B"]\nown_words = ["pulsa"]\n[intents]\nask_price = "question"\n'
    '[borrowed]\nlender = ["ask_price", "out_of_scope"]\n'
)


@pytest.mark.parametrize("trade", TRADES)
def test_a_trade_has_a_text_for_every_key_in_both_languages_and_no_other(trade: str) -> None:
    wanted = [reply_type(key, language) for language in LANGUAGES for key in Key]
    assert [text.type for text in pack_texts(trade)] == [*wanted, *PROMPT_TYPES]


@pytest.mark.parametrize("text", OTHERS_TEXTS)
def test_the_texts_of_other_trades_pass_the_check_that_staff_pass(text: PackText) -> None:
    if text.type.startswith("reply:"):
        assert check_reply(text.type.split(":")[1], text.content) == []


@pytest.mark.parametrize("text", OTHERS_TEXTS)
def test_nobody_travels_in_the_texts_of_other_trades(text: PackText) -> None:
    said = re.sub(r"{{.*?}}|{%.*?%}|\{# .*? #\}", "", text.content.replace("Waalaikumsalam", ""))
    assert not TRAVEL.search(said)


def test_a_trade_may_say_product_where_others_say_package_without_breaking_tags() -> None:
    words = {"paket ini": "produk ini", "paket": "produk"}
    text = "Ini paket {{ package|sebut }}{% if package.tier %}, paket {{ package.tier }}{% endif %}"
    assert in_words(text, words) == (
        "Ini produk {% if is_named %}produk ini{% else %}*{{ package.name }}*{% endif %}"
        "{% if package.tier %}, produk {{ package.tier }}{% endif %}"
    )


def _packs(folder: Path, borrower: str = BORROWER) -> Path:
    messages = {
        "lender": "voice\ttext\na\tberapa harganya?\nb\tharga hotelnya?\n",
        "borrower": "voice\ttext\na\tpulsa 20 berapa\n",
    }
    for name, toml in (("lender", LENDER), ("borrower", borrower)):
        (folder / name / "utterances").mkdir(parents=True)
        (folder / name / "pack.toml").write_text(toml)
        (folder / name / "utterances" / "ask_price.tsv").write_text(messages[name])
    (folder / "lender" / "background.txt").write_text("pulsaku habis\nhujan lagi\n")
    return folder


def test_what_is_said_in_every_trade_is_borrowed_and_what_only_the_lenders_customers_say_is_not(
    tmp_path: Path,
) -> None:
    rows = load_utterances(load_pack("borrower", _packs(tmp_path)))
    assert [(row.intent, row.text) for row in rows] == [
        ("ask_price", "pulsa 20 berapa"),
        ("ask_price", "berapa harganya?"),
        ("out_of_scope", "hujan lagi"),
    ]


def test_an_intent_that_nobody_says_is_refused_by_its_name(tmp_path: Path) -> None:
    silent = BORROWER.replace('ask_price = "question"', 'ask_price = "question"\nask_stock = "question"')
    with pytest.raises(ValueError, match=r"borrower.*ask_stock"):
        load_utterances(load_pack("borrower", _packs(tmp_path, silent)))


@pytest.mark.parametrize(
    ("text", "rupiah"),
    [
        pytest.param("budget 50", 50_000, id="a bare number counts thousands"),
        pytest.param("budget 20ribu", 20_000, id="small sums count"),
        pytest.param("dana 2 juta", 2_000_000, id="millions stay millions"),
        pytest.param("uang muka 50ribu", None, id="a down payment is none"),
        pytest.param("budget 2ribu", None, id="less than anything costs"),
    ],
)
def test_small_trades_have_small_budgets(text: str, rupiah: int | None) -> None:
    assert read_budget(text, BudgetScale(least=5_000, unit=1_000)) == rupiah


@pytest.mark.parametrize("trade", OTHER_TRADES)
def test_the_demo_of_a_trade_fits_its_pack(trade: str) -> None:
    demo, pack = load_demo(trade), load_pack(trade)
    packages = [each.package for each in demo.packages]
    assert {package.code.split("_")[0] for package in packages} <= set(pack.code_prefixes)
    assert {package.code.split("_", maxsplit=3)[-1] for package in packages} >= set(pack.aliases)
    assert len({package.name for package in packages}) == len(packages)
    assert all(
        package.includes and package.features and package.category and package.payment_terms
        for package in packages
    )
    assert {package.ml_label for package in packages} - {None} <= set(OFFERS)
    assert {user.branch for user in demo.users} <= set(demo.company.branches)
    assert demo.company.hours
    assert len(demo.faq) >= FEWEST_FAQ
    assert all(len(entry.variants) >= 3 for entry in demo.faq)


@pytest.mark.parametrize("trade", OTHER_TRADES)
def test_what_is_no_trip_gets_a_poster_and_a_brochure_and_no_itinerary(trade: str) -> None:
    demo = load_demo(trade)
    (papers,) = draw_all(replace(demo, packages=demo.packages[:1])).values()
    assert papers.poster.startswith(b"\xff\xd8")
    assert papers.brochure.startswith(b"%PDF")
    assert papers.itinerary is None
