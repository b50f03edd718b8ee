import csv
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from galaxyzoo.classify.catalogue import Layout, describe, likely_answers
from galaxyzoo.predict.projection import project
from galaxyzoo.tree import GZ2, ID_COLUMN
from tests.conftest import COLUMNS, make_labels
from tests.small_tree import SMALL


def votes(**fractions: float) -> NDArray[np.float32]:
    """Fractions of one galaxy: those given, as Class1_1=0.5, and 0 elsewhere."""
    row = np.zeros(37, np.float32)
    for name, fraction in fractions.items():
        row[COLUMNS.index(name.replace("_", "."))] = fraction
    return row


SPIRAL = votes(
    Class1_1=0.2,
    Class1_2=0.8,
    Class2_1=0.2,
    Class2_2=0.6,
    Class3_1=0.2,
    Class3_2=0.4,
    Class4_1=0.45,
    Class4_2=0.15,
    Class5_2=0.6,
    Class6_1=0.1,
    Class6_2=0.9,
    Class10_2=0.45,
    Class11_2=0.45,
)
SMOOTH = votes(Class1_1=0.9, Class1_2=0.1, Class6_1=0.7, Class6_2=0.3, Class7_2=0.9, Class8_6=0.7)
EDGE_ON = votes(Class1_2=1, Class2_1=1, Class6_2=1, Class9_1=0.6, Class9_3=0.4)
STAR = votes(Class1_3=1, Class6_2=1)


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


def test_the_header_is_that_of_kaggles_submissions(real_data: Path) -> None:
    published = (real_data / "central_pixel_benchmark.csv").read_text().splitlines()[0]
    assert Layout(GZ2, described=False).header() == f"{published}\n"


def test_a_row_loses_nothing_of_float32() -> None:
    fractions = make_labels(range(50))[list(COLUMNS)].to_numpy(np.float32)
    layout = Layout(GZ2, described=False)
    text = layout.header() + layout.rows([str(i) for i in range(50)], fractions, [""] * 50)
    read = pd.read_csv(StringIO(text), dtype=dict.fromkeys(COLUMNS, np.float32))
    assert read[ID_COLUMN].tolist() == list(range(50))
    assert np.array_equal(read[list(COLUMNS)].to_numpy(), fractions)


def test_names_and_descriptions_are_quoted() -> None:
    names = ["plain.jpg", 'a "b", c.jpg', "two\nlines.jpg", "caf\udce9.jpg"]
    layout = Layout(GZ2, described=True)
    text = layout.header() + layout.rows(
        names, np.stack([SPIRAL, SMOOTH, EDGE_ON, STAR]), ["", "is blank", "", ""]
    )
    rows = list(csv.DictReader(StringIO(text)))
    assert [row[ID_COLUMN] for row in rows] == [*names[:2], r"two\nlines.jpg", r"caf\udce9.jpg"]
    assert [row["warning"] for row in rows] == ["", "is blank", "", ""]
    assert rows[0]["description"] == "spiral, 2 arms, medium wound, no bar"
    assert (rows[0]["arms"], rows[0]["arms_fraction"]) == ("2 spiral arms", "1.000000")
    assert (rows[1]["arms"], rows[1]["arms_fraction"]) == ("", "")
