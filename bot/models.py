"""Which models serve: the trained ones in service; a missing one is trained first, a wrong one stops the start."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from knowledge.pack import load_pack
from ml.serve import churn, offers
from ml.serve.artifact import ModelMissing
from ml.serve.churn import ChurnPredictor
from ml.serve.offers import TelcoRecommender
from ml.serve.purchases import PurchaseModels
from ml.serve.segments import Segments
from ml.serve.telco_models import TelcoModels
from ml.serve.understanding import Understanding


def nlu_folder(models: Path, pack: str) -> Path:
    return models / "nlu" / pack


async def load_understanding(models: Path, pack: str, progress: Callable[[str], None]) -> Understanding:
    """Raises ModelMismatch when the one there cannot be used; training a missing one takes some seconds."""
    return await asyncio.to_thread(_load, nlu_folder(models, pack), pack, progress)


def _load(folder: Path, pack_name: str, progress: Callable[[str], None]) -> Understanding:
    pack = load_pack(pack_name)
    try:
        return Understanding.load(folder, pack)
    except ModelMissing:
        # Training is a start-up cost only of the very first start; its libraries must not slow every other one.
        from ml.train.nlu import train_pack

        progress(f"Training the {pack_name} pack's understanding; this happens once.")
        train_pack(pack, folder, progress=progress)
        return Understanding.load(folder, pack)


async def load_segments(models: Path, pack: str, progress: Callable[[str], None]) -> Segments:
    """Raises ModelMismatch when the one there cannot be used; training a missing one takes some seconds."""
    return await asyncio.to_thread(_load_segments, models, pack, progress)


def _load_segments(models: Path, pack_name: str, progress: Callable[[str], None]) -> Segments:
    folder = models / "segments"
    try:
        return Segments.load(folder)
    except ModelMissing:
        # As above: only the very first start pays for the training libraries.
        from ml.train.segments_trainer import TRAINER
        from ml.train.trainer import Order

        progress("Finding the kinds of shoppers; this happens once.")
        TRAINER.train(Order(pack=load_pack(pack_name), folder=folder, progress=progress))
        return Segments.load(folder)


async def load_telco(models: Path, pack: str, progress: Callable[[str], None]) -> TelcoModels:
    """Offers and churn. Raises ModelMismatch when one that is there cannot be used; what is missing is trained first."""
    return await asyncio.to_thread(_load_telco, models, pack, progress)


def _load_telco(models: Path, pack_name: str, progress: Callable[[str], None]) -> TelcoModels:
    checks = {offers.WHAT: TelcoRecommender.verify, churn.WHAT: ChurnPredictor.verify}
    missing = [what for what, verify in checks.items() if _is_missing(verify, models / what)]
    if missing:
        # As above: only the very first start pays for the training libraries.
        from ml.train.trainer import Order, trainer

        progress(f"Training {' and '.join(missing)} on made-up customers; this happens once.")
        for what in missing:
            order = Order(pack=load_pack(pack_name), folder=models / what, progress=progress)
            trainer(what).train(order)
    return TelcoModels.load(models)


async def load_purchases(models: Path) -> PurchaseModels:
    """What the company trained on its own purchases, which is often nothing. Raises ModelMismatch for one that cannot be used."""
    return await asyncio.to_thread(PurchaseModels.load, models)


def _is_missing(verify: Callable[[Path], object], folder: Path) -> bool:
    """Raises ModelMismatch for one that is there and does not fit."""
    try:
        verify(folder)
    except ModelMissing:
        return True
    return False
