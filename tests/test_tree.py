from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from galaxyzoo.tree import (
    ANSWERS,
    COLUMNS,
    ID_COLUMN,
    QUESTIONS,
    Question,
    questions_after,
    violations,
)
from tests.conftest import make_labels


def test_columns_are_those_of_the_published_file(real_data: Path) -> None:
    published = pd.read_csv(real_data / "training_solutions_rev1.csv", nrows=0).columns
    assert [ID_COLUMN, *COLUMNS] == list(published)


def test_the_tree_has_11_questions_and_37_answers() -> None:
    assert [len(q.answers) for q in QUESTIONS] == [3, 2, 2, 2, 4, 2, 3, 7, 3, 3, 6]
    assert len(ANSWERS) == len(COLUMNS) == 37
    assert ANSWERS["Class1.2"] == "Featured or disc"
    assert ANSWERS["Class11.6"] == "Can't tell how many arms"


def test_slices_cut_out_a_questions_own_columns() -> None:
    for question in QUESTIONS:
        assert COLUMNS[question.slice] == question.columns


def test_each_question_comes_after_the_answer_that_leads_to_it() -> None:
    found = [q for column in (None, *range(len(COLUMNS))) for q in questions_after(column)]
    assert sorted(found, key=lambda question: question.number) == list(QUESTIONS)
    assert [q.name for q in questions_after(None)] == ["smooth", "odd"]
    assert [q.name for q in questions_after(COLUMNS.index("Class4.1"))] == ["winding", "arms"]


def test_real_votes_obey_the_tree(real_data: Path) -> None:
    table = pd.read_csv(real_data / "training_solutions_rev1.csv")
    assert violations(table[list(COLUMNS)].to_numpy()).max() < 2e-6


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_a_violation_is_seen_at_its_question(question: Question) -> None:
    votes = make_labels([1, 2])[list(COLUMNS)].to_numpy(copy=True)
    last = question.slice.stop - 1
    votes[1, last] += 0.25
    broken = violations(votes)
    assert broken[1, question.number - 1] == pytest.approx(0.25)
    children = [q for q in QUESTIONS if q.parent == COLUMNS[last]]
    assert np.count_nonzero(broken > 1e-12) == 1 + len(children)
