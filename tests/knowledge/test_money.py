"""Which amount is the budget? Rows are messages as typed, with rupiah in millions where one is meant."""

import pytest

from knowledge.lexicon import standard_text
from knowledge.money import is_for_all, mask_amounts, read_budget

MILLION = 1_000_000

BUDGETS: list[tuple[str, float]] = [
    ("25jt", 25),
    ("30 juta", 30),
    ("budget 30 jt per orang", 30),
    ("Rp 25.000.000", 25),
    ("Rp25.000.000,-", 25),
    ("rp. 27,500,000", 27.5),
    ("25000000", 25),
    ("Rp70 juta", 70),
    ("rp30jt", 30),
    ("tiga puluh juta", 30),
    ("dana tiga puluh lima juta rupiah", 35),
    ("dua lima juta", 25),
    ("25-30 jt", 30),
    ("25 sampai 30 juta", 30),
    ("25 s/d 30 jt", 30),
    ("antara 25 dan 30 juta", 30),
    ("25jt - 30jt", 30),
    ("between 25 and 30 million", 30),
    ("25 to 30 million rupiah", 30),
    ("30jt s.d. 40jt", 40),
    ("di kisaran 30an", 30),
    ("around 25-30mil each", 30),
    ("telung puluh yuto", 30),
    ("30an juta", 30),
    ("30-an jt", 30),
    ("30 jutaan", 30),
    ("tiga puluhan juta", 30),
    ("25,5 juta", 25.5),
    ("25.5jt", 25.5),
    ("30 juta 500 ribu", 30.5),
    ("dua puluh tujuh juta setengah", 27.5),
    ("dua puluh lima setengah juta per kepala", 25.5),
    ("anggaran kami seperempat M untuk sekeluarga", 250),
    ("setengah miliar buat 10 orang", 500),
    ("IDR 40 million", 40),
    ("40 mio max", 40),
    ("35 million rupiah each", 35),
    ("thirty million", 30),
    ("0,1 miliar", 100),
    ("budget 35", 35),
    ("budget sekitar 35an per orang", 35),
    ("bdgt 30", 30),
    ("budget: 40", 40),
    ("dana sekitar tiga puluh", 30),
    ("budget mah 30an lah kang", 30),
    ("dana 25-30an", 30),
    ("budgetnya ya sekitar enam puluh berdua lah", 60),
    ("Dana gue maksimal 45 juta", 45),
    ("duite 60 juta wong loro", 60),
    ("artos nu aya 35 juta", 35),
    ("pitih ambo 27 juta", 27),
    ("dana 28 jutaan sewangeun", 28),
    ("40 yuto", 40),
    ("tabungan saya 28 juta", 28),
    ("modal 180 juta total", 180),
    ("uang ada 30 juta, dp 5 juta bisa?", 30),
    ("harga 25 juta itu yang mana", 25),
    ("ada yang di bawah 30 juta?", 30),
    ("under 30 million", 30),
    ("punya 32 juta, maksimal 35 juta", 35),
    ("MAKSIMAL 110 JUTA SEMUANYA!!", 110),
    ("seratus juta berempat", 100),
    ("35jt berdua", 35),
    ("30 juta seorang", 30),
    ("uang 30 jutaa", 30),
    ("27 juta aja kak", 27),
    ("sanggupnya di bawah 33 juta per kepala", 33),
    ("plafon 105 juta total", 105),
    ("saya siap dana 50 juta", 50),
    ("wong sepuluh, budget nya 30 an per kepala", 30),
]
NONE: list[str] = [
    "dulu ditipu travel lain, rugi 30 juta",
    "jalannya setengah meter",
    "dp 5jt",
    "DP berapa?",
    "uang muka 5 juta",
    "Jika DP 5 juta di Juli",
    "cicil 2 juta per bulan",
    "nyicil 1,5jt sebulan",
    "diskon 1 juta",
    "potongan 500rb",
    "kurangin 2 juta dong",
    "turun 1 juta bisa?",
    "2 juta lebih murah di sebelah",
    "gaji saya 5 juta",
    "biaya vaksin 500 ribu",
    "nambah 3 juta buat double",
    "40k",
    "100rb",
    "two thousand dollars",
    "3000 USD",
    "5000 riyal",
    "081234567890",
    "6281234567890",
    "12345678901234567890",
    "budget 4 orang",
    "dana untuk 2 orang",
    "budget berapa ya",
    "umur 30",
    "2027",
    "30 orang",
    "tabungan 12 bulan",
    "tetangga ketipu 40 juta",
    "pinjam uang dua juta",
    "sudah transfer 10 juta",
    "siap bayar 10 juta sekarang",
    "25 kg",
    "paket 9 hari",
    "kode 1.2",
    "tahun 2027 kan ya?",
]


@pytest.mark.parametrize(("text", "millions"), BUDGETS, ids=[text for text, _ in BUDGETS])
def test_reads_the_budget_as_stated(text: str, millions: float) -> None:
    assert read_budget(standard_text(text)) == round(millions * MILLION)


@pytest.mark.parametrize("text", NONE)
def test_reads_no_budget_where_none_is_stated(text: str) -> None:
    assert read_budget(standard_text(text)) is None


def test_blanks_amounts_so_that_their_digits_count_nobody() -> None:
    assert "30" not in mask_amounts("4 orang, 30 juta")
    assert "4 orang" in mask_amounts("4 orang, 30 juta")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("budget 45 jt berdua", True),
        ("60 juta buat 3 orang", True),
        ("total 90 juta bertiga", True),
        ("budgetnya ya sekitar enam puluh berdua lah", True),
        ("setengah miliar buat 10 orang", True),
        ("MAKSIMAL 110 JUTA SEMUANYA!!", True),
        ("duite 60 juta wong loro", True),
        ("60 million for two", True),
        ("modal 180 juta total", True),
        ("anggaran 120 juta untuk sekeluarga", True),
        ("Rp 50.000.000 berdua", True),
        ("kami berdua budget 30 juta", False),
        ("budget 30 juta per orang berdua", False),
        ("35 juta aja kak", False),
        ("untuk 3 orang, 30 juta", False),
        ("30 juta seorang", False),
    ],
)
def test_what_all_have_together_is_told_from_what_each_has(text: str, expected: bool) -> None:
    assert is_for_all(standard_text(text)) is expected
