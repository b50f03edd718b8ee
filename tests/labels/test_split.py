from pathlib import Path

import numpy as np
import pytest

from galaxyzoo.errors import UserError
from galaxyzoo.files import write_csv
from galaxyzoo.labels.split import draw_split, match, read_split
from tests.conftest import make_ids

IDS = make_ids(range(1000, 2000))


def test_a_fifth_is_kept_for_testing(tmp_path: Path) -> None:
    write_csv(tmp_path / "split.csv", draw_split(IDS, 0.2, seed=1))
    train, test = (read_split(tmp_path / "split.csv", subset) for subset in ("train", "test"))
    assert (len(train), len(test)) == (800, 200)
    assert np.array_equal(np.sort(np.concatenate([train, test])), IDS)
    assert (np.diff(test.astype(int)) > 0).all()


def test_the_draw_depends_on_the_seed_and_not_on_the_order() -> None:
    split = draw_split(IDS, 0.2, seed=1)
    assert split.equals(draw_split(IDS[::-1], 0.2, seed=1))
    assert not split.equals(draw_split(IDS, 0.2, seed=2))


def test_the_draw_favours_no_end_of_the_ids() -> None:
    test = draw_split(IDS, 0.2, seed=1).query("subset == 'test'")["GalaxyID"].astype(int)
    assert abs(test.mean() - 1499.5) < 60


@pytest.mark.parametrize("fraction", [0.001, 0.999])
def test_either_subset_has_a_galaxy(fraction: float) -> None:
    assert set(draw_split(IDS[:3], fraction, seed=1)["subset"]) == {"train", "test"}


def test_galaxies_that_lack_something_are_named() -> None:
    matched = match(make_ids([1, 2, 3]), make_ids([2, 3, 4, 5]))
    assert matched.both.tolist() == ["2", "3"]
    lacking = {what: ids.tolist() for what, ids in matched.lacking().items()}
    assert lacking == {"lack an image": ["4", "5"], "lack labels": ["1"]}
    assert match(IDS, IDS).lacking() == {}


def test_refuses_images_and_labels_of_different_galaxies() -> None:
    with pytest.raises(UserError, match="0 galaxies have both an image and labels"):
        match(make_ids([1, 2]), make_ids([3]))


def test_seed_42_draws_the_galaxies_that_it_always_drew() -> None:
    """Ids were numbers once: these are the ones drawn then."""
    ids = make_ids([7, 8, 9, 10, 11, 99, 100, 101, 1000, 1001])
    drawn = draw_split(ids, 0.3, seed=42).query("subset == 'test'")["GalaxyID"].tolist()
    places = np.sort(np.random.default_rng(42).permutation(10)[:3])
    assert drawn == [str(ids[place]) for place in places]
