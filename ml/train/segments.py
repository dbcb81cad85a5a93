"""Four kinds of shoppers found in numbers: K-Means++ on logged features, named by a rule, defended by a bootstrap.

k = 4 is the business's choice: it wants four ways of treating people. The silhouette may prefer another number and stands beside it in the
metrics; what is demanded is that the four are stable: found again in resampled customers.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import isnan
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import adjusted_rand_score, roc_auc_score, silhouette_score
from sklearn.model_selection import GroupKFold
from threadpoolctl import threadpool_limits

from ml.columns import as_day, as_number
from ml.serve.segments import FEATURES, PERSONAS, Logistic, Product, Segments
from ml.train.lines import read_ours
from ml.train.segment_world import Snapshots, invent, products
from ml.train.sheet import WrongRows, refuse_named

Floats = NDArray[np.float64]
Labels = NDArray[np.int8]

STARTS = 20  # K-Means++ beginnings; with fewer than ten the worst of a hundred fits was another one.
BOOTSTRAPS = 20
ELBOW = range(2, 9)
MOST_FITTED, MOST_PLOTTED = 50_000, 1_000  # Millions are only assigned; a scatter plot of more is a blot.
FEWEST = 100  # With fewer customers four groups are chance.
CURRENCY = "USD"
# What somebody pays and how often counts more than clicks; recency says less who somebody is than what becomes of them, so it mostly
# speaks in the two chances.
WEIGHTS = {
    "total_spend": 2.0,
    "frequency": 2.0,
    "recency_days": 0.4,
    "avg_items": 0.7,
    "unique_products": 0.8,
}
PENALTY = 0.5  # Inverse ridge of the two chances.


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """Customers at one moment and what had become of them 90 days later: rows of the two chances."""

    inputs: Floats
    before: Labels
    after: Labels
    groups: NDArray[np.int64]


def fit_segments(
    csv: Path | str | None = None, currency: str = CURRENCY, columns: Mapping[str, str] | None = None
) -> Segments:
    """The model of a company's own customers: one row each with the eight columns of FEATURES. Without a file, of the invented shop.

    With `customer_id` and `as_of` (several rows a customer, 90 days apart) it also learns who moves down or up; without them those
    chances are None. Raises WrongRows.
    """
    snapshots = invent() if csv is None else read_snapshots(Path(csv), columns or {})
    # Many small fits: threads would spend ten times as long waiting for each other.
    with threadpool_limits(1):
        return fit_snapshots(snapshots, products(), currency)


def fit_snapshots(snapshots: Snapshots, goods: tuple[Product, ...], currency: str, seed: int = 0) -> Segments:
    """The model of the newest moment; the earlier ones teach what becomes of people."""
    features = snapshots.features[-1]
    logged = np.log1p(features)
    weights = np.array([WEIGHTS.get(name, 1.0) for name in FEATURES])
    scale = np.where(logged.std(axis=0) > 0, logged.std(axis=0), 1.0)
    scaled = (logged - logged.mean(axis=0)) / scale * weights
    fitted = _cluster(scaled, len(PERSONAS), seed)
    order = name_clusters(fitted.cluster_centers_)
    places = np.argsort(order).astype(np.int8)[fitted.labels_[: len(scaled)]]
    low, high = np.percentile(logged, [1, 99], axis=0)
    bare = Segments(
        mean=logged.mean(axis=0),
        scale=scale,
        weights=weights,
        centroids=fitted.cluster_centers_[order],
        low=low,
        high=np.where(high > low, high, low + 1),
        spend_quantiles=_spend_quantiles(logged[:, 0], places),
        down=None,
        up=None,
        products=goods,
        currency=currency,
        metrics={},
    )
    return _with_chances(bare, snapshots, _metrics(bare, features, places, seed))


def name_clusters(centroids: Floats) -> list[int]:
    """Which cluster is which persona, in the order of PERSONAS; clusters come numbered by chance.

    The one that spends most is the Sultan; of the others the one that buys most often is the Loyalist; of the last two the one that
    looks, collects and wishes more is the Window Shopper.
    """
    at = {name: FEATURES.index(name) for name in FEATURES}
    left = list(range(len(centroids)))
    sultan = max(left, key=lambda c: centroids[c, at["total_spend"]])
    left.remove(sultan)
    loyalist = max(left, key=lambda c: centroids[c, at["frequency"]])
    left.remove(loyalist)
    looking = [at["page_views"], at["add_to_cart"], at["wishlist"]]
    newbie, window_shopper = sorted(left, key=lambda c: float(centroids[c, looking].sum()))
    return [newbie, window_shopper, loyalist, sultan]


def read_snapshots(path: Path, columns: Mapping[str, str]) -> Snapshots:
    """The customers of a CSV, at the moments that it names; columns: our name to the file's. Raises WrongRows naming row and column."""
    rows = read_ours(path, FEATURES, ("customer_id", "as_of"), columns)
    refuse_named(path, [fault for line, row in rows for fault in _faults(line, row)])
    moments: dict[date, dict[str, list[float]]] = defaultdict(dict)
    for line, row in rows:
        customer = row.get("customer_id") or f"row {line}"
        moments[_as_of(row)][customer] = [as_number(row[name]) for name in FEATURES]
    # Only who is there at every moment can be followed from one to the next.
    followed = sorted(set.intersection(*map(set, moments.values()))) if moments else []
    if len(followed) < FEWEST:
        raise WrongRows(f"{path.name} holds {len(followed)} customers; at least {FEWEST} are needed.")
    features = [[moments[moment][customer] for customer in followed] for moment in sorted(moments)]
    return Snapshots(customers=tuple(followed), features=np.array(features))


