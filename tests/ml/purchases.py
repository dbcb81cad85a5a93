"""Invented purchases: two tastes that buy within themselves, so that what goes together is known beforehand."""

import gzip
from datetime import date, timedelta
from pathlib import Path

import numpy as np

FIRST_DAY = date(2026, 1, 1)
TEA, COFFEE = ("TEH", "MADU", "LEMON", "KURMA"), ("KOPI", "SUSU", "GULA", "ROTI")


def write_purchases(path: Path, *, customers: int = 60, seed: int = 3) -> Path:
    """A file in the form of a shop's own export: even customers like tea, odd ones coffee; each buys ten times."""
    rng = np.random.default_rng(seed)
    lines = ["InvoiceNo,StockCode,Quantity,InvoiceDate,CustomerID"]
    for customer in range(customers):
        taste = TEA if customer % 2 == 0 else COFFEE
        for order in range(10):
            day = FIRST_DAY + timedelta(days=int(rng.integers(0, 180)))
            chosen = rng.choice(len(taste) - (customer % 4 == 0), size=2, replace=False)
            lines += [f"{customer}-{order},{taste[at]},1,{day} 08:00:00,{customer}" for at in chosen]
    text = "\n".join(lines) + "\n"
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path
