from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from galaxyzoo.tree import GZ2, ID_COLUMN, Answer, Question, Tree, TreeError
from tests.conftest import make_labels
from tests.small_tree import SMALL

every_tree = pytest.mark.parametrize("tree", [GZ2, SMALL], ids=["gz2", "small"])


def test_columns_are_those_of_the_published_file(real_data: Path) -> None:
    published = pd.read_csv(real_data / "training_solutions_rev1.csv", nrows=0).columns
    assert [ID_COLUMN, *GZ2.columns] == list(published)


def test_the_tree_of_galaxy_zoo_2_has_11_questions_and_37_answers() -> None:
    assert [len(q.answers) for q in GZ2.questions] == [3, 2, 2, 2, 4, 2, 3, 7, 3, 3, 6]
    assert len(GZ2.answers) == len(GZ2.columns) == 37
    assert GZ2.texts["Class1.2"] == "Featured or disc"
    assert GZ2.texts["Class11.6"] == "Can't tell how many arms"
    assert GZ2.question("bar").after == ("Class2.2",)
    assert [GZ2.depth(q) for q in GZ2.questions] == [0, 1, 2, 2, 2, 0, 1, 1, 2, 3, 3]


@every_tree
def test_spans_cut_out_a_questions_own_columns(tree: Tree) -> None:
    for number, question in enumerate(tree.questions, start=1):
        assert tree.columns[tree.span(question)] == question.columns
        assert tree.number(question) == number
        assert all(tree.asker(column) == question for column in question.columns)


@every_tree
def test_each_question_comes_after_the_answers_that_lead_to_it(tree: Tree) -> None:
    for question in tree.questions:
        leading = tuple(column for column in tree.columns if question in tree.after(column))
        assert leading == question.after
        assert (question in tree.roots) == (not question.after)


def test_real_votes_obey_the_tree(real_data: Path) -> None:
    table = pd.read_csv(real_data / "training_solutions_rev1.csv")
    assert GZ2.violations(table[list(GZ2.columns)].to_numpy()).max() < 2e-6


@pytest.mark.parametrize(
    ("tree", "question"),
    [(tree, question) for tree in (GZ2, SMALL) for question in tree.questions],
    ids=lambda own: own.name,
)
def test_a_violation_is_seen_at_its_question(tree: Tree, question: Question) -> None:
    votes = make_labels([1, 2], tree=tree)[list(tree.columns)].to_numpy(copy=True)
    last = question.columns[-1]
    votes[1, tree.columns.index(last)] += 0.25
    broken = tree.violations(votes)
    assert broken[1, tree.number(question) - 1] == pytest.approx(0.25)
    assert np.count_nonzero(broken > 1e-12) == 1 + len(tree.after(last))


def test_a_question_after_several_answers_is_asked_of_all_who_gave_one() -> None:
    votes = np.array([[0.2, 0.5, 0.3, 0.6, 0.1, 0.4, 0.1]])
    reached = [SMALL.reach(question, votes)[0] for question in SMALL.questions]
    assert reached == pytest.approx([1, 0.7, 0.5])
    assert SMALL.violations(votes).max() == pytest.approx(0)


@every_tree
def test_it_goes_through_plain_data_and_passes_over_what_it_does_not_know(tree: Tree) -> None:
    content = tree.as_dict()
    content["colour"] = "green"
    content["questions"][0]["icon"] = "a.png"
    assert Tree.from_dict(content) == tree


def changed(name: str, after: tuple[str, ...]) -> tuple[Question, ...]:
    """The questions of SMALL, of which one follows other answers."""
    return tuple(replace(q, after=after) if q.name == name else q for q in SMALL.questions)


@pytest.mark.parametrize(
    ("questions", "message"),
    [
        ((), "no question"),
        (SMALL.questions + SMALL.questions[:1], "the question shape comes more than once"),
        (
            (*SMALL.questions, Question("more", "?", (Answer("arms_two", "Two"),))),
            "the column arms_two comes more than once",
        ),
        (changed("arms", ("shape_oval",)), "arms follows shape_oval: these must be answers of one"),
        (changed("arms", ("shape_flat", "tails_no")), "must be answers of one question"),
        (changed("shape", ("arms_two",)), "that comes before it"),
        (changed("arms", ("shape_flat", "shape_none")), "to tails and to arms overlap"),
    ],
)
def test_what_is_no_tree_is_refused(questions: tuple[Question, ...], message: str) -> None:
    with pytest.raises(TreeError, match=message):
        Tree("none", questions)


def test_stems_are_those_of_the_published_tables(open_data: Path) -> None:
    published = pd.read_csv(open_data / "gz2_hart16.csv", nrows=0).columns
    stems = [answer.stem for answer in GZ2.answers.values()]
    assert [f"{stem}_debiased" for stem in stems] == [n for n in published if "_debiased" in n]
