from pathlib import Path

import numpy as np
import pytest

from galaxyzoo.errors import UserError
from galaxyzoo.files import write_csv
from galaxyzoo.labels.split import draw_split, match, read_split

IDS = np.arange(1000, 2000)


def test_a_fifth_is_kept_for_testing(tmp_path: Path) -> None:
    write_csv(tmp_path / "split.csv", draw_split(IDS, 0.2, seed=1))
    train, test = (read_split(tmp_path / "split.csv", subset) for subset in ("train", "test"))
    assert (len(train), len(test)) == (800, 200)
    assert np.array_equal(np.sort(np.concatenate([train, test])), IDS)
    assert (np.diff(test) > 0).all()


def test_the_draw_depends_on_the_seed_and_not_on_the_order() -> None:
    split = draw_split(IDS, 0.2, seed=1)
    assert split.equals(draw_split(IDS[::-1], 0.2, seed=1))
    assert not split.equals(draw_split(IDS, 0.2, seed=2))


def test_the_draw_favours_no_end_of_the_ids() -> None:
    test = draw_split(IDS, 0.2, seed=1).query("subset == 'test'")["GalaxyID"]
    assert abs(test.mean() - IDS.mean()) < 60


@pytest.mark.parametrize("fraction", [0.001, 0.999])
def test_either_subset_has_a_galaxy(fraction: float) -> None:
    assert set(draw_split(IDS[:3], fraction, seed=1)["subset"]) == {"train", "test"}


def test_galaxies_that_lack_something_are_named() -> None:
    matched = match(np.array([1, 2, 3]), np.array([2, 3, 4, 5]))
    assert matched.both.tolist() == [2, 3]
    lacking = {what: ids.tolist() for what, ids in matched.lacking().items()}
    assert lacking == {"lack an image": [4, 5], "lack labels": [1]}
    assert match(IDS, IDS).lacking() == {}


def test_refuses_images_and_labels_of_different_galaxies() -> None:
    with pytest.raises(UserError, match="0 galaxies have both an image and labels"):
        match(np.array([1, 2]), np.array([3]))
