"""What a user sees who gives a stage bad input: one clear message, and nothing half-written."""

import gzip
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest
import yaml

from galaxyzoo.base.files import write_csv
from tests.classify.classify_inputs import make_model
from tests.conftest import ROOT, make_jpeg, make_labels, make_zip, shift, write_votes
from tests.warm import run_warm


class Project:
    """A folder with the stages, four images and their labels."""

    def __init__(self, folder: Path, good: Path | None = None) -> None:
        """`good` is the folder data/ of the same project after crop_resize and split."""
        self.folder, self._good = folder, good
        self.images = make_zip(
            folder / "images.zip", {f"in/{i}.jpg": make_jpeg(i) for i in (1, 2, 3, 4)}
        )
        self.labels: pd.DataFrame = make_labels([1, 2, 3, 4]).astype(object)
        self.params = yaml.safe_load((ROOT / "params.yaml").read_text())
        self.params["data"] = {"images": "images.zip", "labels": "labels.csv"}

    def run(self, stage: str) -> subprocess.CompletedProcess[str]:
        write_csv(self.folder / "labels.csv", self.labels)
        (self.folder / "params.yaml").write_text(yaml.safe_dump(self.params))
        return run_warm(self.folder, f"stages.{stage}")

    def refusal(self, stage: str) -> str:
        """The message of a stage that must stop; checks how it stops."""
        before = set(self.folder.rglob("*"))
        done = self.run(stage)
        added = set(self.folder.rglob("*")) - before - {self.folder / "params.yaml"}
        assert done.returncode == 1
        assert done.stderr.startswith("error: ")
        assert "Traceback" not in done.stderr
        assert {path for path in added if path.is_file()} <= {self.folder / "labels.csv"}
        return done.stderr

    def split_refusal(self) -> str:
        self.after_crop_resize()
        return self.refusal("split")

    def after_crop_resize(self) -> None:
        assert self._good is not None
        shutil.copytree(self._good / "processed", self.folder / "data" / "processed")

    def after_split(self) -> None:
        assert self._good is not None
        shutil.copytree(self._good, self.folder / "data")


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = Project(tmp_path_factory.mktemp("good"))
    for stage in ("crop_resize", "split"):
        done = project.run(stage)
        assert (done.returncode, done.stderr) == (0, "")
    return project.folder / "data"


@pytest.fixture
def project(tmp_path: Path, good: Path) -> Project:
    return Project(tmp_path, good)


def test_good_input_passes(good: Path) -> None:
    assert (good / "split.csv").is_file()


def test_missing_images(project: Project) -> None:
    project.params["data"]["images"] = "data/raw/images.zip"
    message = project.refusal("crop_resize")
    assert message == (
        "error: data/raw/images.zip: no such zip or folder of images (params.yaml: data.images)\n"
    )


def test_empty_folder(project: Project) -> None:
    (project.folder / "empty").mkdir()
    project.params["data"]["images"] = "empty"
    assert "empty: holds no image named <GalaxyID>.jpg" in project.refusal("crop_resize")


def test_zip_without_jpegs(project: Project) -> None:
    make_zip(project.images, {"readme.txt": b"", "M31.jpg": make_jpeg(1)})
    assert "images.zip: holds no image named <GalaxyID>.jpg" in project.refusal("crop_resize")


def test_bad_images_are_all_listed(project: Project) -> None:
    bad = {"in/1.jpg": b"?", "in/2.jpg": make_jpeg(2), "in/3.jpg": make_jpeg(3, 60, 424)}
    make_zip(project.images, bad)
    message = project.refusal("crop_resize")
    assert "images.zip: 2 of 3 images are bad:" in message
    assert "in/1.jpg is none of JPEG, PNG, TIFF, WebP, BMP or GIF" in message
    assert "in/3.jpg is 60x424 pixels; at least 64x64 are needed" in message


def test_what_was_there_stays_if_a_stage_stops(project: Project) -> None:
    assert project.run("crop_resize").returncode == 0
    processed = project.folder / "data" / "processed"
    before = {path: path.read_bytes() for path in processed.rglob("*.*") if path.is_file()}
    make_zip(project.images, {"1.jpg": b"?"})
    project.refusal("crop_resize")
    assert {path: path.read_bytes() for path in before} == before


def test_missing_labels(project: Project) -> None:
    project.params["data"]["labels"] = "data/raw/labels.csv"
    message = project.split_refusal()
    assert "data/raw/labels.csv: no such file of labels (params.yaml: data.labels)" in message


def test_missing_column(project: Project) -> None:
    project.labels = project.labels.drop(columns="Class7.3")
    assert "labels.csv: lacks the column Class7.3" in project.split_refusal()


