"""How near is a message to the nearest ones that training held, within the business and outside it?

An inverted index over words: only rows that share a word are touched, so a look-up costs microseconds among thousands of rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.text_features import Block, Floats

# "Berapa" and "yang" stand in thousands of rows: they cost most of the time and tell nothing.
MOST_ROWS_OF_A_WORD = 250


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """starts: int array (columns + 1,), where each column's postings begin; rows, values: the postings.

    Rows below `inside` are in scope, the others up to `count` are not.
    """

    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    values: Floats
    inside: int
    count: int

    def nearness(self, block: Block) -> Floats:
        """(n, 2): cosine of each message to the nearest row in scope and to the nearest one out of scope."""
        is_word = block.columns < len(self.starts) - 1
        columns, values, owners = block.columns[is_word], block.values[is_word], block.owners[is_word]
        lengths = np.sqrt(np.bincount(owners, values * values, len(block)))
        counts = self.starts[columns + 1] - self.starts[columns]
        first = np.cumsum(counts) - counts
        postings = np.arange(counts.sum()) + np.repeat(self.starts[columns] - first, counts)
        keys = np.repeat(owners * self.count, counts) + self.rows[postings]
        products = np.repeat(values, counts) * self.values[postings]
        cosines = np.bincount(keys, products, len(block) * self.count).reshape(len(block), self.count)
        near = np.stack(
            [cosines[:, : self.inside].max(1, initial=0), cosines[:, self.inside :].max(1, initial=0)], axis=1
        )
        return np.asarray(near / np.maximum(lengths, 1e-9)[:, None], np.float32)

    def to_plain(self) -> dict[str, Any]:  # Any: what joblib stores is plain containers and arrays
        return {
            "starts": self.starts,
            "rows": self.rows,
            "values": self.values,
            "inside": self.inside,
            "count": self.count,
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> "Neighbours":  # Any: see to_plain
        return cls(**plain)


def index_rows(block: Block, columns: int, foreign: Sequence[bool]) -> Neighbours:
    """An index over the first so many columns of these rows, each scaled to length 1 there."""
    is_word = block.columns < columns
    owners, values, word = block.owners[is_word], block.values[is_word], block.columns[is_word]
    lengths = np.sqrt(np.bincount(owners, values * values, len(block)))
    place = np.empty(len(block), np.int64)
    place[np.argsort(np.array(foreign), kind="stable")] = np.arange(len(block))
    is_telling = np.bincount(word, minlength=columns)[word] <= MOST_ROWS_OF_A_WORD
    values = np.asarray(values / np.maximum(lengths[owners], 1e-9), np.float32)
    word, owners, values = word[is_telling], owners[is_telling], values[is_telling]
    order = np.argsort(word, kind="stable")
    return Neighbours(
        starts=np.searchsorted(word[order], np.arange(columns + 1)),
        rows=place[owners[order]].astype(np.int32),
        values=values[order].astype(np.float32),
        inside=len(foreign) - sum(foreign),
        count=len(foreign),
    )
