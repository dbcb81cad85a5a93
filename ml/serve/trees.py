"""What do boosted trees answer for one row? LightGBM's own library, asked directly.

Its Python package imports scikit-learn and whatever table libraries it finds: five seconds and 130 MB that a service does not need
to walk a tree. The library's C interface is stable and documented; the five calls used here are all that serving takes.
"""

import ctypes
import threading
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ml.openmp import load_openmp

_RAW, _CONTRIBUTIONS = 1, 3  # C_API_PREDICT_RAW_SCORE, C_API_PREDICT_CONTRIB
_FLOAT64 = 1  # C_API_DTYPE_FLOAT64
_ONE_THREAD = b"num_threads=1 verbosity=-1"

Floats = NDArray[np.float64]


class TreesBroken(Exception):
    """LightGBM refused a model or a row; a fault of ours, since the artifact was verified."""


class Trees:
    """A trained booster. Thread-safe: calls share buffers and therefore take turns.

    classes: how many scores a row gets: 1 for yes or no.
    """

    def __init__(self, model: str, *, columns: int, classes: int) -> None:
        self._model, self._columns, self._classes = model, columns, classes
        self._scores = _Asker(model, _RAW, columns, classes)
        self._explainers: dict[int, _Asker] = {}

    def scores(self, row: Floats | Sequence[float]) -> Floats:
        """Raw scores (log-odds) of one row, shape (classes,)."""
        return self._scores.ask(row)

    def contributions(self, row: Floats, which: int) -> Floats:
        """What each column added to the raw score of one class (exact TreeSHAP), shape (columns,).

        A class is explained by its own trees alone, since asking for all ten would cost ten times as much.
        """
        if which not in self._explainers:
            own = self._model if self._classes == 1 else trees_of_class(self._model, which, self._classes)
            self._explainers[which] = _Asker(own, _CONTRIBUTIONS, self._columns, self._columns + 1)
        return self._explainers[which].ask(row)[:-1]


class _Asker:
    """One loaded booster with the buffers of one kind of question."""

    def __init__(self, model: str, kind: int, columns: int, answers: int) -> None:
        self._library = _library()
        self._booster, self._config, rounds = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_int()
        self._row, self._out = np.zeros(columns), np.zeros(answers)
        self._length, self._lock = ctypes.c_int64(), threading.Lock()
        self._check(
            self._library.LGBM_BoosterLoadModelFromString(
                model.encode(), ctypes.byref(rounds), ctypes.byref(self._booster)
            )
        )
        self._check(
            self._library.LGBM_BoosterPredictForMatSingleRowFastInit(
                self._booster, kind, 0, -1, _FLOAT64, columns, _ONE_THREAD, ctypes.byref(self._config)
            )
        )
        self._arguments = (
            self._config,
            ctypes.c_void_p(self._row.ctypes.data),
            ctypes.byref(self._length),
            ctypes.c_void_p(self._out.ctypes.data),
        )

    def ask(self, row: Floats | Sequence[float]) -> Floats:
        with self._lock:
            self._row[:] = row
            self._check(self._library.LGBM_BoosterPredictForMatSingleRowFast(*self._arguments))
            return self._out.copy()

    def _check(self, code: int) -> None:
        if code != 0:
            raise TreesBroken(self._library.LGBM_GetLastError().decode(errors="replace"))

    def __del__(self) -> None:
        if self._config:
            self._library.LGBM_FastConfigFree(self._config)
        if self._booster:
            self._library.LGBM_BoosterFree(self._booster)


def trees_of_class(model: str, which: int, classes: int) -> str:
    """The model text of one class's trees only, as a model of a single score. Trees stand round by round, class by class."""
    head, *trees = model.partition("\nend of trees")[0].split("\nTree=")
    # Sizes only speed reading up, and the objective would turn scores into chances.
    kept = [line for line in head.splitlines() if not line.startswith(("tree_sizes=", "objective="))]
    single = {f"{name}={classes}": f"{name}=1" for name in ("num_class", "num_tree_per_iteration")}
    lines = [single.get(line, line) for line in kept]
    own = [f"Tree={at}\n{tree.partition(chr(10))[2]}" for at, tree in enumerate(trees[which::classes])]
    return "\n".join([*lines, *own, "end of trees", ""])


@cache
def _library() -> ctypes.CDLL:
    spec = find_spec("lightgbm")
    if spec is None or spec.origin is None:
        raise TreesBroken("The package lightgbm is not installed.")
    load_openmp()
    library = ctypes.CDLL(str(Path(spec.origin).parent / "lib" / "lib_lightgbm.so"))
    library.LGBM_GetLastError.restype = ctypes.c_char_p
    return library
