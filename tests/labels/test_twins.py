"""The same picture under several GalaxyIDs is found, told of, and kept on one side of the split."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from galaxyzoo.base.files import write_array
from galaxyzoo.labels import twins
from galaxyzoo.labels.split import draw_split
from galaxyzoo.labels.twins import find_twins, keep_together, tell_twins
from tests.conftest import make_ids

COUNT = 100
IDS = make_ids(range(1000, 1000 + COUNT))
EVERY = np.arange(COUNT)


@pytest.fixture
def pictures() -> NDArray[np.uint8]:
    return np.random.default_rng(0).integers(0, 256, (COUNT, 8, 8, 3), np.uint8)


def found(folder: Path, pictures: NDArray[np.uint8]) -> list[int]:
    write_array(folder / "images.npy", pictures)
    firsts: list[int] = find_twins(folder / "images.npy", EVERY).tolist()
    return firsts


@pytest.mark.parametrize("chunk", [1, 1000, 2**24])
def test_the_first_with_each_picture_is_found(
    tmp_path: Path, pictures: NDArray[np.uint8], chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(twins, "_CHUNK", chunk)
    assert found(tmp_path, pictures) == EVERY.tolist()
    pictures[[9, 77]] = pictures[5]
    pictures[99] = pictures[0]
    pictures[50, 7, 7, 2] ^= 1  # one bit, in a picture of its own
    firsts = EVERY.copy()
    firsts[[9, 77, 99]] = [5, 5, 0]
    assert found(tmp_path, pictures) == firsts.tolist()


def test_only_the_galaxies_asked_for_count(tmp_path: Path, pictures: NDArray[np.uint8]) -> None:
    pictures[3] = pictures[8] = pictures[1]
    write_array(tmp_path / "images.npy", pictures)
    rows = np.array([8, 2, 3])
    assert find_twins(tmp_path / "images.npy", rows).tolist() == [0, 1, 0]


def test_twins_are_kept_where_the_lowest_id_was_drawn() -> None:
    drawn = draw_split(IDS, 0.5, seed=42)
    firsts = EVERY.copy()
    firsts[50:] = EVERY[:50]
    split, kept = keep_together(drawn, firsts)
    side = split["subset"].to_numpy()
    assert kept
    assert (side[:50] == drawn["subset"][:50]).all()
    assert (side[50:] == side[:50]).all()


def test_without_twins_the_split_is_as_drawn() -> None:
    drawn = draw_split(IDS, 0.2, seed=42)
    split, kept = keep_together(drawn, EVERY)
    assert kept
    assert split.equals(drawn)
    assert tell_twins(IDS, EVERY, kept) == []


def test_no_side_is_left_empty() -> None:
    drawn = draw_split(IDS, 0.2, seed=42)
    split, kept = keep_together(drawn, np.zeros_like(EVERY))
    assert not kept
    assert split.equals(drawn)
    (told,) = tell_twins(IDS, np.zeros_like(EVERY), kept)
    assert "on both sides of the split" in told.advice


def test_ids_of_a_picture_are_named_together() -> None:
    firsts = EVERY.copy()
    firsts[[7, 8]] = 2
    firsts[[20, 21, 22, 23]] = [10, 11, 12, 13]
    (told,) = tell_twins(IDS, firsts, kept=True)
    assert (told.name, told.count) == ("same-picture", 5)
    assert told.examples == ("1002 = 1007 = 1008", "1010 = 1020", "1011 = 1021")
