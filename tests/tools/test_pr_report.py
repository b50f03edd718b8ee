"""`make pr-report`: two branches of a small repository with real DVC, and what the comment says.

tests/pipeline runs it on the real pipeline; tests/test_workflows.py has the workflow.
"""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from PIL import Image

from tests.conftest import ROOT
from tools import offline_plots
from tools.pr_report import __main__ as pr_report
from tools.pr_report import charts, comment
from tools.pr_report.results import LOSSES, Effect, Outcome
from tools.pr_report.running import RunError

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # DVC's own, in this process

LOSS = "network,epoch,split,mse\nCNN,0,test,0.3\nCNN,1,test,0.1\nCNN,2,test,0.05\n"


class Repository:
    """Stages that copy their inputs, and note outside the repository that they ran."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.ran = folder, folder.parent / "ran"
        (folder / "data").mkdir(parents=True)
        shutil.copytree(ROOT / ".dvc/plots", folder / ".dvc/plots")
        self.write(".dvc/config", "[core]\n    analytics = false\n")
        self.write(".gitignore", "/models/\n/report/\n/data/own.csv\n")
        self.write("params.yaml", "data: {labels: data/own.csv}\nscore: {rmse: 0.5}\n")
        self.write("versions.yaml", "numpy: 1\n")
        self.write("data/own.csv", LOSS)
        stages = {
            "train": self.stage("train", ["${data.labels}"], "models/a.csv", "models/b.csv"),
            "evaluate": self.stage("evaluate", ["score.json", "models/a.csv"], "metrics/cnn.json"),
            "curves": self.stage("curves", ["models/a.csv"], "plots/losses.csv"),
            "report": self.stage("report", ["score.json"], "report/index.html"),
        }
        self.pipeline: dict[str, Any] = {"stages": stages, "plots": ["plots/losses.csv"]}
        self.score(0.5)
        self.git("init", "--quiet", "--initial-branch", "main")
        self.commit("main")

    def stage(self, name: str, deps: list[str], *outs: str) -> dict[str, Any]:
        """It copies its first dep, and notes its name and which models are there."""
        folder = Path(outs[0]).parent
        copies = " && ".join(f"cp {deps[0]} {out}" for out in outs)
        cached = folder.name in ("models", "report")
        command = f"mkdir -p models {folder} && echo {name} $(ls models) >> {self.ran} && {copies}"
        listed = [out if cached else {out: {"cache": False}} for out in outs]
        return {"cmd": command, "deps": deps, "outs": listed}

    def write(self, name: str, content: str) -> None:
        (self.folder / name).write_text(content)

    def score(self, rmse: float) -> None:
        self.write("score.json", json.dumps({"rmse": rmse}))
        self.write("dvc.yaml", yaml.safe_dump(self.pipeline))
        lock = {"schema": "2.0", "stages": {}}
        if not (self.folder / "dvc.lock").exists():
            self.write("dvc.lock", yaml.safe_dump(lock))

    def git(self, *words: str) -> str:
        own = ("-c", "user.name=T", "-c", "user.email=t@example.org")
        command = ["git", *own, *words]
        return subprocess.run(
            command, cwd=self.folder, stdout=subprocess.PIPE, text=True, check=True
        ).stdout

    def commit(self, message: str) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "own")


def test_both_run_here_and_the_second_only_as_far_as_it_differs(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The branch scores otherwise, and has one output less. Main has gone on since."""
    monkeypatch.setattr(
        offline_plots, "chart_library", str
    )  # takes long; other tests open the page
    repository.git("switch", "--quiet", "--create", "after")
    repository.pipeline["stages"]["train"]["outs"].pop()
    repository.score(0.25)
    repository.commit("better")
    repository.git("switch", "--quiet", "main")
    repository.score(0.75)
    repository.commit("not of this branch")
    repository.git("switch", "--quiet", "after")
    repository.write("score.json", "not committed")
    before = repository.git("for-each-ref") + repository.git("status", "--porcelain")
    out = repository.folder.parent / "out"
    pr_report.main(repository.folder, ["main", "--out", str(out)])
    ran = repository.ran.read_text().splitlines()
    assert sorted(line.split()[0] for line in ran[:4]) == ["curves", "evaluate", "report", "train"]
    assert "evaluate a.csv b.csv" in ran[:4]
    assert sorted(ran[4:]) == ["evaluate a.csv", "report a.csv"]
    said = (out / "comment.md").read_text()
    assert "| <code>cnn</code> | 0.50000 | 0.25000 | 🟢 better -0.25000 (-50.0%) |" in said
    assert json.loads((out / "before.html").read_text())["rmse"] == 0.5
    assert json.loads((out / "after.html").read_text())["rmse"] == 0.25
    for name in ("ranking.png", "losses.png"):
        with Image.open(out / name) as picture:
            assert picture.width > 500
    assert "losses.csv" in (out / "plots/index.html").read_text()
    after = repository.git("for-each-ref") + repository.git("status", "--porcelain")
    assert after == before, "the repository itself is left alone"


