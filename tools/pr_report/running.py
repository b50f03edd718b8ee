"""Two commits of a project, whose pipelines run one after the other in a clone."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml
from dvc.cli import main as dvc_main

from galaxyzoo.base import paths
from galaxyzoo.base.errors import UserError
from tools import offline_plots, verify
from tools.pr_report.charts import SIDES
from tools.pr_report.results import Effect, Outcome

BEFORE, AFTER = SIDES
_AUTHOR = ("-c", "user.name=galaxyzoo", "-c", "user.email=galaxyzoo@localhost")
_UNSIGNED = ("-c", "commit.gpgsign=false")


class RunError(UserError):
    """A revision that isn't there, or whose pipeline stopped."""


@dataclass(frozen=True)
class Clone:
    """Of a project, in a temporary folder; results are committed there, and nowhere else."""

    project: Path
    folder: Path
    cached: bool
    """Take what the project's own cache holds, wherever that was computed"""

    @classmethod
    def make(cls, project: Path, folder: Path, cached: bool) -> "Clone":
        git(project, "clone", "--quiet", "--no-checkout", str(project), str(folder))
        clone = cls(project, folder, cached)
        settings = [f"[plots]\n    html_template = {offline_plots.TEMPLATE.name}\n"]
        if cached:
            settings.append(f"[cache]\n    dir = {cache_of(project)}\n")
        (folder / ".dvc").mkdir()
        (folder / ".dvc" / "config.local").write_text("".join(settings), encoding="utf-8")
        offline_plots.write(folder / offline_plots.TEMPLATE)
        excluded = f"/.dvc/config.local\n/{offline_plots.TEMPLATE.as_posix()}\n"
        (folder / ".git" / "info" / "exclude").write_text(excluded, encoding="utf-8")
        return clone

    def run(self, commit: str, side: str) -> Outcome:
        """The pipeline of a commit, as far as what the clone holds differs from what it makes."""
        print(f"{side}: the pipeline of {commit[:7]}", flush=True)
        known = verify.read_lock(self.folder) if (self.folder / "dvc.lock").exists() else None
        git(self.folder, "checkout", "--quiet", "--detach", commit)
        verify.link_data(self.project, self.folder)
        with surroundings(self.project, self.folder):
            self._reproduce(known)
        outcome = Outcome.read(self.folder, commit)
        git(self.folder, "add", "--all")
        git(self.folder, *_AUTHOR, *_UNSIGNED, "commit", "--quiet", "--allow-empty", "-nm", side)
        git(self.folder, "branch", "--force", side)
        return outcome

    def _reproduce(self, known: dict[str, str] | None) -> None:
        if known is not None:
            self._drop(known)
        if self.cached:
            self.dvc("checkout", "--quiet", "--allow-missing")
        elif known is not None:
            self._keep(known)
        first = known is None and not self.cached
        self.dvc("repro", *(["--force"] if first else []))

    def _drop(self, known: dict[str, str]) -> None:
        """Remove what no stage of this commit writes: a network that is gone would be scored."""
        pipeline = yaml.safe_load((self.folder / "dvc.yaml").read_text(encoding="utf-8"))
        outs = [out for stage in pipeline["stages"].values() for out in stage["outs"]]
        written = {out if isinstance(out, str) else next(iter(out)) for out in outs}
        for path in set(known) - written:
            remove(self.folder / path)

    def _keep(self, known: dict[str, str]) -> None:
        """Go on from the results of before, so that only what differs runs."""
        for path in ("dvc.lock", *known):
            if verify.in_git(self.folder, path) or path == "dvc.lock":
                remove(self.folder / path)
                git(self.folder, "checkout", "--quiet", BEFORE, "--", path)

    def dvc(self, *words: str) -> None:
        with chdir(self.folder):
            if dvc_main(list(words)):
                raise RunError(f"`dvc {' '.join(words)}` went wrong in the clone, as said above")


def compare(commits: tuple[str, str], clone: Clone, out: Path) -> Effect:
    """Run both; in `out`, the reports of both and DVC's page of plots."""
    out.mkdir(parents=True, exist_ok=True)
    outcomes = []
    for commit, side in zip(commits, SIDES, strict=True):
        outcomes.append(clone.run(commit, side))
        shutil.copy(clone.folder / paths.REPORT, out / f"{side}.html")
    remove(out / "plots")
    with surroundings(clone.project, clone.folder):
        clone.dvc("plots", "diff", BEFORE, AFTER, "--out", str((out / "plots").resolve()))
    return Effect(*outcomes)


def both(project: Path, base: str) -> tuple[str, str]:
    """The commit where HEAD left a branch, and that of HEAD."""
    head = resolve(project, "HEAD")
    return git(project, "merge-base", resolve(project, base), head), head


def resolve(project: Path, revision: str) -> str:
    """The commit of a revision."""
    words = ("--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    try:
        return git(project, "rev-parse", *words)
    except subprocess.CalledProcessError:
        raise RunError(f"BASE={revision}: git knows no such revision here") from None


@contextmanager
def surroundings(project: Path, clone: Path) -> Iterator[None]:
    """Variables in which stages are those of the clone, with the packages that it asks for."""
    before = dict(os.environ)
    os.environ |= {"PYTHONPATH": str(clone), "DVC_SITE_CACHE_DIR": str(clone.parent / "site")}
    if same(project, clone, "requirements.txt"):
        shutil.copy(project / "versions.yaml", clone)  # what is installed here
    else:
        subprocess.run(["make", "--directory", str(clone), "setup"], check=True)
        os.environ["PATH"] = f"{clone / '.venv' / 'bin'}{os.pathsep}{before['PATH']}"
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def same(project: Path, clone: Path, name: str) -> bool:
    one, other = project / name, clone / name
    return one.exists() == other.exists() and (
        not one.exists() or one.read_bytes() == other.read_bytes()
    )


def cache_of(project: Path) -> str:
    said = subprocess.run(
        ["dvc", "cache", "dir"], cwd=project, capture_output=True, text=True, check=True
    )
    return str((project / said.stdout.strip()).resolve())


def remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", *words], cwd=folder, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout.strip()
