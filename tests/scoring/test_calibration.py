import numpy as np
import pytest

from galaxyzoo.scoring.calibration import calibration_table, joint_counts

DRAWS = np.random.default_rng(0)
PREDICTED, VOTED = DRAWS.random((50, 37)), DRAWS.random((50, 37))


def test_a_bin_holds_means_and_count_of_its_predictions() -> None:
    table = calibration_table(PREDICTED, VOTED)
    assert len(table) == 10
    third = (PREDICTED >= 0.2) & (PREDICTED < 0.3)
    row = table.iloc[2]
    assert row["predicted"] == pytest.approx(PREDICTED[third].mean())
    assert row["voted"] == pytest.approx(VOTED[third].mean())
    assert row["count"] == third.sum()
    assert table["count"].sum() == PREDICTED.size


def test_ends_belong_to_the_outer_bins_and_empty_ones_are_left_out() -> None:
    table = calibration_table(np.array([0.0, 1.0, 1.0]), np.array([0.0, 0.5, 1.0]))
    assert table.to_numpy().tolist() == [[0.0, 0.0, 1.0], [1.0, 0.75, 2.0]]


def test_cells_count_each_pair_once() -> None:
    cells = joint_counts(PREDICTED, VOTED, bins=4)
    assert cells["count"].sum() == PREDICTED.size
    here = (PREDICTED >= 0.5) & (PREDICTED < 0.75) & (VOTED < 0.25)
    cell = cells[(cells["predicted"] == 0.5) & (cells["voted"] == 0)]
    assert cell["count"].tolist() == [here.sum()]
