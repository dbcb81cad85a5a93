"""What does a company's own file of purchases hold? One row a line of a receipt; a wrong row is named with its row and column.

Columns are found by name, in any case, whatever their order:

| meaning | called | needed |
| --- | --- | --- |
| customer | `customer_id`, `CustomerID`, `customer`, `id` | yes; rows without one (sales over the counter) are left out |
| date | `date`, `InvoiceDate`, `at`, ISO 8601, `19970131` or `31/01/1997` | yes |
| product | `product_code`, `StockCode`, `package_code`, `product` | for recommendations |
| order | `order_id`, `InvoiceNo`, `order` | no; without it a customer's day is one order |
| quantity | `quantity`, `Quantity`, `n` | no; rows of zero or less (returns) are left out |
| price | `price`, `UnitPrice` | no |
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from math import isnan
from pathlib import Path

from ml.columns import as_day, as_number
from ml.train.sheet import WrongRows, opened, refuse_named

NAMES: Mapping[str, tuple[str, ...]] = {
    "customer": ("customer_id", "customerid", "customer", "id"),
    "date": ("date", "invoicedate", "at"),
    "product": ("product_code", "stockcode", "package_code", "product"),
    "order": ("order_id", "invoiceno", "order"),
    "quantity": ("quantity", "n"),
    "price": ("price", "unitprice"),
}


@dataclass(frozen=True, slots=True)
class Purchase:
    customer: str
    day: date
    product: str
    order: str
    price: float = 0.0


def read_purchases(
    path: Path | str, *needed: str, columns: Mapping[str, str] | None = None
) -> list[Purchase]:
    """Every purchase of the CSV (plain or `.gz`). Raises WrongRows.

    needed names what must be there beside customer and date; columns: a meaning, or a name of ours for it, to the file's own name.
    """
    path = Path(path)
    faults: list[str] = []
    with opened(path) as sheet:
        where = _columns(path, sheet.header, {"customer", "date", *needed}, columns or {})
        found = [bought for line, cells in sheet.rows if (bought := _purchase(cells, where, line, faults))]
    refuse_named(path, faults)
    if not found:
        raise WrongRows(f"{path.name} holds no purchase of a known customer.")
    return found


def customer_name(written: object) -> str:
    """A customer as they are looked up: 17850, "17850" and what pandas makes of a column with holes, "17850.0", are one."""
    return str(written).strip().removesuffix(".0")


def _columns(
    path: Path, header: tuple[str, ...], needed: set[str], columns: Mapping[str, str]
) -> dict[str, int]:
    """Where each meaning stands in a row."""
    lower = [name.lower() for name in header]
    theirs = _named(columns)
    where = {
        meaning: lower.index(name)
        for meaning, names in NAMES.items()
        if (name := next((name for name in theirs.get(meaning, names) if name in lower), None)) is not None
    }
    wanted = [
        f"{meaning} ({', '.join(theirs[meaning])})"
        if meaning in theirs
        else f"{meaning} (one of {', '.join(NAMES[meaning])})"
        for meaning in sorted((needed | set(theirs)) - set(where))
    ]
    if wanted:
        raise WrongRows(f"{path.name} has no column in its first row for {'; '.join(wanted)}.")
    return where


def _named(columns: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """What the file's names are said to mean."""
    meanings = {name: meaning for meaning, names in NAMES.items() for name in (meaning, *names)}
    if unknown := sorted(name for name in columns if name.lower() not in meanings):
        raise WrongRows(f"There is no column {unknown[0]} to map; ours are {', '.join(NAMES)}.")
    return {meanings[ours.lower()]: (theirs.lower(),) for ours, theirs in columns.items()}


def _purchase(row: list[str], where: Mapping[str, int], line: int, faults: list[str]) -> Purchase | None:
    """The purchase, None for what is none. A fault is added to faults."""
    cells = dict(_cells(row, where))
    if not cells.get("customer"):
        return None
    try:
        if _number(cells, "quantity", 1.0) <= 0:
            return None
        day, price = _day(cells), _number(cells, "price", 0.0)
    except ValueError as fault:
        faults.append(f"row {line}, {fault}")
        return None
    product = cells.get("product", "")
    if "product" in where and not product:
        faults.append(f"row {line}, column product is empty")
        return None
    return Purchase(
        customer_name(cells["customer"]), day, product, cells.get("order") or day.isoformat(), price
    )


def _cells(row: list[str], where: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    return ((meaning, row[at].strip()) for meaning, at in where.items())


def _day(cells: Mapping[str, str]) -> date:
    written = cells.get("date", "")
    try:
        return datetime.fromisoformat(written).date()
    except ValueError:
        day = as_day(written)
    if isnan(day):
        raise ValueError(f"column date: {written!r} is no date like 2027-01-31 or 31/01/2027")
    return date.fromordinal(int(day))


def _number(cells: Mapping[str, str], meaning: str, otherwise: float) -> float:
    if meaning not in cells:
        return otherwise
    found = as_number(cells[meaning])
    if isnan(found):
        raise ValueError(f"column {meaning}: {cells[meaning]!r} is no number")
    return found
