"""What can each tree of a model answer? LightGBM's own text of a model, turned into the tables that serving looks up.

Every way in which a tree's questions can be answered together is played through: what it scores, and how much of that each column has
added, as exact TreeSHAP shares it out (Lundberg et al., "Consistent Individualized Feature Attribution for Tree Ensembles").
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import factorial

import numpy as np
from numpy.typing import NDArray

from ml.serve.trees import MOST_QUESTIONS, TreeTables

Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]

# Bits of LightGBM's decision_type.
_IS_CATEGORY, _BLANK_GOES_LEFT, _MISSING_KIND = 1, 2, 3
_NO_MISSING, _ZERO_IS_MISSING = 0, 1
_BITS = 32  # A word of LightGBM's sets of categories.


class TreesTooLarge(Exception):
    """A tree asks more questions than a byte can hold the answers of; a fault of the recipe."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One inner node. yes, no: the inner node that follows, or the leaf ~at; count: training rows that came here."""

    column: int
    threshold: float
    members: frozenset[int] | None
    blank_is_yes: bool
    yes: int
    no: int
    count: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A parsed tree; one without questions is a single leaf. leaves: value and training rows of each."""

    questions: tuple[Question, ...]
    leaves: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One question on the way to a leaf, and whether the way goes on at its yes; share: of the rows that came here and went this way."""

    question: int
    is_yes: bool
    share: float


def tree_tables(model: str, *, columns: int, classes: int) -> TreeTables:
    """classes: how many scores a row gets: 1 for yes or no. Trees stand round by round in the text, class by class in the tables."""
    read = [_tree(text) for text in model.partition("\nend of trees")[0].split("\nTree=")[1:]]
    trees = [tree for which in range(classes) for tree in read[which::classes]]
    questions = max(1, *(len(tree.questions) for tree in trees))
    if questions > MOST_QUESTIONS:
        raise TreesTooLarge(f"A tree has {questions} questions; {MOST_QUESTIONS} are the most.")
    sets = sorted(
        {
            (q.column, tuple(sorted(q.members)))
            for tree in trees
            for q in tree.questions
            if q.members is not None
        }
    )
    tables = TreeTables(
        columns=columns,
        rounds=len(trees) // classes,
        asked=np.zeros((len(trees), MOST_QUESTIONS), dtype=np.intp),
        thresholds=np.full((len(trees), MOST_QUESTIONS), -np.inf),
        blank_is_yes=np.zeros((len(trees), MOST_QUESTIONS), dtype=bool),
        members=_members([members for _, members in sets]),
        set_columns=np.array([column for column, _ in sets], dtype=np.intp),
        scores=np.zeros((len(trees), 1 << questions)),
        shares=np.zeros((len(trees), 1 << questions, questions)),
        share_columns=np.zeros((len(trees), questions), dtype=np.intp),
    )
    numbered = {key: columns + at for at, key in enumerate(sets)}
    for at, tree in enumerate(trees):
        _enter(tables, at, tree, numbered)
    return tables


def _enter(tables: TreeTables, at: int, tree: Tree, numbered: dict[tuple[int, tuple[int, ...]], int]) -> None:
    for place, question in enumerate(tree.questions):
        is_set = question.members is not None
        tables.asked[at, place] = (
            numbered[question.column, tuple(sorted(question.members or ()))] if is_set else question.column
        )
        tables.thresholds[at, place] = 0.5 if is_set else question.threshold
        tables.blank_is_yes[at, place] = question.blank_is_yes
        tables.share_columns[at, place] = question.column
    answers = _all_answers(tables.shares.shape[2])
    for (value, _), way in zip(tree.leaves, _ways(tree), strict=True):
        reached = np.logical_and.reduce(
            [answers[:, step.question] == step.is_yes for step in way] or [np.ones(len(answers), dtype=bool)]
        )
        tables.scores[at, reached] = value
        _share_out(tables.shares[at], value, way, tree, answers)


def _share_out(shares: Floats, value: float, way: Sequence[Step], tree: Tree, answers: Truths) -> None:
    """Adds what the columns on the way to one leaf have of its value, for every way of answering; a column's share stands at its first
    question on the way.

    A column that is known lets the row through or not; one that is not known lets through the share of training's rows that came by.
    """
    places: dict[int, int] = {}
    known: dict[int, Floats] = {}
    unknown: dict[int, float] = {}
    for step in way:
        column = tree.questions[step.question].column
        places.setdefault(column, step.question)
        known[column] = known.get(column, 1.0) * (answers[:, step.question] == step.is_yes)
        unknown[column] = unknown.get(column, 1.0) * step.share
    for column, place in places.items():
        others = [(known[other], unknown[other]) for other in places if other != column]
        shares[:, place] += value * (known[column] - unknown[column]) * _weight(others, len(answers))


