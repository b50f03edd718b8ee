import numpy as np
import pandas as pd
import pytest

from galaxyzoo.figures.gallery import draw_gallery, rank_galaxies
from galaxyzoo.figures.style import Galaxies, as_networks
from galaxyzoo.tree import COLUMNS
from tests.figures.drawings import IDS, make_images, make_votes, pixels, words

RESNET = as_networks(["cnn", "resnet"])[1]


def miss_by(errors: list[float]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Predictions that miss each galaxy's 37 votes by so much; and the votes."""
    voted = make_votes(0).iloc[: len(errors)]
    return voted.add(pd.Series(errors, voted.index), axis=0), voted


def ids(galaxies: pd.Series) -> list[int]:
    return [int(galaxy_id) - IDS[0] for galaxy_id in galaxies.index]


def test_the_best_the_middle_and_the_worst_are_found() -> None:
    errors = np.random.default_rng(0).permutation(20)
    ranked = rank_galaxies(*miss_by([0.01 * error for error in errors]))
    place = np.argsort(errors).tolist()
    assert ids(ranked.best) == place[:4]
    assert ids(ranked.median) == place[8:12]
    assert ids(ranked.worst) == place[:-5:-1]
    assert ranked.worst.iloc[0] == pytest.approx(0.19)


def test_few_test_galaxies_come_more_than_once() -> None:
    ranked = rank_galaxies(*miss_by([0.2, 0.1, 0.3]))
    assert [ids(group) for group in ranked] == [[1, 0, 2], [1, 0, 2], [2, 0, 1]]


def test_each_galaxy_has_its_image_and_its_three_largest_votes() -> None:
    voted = pd.DataFrame(0.0, index=[IDS[7]], columns=list(COLUMNS))
    voted[["Class8.6", "Class1.2", "Class6.1", "Class2.2"]] = [0.91, 0.82, 0.73, 0.73]
    predicted = voted / 2
    galaxies = Galaxies(rendered=False, train=1, test=1)
    figure = draw_gallery(RESNET, predicted, voted, make_images(), galaxies)

    said = words(figure)
    assert "ResNet-18: best, median and worst predictions" in said
    assert f"GalaxyID {IDS[7]} RMSE 0.132" in said
    answers = ["Merger", "0.91", "0.46", "Featured or disc", "0.82", "0.41"]
    # Class2.2 stands before Class6.1, and has as many votes
    assert "\n".join([*answers, "Not edge on", "0.73", "0.36"]) in said
    assert "Odd feature" not in said
    for shown in pixels(figure):
        assert np.abs(shown[1::3, 1::3] - make_images()[IDS[7]]).max() <= 3
