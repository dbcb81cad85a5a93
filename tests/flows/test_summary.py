"""The words in which a customer is handed to a human."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.domain import Consent, HandoverReason, Package, Phase, Preference
from flows.summary import MAX_LENGTH, Told, handover_notes, summarise

HEMAT = Package(
    code="UMR_MAR_2027_HEMAT", name="Umroh Maret Hemat", price=25_000_000, departure_date=date(2027, 3, 15)
)
UNDATED = Package(code="TABUNGAN", name="Tabungan Umroh", price=500_000)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param(
            Told(phase=Phase.LEADS),
            "Pelanggan baru bertanya dan belum memilih paket. Izin promosi belum ada.",
            id="nothing known gives two sentences",
        ),
        pytest.param(
            Told(
                name="Siti",
                phase=Phase.BOOKING,
                package=HEMAT,
                preference=Preference(pax=2, months=(3,), budget_idr=30_000_000),
                asked=("greeting", "ask_hotel", "ask_itinerary", "payment_intent"),
                high_intent=True,
            ),
            "Siti ingin mendaftar Umroh Maret Hemat (Rp 25.000.000, berangkat 15 Maret 2027). "
            "Rencana: 2 orang, bulan Maret, anggaran Rp 30.000.000. "
            "Terakhir menanyakan pembayaran; sebelumnya hotel dan rencana perjalanan. "
            "Minat tinggi; izin promosi belum ada.",
            id="everything known gives four sentences",
        ),
        pytest.param(
            Told(phase=Phase.INTEREST, package=UNDATED, asked=("ask_price",), consent=Consent.GRANTED),
            "Pelanggan tertarik pada Tabungan Umroh (Rp 500.000). Terakhir menanyakan harga. "
            "Bersedia menerima promosi.",
            id="a package without a date",
        ),
        pytest.param(
            Told(phase=Phase.BOOKING, consent=Consent.WITHDRAWN),
            "Pelanggan ingin mendaftar, tetapi belum memilih paket. Tidak mau menerima promosi.",
            id="early payment",
        ),
        pytest.param(
            Told(phase=Phase.LEADS, preference=Preference(months=(3, 4), year=2027, hijri="ramadhan")),
            "Pelanggan baru bertanya dan belum memilih paket. "
            "Rencana: bulan Maret atau April 2027 saat Ramadhan. Izin promosi belum ada.",
            id="several months and a Hijri month",
        ),
        pytest.param(
            Told(phase=Phase.LEADS, preference=Preference(year=2028)),
            "Pelanggan baru bertanya dan belum memilih paket. Rencana: tahun 2028. Izin promosi belum ada.",
            id="only a year",
        ),
        pytest.param(
            Told(phase=Phase.PAID, name="Budi", asked=("ask_hotel", "ask_price", "ask_hotel")),
            "Budi sudah membayar. Terakhir menanyakan hotel; sebelumnya harga. Izin promosi belum ada.",
            id="a question asked twice is told once",
        ),
        pytest.param(
            Told(phase=Phase.LEADS, asked=("ask_roaming_tariff", "thanks")),
            "Pelanggan baru bertanya dan belum memilih paket. Terakhir menanyakan roaming tariff. "
            "Izin promosi belum ada.",
            id="a topic of another trade",
        ),
        pytest.param(
            Told(phase=Phase.LEADS, name="  Budi\n\u202eSantoso\x00 "),
            "Budi Santoso baru bertanya dan belum memilih paket. Izin promosi belum ada.",
            id="a display name with invisible characters",
        ),
    ],
)
def test_summarises_what_was_told(told: Told, expected: str) -> None:
    assert summarise(told) == expected


@pytest.mark.parametrize(
    ("reason", "package", "beginning"),
    [
        pytest.param("payment_intent", HEMAT, "Siap membayar: kirimkan", id="ready to pay"),
        pytest.param("payment_intent", None, "Menanyakan pembayaran sebelum memilih", id="early payment"),
        pytest.param("customer_request", None, "Meminta dilayani manusia.", id="asked for a human"),
        pytest.param("low_confidence", None, "Bot berulang kali tidak memahami", id="not understood"),
        pytest.param("complex_question", None, "Bertanya hal yang belum ada", id="no answer known"),
        pytest.param("complaint", None, "Menyampaikan keluhan: dengarkan", id="complaint"),
        pytest.param("staff", None, "Diserahkan oleh staf.", id="by staff"),
    ],
)
def test_notes_begin_with_the_reason(reason: str, package: Package | None, beginning: str) -> None:
    told = Told(phase=Phase.BOOKING, package=package)
    notes = handover_notes(HandoverReason(reason), told)
    assert notes.startswith(beginning)
    assert notes.endswith(summarise(told))


@given(
    name=st.text(max_size=300),
    package_name=st.text(min_size=1, max_size=300),
    asked=st.lists(st.from_regex("[a-z_]{1,40}", fullmatch=True), max_size=30),
)
def test_stays_short_whatever_people_typed(name: str, package_name: str, asked: list[str]) -> None:
    package = Package(code="X", name=package_name, price=10**12)
    preference = Preference(pax=9, months=tuple(range(1, 13)), year=2027, budget_idr=10**12)
    told = Told(phase=Phase.BOOKING, name=name, package=package, preference=preference, asked=tuple(asked))
    notes = handover_notes(HandoverReason.PAYMENT_INTENT, told)
    assert len(notes) <= MAX_LENGTH
    assert "\n" not in notes
