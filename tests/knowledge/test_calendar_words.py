"""Which months and year are named? Rows are messages as typed; silence must stay silence."""

from datetime import date

import pytest

from knowledge.calendar_words import CalendarWords, read_calendar
from knowledge.lexicon import standard_text

NAMED: list[tuple[str, tuple[int, ...], int | None, str | None]] = [
    ("Maret atau April", (3, 4), None, None),
    ("bulan maret 2027", (3,), 2027, None),
    ("3/2027 ada?", (3,), 2027, None),
    ("nak pergi bulan mac", (3,), None, None),
    ("ogos atau disember", (8, 12), None, None),
    ("berangkat Mei", (5,), None, None),
    ("mau pkt yg jan, htl dkt", (1,), None, None),
    ("feb/apr bisa dua duanya", (2, 4), None, None),
    ("jdwl apr-mei tlg", (4, 5), None, None),
    ("okt 2027", (10,), 2027, None),
    ("agt atau sept", (8, 9), None, None),
    ("Pebruari atau nopember", (2, 11), None, None),
    ("2 org, mrt, bdgt 30", (3,), None, None),
    ("des sdh full blm", (12,), None, None),
    ("aku sm suami, des akhir pas libur", (12,), None, None),
    ("brosur mar dong", (3,), None, None),
    ("tgl 12 jun", (6,), None, None),
    ("in May please", (5,), None, None),
    ("around March or April next year", (3, 4), None, None),
    ("sometime in October", (10,), None, None),
    ("late December 2026", (12,), 2026, None),
    ("Between January and February", (1, 2), None, None),
    ("Januari sampai April", (1, 2, 3, 4), None, None),
    ("Januari s.d. Maret", (1, 2, 3), None, None),
    ("Desember-Februari", (12, 1, 2), None, None),
    ("bulan 3", (3,), None, None),
    ("bln 10 ada?", (10,), None, None),
    ("bulan dua belas", (12,), None, None),
    ("nak berangkat bulan tigo", (3,), None, None),
    ("taon depan bulan dua", (2,), None, None),
    ("wulan Oktober nek saget", (10,), None, None),
    ("berangkat 15/03/2027 bisa?", (3,), 2027, None),
    ("15-3-27", (3,), 2027, None),
    ("tanggal 5/6 ya", (6,), None, None),
    ("15 Maret 2027", (3,), 2027, None),
    ("tahun 2027", (), 2027, None),
    ("umroh thn 27 ada?", (), 2027, None),
    ("MARET!! 35 JUTA!!", (3,), None, None),
    ("bukan Februari, Januari", (1,), None, None),
    ("jangan Desember, ramai", (), None, None),
    ("Maretan gitu kak", (3,), None, None),
    ("januarinya masih ada?", (1,), None, None),
    ("Maret, eh Maret akhir", (3,), None, None),
    ("libur sekolah juni juli gt", (6, 7), None, None),
    ("umroh ramadhan", (), None, "ramadhan"),
    ("paket Ramadan 2027", (), 2027, "ramadhan"),
    ("romadhon ada?", (), None, "ramadhan"),
    ("bulan puasa ada yg berangkat?", (), None, "ramadhan"),
    ("wulan poso wonten mboten", (), None, "ramadhan"),
    ("Ramadhan awal, sekitar Februari", (2,), None, "ramadhan"),
    ("Bulan Sya'ban", (), None, "syaban"),
    ("bulan Rejab", (), None, "rajab"),
    ("Rajab atau Syawal", (), None, "rajab"),
    ("abis syawalan? maksudnya bulan Syawal", (), None, "syawal"),
    ("awal Muharram", (), None, "muharram"),
    ("bulan Maulid", (), None, "rabiul awal"),
    ("Rabi'ul Awal ada?", (), None, "rabiul awal"),
    ("jumadil akhir", (), None, "jumadil akhir"),
    ("Dzulqa'dah masih buka?", (), None, "dzulqaidah"),
    ("sebelum Zulhijjah", (), None, "dzulhijjah"),
    ("habis lebaran ada ga", (), None, "syawal"),
    ("sesudah idul fitri", (), None, "syawal"),
    ("awal tahun depan ada jadwal?", (1, 2, 3), None, None),
    ("akhir tahun", (11, 12), None, None),
    ("awal tahun, kalau bisa Februari", (2,), None, None),
    ("end of the year", (11, 12), None, None),
    ("bulan safar", (), None, "safar"),
]
SILENT: list[str] = [
    "May I know the price?",
    "may we bring our baby",
    "jan larang tenan",
    "jan lupo yo",
    "bukan akhir tahun",
    "libur sekolah",
    "lebaran",
    "habis lebaran haji",
    "bulan depan",
    "3 bulan lagi",
    "cicil 12 bulan",
    "bulan 2 kali setor",
    "paspor berlaku 6 bulan",
    "dp 2.000.000",
    "harga 2027000",
    "rombongan 2025 orang",
    "ibu hamil boleh puasa?",
    "umur 27 tahun",
    "walimatus safar",
    "des sa saya jauh",
    "kirim brosur",
    "20 hari",
    "jam 12",
    "selain ramadhan ada apa",
    "sep, makasih",
]


@pytest.mark.parametrize(("text", "months", "year", "hijri"), NAMED, ids=[row[0] for row in NAMED])
def test_reads_the_months_and_year_named(
    text: str, months: tuple[int, ...], year: int | None, hijri: str | None
) -> None:
    assert read_calendar(standard_text(text)) == CalendarWords(months=months, year=year, hijri=hijri)


@pytest.mark.parametrize("text", SILENT)
def test_names_no_month_where_none_is_named(text: str) -> None:
    assert read_calendar(standard_text(text)) == CalendarWords()


def test_knows_next_month_only_when_told_what_day_it_is() -> None:
    assert read_calendar("bulan depan", date(2026, 12, 5)).months == (1,)
