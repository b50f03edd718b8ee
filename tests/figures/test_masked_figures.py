"""Figures of votes of which some aren't known, and of labels that aren't the competition's."""

import re

import numpy as np
import pytest

from galaxyzoo.figures.gallery import draw_gallery
from galaxyzoo.figures.rmse import draw_rmse
from galaxyzoo.figures.style import Galaxies
from galaxyzoo.figures.votes import draw_predicted_voted
from galaxyzoo.networks import find
from galaxyzoo.scoring.highlights import rank_galaxies
from galaxyzoo.scoring.leaderboard import PUBLISHED
from galaxyzoo.scoring.noise_floor import NoiseFloor
from galaxyzoo.tree import GZ2, LABEL_COLUMNS, LabelColumn
from tests.conftest import COLUMNS
from tests.figures.drawings import (
    IDS,
    draw_all,
    make_images,
    make_votes,
    mask,
    spoilt_texts,
    words,
)
from tests.small_tree import SMALL

FLOOR = NoiseFloor(40, 50, lowest=0.036, highest=0.041)


def test_what_is_not_known_is_said_so_and_all_text_is_legible() -> None:
    drawn = draw_all(("cnn",), rendered=False, tree=SMALL, labels="fraction", masked=True)
    for name, figure in drawn.items():
        assert (name, spoilt_texts(figure)) == (name, [])
        assert not re.search(r"\bnan\b", words(figure)), name
    said = {name: words(figure) for name, figure in drawn.items()}
    for name in ("exemplars", "answer_rmse"):
        assert said[name].count("not known") == len(SMALL.questions[-1].answers), name
    assert len(drawn["exemplars"].images) == 5
    for name, note in {
        "rmse": "and 7 answers, where known; less is better",
        "predicted_voted": "test galaxies, where known: the darker",
        "answer_rmse": "test galaxies, as far as their answers are known; less",
        "predictions": "by RMSE over their known answers; each",
    }.items():
        assert note in said[name]


@pytest.mark.parametrize("labels", LABEL_COLUMNS)
def test_published_scores_stand_beside_those_against_the_same_labels(labels: LabelColumn) -> None:
    networks, scores = [find("cnn")], {"cnn": 0.1, "mean_vote": 0.15, "central_pixel": 0.2}
    figure = draw_rmse(GZ2, networks, scores, Galaxies(False, 240, 60, labels), FLOOR)
    said = words(figure)
    assert spoilt_texts(figure) == []
    for score in PUBLISHED.values():
        assert (f"{score:.5f}" in said) == (labels == "kaggle")
    assert len(figure.axes) == (2 if labels == "kaggle" else 1)
    assert ("Kaggle's scores cannot be compared" in said) == (labels != "kaggle")
    assert ("what has been published" in said) == (labels == "kaggle")


def test_panels_hold_the_galaxies_whose_answer_is_known() -> None:
    voted = mask(make_votes(0))
    voted.loc[IDS[5], "Class1.1"] = np.nan
    galaxies = Galaxies(False, 240, 60, "fraction", masked=True)
    figure = draw_predicted_voted(GZ2, [find("cnn")], {"cnn": make_votes(1)}, voted, galaxies)
    for axes in figure.axes:
        column = axes.get_title().split("\n")[-2]
        counts = axes.collections[0].get_array()
        assert counts is not None
        assert counts.sum() == voted[column].notna().sum(), column


def test_a_galaxy_of_which_little_is_known_has_fewer_bars() -> None:
    voted = make_votes(0)[:1]
    voted[[column for column in COLUMNS if not column.startswith("Class6.")]] = np.nan
    predicted = make_votes(1)[:1]
    ranked = rank_galaxies(predicted, voted)
    galaxies = Galaxies(False, 1, 1, masked=True)
    figure = draw_gallery(GZ2, find("cnn"), ranked, predicted, voted, make_images(), galaxies)
    assert "nan" not in words(figure)
    assert words(figure).count("Odd feature") == 3, "once in each group"
    assert len(figure.axes[0].patches) == 2 * 4
