"""Which packages are called by name? With the demo's six packages."""

from datetime import date

import pytest

from flows.domain import Package
from knowledge.lexicon import standard_text
from knowledge.pack import load_pack
from knowledge.package_names import NameBook

PACK = load_pack("umroh")
PACKAGES = [
    Package(code="UMR_JAN_2027_REGULER", name="Umroh Januari 2027 Reguler", price=1, departure_date=date(2027, 1, 12)),
    Package(code="UMR_FEB_2027_RAMADHAN", name="Umroh Februari 2027 Ramadhan", price=1, departure_date=date(2027, 2, 20)),
    Package(code="UMR_MAR_2027_HEMAT", name="Umroh Maret 2027 Hemat", price=1, departure_date=date(2027, 3, 15)),
    Package(code="UMR_MAR_2027_VIP", name="Umroh Maret 2027 VIP", price=1, departure_date=date(2027, 3, 20)),
    Package(code="UMR_APR_2027_KELUARGA", name="Umroh April 2027 Keluarga", price=1, departure_date=date(2027, 4, 10)),
    Package(code="UMR_OKT_2027_PLUSTURKI", name="Umroh Oktober 2027 Plus Turki", price=1, departure_date=date(2027, 10, 5)),
]  # fmt: skip

NAMED: list[tuple[str, list[str]]] = [
    ("yang plus turki berapa?", ["UMR_OKT_2027_PLUSTURKI"]),
    ("plusturki", ["UMR_OKT_2027_PLUSTURKI"]),
    ("Kak, yang ke Turki berapaan per orang?", ["UMR_OKT_2027_PLUSTURKI"]),
    ("the Turkey package please", ["UMR_OKT_2027_PLUSTURKI"]),
    ("VIP masih ada?", ["UMR_MAR_2027_VIP"]),
    ("sisa seat yg vip brp", ["UMR_MAR_2027_VIP"]),
    ("harga paket reguler", ["UMR_JAN_2027_REGULER"]),
    ("yang regular aja", ["UMR_JAN_2027_REGULER"]),
    ("hemat aja deh", ["UMR_MAR_2027_HEMAT"]),
    ("yang paling hemat", ["UMR_MAR_2027_HEMAT"]),
    ("paket keluarga itu tanggal berapa", ["UMR_APR_2027_KELUARGA"]),
    ("umroh ramadhan masih ada?", ["UMR_FEB_2027_RAMADHAN"]),
    ("paket ramadan", ["UMR_FEB_2027_RAMADHAN"]),
    ("bedanya hemat sama VIP apa?", ["UMR_MAR_2027_HEMAT", "UMR_MAR_2027_VIP"]),
    ("bukan yang hemat, yang vip", ["UMR_MAR_2027_VIP"]),
    ("bedanya reguler sama vip apa", ["UMR_JAN_2027_REGULER", "UMR_MAR_2027_VIP"]),
    ("reguler aja kak", ["UMR_JAN_2027_REGULER"]),
    ("kamar reguler ada?", []),
    ("mau berangkat sama keluarga", []),
    ("selain turki ada apa", []),
    ("paket umroh apa saja", []),
    ("bulan maret", []),
    ("hotelnya bagus?", []),
    ("", []),
]


@pytest.fixture
def book() -> NameBook:
    return NameBook(PACKAGES, PACK.aliases, PACK.generic_words, PACK.shy_names)


@pytest.mark.parametrize(("text", "codes"), NAMED, ids=[text for text, _ in NAMED])
def test_recognises_a_package_by_its_name(book: NameBook, text: str, codes: list[str]) -> None:
    assert list(book.find(standard_text(text))) == codes


def two_vips() -> NameBook:
    packages = [
        Package(code="UMR_MAR_2027_VIP", name="Umroh Maret VIP", price=1, departure_date=date(2027, 3, 20)),
        Package(code="UMR_MEI_2027_VIP", name="Umroh Mei VIP", price=1, departure_date=date(2027, 5, 20)),
    ]
    return NameBook(packages, PACK.aliases, PACK.generic_words, today=date(2027, 1, 1))


def test_a_name_that_two_packages_share_names_neither() -> None:
    assert two_vips().find("yang vip") == ()


def test_the_month_said_beside_tells_two_of_one_name_apart() -> None:
    assert two_vips().find("vip yang mei", months=(5,)) == ("UMR_MEI_2027_VIP",)


def test_a_departed_package_no_longer_claims_its_name() -> None:
    packages = [
        PACKAGES[3],
        Package(code="UMR_MEI_2026_VIP", name="VIP", price=1, departure_date=date(2026, 5, 1)),
    ]
    book = NameBook(packages, PACK.aliases, PACK.generic_words, today=date(2027, 1, 1))
    assert book.find("yang vip") == ("UMR_MAR_2027_VIP",)
