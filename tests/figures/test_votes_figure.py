import numpy as np
import pandas as pd
import pytest

from galaxyzoo.figures.style import Galaxies, as_networks
from galaxyzoo.figures.votes import draw_predicted_voted, find_telling_answers
from galaxyzoo.scores import answer_rmse
from galaxyzoo.tree import ANSWERS, COLUMNS
from tests.figures.drawings import make_votes

GALAXIES = Galaxies(rendered=False, train=240, test=60)
NETWORKS = as_networks(["cnn", "resnet", "mine"])


def spread(widths: dict[str, float]) -> pd.DataFrame:
    """Votes of two galaxies that differ by these widths, and not at all in other answers."""
    votes = pd.DataFrame(0.0, index=[1, 2], columns=list(COLUMNS))
    for column, width in widths.items():
        votes.loc[2, column] = width
    return votes


def test_one_answer_of_each_of_the_six_questions_that_vary_most() -> None:
    widths = {"Class11.2": 0.9, "Class9.1": 0.8, "Class7.3": 0.7, "Class5.1": 0.6, "Class3.2": 0.5}
    others = {"Class11.1": 0.85, "Class1.1": 0.4, "Class2.1": 0.3, "Class1.3": 0.35}
    found = find_telling_answers(spread(widths | others))
    assert found == ["Class1.1", "Class3.2", "Class5.1", "Class7.3", "Class9.1", "Class11.2"]


def test_panels_name_answers_and_errors_and_hold_every_galaxy() -> None:
    voted = make_votes(0)
    predicted = {n.name: make_votes(seed) for seed, n in enumerate(NETWORKS, start=1)}
    figure = draw_predicted_voted(NETWORKS, predicted, voted, GALAXIES)
    panels = np.array(figure.axes).reshape(3, 6)
    for place, column in enumerate(find_telling_answers(voted)):
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
def test_votes_run_along_x_and_predictions_along_y(swap: bool) -> None:
    low, high = make_votes(0) * 0 + 0.12, make_votes(0) * 0 + 0.88
    voted, predicted = (high, low) if swap else (low, high)
    figure = draw_predicted_voted(NETWORKS[:1], {"cnn": predicted}, voted, GALAXIES)
    counts = figure.axes[0].collections[0].get_array()
    assert counts is not None
    assert np.argwhere(np.asarray(counts) > 0).tolist() == [[2, 17] if swap else [17, 2]]
