"""Is the model in this folder the one that its card describes, and does it fit this program?

A model is two files: `card.json`, for people and checks, and the joblib file that the card names. Nothing is unpickled before the
card's hash and versions are verified. Replacing the card publishes a model; the card before it stays as `card.previous.json`.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

CARD = "card.json"
PREVIOUS = "card.previous.json"
# Raised whenever what the joblib file holds changes its meaning.
FORMAT = 3
LIBRARIES = ("numpy", "scikit-learn", "joblib")


class ModelMissing(Exception):
    """There is no model in the folder. Train one."""


class ModelMismatch(Exception):
    """The model in the folder cannot be used by this program. Train it again; the sentence says how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a model is, for people and for the checks at loading.

    id: short hash of the file; metrics: name to figure, held-out; thresholds: name to value, used in service; lexicon_hash: empty
    for a model that reads no messages.
    """

    id: str
    kind: str
    name: str
    made_at: str
    file: str
    sha256: str
    data_hash: str
    rows: int
    classes: tuple[str, ...]
    libraries: Mapping[str, str]
    lexicon_hash: str
    metrics: Mapping[str, Any]  # Any: nested figures for people
    thresholds: Mapping[str, float]
    format: int = FORMAT


def read_card(folder: Path, file: str = CARD, what: str = "nlu") -> Card:
    """The card in a folder; a missing or unreadable one says which command mends it: `sapa train <what>`."""
    path = folder / file
    if not path.is_file():
        raise ModelMissing(f"There is no model in {folder} ({file} is missing). Run: sapa train {what}")
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return Card(**{**data, "classes": tuple(data["classes"])})
    except (ValueError, TypeError, KeyError) as error:
        raise ModelMismatch(
            f"The model card {path} cannot be read ({error}). Run: sapa train {what}"
        ) from error


def write_card(folder: Path, card: Card) -> None:
    """Make the card the one in service; the one before it is kept."""
    path, previous = folder / CARD, folder / PREVIOUS
    fresh = folder / f"{CARD}.{card.id}"
    fresh.write_text(json.dumps(asdict(card), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    if path.is_file() and read_id(path) != card.id:
        previous.write_bytes(path.read_bytes())
    fresh.replace(path)


def roll_back(folder: Path, what: str = "nlu") -> Card:
    """Put the model before this one back in service; doing it again undoes it."""
    if not (folder / PREVIOUS).is_file():
        raise ModelMissing(f"There is no {what} model before the one in service, so there is no way back.")
    read_card(folder, PREVIOUS, what)
    path, previous, aside = folder / CARD, folder / PREVIOUS, folder / f"{PREVIOUS}.aside"
    aside.write_bytes(path.read_bytes())
    previous.replace(path)
    aside.replace(previous)
    return read_card(folder, CARD, what)


def forget_others(folder: Path) -> None:
    """Remove model files that neither the model in service nor the one before it needs."""
    kept = {read_card(folder, file).file for file in (CARD, PREVIOUS) if (folder / file).is_file()}
    for path in folder.glob("model-*.joblib"):
        if path.name not in kept:
            path.unlink()


def read_id(path: Path) -> str | None:
    """The id in a card file, or None when it cannot be read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8")).get("id")
    except (OSError, ValueError, AttributeError):
        return None
    return found if isinstance(found, str) else None


def load_artifact(
    folder: Path, lexicon_hash: str
) -> tuple[dict[str, Any], Card]:  # Any: plain containers and arrays
    """The verified content of the model in service and its card."""
    card = verified_card(folder, "nlu", lexicon_hash)
    return unpickle(folder, card), card


def verified_card(folder: Path, what: str, lexicon_hash: str = "") -> Card:
    """The card in service, once the file beside it is proven to be the one it describes and to fit this program. Unpickles nothing.

    lexicon_hash: of the words that messages are read with; empty for models that read no messages.
    """
    card = read_card(folder, CARD, what)
    for fault in _faults(folder, card, lexicon_hash):
        raise ModelMismatch(f"{fault}. Run: sapa train {what}")
    return card


def unpickle(folder: Path, card: Card) -> dict[str, Any]:  # Any: plain containers and arrays
    """What the file of a verified card holds."""
    # joblib costs a third of a second to import, which a service whose model does not fit never needs.
    import joblib

    content: dict[str, Any] = joblib.load(folder / card.file)
    return content


def _faults(folder: Path, card: Card, lexicon_hash: str) -> Iterator[str]:
    path = folder / card.file
    if card.format != FORMAT:
        yield f"The {card.kind} model has format {card.format}, expected {FORMAT}"
    for library, expected in card.libraries.items():
        if (found := version(library)) != expected:
            yield f"The {card.kind} model expects {library} {expected}, found {found}"
    if card.lexicon_hash != lexicon_hash:
        yield f"The {card.kind} model was trained with another lexicon than this one"
    if Path(card.file).name != card.file or not path.is_file():
        yield f"The model file {card.file} of {folder} is missing"
    elif sha256_of(path) != card.sha256:
        yield f"The model file {path} is not the one its card describes"


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def library_versions(libraries: Iterable[str] = LIBRARIES) -> dict[str, str]:
    return {library: version(library) for library in libraries}
