import numpy as np
import pytest

from galaxyzoo.figures.style import Galaxies
from galaxyzoo.figures.votes import draw_predicted_voted
from galaxyzoo.networks import find
from galaxyzoo.scoring.highlights import find_telling_answers
from galaxyzoo.scoring.rmse import answer_rmse
from galaxyzoo.tree import GZ2
from tests.conftest import ANSWERS, COLUMNS
from tests.figures.drawings import MINE, make_votes

GALAXIES = Galaxies(rendered=False, train=240, test=60)
NETWORKS = [find("cnn"), find("resnet"), MINE]


def test_panels_name_answers_and_errors_and_hold_every_galaxy() -> None:
    voted = make_votes(0)
    predicted = {n.name: make_votes(seed) for seed, n in enumerate(NETWORKS, start=1)}
    figure = draw_predicted_voted(GZ2, NETWORKS, predicted, voted, GALAXIES)
    panels = np.array(figure.axes).reshape(3, 6)
    for place, column in enumerate(find_telling_answers(GZ2, voted)):
        errors = {
            name: answer_rmse(own.to_numpy(), voted.to_numpy())[COLUMNS.index(column)]
            for name, own in predicted.items()
        }
        first, _, third = panels[:, place]
        said = first.get_title().replace("\n", " ")
        assert said == f"{ANSWERS[column]} {column} RMSE {errors['cnn']:.3f}"
        assert third.get_title() == f"RMSE {errors['mine']:.3f}"
        for axes in panels[:, place]:
            assert axes.collections[0].get_array().sum() == len(voted)


@pytest.mark.parametrize("swap", [False, True])
def test_predictions_run_along_x_and_votes_along_y(swap: bool) -> None:
    low, high = make_votes(0) * 0 + 0.12, make_votes(0) * 0 + 0.88
    voted, predicted = (high, low) if swap else (low, high)
    figure = draw_predicted_voted(GZ2, NETWORKS[:1], {"cnn": predicted}, voted, GALAXIES)
    counts = figure.axes[0].collections[0].get_array()
    assert counts is not None
    assert np.argwhere(np.asarray(counts) > 0).tolist() == [[17, 2] if swap else [2, 17]]
