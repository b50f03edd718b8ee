import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from galaxyzoo.projection import project
from galaxyzoo.tree import COLUMNS, ID_COLUMN, QUESTIONS, Question, violations
from tests.conftest import make_labels

ANYTHING = arrays(
    np.float64, (3, 37), elements=st.floats(-2, 3) | st.sampled_from([0.0, 0.25, 0.5, 1.0])
)


def make_votes(count: int, seed: int) -> np.ndarray:
    table = make_labels(range(count), seed).set_index(ID_COLUMN)
    return table.to_numpy()


def most(weights: np.ndarray, question: Question) -> float:
    """The largest sum of weights times fractions that one question can give, if all are asked it.

    It sends everybody to its best answer, and so do the questions that follow from there.
    """
    values = []
    for column in question.columns:
        following = [q for q in QUESTIONS if q.parent == column]
        own = float(weights[COLUMNS.index(column)])
        values.append(own + sum(most(weights, q) for q in following))
    return max(values)


@given(ANYTHING)
def test_is_the_nearest_point_of_the_consistent_set(predicted: np.ndarray) -> None:
    """A point of a convex set is the nearest exactly if no other lies further towards p."""
    nearest = project(predicted)
    assert nearest.min() >= 0
    assert violations(nearest).max() < 1e-12
    for row, towards in zip(nearest, predicted - nearest, strict=True):
        furthest = sum(most(towards, q) for q in QUESTIONS if q.parent is None)
        assert furthest <= towards @ row + 1e-9


@given(ANYTHING, st.integers(0, 1000))
def test_never_moves_away_from_consistent_votes(predicted: np.ndarray, seed: int) -> None:
    votes = make_votes(3, seed)
    before = np.square(predicted - votes).sum(axis=1)
    after = np.square(project(predicted) - votes).sum(axis=1)
    assert (after <= before + 1e-12).all()


def test_leaves_consistent_votes_alone() -> None:
    votes = make_votes(3000, seed=1)
    assert np.abs(project(votes) - votes).max() < 1e-12


def test_a_question_alone_by_hand() -> None:
    """Question 6 and its followers: 0.9 + 0.5 is 0.4 too much, which its two answers share."""
    predicted = np.zeros((1, 37))
    odd = next(q for q in QUESTIONS if q.name == "odd")
    features = next(q for q in QUESTIONS if q.name == "odd_feature")
    predicted[0, odd.slice] = [0.9, 0.5]
    predicted[0, features.slice] = [0.7, 0, 0, 0, 0, 0, 0]
    projected = project(predicted)
    assert projected[0, odd.slice] == pytest.approx([0.7, 0.3])
    assert projected[0, features.slice] == pytest.approx([0.7, 0, 0, 0, 0, 0, 0])


def test_takes_float32_and_no_galaxies() -> None:
    votes = make_votes(5, seed=2).astype(np.float32)
    assert project(votes).dtype == np.float64
    assert project(votes[:0]).shape == (0, 37)
