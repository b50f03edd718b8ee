"""A disk that is full, in earnest: at each stage, and in `galaxyzoo classify`.

usage: python -m benchmarks.full_disk --work FOLDER [--each 4] [--seed 0]

A finished project with a tiny sample stands in a file system in memory (tmpfs), which is made so
small that the space ends somewhere in what a stage writes: on a page drawn at random. The stage
must say so in one line, leave no file half-written under its final name and no temporary one, and
be right once there is room. Mounting takes root: without it nothing is tried, which is said.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from benchmarks.kills import written
from tests.pipeline.project import ALL_STAGES, Project, environment

ROOMY = 2**30
PAGE = 4096
CLASSIFY = "galaxyzoo classify data/sample/images_training_rev1.zip --workers 2 --batch-size 1"
MODEL = "--model models/exported/cnn.safetensors"
COMMANDS = {
    **{stage: f"-m stages.{stage}" for stage in ALL_STAGES},
    "classify to CSV": f"-m {CLASSIFY} {MODEL} --output catalogue/c.csv",
    "classify to Parquet": f"-m {CLASSIFY} {MODEL} --output catalogue/c.parquet",
}


@dataclass
class Outcome:
    code: int
    said: str


@contextmanager
def disk(folder: Path) -> Iterator[Path]:
    """A file system in memory; sys.exit with the reason where it can't be mounted."""
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={ROOMY}", "tmpfs", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"skipped: no file system can be mounted here ({done.stderr.strip()})")
        sys.exit(0)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def resize(folder: Path, size: int) -> None:
    options = f"remount,size={size}"
    subprocess.run(["mount", "-o", options, str(folder)], check=True)


def used(folder: Path) -> int:
    status = os.statvfs(folder)
    return (status.f_blocks - status.f_bfree) * status.f_bsize


def make_project(folder: Path) -> Project:
    project = Project.make(folder)
    project.set_param("make_sample", "galaxies", 24)
    project.set_param("crop_resize", "size", 32)
    project.repro()
    return project


def run(project: Project, command: str) -> Outcome:
    done = subprocess.run(
        [sys.executable, *command.split()],
        cwd=project.folder,
        env=environment(project.folder) | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return Outcome(done.returncode, done.stderr)


def needed(project: Project, name: str) -> int:
    """The bytes that a command has on the disk at most while it replaces its outputs; roughly."""
    if name.startswith("classify"):
        return 24 * 1000
    stages = yaml.safe_load((project.folder / "dvc.yaml").read_text())["stages"]
    outs = [out if isinstance(out, str) else next(iter(out)) for out in stages[name]["outs"]]
    paths = [path for out in outs for path in all_of(project.folder / out)]
    checkpoint = 4 if name.startswith("train") else 1  # the optimiser holds two of each weight
    return checkpoint * sum(-(-path.stat().st_size // PAGE) * PAGE for path in paths)


def all_of(path: Path) -> list[Path]:
    return [file for file in path.rglob("*") if file.is_file()] if path.is_dir() else [path]


def try_once(
    project: Project, name: str, room: int, right: dict[str, str]
) -> tuple[bool, list[str]]:
    """Whether the space ended, and what was wrong then."""
    top = project.folder.parent
    shutil.rmtree(project.folder / "catalogue", ignore_errors=True)
    resize(top, used(top) // PAGE * PAGE + room // PAGE * PAGE + PAGE)
    full = run(project, COMMANDS[name])
    faults = [f"other bytes: {path}" for path in differing(project, right, "catalogue")]
    resize(top, ROOMY)
    if full.code:
        faults += told_badly(full)
    again = run(project, COMMANDS[name])
    if again.code:
        faults.append(f"fails also with room: {again.said[-1000:]}")
    faults += [f"other bytes with room: {path}" for path in differing(project, right)]
    faults += [f"left over: {path}" for path in project.folder.rglob(".*.tmp")]
    return full.code != 0, faults


def told_badly(full: Outcome) -> Iterator[str]:
    lines = [line for line in full.said.splitlines() if line.startswith("error: ")]
    if len(lines) != 1 or "no space left" not in lines[0]:
        yield f"says: {full.said[-2000:]}"
    if "Traceback" in full.said:
        yield "a traceback"


def differing(project: Project, right: dict[str, str], *ignored: str) -> list[str]:
    """The files that are there and aren't those of the undisturbed run."""
    now = written(project.folder)
    return [
        name
        for name, content in now.items()
        if content != right.get(name) and not name.startswith(ignored) and ".tmp/" not in name
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--each", type=int, default=4, help="full disks for each command")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    draws, faulty, full = random.Random(options.seed), 0, 0
    with disk(options.work.resolve()) as top:
        project = make_project(top / "project")
        for command in COMMANDS.values():
            run(project, command)
        right = written(project.folder)
        for name in COMMANDS:
            needs = needed(project, name)
            for number in range(options.each):
                room = 0 if number == 0 else draws.randrange(needs)
                ended, faults = try_once(project, name, room, right)
                full += ended
                faulty += bool(faults)
                print(f"{name}: {room} of some {needs} bytes, full: {ended} {faults}", flush=True)
    print(f"{full} full disks, {faulty} with faults")
    sys.exit(faulty > 0)


if __name__ == "__main__":
    main()
