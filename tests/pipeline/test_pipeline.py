"""The pipeline as a user runs it: real DVC, in a git repository of its own, on a tiny sample."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from tests.conftest import ROOT

PARTS = (
    ".dvc/.gitignore",
    ".dvc/config",
    ".dvc/plots",
    ".dvcignore",
    ".gitignore",
    "dvc.yaml",
    "galaxyzoo",
    "params.yaml",
    "stages",
)
ALL_STAGES = [
    "make_sample",
    "crop_resize",
    "split",
    "train_cnn",
    "train_resnet",
    "train_tuned",
    "export",
    "evaluate",
    "figures",
]


class Project:
    """A copy of this project with small parameters, committed to git."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for part in PARTS:
            source, target = ROOT / part, folder / part
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, target)
        self.set_param("make_sample", "galaxies", 60)
        self.set_param("train_cnn", "epochs", 1)
        self.set_param("train_resnet", "epochs", 1)
        self.set_param("train_tuned", "epochs", 1)
        self.run("git", "init", "--quiet", "--initial-branch", "main")
        self.run("git", "config", "user.name", "Tester")
        self.run("git", "config", "user.email", "tester@example.org")
        self.commit("start")

    def run(self, *command: str) -> str:
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=os.environ
            | {
                "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
                "DVC_SITE_CACHE_DIR": str(self.folder.parent / "site"),
                "OMP_NUM_THREADS": "1",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def repro(self) -> list[str]:
        """Run the pipeline; the stages that really ran."""
        return stages_run(self.run("dvc", "repro"))

    def json(self, *command: str) -> Any:
        return json.loads(self.run("dvc", *command, "--json"))

    def commit(self, message: str) -> None:
        self.run("git", "add", "--all")
        self.run("git", "commit", "--quiet", "--message", message)

    def set_param(self, section: str, name: str, value: object) -> None:
        path = self.folder / "params.yaml"
        params = yaml.safe_load(path.read_text())
        params[section][name] = value
        path.write_text(yaml.safe_dump(params, sort_keys=False))

    def lock(self) -> Any:
        return yaml.safe_load((self.folder / "dvc.lock").read_text())


def stages_run(output: str) -> list[str]:
    """The stages that DVC says it ran, in order; those it took from its cache don't count."""
    return re.findall(r"^Running stage '(\w+)'", output, re.MULTILINE)


def outputs() -> Iterator[str]:
    for stage in yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"].values():
        for output in stage["outs"] + stage.get("metrics", []):
            yield output if isinstance(output, str) else next(iter(output))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The project after its first run, committed; each test leaves it on main, as it was."""
    project = Project(tmp_path_factory.mktemp("project"))
    assert project.repro() == ALL_STAGES
    project.commit("run")
    return project


@pytest.mark.xdist_group("pipeline")
class TestPipeline:
    def test_everything_is_written_and_git_sees_what_it_should(self, project: Project) -> None:
        assert [path for path in outputs() if not (project.folder / path).exists()] == []
        committed = set(project.run("git", "ls-files").split())
        assert "metrics/evaluate.json" in committed
        assert "plots/figures/rmse.png" in committed
        assert not any(
            path.endswith((".npy", ".zip", ".safetensors", ".jpg")) for path in committed
        )
        ignore_files = {path for path in committed if path.endswith(".gitignore")}
        assert ignore_files == {".gitignore", ".dvc/.gitignore"}, (
            "DVC added ignore rules that we should commit"
        )

    def test_nothing_to_do(self, project: Project) -> None:
        assert "Data and pipelines are up to date." in project.run("dvc", "repro")
        project.run("dvc", "repro", "--dry", "--allow-missing")

    def test_a_changed_parameter_reruns_what_depends_on_it(self, project: Project) -> None:
        """On a branch, which is then compared with main, as the README shows."""
        project.run("git", "switch", "--quiet", "--create", "faster")
        project.set_param("train_resnet", "learning_rate", 0.002)
        assert project.repro() == ["train_resnet", "export", "evaluate", "figures"]
        project.commit("faster")

        params = project.json("params", "diff", "main")
        rate = params["params.yaml"]["train_resnet.learning_rate"]
        assert (rate["old"], rate["new"]) == (0.0005, 0.002)
        metrics = project.json("metrics", "diff", "main")
        assert set(metrics) == {"metrics/evaluate.json", "metrics/train_resnet.json"}
        assert "resnet.rmse" in metrics["metrics/evaluate.json"]
        assert "cnn.rmse" not in metrics["metrics/evaluate.json"]

        project.run("dvc", "plots", "diff", "main")
        page = (project.folder / "dvc_plots" / "index.html").read_text()
        for shown in ("Loss by epoch", "RMSE by answer", "rmse.png", '"main"', '"workspace"'):
            assert shown in page
        project.run("git", "switch", "--quiet", "main")
        project.run("dvc", "checkout", "--quiet")

    def test_classify_predicts_as_evaluate_does(self, project: Project) -> None:
        """The images of the test split, as they came, with nothing but the model file."""
        for name in ("cnn", "tuned"):
            model = f"models/{name}.safetensors"
            options = ("--model", model, "--output", "catalogue.csv")
            images = "data/sample/images_training_rev1.zip"
            project.run("python", "-m", "galaxyzoo", "classify", images, *options)
            ours = pd.read_csv(project.folder / "catalogue.csv", index_col=0)
            evaluated = pd.read_csv(project.folder / f"data/predictions/{name}.csv", index_col=0)
            rounded = ours.loc[evaluated.index].round(6)  # as evaluate writes them
            assert (rounded - evaluated).abs().to_numpy().max() < 1.5e-6
        (project.folder / "catalogue.csv").unlink()

    def test_other_settings_of_predictions_train_nothing_anew(self, project: Project) -> None:
        output = project.run("dvc", "exp", "run", "--temp", "-S", "predict.tuned_views=4")
        assert stages_run(output) == ["export", "evaluate", "figures"]

    def test_back_on_main_nothing_has_to_run(self, project: Project) -> None:
        assert project.repro() == []

    def test_an_experiment_without_jpegs_trains_nothing_anew(self, project: Project) -> None:
        """The folder of JPEGs is then empty, and the array for training the same."""
        set_param = ("-S", "crop_resize.save_jpegs=false")
        output = project.run("dvc", "exp", "run", "--temp", *set_param, "-n", "no-jpegs")
        assert stages_run(output) == ["crop_resize"]
        assert "no-jpegs" in project.run("dvc", "exp", "show", "--csv")
        assert project.run("git", "status", "--porcelain") == ""


@pytest.mark.xdist_group("pipeline")
def test_two_runs_from_scratch_give_the_same_bytes(project: Project, tmp_path: Path) -> None:
    again = Project(tmp_path / "again")
    assert again.repro() == ALL_STAGES
    assert again.lock() == project.lock()
