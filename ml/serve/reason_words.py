"""How does staff read why a model thinks so? One Indonesian sentence an influence, with the customer's own number in it."""

from collections.abc import Callable, Sequence

from ml.columns import Column, Raw, as_number, as_word, is_blank
from ml.serve.table_model import Influence, is_much
from ml.telco import WORDS

MUCH, LITTLE = "lebih tinggi dari kebanyakan pelanggan", "lebih rendah dari kebanyakan pelanggan"
LATE, EARLY = "lebih baru dari kebanyakan pelanggan", "lebih lama dari kebanyakan pelanggan"
LARGE, SMALL = 1e15, 0.01  # Beyond them all digits say less than the first few.
_PLANS = {"prepaid": "prabayar", "postpaid": "pascabayar"}


def decimal(number: float) -> str:
    """As Indonesians write numbers: 1.234,5; at most two decimals, none for whole ones; of tiny and huge ones the first three digits."""
    if number and not SMALL <= abs(number) < LARGE:
        return f"{number:.3g}".replace(".", ",")
    written = f"{number:,.2f}".rstrip("0").rstrip(".") if number % 1 else f"{number:,.0f}"
    return written.translate(str.maketrans(",.", ".,"))


def _count(form: str) -> Callable[[object], str]:
    return lambda value: form.format(decimal(as_number(value)))


# What each input of a telco customer is called in a sentence; other tables' columns go by their own names.
_SAID: dict[str, Callable[[object], str]] = {
    "avg_data_usage_gb": _count("pemakaian data {} GB per bulan"),
    "pct_video_usage": lambda value: f"{decimal(round(100 * as_number(value)))}% data dipakai untuk video",
    "avg_call_duration": _count("rata-rata telepon {} menit"),
    "sms_freq": _count("{} SMS per bulan"),
    "monthly_spend": lambda value: f"pengeluaran Rp {decimal(round(as_number(value)))} per bulan",
    "topup_freq": _count("isi ulang {} kali per bulan"),
    "travel_score": _count("skor perjalanan {} dari 1"),
    "complaint_count": _count("{} keluhan tercatat"),
    "plan_type": lambda value: f"paket {_PLANS.get(as_word(value), str(value).strip())}",
    "device_brand": lambda value: f"perangkat {str(value).strip()}",
    "video_data_intensity": _count("sekitar {} GB per bulan untuk video"),
    "spend_per_call_unit": lambda value: (
        f"pengeluaran Rp {decimal(round(as_number(value)))} per menit telepon"
    ),
}


def said(influence: Influence) -> str:
    """What the customer is like in this column, and whether that is much."""
    column, value = influence.column, influence.value
    words = _words(column, value)
    much = is_much(column, column.amount(value)) if column.words is None else None
    more, less = (LATE, EARLY) if column.is_day else (MUCH, LITTLE)
    level = {True: f", {more}", False: f", {less}", None: ""}[much]
    return f"{words[:1].upper()}{words[1:]}{level}"


def _words(column: Column, value: object) -> str:
    name = column.name
    if is_blank(value):
        return f"{name} tidak diketahui"
    if name in _SAID:
        return _SAID[name](value)
    if column.words is not None:
        return f"{name} {str(value).strip()}{'' if column.knows(value) else ' (belum dikenal model)'}"
    if column.is_day or as_number(value) != as_number(value):  # NaN
        return f"{name} {str(value).strip()}"
    return f"{name} {decimal(as_number(value))}"


def unknown_words(columns: Sequence[Column], row: Raw) -> list[str]:
    """Why brands or plans that nobody trained on did not count by their names."""
    return [
        f"{_unknown(column.name, row[column.name])}."
        for column in columns
        if column.name in WORDS and not column.knows(row[column.name])
    ]


def _unknown(name: str, value: object) -> str:
    called = {"plan_type": "Jenis paket", "device_brand": "Merek perangkat"}.get(name, name)
    return f'{called} "{str(value).strip()}" belum dikenal model, jadi dihitung sebagai "lainnya"'
