"""A project of its own for the tests of the pipeline: in a git repository, with a tiny sample."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from dvc.repo import Repo

from tests.conftest import ROOT
from tests.pipeline.warm_python import warm_folder

PARTS = (
    ".dvc/.gitignore",
    ".dvc/config",
    ".dvc/plots",
    ".dvcignore",
    ".gitattributes",
    ".gitignore",
    "data/no_mapping.csv",
    "data/no_weights.txt",
    "dvc.yaml",
    "galaxyzoo",
    "params.yaml",
    "stages",
    "tools",
    "versions.yaml",
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
    "report",
]


def site(folder: Path) -> str:
    """Where DVC keeps what it remembers of a project."""
    return str(folder.parent / "site")


def environment(folder: Path, warm: bool = False) -> dict[str, str]:
    """Variables in which `dvc` and `python` are those of this environment.

    With `warm`, stages start faster (warm_python.py); test_ends.py starts them as they are.
    """
    first = [warm_folder("1")] if warm else []
    return os.environ | {
        "PATH": os.pathsep.join([*first, str(Path(sys.executable).parent), os.environ["PATH"]]),
        "DVC_SITE_CACHE_DIR": site(folder),
        "OMP_NUM_THREADS": "1",
    }


@dataclass(frozen=True)
class Project:
    """A copy of this project with small parameters, committed to git."""

    folder: Path

    @classmethod
    def make(cls, folder: Path) -> "Project":
        """One whose stages have not run."""
        for part in PARTS:
            source, target = ROOT / part, folder / part
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, target)
        project = cls(folder)
        project.set_param("make_sample", "galaxies", 40)
        project.set_param("split", "calibration_fraction", 0.1)
        project.set_param("train_cnn", "epochs", 1)
        project.set_param("train_resnet", "epochs", 1)
        project.set_param("train_tuned", "epochs", 1)
        project.run("git", "init", "--quiet", "--initial-branch", "main")
        project.run("git", "config", "user.name", "Tester")
        project.run("git", "config", "user.email", "tester@example.org")
        project.commit("start")
        return project

    def copy(self, folder: Path) -> "Project":
        shutil.copytree(self.folder, folder, symlinks=True)
        return Project(folder)

    def run(self, *command: str) -> str:
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=environment(self.folder, warm=True),
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

    def stale(self) -> set[str]:
        """What `dvc status` says: the stages whose inputs have changed, asked of DVC's own code."""
        with Repo(str(self.folder), config={"core": {"site_cache_dir": site(self.folder)}}) as repo:
            return {stage.rpartition(":")[2] for stage in repo.status()}

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