def test_a_base_that_git_does_not_know(repository: Repository) -> None:
    for base in ("nowhere", "--output=x"):
        with pytest.raises(RunError, match=f"BASE={base}: git knows no such revision"):
            pr_report.main(repository.folder, ["--out", "x", "--", base])


def outcome(
    scores: dict[str, float], losses: str = "", params: dict[str, Any] | None = None
) -> Outcome:
    rows = [line.split(",") for line in losses.splitlines()[1:]]
    table = pd.DataFrame(rows, columns=list(LOSSES)).astype({"epoch": int, "mse": float})
    stages = {"evaluate": {"outs": [{"path": "metrics", "md5": repr(scores)}]}}
    return Outcome("0123456789", scores, table, params or {}, stages)


def test_the_comment_says_what_is_better_worse_new_and_gone() -> None:
    before = outcome({"a": 0.2, "b": 0.1, "c": 0.3, "d": 0.4})
    after = outcome({"a": 0.1, "b": 0.2, "c": 0.3, "e": 0.05})
    said = comment.write(Effect(before, after), "a machine")
    rows = [line for line in said.splitlines() if line.startswith("| <code>")]
    assert [row.split("</code>")[0][-1] for row in rows] == ["e", "a", "b", "c", "d"]
    assert [row.split("|")[4].split()[:2] for row in rows] == [
        ["new"],
        ["🟢", "better"],
        ["🔴", "worse"],
        ["none"],
        ["gone"],
    ]
    assert "a machine" in said
    assert said.startswith(comment.MARK)


def test_the_comment_says_that_nothing_changed() -> None:
    same = outcome({"a": 0.2}, LOSS)
    said = comment.write(Effect(same, same), "a machine")
    assert "Every output has the same bytes" in said
    assert "mermaid" not in said


def test_what_a_branch_names_is_shown_and_does_nothing() -> None:
    bad = '|`@all <img src=x> ](http://x) "]\n```'
    after = outcome({bad: 0.2}, LOSS.replace("CNN", 'C"N]'), {"p": bad})
    said = comment.write(Effect(outcome({}), after), "a machine")
    assert "@all" not in said
    assert "<img" not in said
    assert said.count("```mermaid") == said.count("```") / 2 == 2
    (line,) = [line for line in said.splitlines() if line.startswith("| <code>p")]
    assert line.count("|") == 4
    assert 'title "C N "' in said


def test_curves_have_one_length_and_leave_out_what_is_before_training() -> None:
    longer = outcome({}, LOSS + "CNN,3,test,0.04\nCNN,3,train,0.01\n")
    drawn = charts.curves(Effect(outcome({}, LOSS), longer), "CNN")
    assert "line [0.1, 0.05, 0.05]" in drawn
    assert "line [0.1, 0.05, 0.04]" in drawn
    assert "[1, 2, 3]" in drawn
