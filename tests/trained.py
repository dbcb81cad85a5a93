"""Trained models for tests that need the real understanding: trained once a version of what it is made of, then kept under var/.

Several test processes share it; whoever comes first trains, the others wait.
"""

import fcntl
import hashlib
import shutil
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parent.parent
KEPT = ROOT / "var" / "test-models"
MADE_FROM = (
    "knowledge/packs/umroh/*.*",
    "knowledge/packs/umroh/utterances/*",
    "knowledge/lexicon/*",
    "knowledge/*.py",
    "ml/**/*.py",
)
OLD_KEPT = 3  # Models of earlier versions that stay, for whoever goes back and forth.


def trained_models() -> Path:
    """A folder as SAPA_VAR/models: everything lies in it that a service with the umroh pack needs."""
    folder = KEPT / _key()
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            _train(folder)
            (folder / "done").touch()
            _forget_old(folder)
    return folder


def _train(folder: Path) -> None:
    from knowledge.pack import load_pack
    from ml.train.trainer import MODULES, Order, trainer

    pack = load_pack("umroh")
    for name in MODULES:
        found = trainer(name)
        found.train(Order(pack=pack, folder=found.folder(folder, pack)))


def _key() -> str:
    digest = hashlib.sha256(version("scikit-learn").encode())
    for pattern in MADE_FROM:
        for path in sorted(ROOT.glob(pattern)):
            if path.is_file():
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _forget_old(current: Path) -> None:
    others = [path for path in KEPT.iterdir() if path.is_dir() and path != current]
    for path in sorted(others, key=lambda found: found.stat().st_mtime)[:-OLD_KEPT]:
        shutil.rmtree(path)