def _weight(others: Sequence[tuple[Floats, float]], ways: int) -> Floats:
    """Shapley's mean over the orders in which the other columns could have become known before this one, shape (ways,)."""
    # by_known[k]: the sum over all choices of k known ones among the others.
    by_known = [np.ones(ways)]
    for known, unknown in others:
        fewer, more = [*by_known, np.zeros(ways)], [np.zeros(ways), *by_known]
        by_known = [left * unknown + right * known for left, right in zip(fewer, more, strict=True)]
    count = len(others)
    orders = [factorial(k) * factorial(count - k) / factorial(count + 1) for k in range(count + 1)]
    found: Floats = np.sum([share * chosen for share, chosen in zip(orders, by_known, strict=True)], axis=0)
    return found


def _ways(tree: Tree) -> list[tuple[Step, ...]]:
    """The steps to each leaf, in the order of the leaves."""
    found: dict[int, tuple[Step, ...]] = {}

    def follow(node: int, steps: tuple[Step, ...]) -> None:
        if node < 0:
            found[~node] = steps
            return
        question = tree.questions[node]
        for is_yes, child in ((True, question.yes), (False, question.no)):
            count = tree.leaves[~child][1] if child < 0 else tree.questions[child].count
            follow(child, (*steps, Step(question=node, is_yes=is_yes, share=count / question.count)))

    follow(0 if tree.questions else ~0, ())
    return [found[at] for at in range(len(tree.leaves))]


def _all_answers(questions: int) -> Truths:
    """Bool array (ways, questions): the way's number has the first question's answer in its lowest bit."""
    found: Truths = (np.arange(1 << questions)[:, None] >> np.arange(questions) & 1).astype(bool)
    return found


def _members(sets: Sequence[Sequence[int]]) -> Truths:
    """Bool array (sets, categories); the last category is one that no set holds."""
    found = np.zeros((len(sets), max((max(members) for members in sets), default=-1) + 2), dtype=bool)
    for at, members in enumerate(sets):
        found[at, list(members)] = True
    return found


def _tree(text: str) -> Tree:
    written = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    values, counts = _numbers(written, "leaf_value"), _numbers(written, "leaf_count")
    leaves = tuple(zip(values, counts or [0.0] * len(values), strict=True))
    columns = [int(number) for number in _numbers(written, "split_feature")]
    return Tree(questions=tuple(_question(written, at) for at in range(len(columns))), leaves=leaves)


def _question(written: dict[str, str], at: int) -> Question:
    def number(name: str) -> float:
        return float(written[name].split()[at])

    kind, threshold = int(number("decision_type")), number("threshold")
    is_category, missing = bool(kind & _IS_CATEGORY), kind >> 2 & _MISSING_KIND
    if missing == _ZERO_IS_MISSING:
        raise ValueError("Zero stands for a missing value in this model; Sapa trains none such.")
    # Where training saw nothing missing, LightGBM reads a missing number as 0.
    blank_is_yes = threshold >= 0 if missing == _NO_MISSING else bool(kind & _BLANK_GOES_LEFT)
    return Question(
        column=int(number("split_feature")),
        threshold=threshold,
        members=_categories(written, int(threshold)) if is_category else None,
        blank_is_yes=blank_is_yes and not is_category,
        yes=int(number("left_child")),
        no=int(number("right_child")),
        count=number("internal_count"),
    )


def _categories(written: dict[str, str], which: int) -> frozenset[int]:
    """The set's members; LightGBM keeps all sets of a tree as bits in words, one after the other."""
    bounds = [int(number) for number in _numbers(written, "cat_boundaries")]
    words = [int(word) for word in written["cat_threshold"].split()][bounds[which] : bounds[which + 1]]
    return frozenset(
        at * _BITS + bit for at, word in enumerate(words) for bit in range(_BITS) if word >> bit & 1
    )


def _numbers(written: dict[str, str], name: str) -> list[float]:
    return [float(number) for number in written.get(name, "").split()]
