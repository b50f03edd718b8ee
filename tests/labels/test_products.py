"""Shares of those who were asked become fractions of all, and what isn't known stays so."""

import numpy as np
import pytest
from numpy.typing import NDArray

from galaxyzoo.labels.products import masked, multiply_down
from galaxyzoo.tree import GZ2, Tree
from tests.labels.gz2 import make_shares
from tests.small_tree import SMALL

NAN = np.nan


def span(name: str) -> slice:
    return GZ2.span(GZ2.question(name))


def by_hand(tree: Tree, shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """One galaxy, [C]: the rule as one would tell it."""
    found: dict[str, float] = {}
    own = dict(zip(tree.columns, shares.tolist(), strict=True))
    for question in tree.questions:
        reached = sum(found[column] for column in question.after) if question.after else 1.0
        answers = [own[column] for column in question.columns]
        for column, share in zip(question.columns, answers, strict=True):
            if reached == 0:
                found[column] = 0.0
            elif any(np.isnan(answers)) or sum(answers) == 0:
                found[column] = NAN
            else:
                found[column] = share / sum(answers) * reached
    return np.array(list(found.values()))


@pytest.mark.parametrize("tree", [GZ2, SMALL], ids=["GZ2", "small"])
def test_any_galaxy_is_as_the_rule_says(tree: Tree) -> None:
    draws = np.random.default_rng(0)
    shares = draws.random((300, len(tree.columns)))
    for question in tree.questions:
        kind = draws.integers(0, 6, 300)
        shares[kind == 0, tree.span(question)] = 0
        shares[np.flatnonzero(kind == 1), tree.span(question).start] = NAN
        shares[kind == 2, tree.span(question).stop - 1] = 0
        shares[kind == 3, tree.span(question).start] = 0
    expected = np.array([by_hand(tree, own) for own in shares])
    np.testing.assert_allclose(multiply_down(tree, shares), expected, rtol=1e-12)
    assert np.isnan(expected).any()
    assert (expected == 0).any()


def test_sums_that_are_not_1_are_made_so() -> None:
    shares = make_shares(50)
    factors = np.random.default_rng(1).uniform(0.2, 2.4, (50, 11))
    for place, question in enumerate(GZ2.questions):
        shares[:, GZ2.span(question)] *= factors[:, [place]]
    fractions = multiply_down(GZ2, shares)
    assert GZ2.violations(fractions).max() < 1e-12
    np.testing.assert_allclose(fractions, multiply_down(GZ2, make_shares(50)))


def test_an_answer_that_is_unknown_makes_its_question_so_and_what_hangs_on_it() -> None:
    shares = make_shares(1)
    shares[0, span("spiral").start] = NAN
    fractions = multiply_down(GZ2, shares)
    unknown = [q.name for q in GZ2.questions if np.isnan(fractions[0, GZ2.span(q)]).all()]
    assert unknown == ["spiral", "winding", "arms"]
    assert np.isnan(fractions).sum() == 2 + 3 + 6
    assert masked(GZ2, fractions) == {"spiral": 1, "winding": 1, "arms": 1}


def test_a_question_that_nobody_came_to_is_0_whatever_it_holds() -> None:
    shares = make_shares(2)
    shares[:, span("edge_on")] = [0, 1]
    shares[0, span("edge_on_bulge")] = 0
    shares[1, span("edge_on_bulge")] = NAN
    fractions = multiply_down(GZ2, shares)
    assert (fractions[:, span("edge_on_bulge")] == 0).all()
    assert masked(GZ2, fractions) == {}


def test_a_question_that_some_came_to_and_nobody_answered_is_unknown() -> None:
    shares = make_shares(3)
    shares[0, span("edge_on_bulge")] = 0
    shares[1, span("odd")] = 0
    fractions = multiply_down(GZ2, shares)
    assert masked(GZ2, fractions) == {"edge_on_bulge": 1, "odd": 1, "odd_feature": 1}
    assert not np.isnan(fractions[2]).any()
