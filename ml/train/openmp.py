"""Where does LightGBM find OpenMP on a machine that has none? In scikit-learn's wheel, which brings its own copy.

LightGBM's library asks for `libgomp.so.1`, which slim machines lack. scikit-learn's copy bears another name inside, so it is copied
to a temporary file under the name that is asked for; once it is loaded, the loader takes it for the one that LightGBM wants.
"""

import ctypes
import re
import tempfile
from importlib.util import find_spec
from pathlib import Path

WANTED = "libgomp.so.1"
_NAME_INSIDE = re.compile(rb"libgomp-[0-9a-f]+\.so\.1\.0\.0")


class NoOpenMP(Exception):
    """Neither the machine nor the installed packages have OpenMP. Install the system's libgomp1."""


def load_openmp() -> None:
    """After this LightGBM's library can be loaded; doing it again is harmless."""
    try:
        ctypes.CDLL(WANTED, mode=ctypes.RTLD_GLOBAL)
    except OSError:
        _load_copy()


def _load_copy() -> None:
    brought = _brought()
    with tempfile.TemporaryDirectory(prefix="sapa-openmp-") as folder:
        copy = Path(folder) / WANTED
        copy.write_bytes(renamed(brought.read_bytes()))
        ctypes.CDLL(str(copy), mode=ctypes.RTLD_GLOBAL)


def _brought() -> Path:
    """scikit-learn's copy, found without importing scikit-learn."""
    spec = find_spec("sklearn")
    if spec is None or spec.origin is None:
        raise NoOpenMP("LightGBM needs libgomp.so.1, and scikit-learn, which brings one, is not installed.")
    folder = Path(spec.origin).parents[1] / "scikit_learn.libs"
    for path in sorted(folder.glob("libgomp-*.so*")):
        return path
    raise NoOpenMP(f"LightGBM needs libgomp.so.1 (Debian: libgomp1), and there is none in {folder} either.")


def renamed(library: bytes) -> bytes:
    """The library under the name that is asked for; names may be shortened in place, since a NUL ends them."""
    return _NAME_INSIDE.sub(lambda found: WANTED.encode().ljust(len(found[0]), b"\0"), library)
