"""The shop of seed 000: its products with their labels, for tests that tell Andi's story."""

from flows.domain import Package

PULSA_20, HARIAN_2GB, SULTAN_100GB = "PULSA_20RB", "KUOTA_HARIAN_2GB", "PAKET_SULTAN_100GB"
PAKET_50GB, STREAMING, MALAM = "PAKET_50GB", "STREAMING_ADDON", "KUOTA_MALAM_10GB"


def _product(code: str, name: str, price: int, label: str, category: str) -> Package:
    return Package(code=code, name=name, price=price, ml_label=label, category=category)


PRODUCTS = (
    _product(PULSA_20, "Pulsa 20rb", 20_000, "Top-up Promo", "Pulsa"),
    _product(HARIAN_2GB, "Kuota Harian 2GB", 10_000, "Top-up Promo", "Kuota Harian"),
    _product(MALAM, "Kuota Malam 10GB", 25_000, "General User", "Kuota Malam"),
    _product("KUOTA_MALAM_30GB", "Kuota Malam 30GB", 45_000, "General User", "Kuota Malam"),
    _product("PAKET_15GB", "Paket 15GB", 60_000, "General User", "Kuota Bulanan"),
    _product(PAKET_50GB, "Paket 50GB", 110_000, "Data Booster", "Kuota Bulanan"),
    _product(STREAMING, "Streaming Add-on", 90_000, "Data Booster", "Streaming"),
    _product(SULTAN_100GB, "Paket Sultan 100GB", 150_000, "High Value", "Kuota Bulanan"),
)
