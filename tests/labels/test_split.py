from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from galaxyzoo.base.files import write_array, write_csv
from galaxyzoo.base.ids import Ids, id_array
from galaxyzoo.labels.split import SplitError, draw_split, read_split, read_split_labels, set_apart
from galaxyzoo.tree import GZ2, ID_COLUMN
from tests.conftest import make_ids, make_labels, write_votes

IDS = make_ids(range(1000, 2000))


def drawn(split: pd.DataFrame) -> list[str]:
    ids: list[str] = split.loc[split["subset"] == "test", ID_COLUMN].tolist()
    return ids


def test_a_fifth_is_kept_for_testing(tmp_path: Path) -> None:
    write_csv(tmp_path / "split.csv", draw_split(IDS, 0.2, seed=1))
    split = read_split(tmp_path / "split.csv")
    train, test = split["train"], split["test"]
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
@pytest.mark.parametrize("count", [2, 3, 5, 37])
def test_either_subset_has_a_galaxy(fraction: float, count: int) -> None:
    assert set(draw_split(IDS[:count], fraction, seed=1)["subset"]) == {"train", "test"}


@pytest.mark.parametrize("fraction", [0, 0.1, 0.999])
def test_what_calibrates_is_taken_from_what_trains(fraction: float) -> None:
    before, alone = draw_split(IDS, 0.2, seed=1), np.arange(len(IDS))
    split = set_apart(before, alone, fraction, seed=1)
    assert drawn(split) == drawn(before)
    counts = split["subset"].value_counts()
    assert counts.get("calibration", 0) == min(round(800 * fraction), 799)
    assert split.equals(set_apart(before, alone, fraction, seed=1))
    assert split.equals(before) == (fraction == 0)
    assert fraction != 0.1 or not split.equals(set_apart(before, alone, fraction, seed=2))


def test_galaxies_of_one_picture_calibrate_together() -> None:
    firsts = np.arange(len(IDS)) // 4 * 4
    before = draw_split(IDS, 0.2, seed=1)
    before["subset"] = before["subset"].to_numpy()[firsts]
    subset = set_apart(before, firsts, 0.1, seed=1)["subset"].to_numpy()
    assert (subset == subset[firsts]).all()
    assert (subset == "calibration").sum() > 0


def mixed_ids() -> Ids:
    """5,299 numbers of 1 to 9 digits."""
    draws = np.random.default_rng(0).integers(1, 10**9, 5000)
    return make_ids(np.unique(np.r_[draws, np.arange(1, 300)]))


def check_draw(ids: Ids, first: list[str], last: list[str], digest: str) -> None:
    test = drawn(draw_split(ids, 0.2, seed=42))
    assert (test[: len(first)], test[-len(last) :]) == (first, last)
    assert sha256("\n".join(test).encode()).hexdigest() == digest


def test_seed_42_draws_the_galaxies_that_it_drew_when_ids_were_numbers() -> None:
    check_draw(
        mixed_ids(),
        ["9", "10", "12", "14", "17"],
        ["996785367", "998067456", "999253327", "999557248", "999858646"],
        "4cc8793c3fd15b15804d1a7d562cf8e1249045919476c6da742d22bf1a99de5b",
    )


def test_seed_42_draws_the_same_of_the_real_galaxies(real_data: Path) -> None:
    table = pd.read_csv(real_data / "training_solutions_rev1.csv", dtype=str)
    check_draw(
        id_array(table[ID_COLUMN]),
        ["817743", "817869", "818873", "825085", "826222"],
        ["999622", "999685", "999687", "999890", "999958"],
        "a18100cf9918067c21a405704608f5d27f9cc426ca5f116a2e91216d82174e77",
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        ("GalaxyID,subset\n", "has no galaxies in train"),
        ("GalaxyID,subset\n1,train\n", "has no galaxies in test"),
        ("GalaxyID,subset\n1,train\n2,test\n3,valid\n", "line 4: the subset must be .* 'valid'"),
        (
            "GalaxyID,subset\n1,train\n2,\n",
            "line 3: the subset must be train, calibration or test, got ''",
        ),
        ("GalaxyID,subset\n1,1\n2,0\n", "line 2: the subset must be train, .* or test, got 1"),
        ("GalaxyID,subset\n1,train\n2,test\n1,test\n", r"1 \(lines 2 and 4\)"),
        ("GalaxyID,subset\n1,train\n2.0,test\n", "line 3: GalaxyID must be digits"),
        ("GalaxyID\n1\n2\n", "lacks the column subset"),
        ("GalaxyID,subset\n1,train,x\n2,test\n", "line 2: has 3 cells"),
        ("GalaxyID,subset\n1,train\n2,t\udce9st\n", "line 3: isn't text in UTF-8"),
    ],
)
def test_an_edited_split_is_refused(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "split.csv"
    path.write_bytes(content.encode(errors="surrogateescape"))
    with pytest.raises(SplitError, match=rf"split\.csv: .*{said}.*; run `dvc repro`") as error:
        read_split(path)
    assert "\n" not in str(error.value)


def test_a_missing_split_is_told(tmp_path: Path) -> None:
    with pytest.raises(SplitError, match=r"split\.csv: no such file; run `dvc repro`"):
        read_split(tmp_path / "split.csv")


def test_labels_come_by_subset_in_order(tmp_path: Path) -> None:
    ids = ["10", "0009", "9", "18446744073709551616"]
    write_votes(tmp_path / "votes.parquet", make_labels([*ids, 7]))
    write_array(tmp_path / "galaxy_ids.npy", id_array(ids))
    rows = zip(ids, ["train", "test", "train", "test"], strict=True)
    write_csv(tmp_path / "split.csv", pd.DataFrame(rows, columns=[ID_COLUMN, "subset"]))
    labels = read_split_labels(
        tmp_path / "split.csv", tmp_path / "votes.parquet", tmp_path / "galaxy_ids.npy", GZ2
    )
    assert {subset: own.index.tolist() for subset, own in labels.items()} == {
        "train": ["9", "10"],
        "calibration": [],
        "test": ["0009", "18446744073709551616"],
    }
