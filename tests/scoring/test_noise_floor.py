"""The noise floor, held against volunteers who are simulated on their way down the tree."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from galaxyzoo.base.sections import ParamsError, validate
from galaxyzoo.scoring.noise_floor import NoiseFloor, find_noise_floor, noise_floor
from galaxyzoo.scoring.params import NoiseFloorParams
from galaxyzoo.scoring.rmse import rmse
from galaxyzoo.tree import GZ2, Tree
from tests.conftest import COLUMNS, make_labels
from tests.small_tree import SMALL


def vote(tree: Tree, chances: NDArray[np.float64], volunteers: int) -> NDArray[np.float64]:
    """The fractions of so many volunteers, each asked what the tree asks; of chances [N, C]."""
    draws, votes = np.random.default_rng(0), np.zeros_like(chances)
    for question in tree.questions:
        own = chances[:, tree.span(question)]
        shares = own / own.sum(axis=1, keepdims=True)
        asked = np.full(len(chances), float(volunteers))
        if question.after:
            asked = votes[:, tree.places(question)].sum(axis=1)
        votes[:, tree.span(question)] = draws.multinomial(asked.astype(int), shares)
    return votes / volunteers


@pytest.mark.parametrize("tree", [GZ2, SMALL])
@pytest.mark.parametrize("volunteers", [5, 44])
def test_it_is_the_rmse_of_a_model_that_knows_the_chances(tree: Tree, volunteers: int) -> None:
    chances = make_labels(range(4000), seed=1, tree=tree)[list(tree.columns)].to_numpy()
    labels = vote(tree, chances, volunteers)
    perfect = rmse(chances, labels)
    assert noise_floor(labels, volunteers) == pytest.approx(perfect, rel=0.02)
    uncorrected = math.sqrt((labels * (1 - labels)).mean() / volunteers)
    bias = math.sqrt((volunteers - 1) / volunteers)
    assert uncorrected == pytest.approx(bias * perfect, rel=0.02)


def test_a_range_of_volunteers_gives_a_range_of_floors(tmp_path: Path) -> None:
    labels = make_labels(range(20), seed=1)[list(COLUMNS)].to_numpy()
    floor = find_noise_floor(labels, [40, 50])
    assert floor.lowest == round(noise_floor(labels, 50), 6)
    assert floor.highest == round(noise_floor(labels, 40), 6)
    floor.write(tmp_path / "floor.json")
    assert NoiseFloor.read(tmp_path / "floor.json") == floor
    assert f"40 to 50 volunteers scatter, so that even a perfect model would have an RMSE of " \
        f"{floor.lowest:.3f} to {floor.highest:.3f}" in floor.in_words()  # fmt: skip


def test_it_is_over_known_answers_alone(tmp_path: Path) -> None:
    labels = make_labels(range(20), seed=1)[list(COLUMNS)].to_numpy()
    masked = np.vstack([labels, np.full_like(labels, np.nan)])
    assert noise_floor(masked, 40) == noise_floor(labels, 40)
    nothing = find_noise_floor(masked[20:])
    nothing.write(tmp_path / "floor.json")
    assert math.isnan(NoiseFloor.read(tmp_path / "floor.json").lowest)
    assert nothing.in_words() == ""


@pytest.mark.parametrize(
    ("volunteers", "message"),
    [
        ([50, 40], "must be the fewest and the most, got [50, 40]"),
        ([1, 40], "must be greater than or equal to 2, got 1"),
        ([40], "at least 2 items"),
        ([40, 45, 50], "at most 2 items"),
    ],
)
def test_volunteers_that_are_no_range_are_refused(volunteers: list[int], message: str) -> None:
    with pytest.raises(ParamsError, match="volunteers") as error:
        validate(NoiseFloorParams, {"volunteers": volunteers})
    assert message in str(error.value)


def test_the_figure_of_the_docs_is_that_of_the_real_labels(real_data: Path) -> None:
    votes = pd.read_csv(real_data / "training_solutions_rev1.csv")[list(COLUMNS)].to_numpy()
    floor = find_noise_floor(votes)
    said = (Path(__file__).parents[2] / "docs" / "noise_floor.md").read_text()
    assert f"**{floor.lowest:.4f} to {floor.highest:.4f}**" in said
