"""What real DVC wants to run again after a change; data outside git; files that desktops leave."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from tests.conftest import make_jpeg, make_labels
from tests.pipeline.project import Project, stages_run
from tests.reruns import RERUN_BY, RERUN_BY_PACKAGE, RERUN_BY_PARAM, STAGES

FILES = {
    "galaxyzoo/base/versions.py": "galaxyzoo/base/",
    "galaxyzoo/networks/cnn.py": "galaxyzoo/networks/cnn.py",
    "galaxyzoo/networks/layers/equivariant.py": "galaxyzoo/networks/layers/",
    "galaxyzoo/report/page/report.css": "galaxyzoo/report/",
    "galaxyzoo/classify/run.py": "galaxyzoo/classify/",
    "galaxyzoo/scoring/new.csv": "galaxyzoo/scoring/",
}
"""Files to change or to add, each with its row in the table; test_dvc_yaml.py holds every row to
dvc.yaml, and these see that DVC takes it so"""

PARAMS = {"train_cnn.epochs": 9, "predict.project": False}


@contextmanager
def changed(path: Path, content: str) -> Iterator[None]:
    before = path.read_text() if path.exists() else None
    path.write_text(content)
    try:
        yield
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_text(before)


def stale(project: Project) -> list[str]:
    """The stages that DVC says have changed inputs, in the order of dvc.yaml."""
    found = project.stale()
    return [stage for stage in STAGES if stage in found]


class TestStale:
    @pytest.mark.parametrize("name", FILES)
    def test_a_file_that_changes(self, project: Project, name: str) -> None:
        path = project.folder / name
        before = path.read_text() if path.exists() else ""
        with changed(path, before + "\n# changed\n"):
            assert stale(project) == [s for s in STAGES if s in RERUN_BY[FILES[name]]]

    @pytest.mark.parametrize("name", PARAMS)
    def test_a_parameter_that_changes(self, project: Project, name: str) -> None:
        section, _, parameter = name.partition(".")
        path = project.folder / "params.yaml"
        content = yaml.safe_load(path.read_text())
        content[section][parameter] = PARAMS[name]
        with changed(path, yaml.safe_dump(content, sort_keys=False)):
            assert stale(project) == [s for s in STAGES if s in RERUN_BY_PARAM[section]]

    @pytest.mark.parametrize("name", ["torchvision", "vl-convert-python"])
    def test_a_package_that_changes(self, project: Project, name: str) -> None:
        path = project.folder / "versions.yaml"
        content = yaml.safe_load(path.read_text()) | {name: "99.0"}
        with changed(path, yaml.safe_dump(content)):
            assert stale(project) == [s for s in STAGES if s in RERUN_BY_PACKAGE[name]]
            dry = stages_run(project.run("dvc", "repro", "--dry"))
            assert dry == [s for s in dry if s in RERUN_BY_PACKAGE[name]] != []

    def test_nothing_changed(self, project: Project) -> None:
        assert project.stale() == set()


@pytest.fixture
def own_data(tmp_path: Path) -> Project:
    """A project whose galaxies lie in data/raw, which git ignores; their images are processed."""
    project = Project.make(tmp_path / "own")
    images = project.folder / "data" / "raw" / "images"
    images.mkdir(parents=True)
    for number in range(100001, 100007):
        (images / f"{number}.jpg").write_bytes(make_jpeg(number))
    labels = make_labels(range(100001, 100007))
    labels.to_csv(images.parent / "labels.csv", index=False)
    project.set_param("data", "images", "data/raw/images")
    project.set_param("data", "labels", "data/raw/labels.csv")
    assert stages_run(project.run("dvc", "repro", "split")) == ["crop_resize", "split"]
    project.commit("own data")
    return project


LEFT_BY_DESKTOPS = (".DS_Store", "Thumbs.db", "desktop.ini", "._100001.jpg", "100001.jpg~")


def test_files_that_desktops_leave_change_nothing(own_data: Project) -> None:
    for folder in ("data/raw/images", "galaxyzoo/images"):
        for name in LEFT_BY_DESKTOPS:
            (own_data.folder / folder / name).write_bytes(b"\x00" * 128)
        assert "Stage 'crop_resize' didn't change" in own_data.run("dvc", "repro", "--dry", "split")
        assert own_data.json("status", "crop_resize", "split") == {}
        assert own_data.run("git", "status", "--porcelain") == ""


def test_an_experiment_elsewhere_takes_data_outside_git_along(own_data: Project) -> None:
    """As the documentation says: --copy-paths, since git has nothing of data/raw.

    It runs crop_resize, whose changed size DVC's cache of runs once overlooked.
    """
    change = ("--temp", "-S", "crop_resize.size=32", "-n", "small")
    run = ("dvc", "exp", "run", *change, "--copy-paths", "data/raw", "split")
    assert stages_run(own_data.run(*run)) == ["crop_resize", "split"]


def test_no_stage_runs_without_the_file_of_versions(own_data: Project) -> None:
    (own_data.folder / "versions.yaml").unlink()
    with pytest.raises(AssertionError, match=r"versions\.yaml"):
        own_data.run("dvc", "repro", "--force", "crop_resize")


def test_other_versions_stop_a_stage_with_what_to_do(own_data: Project) -> None:
    path = own_data.folder / "versions.yaml"
    path.write_text(path.read_text().replace("pillow: ", "pillow: 1 #"))
    with pytest.raises(AssertionError, match=r"error: versions\.yaml: not what is installed"):
        own_data.run("dvc", "repro", "split")
