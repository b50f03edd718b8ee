"""Parts of an image covered, and what a network then says."""

from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn

from galaxyzoo.devices import Compute
from galaxyzoo.networks.common.folding import as_it_is
from galaxyzoo.predict.occlusion import GRID, covered, predict_covered
from galaxyzoo.scoring.occlusion import (
    MOST,
    Occlusion,
    read_occlusions,
    worth_covering,
    write_occlusions,
)
from galaxyzoo.tree import GZ2
from tests.figures.drawings import make_images, make_votes

BRIGHT = np.full((60, 60, 3), 20, np.uint8)
BRIGHT[27:33, 42:48] = 220


class Brightest(nn.Module):
    """Answers by the brightest pixel alone."""

    def forward(self, images: Tensor) -> Tensor:
        return images.amax(dim=(1, 2, 3))[:, None].expand(-1, 37)


def test_squares_of_sky_cover_every_pixel_one_after_the_other() -> None:
    copies = covered(BRIGHT)
    assert copies.shape == (GRID**2, 60, 60, 3)
    changed = (copies != BRIGHT).any(axis=(1, 3))
    assert changed[:, 42:48].any()
    assert not changed[:, :42].any(), "the rest is sky already"
    noise = np.random.default_rng(0).integers(0, 255, (60, 60, 3), np.uint8)
    gone = (covered(noise) != noise).any(axis=3)
    assert gone.any(axis=0).mean() > 0.99
    assert gone.sum(axis=(1, 2)).max() <= 12**2


def test_an_answer_changes_where_what_it_is_of_is_covered() -> None:
    compute = Compute(torch.device("cpu"))
    said = predict_covered(as_it_is(Brightest()), BRIGHT, compute, batch_size=50)
    assert said.shape == (1 + GRID**2, 37)
    grid = said[1:, 0].reshape(GRID, GRID)
    assert said[0, 0] == grid[0, 0] == np.float32(220 / 255)
    # the bright square is in the middle row, at three quarters of the width
    assert np.argwhere(grid < said[0, 0]).mean(axis=0).tolist() == [5.5, 8.5]


def test_what_came_of_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    assert read_occlusions(tmp_path) == []
    write_occlusions(tmp_path, [])
    assert list(tmp_path.iterdir()) == []
    grids = np.random.default_rng(0).random((2, 3, 3)).round(4)
    own = [Occlusion("0012", "Class4.1", 0.5, grids[0]), Occlusion("7", "Class1.1", 0.25, grids[1])]
    write_occlusions(tmp_path, own)
    back = read_occlusions(tmp_path)
    assert [(o.galaxy_id, o.column, o.whole) for o in back] == [
        ("0012", "Class4.1", 0.5),
        ("7", "Class1.1", 0.25),
    ]
    for one, other in zip(own, back, strict=True):
        np.testing.assert_array_equal(one.covered, other.covered)
    assert (back[0].change == grids[0] - 0.5).all()


def test_a_few_galaxies_are_worth_it_one_for_each_of_the_surest_questions() -> None:
    voted, images = make_votes(0), make_images(16)
    predicted = pd.DataFrame(voted * 0.9)
    found = worth_covering(GZ2, voted, predicted, images)
    assert len(found) == MOST
    assert len({GZ2.asker(column).name for _, column in found}) == MOST
    assert all(GZ2.answers[column].words for _, column in found)
    sure = [float(predicted[column][galaxy_id]) for galaxy_id, column in found]
    assert sure == sorted(sure, reverse=True)
