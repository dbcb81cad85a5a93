"""RFM of ten million customers: seconds and memory, beside pandas doing the same with nested conditions."""

import subprocess
import sys

import numpy as np
from numpy.typing import NDArray

from tests.bench_models.row import Row, at_most

CUSTOMERS = 10_000_000
MEGABYTE = 1e6
PEAK_UNIT = 1024  # Linux counts a process's peak in KiB.

PANDAS = """
import sys, time, resource
import numpy as np, pandas as pd
from tests.bench_models.rfm import columns
days, counts, money = columns(int(sys.argv[1]))
frame = pd.DataFrame({"days": days, "counts": counts, "money": money})
began = time.perf_counter()
frame["r"] = pd.cut(frame.days, [-1, 7, 30, 90, 180, 10**9], labels=[5, 4, 3, 2, 1]).astype(int)
frame["f"] = pd.cut(frame.counts, [-1, 4, 14, 29, 49, 10**9], labels=[1, 2, 3, 4, 5]).astype(int)
frame["m"] = pd.cut(frame.money, [-1, 5e6 - 1, 20e6 - 1, 50e6 - 1, 100e6 - 1, 1e15], labels=[1, 2, 3, 4, 5]).astype(int)
r, f, m = frame.r, frame.f, frame.m
frame["segment"] = np.select(
    [(r == 1) & (f == 1) & (m == 1), (r <= 2) & (f <= 2) & (m <= 2), (r >= 4) & (f >= 4) & (m >= 4), r <= 2, f >= 4, r >= 4],
    ["LOST", "HIBERNATING", "CHAMPION", "AT_RISK", "LOYAL", "POTENTIAL"],
    "REGULAR",
)
print(time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
OURS = """
import sys, time, resource
from ml.train import rfm
from tests.bench_models.rfm import columns
days, counts, money = columns(int(sys.argv[1]))
began = time.perf_counter()
rfm(days, counts, money, "v2")
print(time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def rows() -> list[Row]:
    seconds, memory = _alone(OURS)
    seconds_of_pandas, memory_of_pandas = _alone(PANDAS)
    return [
        at_most("RFM of 10 million customers, s", seconds, 3, f"pandas: {seconds_of_pandas:.1f}", ".2f"),
        at_most(
            "  peak memory of that, columns included, MB",
            memory,
            500,
            f"pandas: {memory_of_pandas:.0f}",
            ".0f",
        ),
    ]


def columns(customers: int) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]:
    """Days, counts and rupiah of invented customers: most are old and small, as customers are."""
    rng = np.random.default_rng(1)
    days = rng.integers(0, 700, customers, dtype=np.int32)
    counts = rng.integers(0, 70, customers, dtype=np.int32)
    return days, counts, rng.integers(0, 150_000_000, customers)


def _alone(program: str) -> tuple[float, float]:
    """Seconds and peak MB of the program in a process of its own, so that neither sees the other's memory."""
    done = subprocess.run(
        [sys.executable, "-c", program, str(CUSTOMERS)], capture_output=True, text=True, check=True
    )
    seconds, peak = done.stdout.split()
    return float(seconds), float(peak) * PEAK_UNIT / MEGABYTE
