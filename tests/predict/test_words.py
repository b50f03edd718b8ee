from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from galaxyzoo.predict.projection import project
from galaxyzoo.predict.words import NoFractionsError, describe, describe_table, likely_answers
from galaxyzoo.tree import GZ2
from tests.conftest import COLUMNS
from tests.predict.voted_galaxies import EDGE_ON, SMOOTH, SPIRAL, STAR
from tests.small_tree import SMALL


@pytest.mark.parametrize(
    ("galaxy", "description"),
    [
        (SPIRAL, "spiral, 2 arms, medium wound, no bar"),
        (SMOOTH, "smooth, oval, merger"),
        (EDGE_ON, "disc seen edge-on, rounded bulge"),
        (STAR, "star or artifact"),
    ],
)
def test_describes(galaxy: NDArray[np.float32], description: str) -> None:
    assert describe(GZ2, likely_answers(GZ2, galaxy)) == description


def test_the_way_down_the_tree_asks_what_applies_and_no_more() -> None:
    names = [answer.question.name for answer in likely_answers(GZ2, SPIRAL)]
    expected = ["smooth", "edge_on", "bar", "spiral", "bulge", "odd", "winding", "arms"]
    assert names == expected
    assert [a.question.name for a in likely_answers(GZ2, EDGE_ON)] == [
        "smooth",
        "edge_on",
        "odd",
        "edge_on_bulge",
    ]


def test_a_fraction_is_of_those_who_are_asked() -> None:
    fractions = {answer.question.name: answer.fraction for answer in likely_answers(GZ2, SPIRAL)}
    assert fractions["smooth"] == pytest.approx(0.8)
    assert fractions["edge_on"] == pytest.approx(0.75)
    assert fractions["spiral"] == pytest.approx(0.75)
    assert fractions["arms"] == pytest.approx(1)


def test_every_galaxy_is_described() -> None:
    noise = np.random.default_rng(0).random((500, 37))
    for row in project(GZ2, noise):
        answers = likely_answers(GZ2, row)
        assert describe(GZ2, answers)
        assert all(0 < answer.fraction <= 1 for answer in answers)


def test_a_question_after_several_answers_applies_after_each() -> None:
    flat = np.array([0.1, 0.9, 0, 0.6, 0.4, 0.5, 0.4], np.float32)
    smooth = np.array([0.9, 0.1, 0, 0.6, 0.4, 0.05, 0.05], np.float32)
    star = np.array([0, 0.1, 0.9, 0.1, 0, 0.05, 0.05], np.float32)
    described = [describe(SMALL, likely_answers(SMALL, row)) for row in (flat, smooth, star)]
    assert described == ["flat, 2 arms, with tails", "round, with tails", "no galaxy"]


TABLE = pd.DataFrame([SPIRAL, STAR], index=["587", "m31.jpg"], columns=list(COLUMNS))


def with_spirals(values: list[Any]) -> pd.DataFrame:
    table = TABLE.copy()
    table["Class4.1"] = values
    return table


def test_a_table_is_described_row_by_row() -> None:
    wider = TABLE[list(reversed(COLUMNS))].assign(other="x")
    for table in (TABLE, wider):
        said = describe_table(GZ2, table)
        assert said.to_dict() == {
            "587": "spiral, 2 arms, medium wound, no bar",
            "m31.jpg": "star or artifact",
        }
    assert describe_table(GZ2, TABLE.iloc[:0]).tolist() == []


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (TABLE.drop(columns="Class4.1"), "the table: lacks Class4.1; describe takes a table that"),
        (with_spirals([0.5, np.nan]), "row 'm31.jpg', Class4.1: must be a number, got nan"),
        (with_spirals(["few", 0.5]), "row '587', Class4.1: must be a number, got 'few'"),
    ],
)
def test_a_table_without_fractions_is_refused(table: pd.DataFrame, message: str) -> None:
    with pytest.raises(NoFractionsError, match=message):
        describe_table(GZ2, table)