def _faults(line: int, row: Mapping[str, str]) -> list[str]:
    wrong = [
        f"row {line}, column {name}: {row[name]!r} is no number of 0 or more"
        for name in FEATURES
        if not as_number(row[name]) >= 0
    ]
    if row.get("as_of") and isnan(as_day(row["as_of"])):
        wrong.append(f"row {line}, column as_of: {row['as_of']!r} is no date like 2027-01-31")
    return wrong


def _as_of(row: Mapping[str, str]) -> date:
    return date.fromordinal(int(as_day(row.get("as_of") or "2000-01-01")))


def _cluster(
    scaled: Floats, k: int, seed: int, starts: int = STARTS
) -> Any:  # Any: scikit-learn ships no types.
    rng = np.random.default_rng(seed)
    chosen = scaled if len(scaled) <= MOST_FITTED else rng.choice(scaled, MOST_FITTED, replace=False)
    model = KMeans(k, init="k-means++", n_init=starts, random_state=seed).fit(chosen)
    if len(chosen) < len(scaled):
        model.labels_ = model.predict(scaled)
    return model


def _spend_quantiles(logged_spend: Floats, places: Labels) -> Floats:
    return np.stack(
        [np.quantile(logged_spend[places == at], np.linspace(0, 1, 11)) for at in range(len(PERSONAS))]
    )


def _metrics(model: Segments, features: Floats, places: Labels, seed: int) -> dict[str, Any]:
    """What the plots show and what the choice of k stands on."""
    scaled = model.scaled(features)
    shown = np.random.default_rng(seed).permutation(len(scaled))[:MOST_PLOTTED]
    elbow = {k: _cluster(scaled[shown], k, seed, starts=10) for k in ELBOW}
    silhouette = {k: float(silhouette_score(scaled[shown], fit.labels_)) for k, fit in elbow.items()}
    pca = PCA(2, random_state=seed).fit(scaled[shown])
    shares = np.bincount(places, minlength=len(PERSONAS)) / len(places)
    return {
        "customers": len(features),
        "k": len(PERSONAS),
        "why_k": _why_k(silhouette),
        "elbow": [{"k": k, "inertia": round(float(fit.inertia_), 2)} for k, fit in elbow.items()],
        "silhouette": [{"k": k, "score": round(score, 4)} for k, score in silhouette.items()],
        "pca": _scatter(pca, scaled[shown], places[shown]),
        "importance": _importance(scaled, places),
        "bootstrap_ari": round(_stability(scaled, places, seed), 4),
        "personas": [
            {
                "persona": persona.value,
                "share": round(float(shares[at]), 4),
                "customers": int((places == at).sum()),
                "centroid": _readable(model, at),
            }
            for at, persona in enumerate(PERSONAS)
        ],
    }


def _why_k(silhouette: dict[int, float]) -> str:
    best = max(silhouette, key=lambda k: silhouette[k])
    choice = "Empat adalah pilihan bisnis: empat cara melayani pelanggan"
    if best == len(PERSONAS):
        return f"{choice}, dan silhouette juga paling tinggi pada k = 4."
    return (
        f"{choice}. Silhouette lebih menyukai k = {best}; kestabilan empat kelompok diuji dengan bootstrap."
    )


