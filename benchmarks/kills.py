"""Every stage killed at random points; the next `dvc repro` must end as if nothing had happened.

usage: python -m benchmarks.kills --work FOLDER [--kills 200] [--seed 0]

In FOLDER a copy of this project, with a tiny sample, is run once undisturbed. Then, over and over,
one stage is made to run, something is killed at a point drawn at random, and `dvc repro` is given:
every output must have the bytes of the undisturbed run, git must see no change, and no temporary
file and no process may be left. Half of the kills wait until a stage is writing; after a quarter of
them DVC finds in its cache what the stage was to write. What was done
stands in FOLDER/kills.json: the same command goes on where it was stopped.
"""

import argparse
import json
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import psutil

from galaxyzoo.base.files import digest, write_json
from tests.pipeline.project import ALL_STAGES, Project, environment

KINDS = {
    "group": "SIGKILL to DVC, the stage and its workers",
    "dvc": "SIGKILL to DVC alone",
    "dvc, term": "SIGTERM to DVC alone",
    "stage": "SIGKILL to the stage alone",
    "stage, term": "SIGTERM to the stage alone",
    "worker": "SIGKILL to a worker; to the stage where it has none",
}
PATIENCE = 3.0  # seconds in which all processes must be gone
_WRITTEN = ("catalogue", "data", "metrics", "models", "plots", "report", "dvc.lock")


@dataclass
class State:
    """What stands in kills.json."""

    outputs: dict[str, str]
    """Digest of each file that the undisturbed run wrote"""
    seconds: dict[str, float]
    """How long each stage's process lived"""
    kills: list[dict[str, Any]] = field(default_factory=list)
    """Stage, kind, whether it waited for a temporary file and so on, and the faults"""

    def write(self, work: Path) -> None:
        write_json(work / "kills.json", asdict(self))

    @property
    def faults(self) -> list[dict[str, Any]]:
        return [kill for kill in self.kills if kill["faults"]]


def prepare(work: Path) -> State:
    """Make the project, run it, and see how long each stage takes."""
    shutil.rmtree(work, ignore_errors=True)
    project = Project.make(work / "undisturbed")
    project.set_param("make_sample", "galaxies", 24)
    project.set_param("crop_resize", "size", 32)
    project.set_param("train_tuned", "epochs", 2)
    project.repro()
    project.commit("run")
    shutil.copytree(project.folder, work / "killed", symlinks=True)
    killed = Project(work / "killed")
    killed.run("dvc", "repro")
    seconds = {stage: duration(killed, stage) for stage in ALL_STAGES}
    state = State(written(project.folder), seconds)
    state.write(work)
    return state


def written(folder: Path) -> dict[str, str]:
    """The digest of each file that the stages wrote."""
    files = (path for part in _WRITTEN for path in (folder / part, *(folder / part).rglob("*")))
    return {
        path.relative_to(folder).as_posix(): digest(path)
        for path in files
        if path.is_file() and path.name != ".gitignore"
    }


