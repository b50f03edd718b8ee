import numpy as np

from tools.sky_model.folds import draw_folds


def test_folds_are_as_equal_as_they_can_be() -> None:
    folds = draw_folds(np.arange(23), folds=5, seed=1)
    assert sorted(np.bincount(folds)[1:]) == [4, 4, 5, 5, 5]


def test_galaxies_of_one_picture_are_in_one_fold() -> None:
    firsts = np.arange(100)
    firsts[[40, 70]] = 3
    folds = draw_folds(firsts, folds=5, seed=1)
    assert len(set(folds[[3, 40, 70]])) == 1


def test_the_seed_draws_the_folds() -> None:
    one, again, other = (draw_folds(np.arange(100), 5, seed) for seed in (1, 1, 2))
    assert (one == again).all()
    assert (one != other).any()