def _scatter(pca: Any, scaled: Floats, places: Labels) -> dict[str, Any]:
    points = pca.transform(scaled)
    return {
        "explained": [round(float(share), 4) for share in pca.explained_variance_ratio_],
        "points": [
            {"x": round(float(x), 3), "y": round(float(y), 3), "persona": PERSONAS[place].value}
            for (x, y), place in zip(points, places, strict=True)
        ],
    }


def _importance(scaled: Floats, places: Labels) -> list[dict[str, Any]]:
    """Each feature's share of what separates the personas: its variance between them, weights included. Shares sum to 1."""
    means = np.stack([scaled[places == at].mean(axis=0) for at in range(len(PERSONAS))])
    counts = np.bincount(places, minlength=len(PERSONAS))
    between = (counts[:, None] * (means - scaled.mean(axis=0)) ** 2).sum(axis=0)
    shares = between / between.sum()
    return [
        {"feature": FEATURES[at], "share": round(float(shares[at]), 4)} for at in np.argsort(-shares).tolist()
    ]


def _stability(scaled: Floats, places: Labels, seed: int) -> float:
    """How alike everybody is grouped by centroids of resampled customers: mean adjusted Rand index."""
    rng = np.random.default_rng(seed)
    chosen = scaled[:MOST_FITTED]
    found = []
    for again in range(BOOTSTRAPS):
        sample = chosen[rng.integers(0, len(chosen), len(chosen))]
        fitted = KMeans(len(PERSONAS), n_init=10, random_state=again).fit(sample)
        found.append(adjusted_rand_score(places[: len(chosen)], fitted.predict(chosen)))
    return float(np.mean(found))


def _readable(model: Segments, place: int) -> dict[str, float]:
    """A centroid in the units of the features."""
    values = np.expm1(model.centroids[place] / model.weights * model.scale + model.mean)
    return {name: round(float(value), 2) for name, value in zip(FEATURES, values, strict=True)}


def _with_chances(bare: Segments, snapshots: Snapshots, metrics: dict[str, Any]) -> Segments:
    down = up = None
    if len(snapshots.features) > 1:
        moves = _moves(bare, snapshots)
        down, metrics["migration_risk"] = _chance_of(moves, moves.after < moves.before, moves.before > 0)
        highest = len(PERSONAS) - 1
        up, metrics["upgrade_potential"] = _chance_of(
            moves, moves.after > moves.before, moves.before < highest
        )
    content = {name: getattr(bare, name) for name in Segments.__dataclass_fields__}
    return Segments(**{**content, "down": down, "up": up, "metrics": metrics})


def _moves(model: Segments, snapshots: Snapshots) -> Moves:
    """Everybody at each moment but the last, and where they stood at the next."""
    moments, customers, _ = snapshots.features.shape
    flat = snapshots.features.reshape(moments * customers, -1)
    places = model.assign(flat).reshape(moments, customers)
    before = places[:-1].ravel()
    scaled = model.scaled(snapshots.features[:-1].reshape(-1, len(FEATURES)))
    return Moves(
        inputs=model.inputs(scaled, before),
        before=before,
        after=places[1:].ravel(),
        groups=np.tile(np.arange(customers), moments - 1),
    )


def _chance_of(
    moves: Moves, happened: NDArray[np.bool_], can: NDArray[np.bool_]
) -> tuple[Logistic | None, dict[str, float] | None]:
    """The chance and how good it is on customers that were not in its training."""
    inputs, labels, groups = moves.inputs[can], happened[can], moves.groups[can]
    if len(set(labels.tolist())) < 2:
        return None, None
    held_out = np.zeros(len(labels))
    for train, test in GroupKFold(5).split(inputs, labels, groups):
        held_out[test] = _fit(inputs[train], labels[train]).chance(inputs[test])
    figures = {
        "share": round(float(labels.mean()), 4),
        "auc": round(float(roc_auc_score(labels, held_out)), 4),
        "ece": round(calibration_error(held_out, labels), 4),
    }
    return _fit(inputs, labels), figures


def _fit(inputs: Floats, labels: NDArray[np.bool_]) -> Logistic:
    model = LogisticRegression(C=PENALTY, max_iter=5_000).fit(inputs, labels)
    return Logistic(weights=model.coef_[0], bias=float(model.intercept_[0]))


def calibration_error(chances: Floats, labels: NDArray[np.bool_], bins: int = 10) -> float:
    """Mean distance of chance and share over bins of equal size."""
    parts = np.array_split(np.argsort(chances), bins)
    return float(
        sum(len(part) * abs(chances[part].mean() - labels[part].mean()) for part in parts) / len(chances)
    )
