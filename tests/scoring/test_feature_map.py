"""The map of what networks see, on points whose principal axes are known."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from galaxyzoo.scoring.feature_map import FeatureMap, map_galaxies, principal_plane
from tests.conftest import make_ids

DRAWS = np.random.default_rng(4)
AXES = np.linalg.qr(DRAWS.normal(size=(5, 5)))[0]
WIDTHS = np.array([9.0, 4.0, 0.3, 0.2, 0.1])
POINTS = DRAWS.normal(size=(300, 5)) * WIDTHS
FEATURES = (POINTS @ AXES.T + 7).astype(np.float32)


def test_it_lies_along_the_two_directions_in_which_points_differ_most() -> None:
    places, shares = principal_plane(FEATURES)
    for axis in (0, 1):
        alike = np.corrcoef(places[:, axis], POINTS[:, axis])[0, 1]
        assert abs(alike) > 0.99
    variance = POINTS.var(axis=0) / POINTS.var(axis=0).sum()
    assert shares == pytest.approx(variance[:2], abs=0.01)
    assert (places.min(axis=0), places.max(axis=0)) == (
        pytest.approx([-1, -1]),
        pytest.approx([1, 1]),
    )


def test_neither_order_nor_another_view_of_the_same_axes_mirrors_it() -> None:
    places, _ = principal_plane(FEATURES)
    backwards, _ = principal_plane(FEATURES[::-1].copy())
    np.testing.assert_allclose(backwards[::-1], places, atol=2e-4)
    mirrored, _ = principal_plane(14 - FEATURES)
    np.testing.assert_allclose(mirrored, -places, atol=2e-4)


@pytest.mark.parametrize("shape", [(1, 5), (2, 1), (4, 3)])
def test_points_that_do_not_differ_are_all_in_the_middle(shape: tuple[int, int]) -> None:
    places, shares = principal_plane(np.full(shape, 0.3, np.float32))
    assert places.tolist() == [[0, 0]] * shape[0]
    assert shares.tolist() == [0, 0]


def test_of_many_galaxies_some_are_on_it_evenly_out_of_all(tmp_path: Path) -> None:
    ids = make_ids(range(1000, 1300))
    drawn = map_galaxies(ids, {"a": FEATURES, "b": FEATURES[:, ::-1]}, most=100)
    drawn.write(tmp_path)
    read = FeatureMap.read(tmp_path)
    pd.testing.assert_frame_equal(read.places, drawn.places)
    pd.testing.assert_frame_equal(read.shares, drawn.shares)
    own = read.places[read.places["model"] == "b"]
    assert own["GalaxyID"].tolist() == [str(number) for number in range(1000, 1300, 3)]
    assert read.shares.index.tolist() == ["a", "b"]
    places, _ = principal_plane(FEATURES[::3])
    np.testing.assert_array_equal(read.places[:100][["x", "y"]], places)


def test_without_a_map_there_is_an_empty_one(tmp_path: Path) -> None:
    assert FeatureMap.read(tmp_path).places.empty
