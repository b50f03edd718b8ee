"""How often intervals hold the votes, on a few galaxies that can be counted by hand."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from galaxyzoo.scoring.baselines import BASELINES
from galaxyzoo.scoring.coverage import Bounds, coverage_table
from galaxyzoo.scoring.results import Results, score
from tests.small_tree import SMALL

VOTED = np.array(
    [
        [0.6, 0.4, 0.0, 0.5, 0.5, 0.3, 0.1],
        [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0],  # nobody is asked for arms
        [0.2, 0.8, 0.0, 0.2, 0.8, 0.8, 0.0],
    ]
)
"""shape (3 answers), tails (2), arms (2)"""
PREDICTED = VOTED * 0.98
EXACT = Bounds(VOTED.copy(), VOTED.copy())


def groups(bounds: Bounds, voted: np.ndarray = VOTED) -> pd.DataFrame:
    return coverage_table(SMALL, PREDICTED, bounds, voted).set_index(["group", "name"])


def test_zeros_of_unasked_questions_are_counted_apart() -> None:
    table = groups(EXACT)
    assert table["coverage"]["all", "all"] == 1
    assert table["answers"]["all", "all"] == 19
    assert table["answers"]["unasked", "unasked"] == 2
    galaxies = table["galaxies"]
    assert galaxies["all", "all"] == 3
    assert galaxies["question", "arms"] == 2
    assert galaxies["mostly_asked", "arms"] == galaxies["unasked", "unasked"] == 1


def test_what_is_missed_lowers_the_groups_that_it_is_in() -> None:
    high = VOTED.copy()
    high[0, 5] -= 0.1
    table = groups(Bounds(np.zeros_like(high), high))["coverage"]
    assert table["all", "all"] == pytest.approx(18 / 19)
    assert table["question", "arms"] == pytest.approx(3 / 4)
    assert table["question", "shape"] == table["mostly_asked", "arms"] == 1
    assert table["predicted", "0.2"] == pytest.approx(0)
    assert table["unasked", "unasked"] == 1


def test_what_is_not_known_counts_for_nothing() -> None:
    voted = VOTED.copy()
    voted[2, 5:] = np.nan
    table = groups(EXACT, voted)
    assert table["coverage"]["all", "all"] == 1
    assert table["answers"]["all", "all"] == 17
    assert ("mostly_asked", "arms") not in table.index


def test_the_error_of_a_coverage_is_that_of_galaxies_and_not_of_answers() -> None:
    draws, galaxies = np.random.default_rng(1), 4000
    voted = np.tile(VOTED[0], (galaxies, 1))
    missed = draws.random(galaxies) < 0.1  # all answers at once
    high = voted - np.where(missed, 0.1, 0)[:, None]
    table = coverage_table(SMALL, voted, Bounds(np.zeros_like(high), high), voted)
    whole = table.set_index("group").loc["all"]
    assert whole["coverage"] == pytest.approx(0.9, abs=0.02)
    assert whole["deviation"] == pytest.approx(np.sqrt(0.09 / galaxies), rel=0.1)


def test_scores_are_written_of_who_has_intervals_and_read_back(tmp_path: Path) -> None:
    models = {"cnn": PREDICTED, "tuned": PREDICTED} | dict.fromkeys(BASELINES, VOTED * 0.9)
    networks = {name: models[name] for name in ("cnn", "tuned")}
    bare = score(SMALL, VOTED, models, networks, networks)
    assert bare.with_intervals(SMALL, VOTED, models, {}) is bare
    scored = bare.with_intervals(SMALL, VOTED, models, {"tuned": EXACT})
    for results, name in ((bare, "bare"), (scored, "with")):
        results.write(tmp_path / f"{name}_metrics", tmp_path / f"{name}_scores")
    assert not (tmp_path / "bare_scores" / "coverage.csv").exists()
    again = Results.read(tmp_path / "with_metrics", tmp_path / "with_scores")
    assert again.coverage["model"].unique().tolist() == ["tuned"]
    assert len(again.coverage) == len(scored.coverage)
    assert not len(Results.read(tmp_path / "bare_metrics", tmp_path / "bare_scores").coverage)
