"""What does a company's own file of purchases hold? One row a line of a receipt; a wrong row is named with its row and column.

Columns are found by name, in any case, whatever their order:

| meaning | called | needed |
| --- | --- | --- |
| customer | `customer_id`, `CustomerID`, `customer`, `id` | yes; rows without one (sales over the counter) are left out |
| date | `date`, `InvoiceDate`, `at`, ISO 8601 or `19970131` | yes |
| product | `product_code`, `StockCode`, `package_code`, `product` | for recommendations |
| order | `order_id`, `InvoiceNo`, `order` | no; without it a customer's day is one order |
| quantity | `quantity`, `Quantity`, `n` | no; rows of zero or less (returns) are left out |
| price | `price`, `UnitPrice` | no |
"""

import csv
import gzip
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO

from ml.train.rows import WrongRows

NAMES: Mapping[str, tuple[str, ...]] = {
    "customer": ("customer_id", "customerid", "customer", "id"),
    "date": ("date", "invoicedate", "at"),
    "product": ("product_code", "stockcode", "package_code", "product"),
    "order": ("order_id", "invoiceno", "order"),
    "quantity": ("quantity", "n"),
    "price": ("price", "unitprice"),
}
_MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class Purchase:
    customer: str
    day: date
    product: str
    order: str
    price: float = 0.0


def read_purchases(path: Path | str, *needed: str) -> list[Purchase]:
    """Every purchase of the CSV (plain or `.gz`). needed names what must be there beside customer and date. Raises WrongRows."""
    path = Path(path)
    faults: list[str] = []
    with _open(path) as file:
        reader = csv.reader(file)
        where = _columns(path, next(reader, []), {"customer", "date", *needed})
        found = [bought for row in reader if (bought := _purchase(row, where, reader.line_num, faults))]
    if faults:
        more = f" and {len(faults) - _MOST_NAMED} more" if len(faults) > _MOST_NAMED else ""
        raise WrongRows(f"{path.name}: {'; '.join(faults[:_MOST_NAMED])}{more}.")
    if not found:
        raise WrongRows(f"{path.name} holds no purchase of a known customer.")
    return found


def _open(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _columns(path: Path, header: list[str], needed: set[str]) -> dict[str, int]:
    """Where each meaning stands in a row."""
    lower = [name.strip().lower() for name in header]
    where = {
        meaning: lower.index(name)
        for meaning, names in NAMES.items()
        if (name := next((name for name in names if name in lower), None)) is not None
    }
    if lacking := sorted(needed - set(where)):
        wanted = "; ".join(f"{meaning} (one of {', '.join(NAMES[meaning])})" for meaning in lacking)
        raise WrongRows(f"{path.name} has no column in its first row for {wanted}.")
    return where


def _purchase(row: list[str], where: Mapping[str, int], line: int, faults: list[str]) -> Purchase | None:
    """The purchase, None for what is none. A fault is added to faults."""
    if not row:
        return None
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
    return Purchase(cells["customer"], day, product, cells.get("order") or day.isoformat(), price)


def _cells(row: list[str], where: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    return ((meaning, row[at].strip()) for meaning, at in where.items() if at < len(row))


def _day(cells: Mapping[str, str]) -> date:
    written = cells.get("date", "")
    try:
        return datetime.fromisoformat(written).date()
    except ValueError:
        raise ValueError(f"column date: {written!r} is no date like 2027-01-31") from None


def _number(cells: Mapping[str, str], meaning: str, otherwise: float) -> float:
    if meaning not in cells:
        return otherwise
    try:
        return float(cells[meaning])
    except ValueError:
        raise ValueError(f"column {meaning}: {cells[meaning]!r} is no number") from None