def start(project: Project, stage: str) -> "subprocess.Popen[str]":
    """A `dvc repro` that runs one stage, whatever has changed, in a session of its own."""
    return subprocess.Popen(
        ["dvc", "repro", "--force", "--single-item", "--no-run-cache", stage],
        cwd=project.folder,
        env=environment(project.folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def wait_for_stage(dvc: "subprocess.Popen[str]", stage: str) -> psutil.Process | None:
    """The process of the stage; None if DVC ended before."""
    while dvc.poll() is None:
        for child in descendants(dvc.pid):
            try:
                if f"stages.{stage}" in child.cmdline():
                    return child
            except psutil.Error:
                continue
        time.sleep(0.005)
    return None


def descendants(process: int) -> list[psutil.Process]:
    try:
        found: list[psutil.Process] = psutil.Process(process).children(recursive=True)
    except psutil.Error:
        return []
    return found


def duration(project: Project, stage: str) -> float:
    dvc = start(project, stage)
    process, began = wait_for_stage(dvc, stage), time.monotonic()
    assert process is not None, dvc.communicate()
    psutil.wait_procs([process])
    lived = time.monotonic() - began
    said, _ = dvc.communicate()
    assert dvc.returncode == 0, said
    return lived


def kill_once(project: Project, state: State, draws: random.Random) -> dict[str, Any]:
    """Kill something, run the pipeline, and look."""
    stage, kind = draws.choice(ALL_STAGES), draws.choice(list(KINDS))
    writing = draws.random() < 0.5
    cached = draws.random() < 0.25
    if not cached:
        forget(project, stage)
    dvc = start(project, stage)
    process = wait_for_stage(dvc, stage)
    if process is not None:
        wait_for_the_point(project, process, writing, state.seconds[stage], draws)
        send(kind, dvc, process, draws)
    said = ended(dvc)
    faults = [f"still there: {left}" for left in left_alive(project)]
    if "Traceback" in said:
        faults.append(f"a traceback: {said[-2000:]}")
    return {
        "stage": stage,
        "kind": kind,
        "writing": writing,
        "cached": cached,
        "hit": dvc.returncode != 0,
        "faults": [*faults, *after_the_next_run(project, state)],
    }


def forget(project: Project, stage: str) -> None:
    """Remove what DVC has cached of a stage, which it would else take in place of a run."""
    cache = project.folder / ".dvc" / "cache"
    shutil.rmtree(cache / "runs", ignore_errors=True)
    for output in project.lock()["stages"][stage]["outs"]:
        (cache / "files" / "md5" / output["md5"][:2] / output["md5"][2:]).unlink(missing_ok=True)


def wait_for_the_point(
    project: Project, process: psutil.Process, writing: bool, lived: float, draws: random.Random
) -> None:
    if not writing:
        time.sleep(draws.uniform(0, lived))
        return
    scratch = project.folder / ".dvc" / "tmp" / "galaxyzoo"
    passed_over = draws.randrange(3)  # temporary files
    seen: set[Path] = set()
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        seen |= set(scratch.glob(".*.tmp"))
        if len(seen) > passed_over:
            time.sleep(draws.expovariate(50))
            return
        time.sleep(0.001)


def send(
    kind: str, dvc: "subprocess.Popen[str]", process: psutil.Process, draws: random.Random
) -> None:
    number = signal.SIGTERM if kind.endswith("term") else signal.SIGKILL
    try:
        if kind == "group":
            for each in (dvc.pid, *(child.pid for child in descendants(dvc.pid))):
                psutil.Process(each).send_signal(number)
        elif kind.startswith("dvc"):
            dvc.send_signal(number)
        else:
            workers = process.children() if kind == "worker" else []
            draws.choice(workers or [process]).send_signal(number)
    except psutil.NoSuchProcess:  # it was done
        pass


def ended(dvc: "subprocess.Popen[str]") -> str:
    """What was said until all were gone, who could say more."""
    try:
        said, _ = dvc.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        return "nothing ended"
    return said


def left_alive(project: Project) -> Iterator[str]:
    """The processes that work in the project's folder though they should be gone."""
    deadline = time.monotonic() + PATIENCE
    while (left := working_in(project.folder)) and time.monotonic() < deadline:
        time.sleep(0.02)
    for process in left:
        yield " ".join(process.info["cmdline"] or [])
        process.kill()


def working_in(folder: Path) -> list[psutil.Process]:
    """But for DVC's daemons, which tidy up its own folder for temporary files."""
    return [
        process
        for process in psutil.process_iter(["cwd", "cmdline"])
        if process.info["cwd"] == str(folder) and "daemon" not in (process.info["cmdline"] or [])
    ]


def after_the_next_run(project: Project, state: State) -> Iterator[str]:
    done = subprocess.run(
        ["dvc", "repro"],
        cwd=project.folder,
        env=environment(project.folder),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        yield f"dvc repro fails: {done.stdout[-1000:]}{done.stderr[-1000:]}"
    now = written(project.folder)
    for name in sorted(now.keys() | state.outputs.keys()):
        if now.get(name) != state.outputs.get(name):
            yield f"other bytes: {name}"
    if changed := project.run("git", "status", "--porcelain"):
        yield f"git sees changes: {changed}"
    for path in project.folder.rglob(".*.tmp"):
        if ".dvc" not in path.parts:  # where the next stage that runs sweeps
            yield f"left over: {path}"


def tell(state: State) -> None:
    hits = [kill for kill in state.kills if kill["hit"]]
    for what in ("stage", "kind"):
        counts = Counter(kill[what] for kill in hits)
        print(", ".join(f"{name}: {number}" for name, number in sorted(counts.items())))
    print(f"{sum(kill['writing'] for kill in hits)} of them while something was written")
    print(f"{len(hits)} kills, {len(state.faults)} with faults")
    for kill in state.faults:
        print(json.dumps(kill, indent=2))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    work = options.work.resolve()
    known = work / "kills.json"
    state = State(**json.loads(known.read_text())) if known.is_file() else prepare(work)
    project = Project(work / "killed")
    list(left_alive(project))  # of a run of this program that was itself killed
    project.run("dvc", "repro")
    while sum(kill["hit"] for kill in state.kills) < options.kills:
        draws = random.Random(f"{options.seed} {len(state.kills)}")
        kill = kill_once(project, state, draws)
        state.kills.append(kill)
        state.write(work)
        print(f"{len(state.kills)}: {kill}", flush=True)
        if kill["faults"]:
            shutil.rmtree(project.folder)
            shutil.copytree(work / "undisturbed", project.folder, symlinks=True)
            project.run("dvc", "repro")
    tell(state)
    if state.faults:
        sys.exit(1)


if __name__ == "__main__":
    main()
