"""The commands of docs/comparing.md, as they stand there, in a project that has run."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

import pytest
import yaml
from dvc.cli import main as dvc_main
from dvc.repo import Repo

from tests.conftest import ROOT
from tests.pipeline.project import Project, environment, site
from tools import merged_lock

pytestmark = pytest.mark.filterwarnings("ignore")  # DVC's own, which runs in this process

MORE = {
    "dvc exp run": "split",  # and not what follows
    "dvc exp run -n larger": "-S crop_resize.on_bad_image=reject",  # changed by one branch alone
    "git commit": "--no-edit",
}
"""What a command is given beside what the page says"""


def commands(section: str) -> list[str]:
    """The commands of a section of the page, one by one."""
    text = (ROOT / "docs/comparing.md").read_text()
    (own,) = re.findall(rf"^## {section}.*?\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    lines = re.findall(r"^    (.+)$", own, re.MULTILINE)
    return [command for line in lines for command in line.split(" && ")]


def give(project: Project, command: str) -> int:
    """Give a command in the project; its exit status. DVC runs in this process, which is faster."""
    extra = [more for start, more in MORE.items() if command.startswith(start)]
    program, *words = shlex.split(" ".join([command, *extra]))
    with chdir(project.folder):
        if program == "dvc":
            return int(dvc_main(words))
        if words[:2] == ["-m", "tools.merged_lock"]:
            merged_lock.main()
            return 0
        return subprocess.run([program, *words], check=False).returncode


@pytest.fixture
def here(project: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    """The project, with the variables that its stages want; afterwards as it was."""
    for name in ("PATH", "DVC_SITE_CACHE_DIR", "OMP_NUM_THREADS"):
        monkeypatch.setenv(name, environment(project.folder, warm=True)[name])
    start = project.run("git", "rev-parse", "HEAD").strip()
    yield project
    project.run("git", "switch", "--quiet", "--force", "main")
    project.run("git", "reset", "--quiet", "--hard", start)
    with chdir(project.folder):
        assert dvc_main(["checkout", "--quiet", "--force"]) == 0
    assert project.run("git", "status", "--porcelain") == ""


def reproduced(project: Project) -> list[str]:
    """Run the stages up to split; those that ran."""
    config = {"core": {"site_cache_dir": site(project.folder)}}
    with chdir(project.folder), Repo(config=config) as repo:
        return [stage.name for stage in repo.reproduce("split")]


def settle(params: Path) -> None:
    """Take both changes that git couldn't merge, as neighbours."""
    both = "  test_fraction: 0.4\n  seed: 7\n"
    text, count = re.subn(
        r"^<<<<<<< .*?^>>>>>>> .*?\n", both, params.read_text(), flags=re.MULTILINE | re.DOTALL
    )
    assert count == 1
    params.write_text(text)


def test_two_experiments_merge_and_only_what_both_changed_runs(here: Project) -> None:
    told = commands("Merge two experiments")
    merging = told.index("git merge with-larger")
    assert [give(here, command) for command in told[:merging]] == [0] * merging
    ours = (here.folder / "data/split.csv").read_text()
    assert give(here, told[merging]) == 1
    conflicts = here.run("git", "diff", "--name-only", "--diff-filter=U").split()
    assert {"dvc.lock", "data/split.csv", "params.yaml"} <= set(conflicts)
    assert (here.folder / "data/split.csv").read_text() == ours, "whole, and no lines of both"
    settle(here.folder / "params.yaml")
    locking, checkout, repro, add, commit = told[merging + 1 :]
    assert give(here, locking) == 0
    assert "split" not in here.lock()["stages"]
    assert give(here, checkout) == 0
    assert repro == "dvc repro"
    assert reproduced(here) == ["split"]
    assert [give(here, command) for command in (add, commit)] == [0, 0]
    assert here.stale() & {"crop_resize", "split"} == set()
    assert here.run("git", "status", "--porcelain") == ""
    assert (here.folder / "data/split.csv").read_text() != ours
    assert len(here.run("git", "log", "-1", "--format=%P").split()) == 2


def test_back_after_a_failed_experiment(here: Project) -> None:
    """A killed one also leaves its changes staged, and no branch."""
    assert give(here, "dvc exp run -S split.missing=nonsense") != 0
    assert not (here.folder / "data/votes.parquet").exists()
    here.run("git", "add", "params.yaml")
    here.run("git", "switch", "--quiet", "--detach")
    told = commands("An experiment failed")
    assert [give(here, command) for command in told] == [0] * len(told)
    assert here.run("git", "branch", "--show-current").strip() == "main"
    assert here.run("git", "status", "--porcelain") == ""
    assert here.stale() == set()


def test_a_model_is_fetched_by_its_tag_and_a_remote(here: Project, tmp_path: Path) -> None:
    tag, push, store, fetch, classify = commands("Fetch a model of a version")
    remote, origin = tmp_path / "remote", tmp_path / "origin.git"
    here.run("git", "clone", "--quiet", "--bare", ".", str(origin))
    here.run("git", "remote", "add", "origin", str(origin))
    assert give(here, f"dvc remote add --default storage {remote}") == 0
    here.commit("remote")
    assert [give(here, command) for command in (tag, push, store)] == [0, 0, 0]
    with chdir(tmp_path):
        words = shlex.split(fetch)[1:]
        url = words.index("https://github.com/OWNER/galaxyzoo")
        assert dvc_main([*words[:url], str(origin), *words[url + 1 :]]) == 0
        assert dvc_main([*words[:url], str(origin), "tuned", "--rev", "v0.3.0"]) != 0
    fetched = shlex.split(classify)[shlex.split(classify).index("--model") + 1]
    assert (tmp_path / fetched).read_bytes() == model(here).read_bytes()
    here.run("git", "tag", "--delete", "tuned@v0.2.0")
    here.run("git", "remote", "remove", "origin")


def model(project: Project) -> Path:
    pipeline = yaml.safe_load((project.folder / "dvc.yaml").read_text())
    return project.folder / str(pipeline["artifacts"]["tuned"]["path"])
