"""The stage split: what it writes beside the split, and what it says."""

import json
import re
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from galaxyzoo.base import paths
from galaxyzoo.base.files import read_json, write_array, write_csv
from galaxyzoo.findings import FindingsError, read_findings
from galaxyzoo.labels.errors import LabelsError
from galaxyzoo.labels.facts import LabelFacts
from galaxyzoo.labels.split import draw_split, read_split
from galaxyzoo.labels.table import read_labels
from galaxyzoo.labels.votes import Votes
from galaxyzoo.tree import GZ2, ID_COLUMN
from stages.split import main
from tests.conftest import ROOT, make_ids, make_labels, shift
from tests.labels.gz2 import make_mapping, make_shares, make_table, objids

IDS = make_ids(range(100, 140))


@pytest.fixture
def labels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pd.DataFrame:
    """Those of 40 galaxies with an image each, in the current folder."""
    monkeypatch.chdir(tmp_path)
    params = re.sub(r"(calibration_fraction:) \S+", r"\1 0", (ROOT / "params.yaml").read_text())
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
    assert read_json(paths.SPLIT_DIGESTS) == {
        path.name: sha256(path.read_bytes()).hexdigest() for path in (paths.SPLIT, paths.VOTES)
    }


def test_a_part_of_what_trains_is_kept_for_calibration(labels: pd.DataFrame) -> None:
    before = run(labels)
    counts = read_json(paths.SPLIT_COUNTS)
    assert counts == {"train": 32, "test": 8, "without_image": 0, "without_labels": 0}
    params = Path("params.yaml").read_text()
    Path("params.yaml").write_text(
        params.replace("calibration_fraction: 0", "calibration_fraction: 0.25")
    )
    split = run(labels)
    changed = split["subset"] != before["subset"]
    assert set(before["subset"][changed]) == {"train"}
    assert set(split["subset"][changed]) == {"calibration"}
    assert read_json(paths.SPLIT_COUNTS) == counts | {"train": 24, "calibration": 8}
    assert len(read_split(paths.SPLIT)["calibration"]) == 8


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


def test_the_votes_of_the_split_are_a_file_and_what_the_labels_are_a_json(
    labels: pd.DataFrame,
) -> None:
    run(pd.concat([labels[1:], make_labels(range(1000, 1005))]).sample(frac=1, random_state=1))
    votes = Votes.read(paths.VOTES, GZ2)
    expected = read_labels(Path("labels.csv"), GZ2).loc[list(IDS[1:])]
    pd.testing.assert_frame_equal(votes.fractions, expected)
    assert votes.objids is None
    facts = LabelFacts.read(paths.LABEL_FACTS)
    assert (facts.column, facts.rows, facts.dropped, facts.masked) == (
        "kaggle",
        44,
        {"no image": 5},
        {},
    )


@pytest.fixture
def open_labels(labels: pd.DataFrame) -> pd.DataFrame:  # noqa: ARG001  it makes the folder
    """A table of the open data, of the 40 galaxies, of 2 without image, and of 1 unknown."""
    params = yaml.safe_load(Path("params.yaml").read_text())
    params["data"] |= {"mapping": "mapping.csv", "label_column": "weighted_fraction"}
    Path("params.yaml").write_text(yaml.safe_dump(params))
    names = objids(len(IDS) + 3)
    make_mapping(names[:-1], first=100).to_csv("mapping.csv", index=False)
    shares = make_shares(len(names))
    shares[3, GZ2.span(GZ2.question("spiral"))] = 0
    shares[-2, GZ2.span(GZ2.question("odd"))] = 0
    return make_table({"weighted_fraction": shares}, names)


def test_of_the_open_data_each_galaxy_has_its_name_in_the_survey(
    open_labels: pd.DataFrame, caplog: pytest.LogCaptureFixture
) -> None:
    split = run(open_labels)
    assert split.columns.tolist() == [ID_COLUMN, "dr7objid", "subset"]
    assert split[ID_COLUMN].tolist() == IDS.tolist()
    assert split["dr7objid"].tolist() == objids(40)
    assert split["subset"].tolist() == draw_split(IDS, 0.2, 42)["subset"].tolist()
    assert {subset: len(ids) for subset, ids in read_split(paths.SPLIT).items()} == {
        "train": 32,
        "calibration": 0,
        "test": 8,
    }
    votes, facts = Votes.read(paths.VOTES, GZ2), LabelFacts.read(paths.LABEL_FACTS)
    assert votes.objids is not None
    assert votes.objids.tolist() == objids(40)
    unknown = np.argwhere(np.isnan(votes.array))
    assert {GZ2.asker(GZ2.columns[place]).name for _, place in unknown} == {*facts.masked}
    assert {votes.fractions.index[row] for row, _ in unknown} == {"103"}
    assert (facts.column, facts.rows) == ("weighted_fraction", 43)
    assert facts.dropped == {"not in the mapping": 1, "no image": 2}
    assert facts.masked == {"spiral": 1, "winding": 1, "arms": 1}
    assert "unknown answers to a question: spiral 1, winding 1, arms 1" in caplog.text
    assert "2 galaxies lack an image: 140, 141" in caplog.text


def test_the_same_labels_give_the_same_bytes(open_labels: pd.DataFrame) -> None:
    written = []
    for table in (open_labels, open_labels[::-1]):
        run(table)
        written.append([p.read_bytes() for p in (paths.VOTES, paths.SPLIT, paths.LABEL_FACTS)])
    assert written[0] == written[1]


def test_a_galaxy_that_is_not_in_the_mapping_lacks_its_image(open_labels: pd.DataFrame) -> None:
    params = yaml.safe_load(Path("params.yaml").read_text())
    params["split"]["missing"] = "error"
    Path("params.yaml").write_text(yaml.safe_dump(params))
    with pytest.raises(LabelsError, match=r"labels\.csv: 1 galaxy is not in the mapping"):
        run(open_labels.iloc[[*range(40), 42]])
    run(open_labels[:40])


def test_images_of_another_catalogue_are_refused_though_numbers_agree(
    open_labels: pd.DataFrame,
) -> None:
    """As GalaxyIDs of the competition, of which a fifth are asset_ids, too."""
    names = objids(len(IDS))
    make_mapping(names, first=122).to_csv("mapping.csv", index=False)
    said = "22 of 40 images are not in the mapping of labels to images .other-ids.: 100, 101"
    with pytest.raises(FindingsError, match=said):
        run(open_labels)
    make_mapping(names, first=119).to_csv("mapping.csv", index=False)
    run(open_labels)
