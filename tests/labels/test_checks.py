"""What is wrong or odd about votes has a name, a number, examples and advice."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from galaxyzoo.findings import Finding
from galaxyzoo.labels.checks import find_odd_votes, find_wrong_votes
from galaxyzoo.labels.table import read_labels
from galaxyzoo.sample.archive import draw_ids, generators
from galaxyzoo.sample.population import draw_galaxy
from galaxyzoo.sample.volunteers import vote
from galaxyzoo.tree import GZ2, ID_COLUMN, Tree
from tests.conftest import COLUMNS, make_labels, shift
from tests.small_tree import SMALL

COUNT = 40
SAMPLED = 500


@pytest.fixture
def labels() -> pd.DataFrame:
    return make_labels(range(100, 100 + COUNT)).set_index(ID_COLUMN)


def only(findings: list[Finding]) -> Finding:
    (one,) = findings
    return one


def names(findings: list[Finding]) -> list[str]:
    return [each.name for each in findings]


def raw(tree: Tree, labels: pd.DataFrame) -> pd.DataFrame:
    """The fractions of those who were asked, as published tables have them."""
    fractions = labels.to_numpy()
    own = np.zeros_like(fractions)
    for question in tree.questions:
        asked = tree.reach(question, fractions)[:, None]
        own[:, tree.span(question)] = fractions[:, tree.span(question)] / np.maximum(asked, 1e-12)
    return pd.DataFrame(own, labels.index, labels.columns)


@pytest.mark.parametrize("tree", [GZ2, SMALL], ids=["GZ2", "small"])
def test_proper_votes_have_nothing_wrong_or_odd(tree: Tree) -> None:
    labels = make_labels(range(COUNT), tree=tree).set_index(ID_COLUMN)
    assert find_wrong_votes(tree, labels) == []
    assert find_odd_votes(tree, labels) == []


def test_the_real_labels_have_nothing_wrong_or_odd(real_data: Path) -> None:
    labels = read_labels(real_data / "training_solutions_rev1.csv", GZ2)
    assert len(labels) == 3265
    assert find_wrong_votes(GZ2, labels) == []
    assert find_odd_votes(GZ2, labels) == []


def test_votes_of_the_embedded_sample_have_nothing_wrong_or_odd() -> None:
    seeds = [generators(2007, index) for index in range(SAMPLED)]
    votes = np.array([vote(draw_galaxy(own), GZ2, volunteers) for own, _, volunteers in seeds])
    labels = pd.DataFrame(votes, draw_ids(SAMPLED, 2007), list(COLUMNS))
    assert find_wrong_votes(GZ2, labels) == []
    assert find_odd_votes(GZ2, labels) == []


@pytest.mark.parametrize("tree", [GZ2, SMALL], ids=["GZ2", "small"])
def test_raw_fractions_are_recognised(tree: Tree) -> None:
    labels = make_labels(range(COUNT), tree=tree).set_index(ID_COLUMN)
    found = only(find_wrong_votes(tree, raw(tree, labels)))
    assert (found.name, found.count) == ("raw-fractions", COUNT)
    assert "not multiplied down the tree" in str(found)
    assert found.examples[0].startswith("GalaxyID 0 (")
    assert "sum to 1, and 0." in found.examples[0]


def test_questions_that_nobody_was_asked_may_be_0_in_raw_fractions(labels: pd.DataFrame) -> None:
    table = raw(GZ2, labels)
    table.loc["100", list(GZ2.question("arms").columns)] = 0
    assert names(find_wrong_votes(GZ2, table)) == ["raw-fractions"]


def test_a_sum_that_misses_is_told_by_galaxy_question_and_sum(labels: pd.DataFrame) -> None:
    labels.loc["107", ["Class1.1", "Class1.2", "Class1.3"]] = [0.5, 0.25, 0.5]
    labels.loc["107", list(COLUMNS[3:])] = 0
    found = only(find_wrong_votes(GZ2, labels))
    assert (found.name, found.count) == ("votes-off-tree", 1)
    assert "GalaxyID 107 (odd: Class6.1 to Class6.2 sum to 0, and 1 were asked)" in str(found)


@pytest.mark.parametrize(("error", "count"), [(1e-6, 0), (9e-4, 0), (1.1e-3, 1)])
def test_rounding_is_none(labels: pd.DataFrame, error: float, count: int) -> None:
    shift(labels, 20, "Class1.3", error)
    assert sum(each.count for each in find_wrong_votes(GZ2, labels)) == count


@pytest.mark.parametrize("value", [0.0, 1.0, 0.5])
def test_placeholders_are_told(labels: pd.DataFrame, value: float) -> None:
    labels.iloc[[3, 5, 7, 9]] = value
    found = only(find_wrong_votes(GZ2, labels))
    assert (found.name, found.count) == ("placeholder-votes", 4)
    assert f"GalaxyID 103 has {value:g}" in found.examples


def test_each_kind_of_wrong_votes_is_told_by_itself(labels: pd.DataFrame) -> None:
    table = labels.copy()
    table.iloc[:5] = raw(GZ2, labels).iloc[:5]
    table.iloc[5] = 1
    shift(table, 10, "Class1.1", 0.01)
    found = {each.name: each.count for each in find_wrong_votes(GZ2, table)}
    assert found == {"raw-fractions": 5, "placeholder-votes": 1, "votes-off-tree": 1}


def test_an_answer_that_nobody_gave_is_odd(labels: pd.DataFrame) -> None:
    labels["Class1.1"] += labels["Class1.3"]
    labels["Class1.3"] = 0
    found = only(find_odd_votes(GZ2, labels))
    assert (found.name, found.examples) == ("answer-never-given", ("Class1.3 (Star or artifact)",))


def test_an_answer_with_the_same_votes_for_all_is_odd(labels: pd.DataFrame) -> None:
    labels[["Class6.1", "Class6.2"]] = 0.5
    found = only(find_odd_votes(GZ2, labels))
    assert (found.name, found.count) == ("answer-all-alike", 2)


def test_votes_that_many_galaxies_share_are_odd(labels: pd.DataFrame) -> None:
    alike = labels.copy()
    alike.iloc[:] = labels.iloc[0]
    assert names(find_odd_votes(GZ2, alike)) == ["same-votes"]
    few = labels.copy()
    few.iloc[:4] = labels.iloc[0]
    assert find_odd_votes(GZ2, few) == []
    few.iloc[:5] = labels.iloc[0]
    found = only(find_odd_votes(GZ2, few))
    assert (found.count, found.examples) == (5, ("100", "101", "102"))


def test_one_galaxy_alone_has_nothing_odd_in_common(labels: pd.DataFrame) -> None:
    assert find_odd_votes(GZ2, labels.head(1)) == []


def test_votes_that_are_not_known_are_not_wrong_and_hide_nothing(labels: pd.DataFrame) -> None:
    for column in ("Class4.1", "Class4.2", *COLUMNS[28:]):
        labels.loc[["103", "107"], column] = np.nan
    assert find_wrong_votes(GZ2, labels) == find_odd_votes(GZ2, labels) == []
    shift(labels, 7, "Class9.1", 0.2)
    wrong = only(find_wrong_votes(GZ2, labels))
    assert (wrong.name, wrong.count) == ("votes-off-tree", 1)
    assert "GalaxyID 107 (edge_on_bulge: Class9.1 to Class9.3 sum to" in wrong.examples[0]
