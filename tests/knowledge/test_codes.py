"""Which campaign code is meant? Rows are what people write after seeing an ad."""

import pytest

from knowledge.codes import CodeBook

CODES = (
    "UMR_JAN_2027_REGULER",
    "UMR_FEB_2027_RAMADHAN",
    "UMR_MAR_2027_HEMAT",
    "UMR_MAR_2027_VIP",
    "UMR_APR_2027_KELUARGA",
    "UMR_OKT_2027_PLUSTURKI",
)
HEMAT, VIP, TURKI, JAN, FEB, APR = CODES[2], CODES[3], CODES[5], CODES[0], CODES[1], CODES[4]

KNOWN: list[tuple[str, str]] = [
    ("UMR_MAR_2027_HEMAT", HEMAT),
    ("umr_mar_2027_hemat", HEMAT),
    ("Umr_Mar_2027_Hemat", HEMAT),
    ("UMR-MAR-2027-HEMAT", HEMAT),
    ("UMR MAR 2027 HEMAT", HEMAT),
    ("umr mar 2027 hemat", HEMAT),
    ("UMR_MARET_2027_HEMAT", HEMAT),
    ("UMR_MARCH_2027_HEMAT", HEMAT),
    ("umr maret 2027 hemat", HEMAT),
    ("UMR_MAR-2027 HEMAT", HEMAT),
    ("UMR__MAR__2027__HEMAT", HEMAT),
    ("UMR - MAR - 2027 - HEMAT", HEMAT),
    ("UMR–MAR–2027–HEMAT", HEMAT),
    ("Halo, saya mau tanya UMR_MAR_2027_HEMAT dong", HEMAT),
    ("halo kak umr mar 2027 hemat masih ada?", HEMAT),
    ("UMR_MAR_2027_HEMAT🙏", HEMAT),
    ("🕋UMR_MAR_2027_HEMAT🕋", HEMAT),
    ("*UMR_MAR_2027_HEMAT*", HEMAT),
    ("_UMR_MAR_2027_HEMAT_", HEMAT),
    ("~UMR_MAR_2027_HEMAT~", HEMAT),
    ("`UMR_MAR_2027_HEMAT`", HEMAT),
    ('"UMR_MAR_2027_HEMAT"', HEMAT),
    ("(UMR_MAR_2027_HEMAT)", HEMAT),
    ("kode:UMR_MAR_2027_HEMAT.", HEMAT),
    ("#UMR_MAR_2027_HEMAT", HEMAT),
    ("UMR_MAR_2027_HEMAT, berapa?", HEMAT),
    ("UMR_MAR_2027_HEMAT?", HEMAT),
    ("info\nUMR_MAR_2027_HEMAT\nmakasih", HEMAT),
    ("https://wa.me/?text=UMR_MAR_2027_HEMAT", HEMAT),
    ("ＵＭＲ＿ＭＡＲ＿２０２７＿ＨＥＭＡＴ", HEMAT),
    ("UMR_MAR_2027_HE\u200bMAT", HEMAT),
    ("UMR_MAR_2027_HEMT", HEMAT),
    ("UMR_MAR_2027_HEMATT", HEMAT),
    ("UMR_MAR_2027_HEMTA", HEMAT),
    ("UMR_MAR_2027_HEMAD", HEMAT),
    ("UMR_MAR_2027_EHMAT", HEMAT),
    ("UNR_MAR_2027_HEMAT", HEMAT),
    ("URM_MAR_2027_HEMAT", HEMAT),
    ("UMRR_MAR_2027_HEMAT", HEMAT),
    ("umrh maret 2027 hemat", HEMAT),
    ("UMR_MAR_2027_VIP", VIP),
    ("umr mar 2027 vip", VIP),
    ("UMR_MAR_2027_VP", VIP),
    ("UMR_MAR_2027_VIIP", VIP),
    ("UMR_OKT_2027_PLUSTURKI", TURKI),
    ("UMR_OCT_2027_PLUSTURKI", TURKI),
    ("UMR_OKTOBER_2027_PLUSTURKI", TURKI),
    ("UMR_OCTOBER_2027_PLUS_TURKI", TURKI),
    ("umr okt 2027 plus turki", TURKI),
    ("umr okt 2027 plusturky", TURKI),
    ("UMR-OKT-2027-PLUS-TURKI kak", TURKI),
    ("UMR_JANUARI_2027_REGULER", JAN),
    ("UMR_JANUARY_2027_REGULER", JAN),
    ("UMR_JAN_2027_REGULAR", JAN),
    ("UMR_FEB_2027_RAMADAN", FEB),
    ("UMR_FEBRUARI_2027_RAMADHAN", FEB),
    ("UMR_PEBRUARI_2027_RAMADHAN", FEB),
    ("UMR_APR_2027_KELURGA", APR),
    ("UMR_APRIL_2027_KELUARGA untuk 4 orang", APR),
    ("mau yang ini UMR_MAR_2027_HEMAT atau UMR_MAR_2027_VIP", HEMAT),
    ("UMR_MAR_2027_HEMAT UMR_MAR_2027_HEMAT UMR_MAR_2027_HEMAT", HEMAT),
]
UNKNOWN: list[str] = [
    "UMR_MAR_2028_HEMAT",
    "UMR_APR_2027_HEMAT",
    "UMR_MAR_27_HEMAT",
    "UMR_MRT_2027_HEMAT",
    "UMR_MAAR_2027_HEMAT",
    "UMR_MAR_2072_HEMAT",
    "UMR_MAR_2027_HMT",
    "UMR_MAR_2027_EKONOMI",
    "UNR_MAR_2027_HEMT",
    "umr desember 2027 hemat",
    "HAJ_MAR_2027_HEMAT",
    "UMR_JAN_2027_VIP",
]
SENTENCES: list[str] = [
    "umroh maret 2027 hemat",
    "umroh januari 2027 reguler ada?",
    "paket maret 2027 hemat",
    "mau umroh bulan maret 2027 yang hemat",
    "saya berangkat maret 2027 vip",
    "UMR",
    "UMR_MAR_2027",
    "UMR_MAR",
    "mar 2027 hemat",
    "umr 2027 hemat",
    "harga hemat maret",
    "tanggal 15 maret 2027 pagi",
    "lahir jakarta maret 1960 sore",
    "UMRMAR2027HEMAT",
    "",
    "_____",
    "2027",
    "a" * 4_000,
    "_-" * 2_000,
]