@pytest.mark.parametrize("bad", [1.01, -0.5, "spiral", ""])
def test_bad_fraction(project: Project, bad: str | float) -> None:
    project.labels.loc[2, "Class4.1"] = bad
    message = project.split_refusal()
    assert "labels.csv: 1 value is not a number from 0 to 1" in message
    assert "GalaxyID 3, Class4.1: " in message


def test_galaxy_twice(project: Project) -> None:
    project.labels.loc[3, "GalaxyID"] = 1
    assert "1 GalaxyID comes more than once: 1 (lines 2 and 5)" in project.split_refusal()


def test_votes_that_do_not_follow_the_tree(project: Project) -> None:
    shift(project.labels, 2, "Class1.3", 0.01)
    message = project.split_refusal()
    assert "labels.csv: 1 galaxy has votes that do not follow the tree" in message
    assert "GalaxyID 3 (smooth: Class1.1 to Class1.3 sum to 1.01, and 1 were asked)" in message
    assert len(message.splitlines()) == 1


def test_labels_of_another_catalogue(project: Project) -> None:
    project.labels["GalaxyID"] = [11, 12, 13, 14]
    assert "4 of 4 images have no labels" in project.split_refusal()


@pytest.mark.parametrize("damage", ["cut", "page"])
def test_labels_that_are_no_table(project: Project, damage: str) -> None:
    packed = gzip.compress(project.labels.to_csv(index=False).encode())
    content = {"cut": packed[:-50], "page": b"<html>Please log in</html>"}[damage]
    (project.folder / "labels.csv.gz").write_bytes(content)
    project.params["data"]["labels"] = "labels.csv.gz"
    message = project.split_refusal()
    assert {"cut": "cut short or damaged", "page": "is a web page"}[damage] in message
    assert len(message.splitlines()) == 1


def test_galaxies_that_lack_something_where_that_is_an_error(project: Project) -> None:
    project.labels.loc[3, "GalaxyID"] = 77
    project.params["split"]["missing"] = "error"
    assert "1 galaxy lacks an image: 77; 1 galaxy lacks labels: 4" in project.split_refusal()


def test_one_galaxy(project: Project) -> None:
    make_zip(project.images, {"1.jpg": make_jpeg(1)})
    project.labels = project.labels.head(1)
    assert project.run("crop_resize").returncode == 0
    assert "1 galaxy has both an image and labels" in project.refusal("split")


@pytest.mark.parametrize("stage", ["train_cnn", "evaluate", "figures"])
def test_an_edited_split(project: Project, stage: str) -> None:
    project.after_split()
    path = project.folder / "data" / "split.csv"
    path.write_text(path.read_text().replace("train", "teach"))
    message = project.refusal(stage)
    assert "data/split.csv: line " in message
    assert "the subset must be train, calibration or test, got 'teach'; run `dvc repro`" in message


def test_bad_parameter(project: Project) -> None:
    project.params["crop_resize"]["size"] = -1
    message = project.refusal("crop_resize")
    assert message == "error: crop_resize.size: must be greater than or equal to 8, got -1\n"


def test_galaxies_without_image_or_labels_are_named(project: Project) -> None:
    project.labels.loc[3, "GalaxyID"] = 77
    project.after_crop_resize()
    done = project.run("split")
    assert done.returncode == 0
    assert "1 galaxy lacks an image: 77 (all in data/unmatched.csv)" in done.stdout
    assert "1 galaxy lacks labels: 4 (all in data/unmatched.csv)" in done.stdout
    metrics = (project.folder / "data" / "split.json").read_text()
    assert yaml.safe_load(metrics) == {
        "train": 2,
        "test": 1,
        "without_image": 1,
        "without_labels": 1,
    }


def test_a_model_that_is_cut_short(project: Project) -> None:
    project.after_split()
    model = project.folder / "models" / "exported" / "cnn.safetensors"
    model.parent.mkdir(parents=True)
    model.write_bytes(b"half a model")
    assert "models/exported/cnn.safetensors: not a safetensors file" in project.refusal("evaluate")


def test_a_model_of_other_data(project: Project) -> None:
    project.after_split()
    path = project.folder / "models" / "exported" / "cnn.safetensors"
    path.parent.mkdir(parents=True)
    make_model(path)
    message = project.refusal("evaluate")
    assert "models/exported/cnn.safetensors: was trained on other images" in message
    assert "dvc repro" in message


@pytest.mark.parametrize("stage", ["train_cnn", "evaluate", "figures"])
def test_a_split_of_other_data(project: Project, stage: str) -> None:
    project.after_split()
    write_votes(project.folder / "data" / "votes.parquet", project.labels[:3])
    message = project.refusal(stage)
    assert "data/split.csv: 1 of its galaxies are not in data/votes.parquet, such as" in message
    assert "run `dvc repro`" in message
