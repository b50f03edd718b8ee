"""Intervals in catalogues: the bounds behind each fraction, in every format."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet
import pytest
from astropy.table import Table

from galaxyzoo.classify.run import Options, classify
from galaxyzoo.predict.intervals import bounded
from galaxyzoo.predict.load_options import LoadOptions
from galaxyzoo.predict.metadata import PredictSettings
from galaxyzoo.predict.model_files import Measured, export_model
from galaxyzoo.predict.predictor import load_model
from galaxyzoo.tree import ID_COLUMN
from tests.classify.classify_inputs import make_intervals, make_model
from tests.conftest import COLUMNS, make_jpeg

ALONE = Options(workers=1)
WITHOUT = replace(ALONE, load=LoadOptions(intervals=False))
GALAXIES = 5


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some galaxies, and a model that has intervals."""
    folder = tmp_path_factory.mktemp("bounds")
    trained = make_model(folder / "trained")
    export_model(
        trained, folder / "model", PredictSettings(1, True), Measured(make_intervals(views=1))
    )
    (folder / "images").mkdir()
    for name in range(GALAXIES):
        (folder / "images" / f"{name}.jpg").write_bytes(make_jpeg(name, 80, 80))
    return folder


def written(folder: Path, name: str, options: Options = ALONE) -> Path:
    classify(folder / "images", folder / "model", folder / name, options)
    return folder / name


def test_they_stand_behind_what_they_bound_and_change_nothing_else(folder: Path) -> None:
    table = pd.read_csv(written(folder, "with.csv"))
    assert list(table.columns) == [ID_COLUMN, *bounded(COLUMNS)]
    bare = pd.read_csv(written(folder, "without.csv", WITHOUT))
    assert list(bare.columns) == [ID_COLUMN, *COLUMNS]
    pd.testing.assert_frame_equal(table[bare.columns], bare)
    for column in COLUMNS:
        p, low, high = (table[column + own] for own in ("", "_low", "_high"))
        assert np.allclose(low, (p - 0.05).clip(0), atol=1e-6)
        assert np.allclose(high, (p + np.sqrt(p * (1 - p))).clip(upper=1), atol=1e-6)
        assert ((low <= p) & (p <= high)).all()


def test_processes_give_the_bytes_that_one_gives(folder: Path) -> None:
    one = written(folder, "one.csv")
    two = written(folder, "two.csv", replace(ALONE, workers=2))
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize("ending", ["fits", "vot", "ecsv", "parquet"])
def test_every_format_has_them_and_says_what_they_are(folder: Path, ending: str) -> None:
    path = written(folder, f"c.{ending}")
    expected = pd.read_csv(written(folder, "c.csv"))
    if ending == "parquet":
        schema = pyarrow.parquet.read_schema(path)
        said = {field.name: str(field.metadata) for field in schema}
        table = pd.read_parquet(path)
        assert schema.metadata[b"galaxyzoo.intervals"] == b"0.9"
    else:
        kind = {"vot": "votable", "ecsv": "ascii.ecsv"}.get(ending, ending)
        read = Table.read(path, format=kind)
        said = {name: str(read[name].description) for name in read.colnames}
        table = read.to_pandas()
    assert list(table.columns) == list(expected.columns)
    bounds = ["Class1.1_low", "Class11.6_high"]
    assert np.allclose(table[bounds].astype(float), expected[bounds], atol=1e-6)
    if ending != "fits":  # whose comments on columns are read by few
        assert "lower bound of the 90% interval of Class1.1" in said["Class1.1_low"]


def test_the_published_columns_have_none(folder: Path) -> None:
    table = pd.read_csv(written(folder, "gz2.csv", replace(ALONE, columns="gz2")))
    assert not [name for name in table.columns if name.endswith(("_low", "_high"))]


def test_with_and_without_are_two_runs(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("galaxyzoo.classify.run._write", stop)
        with pytest.raises(KeyboardInterrupt):
            written(folder, "other.csv", WITHOUT)
    table = pd.read_csv(written(folder, "other.csv"))
    assert "of another run; starting anew" in caplog.text
    assert list(table.columns) == [ID_COLUMN, *bounded(COLUMNS)]


def test_a_catalogue_with_words_has_them_too(folder: Path) -> None:
    table = pd.read_csv(written(folder, "words.csv", replace(ALONE, described=True)))
    assert "Class1.1_low" in table.columns
    assert table["description"].tolist() == (
        load_model(folder / "model").describe(folder / "images").tolist()
    )
