"""Rerun the committed pipeline in a temporary clone, and compare: python -m tools.verify

Every output is compared with dvc.lock. On a processor of the kind that trained the committed
networks (plots/history names it), and with as many threads and processes, all must have the same
bytes; else the program ends with 1. On another kind it lists what differs, by how much, and ends
with 0 (docs/processors.md tells why).
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from galaxyzoo.base import endings
from galaxyzoo.base.errors import UserError
from galaxyzoo.base.paths import HISTORY
from galaxyzoo.devices import choose_device, describe
from galaxyzoo.training.launch import PROCESSES
from tools.comparison import difference

_OF_A_PARAM = re.compile(r"\$\{(\w+)\.(\w+)\}")


class VerifyError(UserError):
    """The committed pipeline can't be run again."""


def main(project: Path) -> int:
    """The exit status."""
    kinds, circumstances = committed_kinds(project)
    here = describe(choose_device("auto"))
    with tempfile.TemporaryDirectory(prefix="galaxyzoo-verify-") as folder:
        clone = make_clone(project, Path(folder) / "clone")
        committed = read_lock(clone)
        print(f"running the committed pipeline in {clone}, with {circumstances}", flush=True)
        run(clone, circumstances, "dvc", "repro", "--force")
        again = read_lock(clone)
        differing = [path for path in committed if again.get(path) != committed[path]]
        for path in differing:
            print(f"{path}: {told(project, clone, path)}")
    print(f"{len(committed) - len(differing)} of {len(committed)} outputs have the same bytes")
    return verdict(differing, kinds, here)


def verdict(differing: list[str], kinds: set[str], here: str) -> int:
    if differing and kinds != {here}:
        print(f"this is another kind of processor: {here}, and not {', '.join(sorted(kinds))}")
        return 0
    return 1 if differing else 0


def told(project: Path, clone: Path, path: str) -> str:
    """By how much an output differs from the committed one, if that is there to compare."""
    with tempfile.TemporaryDirectory() as folder:
        before = project / path
        if in_git(clone, path):
            archive = subprocess.run(
                ["git", "archive", "HEAD", path], cwd=clone, capture_output=True, check=True
            )
            subprocess.run(["tar", "x", "-C", folder], input=archive.stdout, check=True)
            before = Path(folder) / path
        if not before.exists():
            return "differs; the committed one is not here (dvc pull, or make repro)"
        return (
            difference(before, clone / path) or "differs from dvc.lock, but not from the file here"
        )


def in_git(clone: Path, path: str) -> bool:
    listed = subprocess.run(["git", "ls-files", path], cwd=clone, capture_output=True, check=True)
    return bool(listed.stdout)


def committed_kinds(project: Path) -> tuple[set[str], dict[str, str]]:
    """On which kinds of device the committed networks were trained; and the variables that say on
    how many threads, and in how many processes.
    """
    tables = [pd.read_csv(path) for path in sorted((project / HISTORY).glob("*.csv"))]
    if not tables or not all({"computed_on", "threads"} <= set(own) for own in tables):
        raise VerifyError(f"{HISTORY}: does not say where the networks were trained; make repro")
    whole = pd.concat(tables)
    processes = whole["processes"].max() if "processes" in whole else 1
    numbers = {"OMP_NUM_THREADS": whole["threads"].max(), PROCESSES: processes}
    return set(whole["computed_on"]), {name: str(int(own)) for name, own in numbers.items()}


def make_clone(project: Path, folder: Path) -> Path:
    """A clone of the last commit, with links to the data that git ignores."""
    subprocess.run(["git", "clone", "--quiet", str(project), str(folder)], check=True)
    link_data(project, folder)
    return folder


def link_data(project: Path, folder: Path) -> None:
    """Link the files that stages take by a parameter, and git ignores, to those of the project."""
    made = read_lock(folder)
    for path in _named_by_params(folder):
        if path not in made and not (folder / path).exists() and (project / path).exists():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).symlink_to((project / path).resolve())


def _named_by_params(folder: Path) -> set[str]:
    """What stands in dvc.yaml as "${data.images}"."""
    params = yaml.safe_load((folder / "params.yaml").read_text())
    named = _OF_A_PARAM.findall((folder / "dvc.yaml").read_text())
    return {params[section][name] for section, name in named}


def read_lock(folder: Path) -> dict[str, str]:
    """The hash of each output in dvc.lock, by its path."""
    content: dict[str, Any] = yaml.safe_load((folder / "dvc.lock").read_text())
    return dict(_outputs(content["stages"]))


def _outputs(stages: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for stage in stages.values():
        for output in stage["outs"]:
            yield output["path"], output["md5"]


def run(clone: Path, circumstances: dict[str, str], *command: str) -> None:
    """With a cache of DVC's own beside the clone, so that nothing is taken from elsewhere."""
    done = subprocess.run(
        command,
        cwd=clone,
        env=os.environ
        | {
            "PYTHONPATH": str(clone),
            "DVC_SITE_CACHE_DIR": str(clone.parent / "site"),
        }
        | circumstances,
        check=False,
    )
    if done.returncode:
        raise VerifyError(f"`{' '.join(command)}` went wrong in the clone, as said above")


if __name__ == "__main__":
    with endings.told():
        sys.exit(main(Path.cwd()))
