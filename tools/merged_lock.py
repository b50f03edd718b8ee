"""Put dvc.lock together when a merge has stopped at it: python -m tools.merged_lock

An entry of dvc.lock says what a stage made, and of what. Lines of two entries mixed would claim
results that nobody computed, so this takes whole entries: from the branch that changed one. What
both changed is left out, and `dvc repro` runs that stage.
"""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from dvc.utils.serialize import dump_yaml

from galaxyzoo.base import endings
from galaxyzoo.base.errors import UserError
from galaxyzoo.base.files import atomic

LOCK = Path("dvc.lock")
BASE, OURS, THEIRS = 1, 2, 3  # of git, for a file in conflict

Stages = Mapping[str, Any]


class NoConflictError(UserError):
    """There is nothing to put together."""


def main() -> None:
    base, ours, theirs = (staged(number) for number in (BASE, OURS, THEIRS))
    merged = merge(base, ours, theirs)
    with atomic(LOCK) as temporary:
        dump_yaml(str(temporary), {"schema": "2.0", "stages": merged})
    again = [name for name in ours if name not in merged]
    endings.say(f"{LOCK}: put together; both branches changed {', '.join(again) or 'no stage'}")
    endings.say("now: dvc checkout, then dvc repro, which runs what has to run")


def merge(base: Stages, ours: Stages, theirs: Stages) -> dict[str, Any]:
    """The entries that one side changed, or neither; in the order of ours."""
    names = list(dict.fromkeys([*ours, *theirs]))
    found = {name: _of(name, base, ours, theirs) for name in names}
    return {name: entry for name, entry in found.items() if entry is not None}


def _of(name: str, base: Stages, ours: Stages, theirs: Stages) -> object:
    """The entry that holds; None where no side has it, or both changed it."""
    old, own, other = (stages.get(name) for stages in (base, ours, theirs))
    if other in (old, own):
        return own
    return other if own == old else None


def staged(number: int) -> Stages:
    """The stages of dvc.lock as one side of the merge has them."""
    listed = _git("ls-files", "--unmerged", str(LOCK))
    if not listed:
        raise NoConflictError(f"{LOCK}: not in conflict; this is for a merge that stopped at it")
    if f" {number}\t" not in listed:
        return {}
    content: dict[str, Any] = yaml.safe_load(_git("show", f":{number}:{LOCK}"))
    return dict(content["stages"])


def _git(*command: str) -> str:
    done = subprocess.run(["git", *command], capture_output=True, text=True, check=True)
    return done.stdout


if __name__ == "__main__":
    with endings.told():
        main()
