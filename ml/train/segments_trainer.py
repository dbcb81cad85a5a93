"""How does `sapa train segments` train: from the invented shop, or from a company's own customers?"""

import hashlib
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import joblib

from knowledge.pack import Pack
from ml.serve.artifact import Card, library_versions, sha256_of
from ml.serve.segments import PERSONAS, Segments
from ml.train.publishing import ID_LETTERS, Bar, fresh_file, publish, refuse_worse
from ml.train.segments import fit_segments
from ml.train.trainer import Order, Trainer

# Resampling alone moves the stability by a few hundredths; below .8 the four groups are no groups.
BAR = Bar(command="segments", metric="bootstrap_ari", word="Stability", alike=0.02, other_rows=0.1)
SMALLEST_SHARE = 0.03


def train_segments(order: Order) -> Card:
    """Fits, measures, and puts in service what is no worse. Raises WrongRows, WorseModel."""
    order.progress("finding four kinds of shoppers")
    model = fit_segments(order.csv, columns=order.columns)
    fresh = fresh_file(order.folder, lambda path: joblib.dump(to_plain(model), path))
    card = _card(order, model, fresh)
    if not order.accept_worse:
        large = [p["persona"] for p in model.metrics["personas"] if p["share"] >= SMALLEST_SHARE]
        refuse_worse(order.folder, card, large, BAR)
    return publish(order.folder, fresh, card)


def to_plain(model: Segments) -> dict[str, Any]:  # Any: plain containers and arrays
    """What the artifact holds: nothing of ours, so that an old file never needs an old class."""
    content = {name: getattr(model, name) for name in Segments.__dataclass_fields__}
    chances = {
        name: {"weights": chance.weights, "bias": chance.bias} if chance else None
        for name, chance in (("down", model.down), ("up", model.up))
    }
    return {**content, **chances, "products": [asdict(product) for product in model.products]}


def _card(order: Order, model: Segments, fresh: Path) -> Card:
    digest = sha256_of(fresh)
    shares = [p["share"] for p in model.metrics["personas"]]
    chances = {
        f"{name}_{figure}": value
        for name in ("migration_risk", "upgrade_potential")
        for figure, value in (model.metrics.get(name) or {}).items()
    }
    return Card(
        id=digest[:ID_LETTERS],
        kind="segments",
        name=order.csv.name if order.csv else "invented shop",
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        file=f"model-{digest[:ID_LETTERS]}.joblib",
        sha256=digest,
        data_hash=_data_hash(order, model),
        rows=model.metrics["customers"],
        classes=PERSONAS,
        libraries=library_versions(("numpy", "scikit-learn", "joblib")),
        lexicon_hash="",
        metrics={
            "bootstrap_ari": model.metrics["bootstrap_ari"],
            "smallest_share": min(shares),
            **chances,
            "currency": model.currency,
        },
        thresholds={},
    )


def _data_hash(order: Order, model: Segments) -> str:
    """Of the file, or of what the invented shop's customers come to."""
    seen = order.csv.read_bytes() if order.csv else (model.mean.tobytes() + model.scale.tobytes())
    return hashlib.sha256(seen).hexdigest()[:16]


def _folder(models: Path, pack: Pack) -> Path:  # noqa: ARG001  # every trade's shoppers are grouped alike
    return models / "segments"


def _report(order: Order) -> str:
    """Who the four are, and what speaks for another number of kinds."""
    metrics = Segments.load(order.folder).metrics
    silhouette = {row["k"]: row["score"] for row in metrics["silhouette"]}
    personas = [
        f"| {p['persona']} | {p['share']:.3f} | {', '.join(f'{n} {v:g}' for n, v in p['centroid'].items())} |"
        for p in metrics["personas"]
    ]
    kinds = [f"| {row['k']} | {row['inertia']:g} | {silhouette[row['k']]:.3f} |" for row in metrics["elbow"]]
    weights = ", ".join(f"{row['feature']} {row['share']:.2f}" for row in metrics["importance"])
    return "\n".join(
        [
            *("| persona | share | middle |", "| --- | --- | --- |", *personas, ""),
            *("| k | inertia | silhouette |", "| --- | --- | --- |", *kinds, ""),
            f"What tells them apart: {weights}.",
            metrics["why_k"],
        ]
    )


TRAINER = Trainer(name="segments", folder=_folder, train=train_segments, report=_report)
