"""The open data as input: its tables read, and joined with the names of the images."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from galaxyzoo.base.ids import id_array
from galaxyzoo.images.by_id import open_images
from galaxyzoo.labels.products import multiply_down
from galaxyzoo.labels.reading import Labels, read_votes
from galaxyzoo.labels.table import read_labels
from galaxyzoo.tree import GZ2, ID_COLUMN, LabelColumn
from tests.conftest import COLUMNS, make_ids, make_labels, make_zip
from tests.labels.conftest import COUNT, NAMES, SHARES, Inputs, set_cell
from tests.labels.gz2 import both, make_shares, make_table

FORMATS = ["csv", "csv.gz", "tsv", "fits", "fits.gz", "vot", "vot.gz", "binary.vot"]


def fractions(labels: Labels) -> NDArray[np.float64]:
    return labels.votes.array


def pairs(labels: Labels) -> dict[str, str]:
    """Which image is which galaxy."""
    assert labels.votes.objids is not None
    own = zip(labels.votes.fractions.index, labels.votes.objids.tolist(), strict=True)
    return dict(own)


def test_galaxies_are_named_by_their_images_and_votes_are_products(inputs: Inputs) -> None:
    inputs.mapping["asset_id"] = ["10", "9", "300", "4", "55", "6"]
    labels = inputs.read()
    in_order = [3, 5, 1, 0, 4, 2]
    assert labels.votes.fractions.index.tolist() == ["4", "6", "9", "10", "55", "300"]
    assert labels.votes.fractions.columns.tolist() == list(COLUMNS)
    assert list(pairs(labels).values()) == [NAMES[row] for row in in_order]
    np.testing.assert_allclose(fractions(labels), multiply_down(GZ2, SHARES)[in_order])
    facts = labels.facts
    assert (facts.table, facts.column, facts.rows) == (
        "Galaxy Zoo 2, Hart et al. 2016",
        "debiased",
        COUNT,
    )
    assert facts.dropped == {}


def test_each_column_can_be_the_label(inputs: Inputs) -> None:
    shares = both(SHARES)
    shares["fraction"] = make_shares(COUNT, seed=5)
    shares["weighted_fraction"] = make_shares(COUNT, seed=6)
    inputs.table = make_table(shares)
    for column, own in shares.items():
        labels = inputs.read(column)
        assert labels.facts.column == column
        np.testing.assert_allclose(fractions(labels), multiply_down(GZ2, own), atol=1e-5)


@pytest.mark.parametrize("ending", FORMATS)
def test_every_format_gives_the_same(inputs: Inputs, ending: str) -> None:
    inputs.table = make_table({"fraction": SHARES / 2, "debiased": SHARES})
    inputs.table["dr7objid"] = inputs.table.pop("dr7objid")  # it stands last
    expected = inputs.read()
    inputs.name = f"table.{ending}"
    labels = inputs.read()
    assert np.array_equal(fractions(labels), fractions(expected))
    assert pairs(labels) == pairs(expected)
    assert labels.facts == expected.facts


@pytest.mark.parametrize("ending", ["csv", "fits", "vot", "binary.vot"])
def test_what_is_not_known_is_so_in_every_format(inputs: Inputs, ending: str) -> None:
    shares = SHARES.copy()
    shares[2, COLUMNS.index("Class4.2")] = np.nan
    inputs.table = make_table({"debiased": shares})
    inputs.name = f"table.{ending}"
    assert np.isnan(fractions(inputs.read())).sum(axis=1).tolist() == [0, 0, 11, 0, 0, 0]


@pytest.mark.parametrize("text", ["", "NaN", "nan", "null", "NULL", " nan"])
def test_no_number_is_told_in_many_ways(inputs: Inputs, text: str) -> None:
    inputs.table = set_cell(inputs.table, 2, "t04_spiral_a09_no_spiral_debiased", text)
    assert np.isnan(fractions(inputs.read())).sum() == 11


def test_a_published_table_of_willett_is_told_from_that_of_hart(inputs: Inputs) -> None:
    inputs.table.insert(0, "dr8objid", "1237645879551066262")
    assert inputs.read().facts.table == "Galaxy Zoo 2, Willett et al. 2013"


def test_only_the_columns_that_are_needed_are_kept(
    inputs: Inputs, monkeypatch: pytest.MonkeyPatch
) -> None:
    inputs.table = make_table(both(SHARES))
    inputs.table["t01_smooth_or_features_a01_smooth_flag"] = "of no concern"
    read: list[int] = []
    real: Callable[..., pd.DataFrame] = pd.read_csv

    def spy(*args: object, **options: object) -> pd.DataFrame:
        table = real(*args, **options)
        read.append(len(table.columns))
        return table

    monkeypatch.setattr(pd, "read_csv", spy)
    inputs.read("weighted_fraction")
    assert read == [1 + len(COLUMNS), 3]


def test_of_several_images_of_a_galaxy_one_that_is_there_is_taken(inputs: Inputs) -> None:
    rows = [
        (NAMES[0], "stripe82_coadd_1", "11"),
        (NAMES[0], "stripe82", "12"),
        (NAMES[1], "stripe82_coadd_2", "21"),
        (NAMES[1], "extra", "22"),
        (NAMES[1], "original", "23"),
        (NAMES[2], "stripe82_coadd_2", "31"),
        (NAMES[2], "original", "32"),
        (NAMES[3], "stripe82_coadd_2", "41"),
        (NAMES[3], "stripe82_coadd_1", "42"),
        (NAMES[4], "original", "51"),
        (NAMES[4], "extra", "52"),
    ]
    inputs.mapping = pd.DataFrame(rows, columns=["objid", "sample", "asset_id"])
    inputs.images = id_array(["11", "12", "21", "22", "23", "31", "41", "42"])
    labels = inputs.read()
    found = {objid: name for name, objid in pairs(labels).items()}
    assert found == dict(zip(NAMES, ["12", "23", "31", "42", "51"], strict=False))
    assert labels.facts.dropped == {"not in the mapping": 1}


def test_what_is_left_out_is_told_and_counted(
    inputs: Inputs, caplog: pytest.LogCaptureFixture
) -> None:
    shares = SHARES.copy()
    shares[1, :3] = 0
    shares[1, GZ2.span(GZ2.question("odd"))] = np.nan
    table = make_table({"debiased": shares})
    inputs.table = pd.concat([table, table.iloc[[0, 3, 3]].assign(gz2_class="again")])
    inputs.mapping = inputs.mapping.drop(index=[4, 5])
    labels = inputs.read()
    assert labels.facts.rows == COUNT + 3
    assert labels.facts.dropped == {"repeated": 3, "not in the mapping": 2, "no votes known": 1}
    assert list(pairs(labels)) == ["1", "3", "4"]
    assert f"3 rows are left out (repeated): {NAMES[0]}, {NAMES[3]}, {NAMES[3]}" in caplog.text
    assert f"2 rows are left out (not in the mapping): {NAMES[4]}, {NAMES[5]}" in caplog.text
    assert f"1 row is left out (no votes known): {NAMES[1]}" in caplog.text


def test_the_first_of_repeated_rows_is_taken(inputs: Inputs) -> None:
    other = make_table({"debiased": make_shares(COUNT, seed=9)})
    expected = inputs.read()
    inputs.table = pd.concat([inputs.table, other])
    assert np.array_equal(fractions(inputs.read()), fractions(expected))


def test_galaxies_without_an_image_are_matched_later(inputs: Inputs) -> None:
    inputs.images = inputs.images[:2]
    labels = inputs.read()
    assert len(labels.votes.fractions) == COUNT
    facts = labels.facts_of(labels.votes.of(inputs.images), without_image=4)
    assert facts.dropped == {"no image": 4}


def test_a_table_of_the_competition_needs_no_mapping_and_is_read_as_ever(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    make_labels(range(20)).to_csv(path, index=False)
    labels = read_votes(path, tmp_path / "none.csv", "weighted_fraction", GZ2, make_ids([]))
    pd.testing.assert_frame_equal(labels.votes.fractions, read_labels(path, GZ2))
    assert (labels.votes.objids, labels.images) == (None, None)
    assert (labels.facts.column, labels.facts.rows) == ("kaggle", 20)


def test_a_quoted_table_is_read(inputs: Inputs) -> None:
    expected = inputs.read()
    inputs.table.to_csv(inputs.path, index=False, quoting=1)
    assert np.array_equal(fractions(inputs.read_written()), fractions(expected))


def test_the_zip_is_read_in_place_below_an_outer_folder_and_without_junk(tmp_path: Path) -> None:
    for outer in ("", "images_gz2/"):
        members = {f"{outer}images/{number}.jpg": b"an image" for number in (100303, 7)}
        of_macos = (f"__MACOSX/{outer}images/._7.jpg", f"{outer}images/._7.jpg", ".DS_Store")
        junk = dict.fromkeys(of_macos, b"")
        found = open_images(make_zip(tmp_path / "images_gz2.zip", members | junk))
        assert list(found.names) == ["7", "100303"]
        assert (found.bad, found.unnamed, sum(found.others.values())) == ((), (), 0)


def test_the_real_excerpt(open_data: Path) -> None:
    images = id_array(open_images(open_data / "images_gz2.zip").names)
    columns: list[tuple[LabelColumn, int]] = [("debiased", 54), ("weighted_fraction", 44)]
    for column, unknown in columns:
        labels = read_votes(
            open_data / "gz2_hart16.csv",
            open_data / "gz2_filename_mapping.csv",
            column,
            GZ2,
            images,
        )
        assert labels.votes.fractions.index.tolist() == images.tolist()
        facts = labels.facts_of(labels.votes, 0)
        assert (facts.rows, facts.dropped) == (700, {})
        assert sum(facts.masked.values()) == unknown
        assert np.nanmax(GZ2.violations(fractions(labels))) < 1e-12
    assert labels.votes.objids is not None
    assert pairs(labels)["100303"] == "587736915678593357"
    own = labels.votes.fractions.loc["100303"]
    assert own["Class1.1"] == pytest.approx(0.906, abs=1e-6)
    assert own["Class4.1"] == pytest.approx(0.094 * 0.2, abs=1e-6)
    assert own["Class11.6"] == pytest.approx(0.094 * 0.2, abs=1e-6)
    assert own.name == "100303"
    assert labels.votes.fractions.index.name == ID_COLUMN
