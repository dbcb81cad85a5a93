"""Trained models for tests that need the real understanding: trained once a version of what it is made of, then kept under var/.

Several test processes share it; whoever comes first trains, the others wait. `python -m tests.trained` trains what all tests will ask for.
"""

import fcntl
import hashlib
import shutil
from functools import cache
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parent.parent
KEPT = ROOT / "var" / "test-models"
# Of a pack what its messages are, and of the pack that lends it some.
LENDER = "umroh"
MADE_FROM = (
    "knowledge/packs/{pack}/*.*",
    "knowledge/packs/{pack}/utterances/*",
    f"knowledge/packs/{LENDER}/pack.toml",
    f"knowledge/packs/{LENDER}/background.txt",
    f"knowledge/packs/{LENDER}/utterances/*",
    "knowledge/lexicon/*",
    "knowledge/*.py",
    "ml/**/*.py",
)
OLD_KEPT = 3  # Models of earlier versions that stay, for whoever goes back and forth.


@cache
def trained_models(pack: str = LENDER) -> Path:
    """A folder as SAPA_VAR/models: everything lies in it that a service with this pack needs; for another trade's pack only its intents."""
    folder = KEPT / f"{pack}-{_key(pack)}"
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            _train(folder, pack)
            (folder / "done").touch()
            _forget_old(folder, pack)
    return folder


def _train(folder: Path, pack_name: str) -> None:
    from knowledge.pack import load_pack
    from ml.train.trainer import MODULES, Order, trainer

    pack = load_pack(pack_name)
    for name in MODULES if pack_name == LENDER else ("nlu",):
        found = trainer(name)
        found.train(Order(pack=pack, folder=found.folder(folder, pack)))


def _key(pack: str) -> str:
    digest = hashlib.sha256(version("scikit-learn").encode())
    for pattern in MADE_FROM:
        for path in sorted(ROOT.glob(pattern.format(pack=pack))):
            if path.is_file():
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _forget_old(current: Path, pack: str) -> None:
    others = [path for path in KEPT.glob(f"{pack}-*") if path.is_dir() and path != current]
    for path in sorted(others, key=lambda found: found.stat().st_mtime)[:-OLD_KEPT]:
        shutil.rmtree(path)


def main() -> None:
    from knowledge.pack import PACKS

    packs = sorted(path.parent.name for path in PACKS.glob("*/utterances"))
    for pack in packs:
        trained_models(pack)
    print(f"Models of {', '.join(packs)}: trained.")


if __name__ == "__main__":
    main()