@pytest.fixture
def book() -> CodeBook:
    return CodeBook(CODES, ["UMR"])


@pytest.mark.parametrize(("text", "code"), KNOWN, ids=[text for text, _ in KNOWN])
def test_finds_the_code_that_is_meant(book: CodeBook, text: str, code: str) -> None:
    assert book.find(text)[0].mention.canonical == code


@pytest.mark.parametrize("text", UNKNOWN)
def test_takes_an_unknown_code_for_a_code_and_names_the_nearest(book: CodeBook, text: str) -> None:
    mention = book.find(text)[0].mention
    assert mention.canonical is None
    assert mention.nearest


@pytest.mark.parametrize("text", SENTENCES, ids=[text[:40] for text in SENTENCES])
def test_takes_no_sentence_for_a_code(book: CodeBook, text: str) -> None:
    assert book.find(text) == []


def test_reads_all_codes_in_the_order_written(book: CodeBook) -> None:
    found = book.find("UMR_MAR_2027_VIP sama umr-jan-2027-reguler bedanya apa")
    assert [code.mention.canonical for code in found] == [VIP, JAN]


def test_forgives_a_typo_only_when_it_leaves_one_package() -> None:
    book = CodeBook(["UMR_MAR_2027_VIP", "UMR_MAR_2027_VIPA"], ["UMR"])
    assert book.find("UMR_MAR_2027_VIPS")[0].mention.canonical is None
    assert book.find("UMR_MAR_2027_VIP")[0].mention.canonical == "UMR_MAR_2027_VIP"


def test_an_exact_code_wins_over_a_longer_one_that_is_a_typo_away(book: CodeBook) -> None:
    assert book.find("UMR_MAR_2027_VIP a")[0].mention.written == "UMR_MAR_2027_VIP"


def test_names_the_same_type_first_when_the_month_is_wrong(book: CodeBook) -> None:
    assert book.find("UMR_APR_2027_HEMAT")[0].mention.nearest[0] in {HEMAT, APR}
