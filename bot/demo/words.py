"""What is written on the demo's posters and papers, taken from the same facts that the bot speaks from."""

from dataclasses import dataclass

from flows.domain import Company
from knowledge.demo import DemoPackage

MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    company: str
    licence: str
    title: str
    subtitle: str
    headline: str
    price: str
    per: str
    departs: str
    days: str
    hotels: tuple[str, ...]
    code: str
    how_to_join: tuple[str, ...]
    contact: tuple[str, ...]

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """Label and value of the four things that people ask first."""
        names = [hotel.partition(": ")[2].partition(" (")[0] for hotel in self.hotels]
        labels = ("Berangkat", "Lama perjalanan", "Hotel Makkah", "Hotel Madinah")
        return tuple(zip(labels, (self.departs, self.days, *names), strict=True))


def words_of(demo: DemoPackage, company: Company) -> Words:
    package = demo.package
    departure = package.departure_date
    assert departure is not None, "every demo package has a date"
    return Words(
        company=company.name,
        licence=company.licence or "",
        title="Umroh",
        subtitle=package.name.removeprefix("Umroh "),
        headline=demo.headline,
        price=f"Rp {package.price:,}".replace(",", "."),
        per="Harga per orang",
        departs=f"{departure.day} {MONTHS[departure.month - 1]} {departure.year}",
        days=f"{package.duration_days} hari",
        hotels=(f"Makkah: {package.hotel_makkah}", f"Madinah: {package.hotel_madinah}"),
        code=package.code,
        how_to_join=(
            f"1. Kirim kode {package.code} lewat WhatsApp, lalu tanyakan apa saja.",
            "2. Siapkan paspor, KTP, kartu keluarga dan pas foto.",
            "3. Bayar DP setelah petugas kami mengonfirmasi kursi. Kuitansi selalu diberikan.",
        ),
        contact=(
            company.address or "",
            f"{company.phone} · {company.email}",
            "Senin–Jumat 08.00–17.00, Sabtu 08.00–13.00 WIB",
        ),
    )
