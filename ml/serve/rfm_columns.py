"""What are the RFM scores and segments of millions of customers at once? The same answer as `flows.rfm` for each of them.

numpy only: scores are counted comparisons, segments one look-up in a table that `flows.rfm` itself fills, so that the two cannot drift
apart. Ten million customers take about a second; a chunk bounds the memory beside what comes in and goes out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from flows.rfm import DOCUMENT_THRESHOLDS, SCORES, RfmScore, RfmSegment, RfmThresholds, Ruleset, segment_of
from flows.rfm import rfm as rfm_of_one

CHUNK = 500_000
Bytes = NDArray[np.int8]
Segments = tuple(RfmSegment)


@dataclass(frozen=True, slots=True, kw_only=True)
class RfmColumns:
    """Scores of many customers in the order they came. r, f, m: int8 arrays of 1 to 5; segment_codes: int8, places in `segments`."""

    r: Bytes
    f: Bytes
    m: Bytes
    segment_codes: Bytes
    segments: tuple[RfmSegment, ...]
    ruleset_version: Ruleset
    window_label: str

    @property
    def segment(self) -> NDArray[np.object_]:
        """The segments' names, an array of RfmSegment; made when asked for, eight bytes a customer."""
        return np.array(self.segments, dtype=object)[self.segment_codes]

    def counts(self) -> dict[RfmSegment, int]:
        """How many customers each segment has, none left out."""
        counts = np.bincount(self.segment_codes, minlength=len(self.segments))
        return dict(zip(self.segments, counts.tolist(), strict=True))


@overload
def rfm(
    recency_days: float | None,
    frequency: float | None,
    monetary: float | None,
    ruleset: Ruleset | str = ...,
    thresholds: RfmThresholds = ...,
) -> RfmScore: ...
@overload
def rfm(
    recency_days: NDArray[Any] | Sequence[float | None],
    frequency: NDArray[Any] | Sequence[float | None],
    monetary: NDArray[Any] | Sequence[float | None],
    ruleset: Ruleset | str = ...,
    thresholds: RfmThresholds = ...,
) -> RfmColumns: ...
def rfm(
    recency_days: Any,  # Any: the two signatures above say which.
    frequency: Any,
    monetary: Any,
    ruleset: Ruleset | str = Ruleset.V2,
    thresholds: RfmThresholds = DOCUMENT_THRESHOLDS,
) -> RfmScore | RfmColumns:
    """One customer's score from three numbers, or the scores of many from three arrays (or lists) of the same length."""
    if np.ndim(recency_days) == 0:
        return rfm_of_one(recency_days, frequency, monetary, ruleset, thresholds)
    return rfm_of_many(recency_days, frequency, monetary, ruleset, thresholds)


def rfm_of_many(
    recency_days: ArrayLike,
    frequency: ArrayLike,
    monetary: ArrayLike,
    ruleset: Ruleset | str = Ruleset.V2,
    thresholds: RfmThresholds = DOCUMENT_THRESHOLDS,
) -> RfmColumns:
    """The scores of many customers. NaN and what is not above 0 score 1, as for one customer. Raises ValueError on unequal lengths."""
    days, count, money = (_numbers(column) for column in (recency_days, frequency, monetary))
    if not days.shape == count.shape == money.shape or days.ndim != 1:
        raise ValueError(
            f"Three columns of one length are needed, not {days.shape}, {count.shape}, {money.shape}."
        )
    rules = Ruleset(ruleset)
    r, f, m, codes = (np.empty(len(days), dtype=np.int8) for _ in range(4))
    table = _table(rules)
    for part in _parts(len(days)):
        _score(r[part], [days[part] < most + 1 for most in thresholds.recency])
        _score(f[part], [count[part] >= least for least in thresholds.frequency])
        _score(m[part], [money[part] >= least for least in thresholds.monetary])
        np.take(table, (r[part] * 5 + f[part]) * np.int16(5) + m[part], out=codes[part])
    return RfmColumns(
        r=r,
        f=f,
        m=m,
        segment_codes=codes,
        segments=Segments,
        ruleset_version=rules,
        window_label=thresholds.window_label,
    )


def _numbers(column: ArrayLike) -> NDArray[Any]:
    """The column as it came; None in it, and whatever else makes it one of objects, becomes NaN or a number."""
    found = np.asarray(column)
    return found.astype(np.float64) if found.dtype == object else found


def _parts(length: int) -> Iterator[slice]:
    return (slice(start, start + CHUNK) for start in range(0, length, CHUNK))


def _score(into: Bytes, passed: list[NDArray[np.bool_]]) -> None:
    """1 and one more for each bound passed."""
    into[:] = 1
    for bound in passed:
        into += bound


def _table(rules: Ruleset) -> Bytes:
    """The segment's code at (r · 5 + f) · 5 + m."""
    table = np.zeros(6 * 25 + 6, dtype=np.int8)
    for r, f, m in product(SCORES, repeat=3):
        table[(r * 5 + f) * 5 + m] = Segments.index(segment_of(r, f, m, rules)[0])
    return table
