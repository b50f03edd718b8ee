"""The stage split: what it writes beside the split, and what it says."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from galaxyzoo.base import paths
from galaxyzoo.base.files import write_array, write_csv
from galaxyzoo.findings import FindingsError, read_findings
from galaxyzoo.labels.split import draw_split
from galaxyzoo.tree import ID_COLUMN
from stages.split import main
from tests.conftest import ROOT, make_ids, make_labels, shift

IDS = make_ids(range(100, 140))


@pytest.fixture
def labels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pd.DataFrame:
    """Those of 40 galaxies with an image each, in the current folder."""
    monkeypatch.chdir(tmp_path)
    params = (ROOT / "params.yaml").read_text()
    Path("params.yaml").write_text(params.replace("data/sample/training_solutions_rev1", "labels"))
    write_images(np.random.default_rng(0).integers(0, 256, (len(IDS), 8, 8, 3), np.uint8))
    return make_labels(IDS)


def write_images(images: np.ndarray) -> None:
    write_array(paths.ProcessedPaths().images, images)
    write_array(paths.ProcessedPaths().galaxy_ids, IDS)


def run(labels: pd.DataFrame) -> pd.DataFrame:
    write_csv(Path("labels.csv"), labels)
    main()
    return pd.read_csv(paths.SPLIT, dtype=str)


def names() -> list[str]:
    return [each.name for each in read_findings(paths.SPLIT_FINDINGS)]


def test_ordinary_data_gives_the_draw_and_nothing_else(
    labels: pd.DataFrame, caplog: pytest.LogCaptureFixture
) -> None:
    assert run(labels).to_numpy().tolist() == draw_split(IDS, 0.2, 42).to_numpy().tolist()
    assert caplog.text == ""
    assert json.loads(paths.SPLIT_FINDINGS.read_text()) == {"findings": []}
    assert paths.UNMATCHED.read_text() == "GalaxyID,lacks\n"


def test_all_that_lack_something_are_in_a_file_and_few_in_the_message(
    labels: pd.DataFrame, caplog: pytest.LogCaptureFixture
) -> None:
    run(pd.concat([labels[1:], make_labels(range(1000, 3000))]))
    unmatched = pd.read_csv(paths.UNMATCHED, dtype=str)
    assert unmatched["lacks"].value_counts().to_dict() == {"image": 2000, "labels": 1}
    assert unmatched[ID_COLUMN].tolist() == [*map(str, range(1000, 3000)), "100"]
    assert "2,000 galaxies lack an image: 1000, 1001, 1002 and 1997 more" in caplog.text
    assert len(caplog.text) < 500


def test_what_is_odd_is_a_warning_and_in_a_json(
    labels: pd.DataFrame, caplog: pytest.LogCaptureFixture
) -> None:
    labels["Class1.1"] += labels["Class1.3"]
    labels["Class7.1"] += labels["Class1.3"]
    labels["Class1.3"] = 0
    run(labels)
    assert names() == ["answer-never-given"]
    assert "warning: labels.csv: 1 answer was given by no volunteer" in caplog.text


def test_the_same_picture_stays_on_one_side(
    labels: pd.DataFrame, caplog: pytest.LogCaptureFixture
) -> None:
    images = np.random.default_rng(0).integers(0, 256, (len(IDS), 8, 8, 3), np.uint8)
    images[20:] = images[:20]
    write_images(images)
    split = run(labels)["subset"].to_numpy()
    assert (split[20:] == split[:20]).all()
    assert (split[:20] == draw_split(IDS, 0.2, 42)["subset"].to_numpy()[:20]).all()
    assert names() == ["same-picture"]
    assert "100 = 120, 101 = 121, 102 = 122 and 17 more" in caplog.text


def test_what_is_wrong_stops_it_with_a_line_each(labels: pd.DataFrame) -> None:
    labels.iloc[5, 1:] = 1
    shift(labels, 7, "Class6.1", 0.1)
    with pytest.raises(FindingsError) as error:
        run(labels)
    lines = str(error.value).splitlines()
    assert ["placeholder-votes" in lines[0], "votes-off-tree" in lines[1]] == [True, True]
    assert not paths.SPLIT.exists()
