import numpy as np
import pytest
import quadprog
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from galaxyzoo.predict.projection import project
from galaxyzoo.tree import GZ2, ID_COLUMN, Answer, Question, Tree
from tests.conftest import make_labels
from tests.small_tree import SMALL


def ask(name: str, answers: int, *after: str) -> Question:
    return Question(name, "?", tuple(Answer(f"{name}{i}", "") for i in range(answers)), after)


NESTED = Tree(
    "nested",
    (
        ask("a", 4),
        ask("b", 2, "a0", "a1", "a2"),
        ask("c", 3, "a0", "a1", "a2"),
        ask("d", 3, "a0", "a1"),
        ask("e", 2, "a0"),
        ask("f", 2, "d0", "d1", "d2"),
        ask("g", 2, "d2"),
        ask("h", 2),
        ask("i", 2, "h0", "h1"),
    ),
)
"""Sets of answers that hold each other, that hold all answers, and that share a question"""
TREES = (GZ2, SMALL, NESTED)
every_tree = pytest.mark.parametrize("tree", TREES, ids=lambda tree: tree.name)


def anything(tree: Tree) -> st.SearchStrategy[np.ndarray]:
    numbers = st.floats(-2, 3) | st.sampled_from([0.0, 0.25, 0.5, 1.0])
    return arrays(np.float64, (3, len(tree.columns)), elements=numbers)


def make_votes(tree: Tree, count: int, seed: int) -> np.ndarray:
    return make_labels(range(count), seed, tree).set_index(ID_COLUMN).to_numpy()


def solve(tree: Tree, predicted: np.ndarray) -> np.ndarray:
    """The nearest consistent fractions to those of one galaxy, by a general quadratic solver."""
    count = len(tree.columns)
    sums = np.zeros((len(tree.questions), count))
    for row, question in enumerate(tree.questions):
        sums[row, tree.span(question)] = 1
        sums[row, tree.places(question)] -= 1
    right = [0.0 if question.after else 1.0 for question in tree.questions]
    constraints = np.concatenate([sums, np.eye(count)]).T
    bounds = np.concatenate([right, np.zeros(count)])
    solution: np.ndarray = quadprog.solve_qp(
        np.eye(count), predicted, constraints, bounds, meq=len(tree.questions)
    )[0]
    return solution


@pytest.mark.parametrize("seed", range(5))
@every_tree
def test_is_what_a_general_solver_finds(tree: Tree, seed: int) -> None:
    predicted = np.random.default_rng(seed).normal(0.3, 0.4, (20, len(tree.columns)))
    expected = np.stack([solve(tree, row) for row in predicted])
    assert np.abs(project(tree, predicted) - expected).max() < 1e-9


@every_tree
@given(data=st.data())
def test_sums_agree_and_nothing_is_below_zero(tree: Tree, data: st.DataObject) -> None:
    nearest = project(tree, data.draw(anything(tree)))
    assert nearest.min() >= 0
    assert tree.violations(nearest).max() < 1e-12


@every_tree
@given(data=st.data(), seed=st.integers(0, 1000))
def test_never_moves_away_from_consistent_votes(tree: Tree, data: st.DataObject, seed: int) -> None:
    predicted, votes = data.draw(anything(tree)), make_votes(tree, 3, seed)
    before = np.square(predicted - votes).sum(axis=1)
    after = np.square(project(tree, predicted) - votes).sum(axis=1)
    assert (after <= before + 1e-12).all()


@every_tree
def test_leaves_consistent_votes_alone(tree: Tree) -> None:
    votes = make_votes(tree, 3000, seed=1)
    assert np.abs(project(tree, votes) - votes).max() < 1e-12


def test_a_question_alone_by_hand() -> None:
    """Question 6 and its followers: 0.9 + 0.5 is 0.4 too much, which its two answers share."""
    predicted = np.zeros((1, 37))
    odd, features = GZ2.span(GZ2.question("odd")), GZ2.span(GZ2.question("odd_feature"))
    predicted[0, odd] = [0.9, 0.5]
    predicted[0, features] = [0.7, 0, 0, 0, 0, 0, 0]
    projected = project(GZ2, predicted)
    assert projected[0, odd] == pytest.approx([0.7, 0.3])
    assert projected[0, features] == pytest.approx([0.7, 0, 0, 0, 0, 0, 0])


def test_takes_float32_and_no_galaxies() -> None:
    votes = make_votes(GZ2, 5, seed=2).astype(np.float32)
    assert project(GZ2, votes).dtype == np.float64
    assert project(GZ2, votes[:0]).shape == (0, 37)
