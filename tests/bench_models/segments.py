"""Kinds of shoppers: how stable the four are, and how fast ten million are assigned, beside the seed's scaling and scikit-learn."""

import subprocess
import sys
import tempfile

import joblib
import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score
from sklearn.preprocessing import StandardScaler

from ml.train.segment_world import invent
from ml.train.segments import BOOTSTRAPS, Floats, fit_segments
from ml.train.segments_trainer import to_plain
from tests.bench_models.row import Row, at_least, at_most

CUSTOMERS = 10_000_000
PEAK_UNIT, MEGABYTE = 1024, 1e6  # Linux counts a process's peak in KiB.

OURS = """
import sys, time, resource
import numpy as np
from ml.serve.segments import Segments
import joblib
model = Segments.of(joblib.load(sys.argv[2]))
rows = np.random.default_rng(1).integers(0, 500, (int(sys.argv[1]), 8), dtype=np.int32)
began = time.perf_counter()
model.assign(rows)
print(time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
SCIKIT = """
import sys, time, resource
import numpy as np
from sklearn.cluster import KMeans
from sklearn.preprocessing import StandardScaler
rows = np.random.default_rng(1).integers(0, 500, (int(sys.argv[1]), 8), dtype=np.int32)
few = np.log1p(rows[:1000])
scaler = StandardScaler().fit(few)
model = KMeans(4, n_init=10, random_state=0).fit(scaler.transform(few))
began = time.perf_counter()
model.predict(scaler.transform(np.log1p(rows)))
print(time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def rows() -> list[Row]:
    model = fit_segments()
    with tempfile.NamedTemporaryFile(suffix=".joblib") as file:
        joblib.dump(to_plain(model), file.name)
        seconds, memory = _alone(OURS, file.name)
    theirs, their_memory = _alone(SCIKIT)
    smallest = min(persona["share"] for persona in model.metrics["personas"])
    worst = max(model.metrics[name]["ece"] for name in ("migration_risk", "upgrade_potential"))
    seed_way = seed_way_stability(invent().features[-1])
    return [
        at_least(
            "four kinds of shoppers, bootstrap ARI",
            model.metrics["bootstrap_ari"],
            0.9,
            f"only spend logged: {seed_way:.2f}",
        ),
        at_least("  smallest of them, share", smallest, 0.03),
        at_most("  chances of moving, calibration error", worst, 0.03),
        at_most("  assigning 10 million, s", seconds, 15, f"scikit-learn: {theirs:.1f}", ".1f"),
        at_most(
            "  peak memory of assigning, columns included, MB",
            memory,
            1000,
            f"scikit-learn: {their_memory:.0f}",
            ".0f",
        ),
    ]


def seed_way_stability(features: Floats) -> float:
    """The document's scaling: money logged, counts as they are; one beginning."""
    plain = features.copy()
    plain[:, 0] = np.log1p(plain[:, 0])
    scaled = StandardScaler().fit_transform(plain)
    whole = KMeans(4, n_init=1, random_state=0).fit_predict(scaled)
    rng = np.random.default_rng(0)
    found = []
    for again in range(BOOTSTRAPS):
        sample = scaled[rng.integers(0, len(scaled), len(scaled))]
        fitted = KMeans(4, n_init=1, random_state=again).fit(sample)
        found.append(adjusted_rand_score(whole, fitted.predict(scaled)))
    return float(np.mean(found))


def _alone(program: str, *arguments: str) -> tuple[float, float]:
    """Seconds and peak MB of the program in a process of its own, so that neither sees the other's memory."""
    command = [sys.executable, "-c", program, str(CUSTOMERS), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, peak = done.stdout.split()
    return float(seconds), float(peak) * PEAK_UNIT / MEGABYTE
