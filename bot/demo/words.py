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
    departs: str | None
    days: str | None
    hotels: tuple[str, ...]
    features: tuple[str, ...]
    code: str
    how_to_join: tuple[str, ...]
    contact: tuple[str, ...]

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """Label and value of the four things that people ask first about a trip; none of anything else."""
        if self.departs is None:
            return ()
        names = [hotel.partition(": ")[2].partition(" (")[0] for hotel in self.hotels]
        labels = ("Berangkat", "Lama perjalanan", "Hotel Makkah", "Hotel Madinah")
        return tuple(zip(labels, (self.departs, self.days or "", *names), strict=True))


def words_of(demo: DemoPackage, company: Company) -> Words:
    package = demo.package
    departure, days = package.departure_date, package.duration_days
    is_trip = departure is not None
    return Words(
        company=company.name,
        licence=company.licence or "",
        title="Umroh" if is_trip else package.category or package.name,
        subtitle=package.name.removeprefix("Umroh "),
        headline=demo.headline,
        price=f"Rp {package.price:,}".replace(",", "."),
        per=demo.price_label,
        departs=f"{departure.day} {MONTHS[departure.month - 1]} {departure.year}" if departure else None,
        days=f"{days} hari" if days else None,
        hotels=(f"Makkah: {package.hotel_makkah}", f"Madinah: {package.hotel_madinah}") if is_trip else (),
        features=package.features,
        code=package.code,
        how_to_join=demo.how_to_buy
        or (
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
