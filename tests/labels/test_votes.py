"""The file of votes that split writes."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from galaxyzoo.base.ids import id_array, places_of
from galaxyzoo.labels.errors import LabelsError
from galaxyzoo.labels.votes import Votes
from galaxyzoo.tree import GZ2, ID_COLUMN, Tree
from tests.conftest import make_labels
from tests.small_tree import SMALL

IDS = ["0009", "9", "18446744073709551616"]
OBJIDS = id_array(["587722981736120347", "587722981736120348", "587722981736120349"])


def make_votes(tree: Tree = GZ2) -> Votes:
    fractions = make_labels(IDS, tree=tree).set_index(ID_COLUMN)
    fractions.iloc[1, -3:] = np.nan
    return Votes(fractions, OBJIDS)


@pytest.mark.parametrize("tree", [GZ2, SMALL], ids=["GZ2", "small"])
def test_all_of_it_comes_back(tmp_path: Path, tree: Tree) -> None:
    votes, path = make_votes(tree), tmp_path / "data" / "votes.parquet"
    votes.write(path)
    found = Votes.read(path, tree)
    pd.testing.assert_frame_equal(found.fractions, votes.fractions)
    assert found.objids is not None
    assert found.objids.tolist() == OBJIDS.tolist()
    Votes(votes.fractions).write(path)
    assert Votes.read(path, tree).objids is None


def test_others_read_it_as_a_table(tmp_path: Path) -> None:
    make_votes().write(tmp_path / "votes.parquet")
    table = pd.read_parquet(tmp_path / "votes.parquet")
    assert table.columns.tolist() == [ID_COLUMN, "dr7objid", *GZ2.columns]
    assert table[ID_COLUMN].tolist() == IDS
    assert table["Class11.6"].isna().tolist() == [False, True, False]


def test_some_galaxies_come_in_the_order_that_is_asked_for() -> None:
    chosen = id_array([IDS[2], IDS[0]])
    own = make_votes().of(chosen)
    assert own.fractions.index.tolist() == chosen.tolist()
    assert own.objids is not None
    assert own.objids.tolist() == OBJIDS[places_of(chosen, id_array(IDS))].tolist()


@pytest.mark.parametrize("damage", ["cut", "page", "empty"])
def test_a_damaged_file_is_named(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "votes.parquet"
    make_votes().write(path)
    whole = path.read_bytes()
    path.write_bytes({"cut": whole[:-100], "page": b"<html>", "empty": b""}[damage])
    with pytest.raises(LabelsError, match=r"votes\.parquet: .*damaged; run `dvc repro`"):
        Votes.read(path, GZ2)


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "votes.parquet"
    pq.write_table(pa.table({ID_COLUMN: IDS}), path)
    with pytest.raises(LabelsError, match=r"isn't what the stage split writes; run `dvc repro`"):
        Votes.read(path, GZ2)
    with pytest.raises(LabelsError, match=r"none\.parquet: no such file; run `dvc repro`"):
        Votes.read(tmp_path / "none.parquet", GZ2)
