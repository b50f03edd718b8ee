"""DVC killed alone: its stage and the stage's workers end with it, and the next run is right."""

import subprocess
import time

import psutil
import pytest

from tests.pipeline.project import Project, environment


def start(project: Project, *command: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        command,
        cwd=project.folder,
        env=environment(project.folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def descendants_with_workers(dvc: "subprocess.Popen[str]") -> list[psutil.Process]:
    """The processes that DVC started, once the stage has workers."""
    while dvc.poll() is None:
        found: list[psutil.Process] = psutil.Process(dvc.pid).children(recursive=True)
        if len(found) > 2:
            return found
        time.sleep(0.005)
    raise AssertionError(dvc.communicate())


@pytest.mark.parametrize("gently", [False, True])
def test_a_stage_ends_with_dvc_and_the_next_run_is_right(project: Project, gently: bool) -> None:
    before = project.lock()
    with start(project, "dvc", "repro", "--force", "--single-item", "make_sample") as dvc:
        processes = descendants_with_workers(dvc)
        if gently:
            dvc.terminate()
        else:
            dvc.kill()
        said, _ = dvc.communicate(timeout=60)
        _, alive = psutil.wait_procs(processes, timeout=60)
    assert not alive
    assert "Traceback" not in said
    project.repro()
    assert project.lock() == before
    assert project.run("git", "status", "--porcelain") == ""
    assert not [path for path in project.folder.rglob(".*.tmp") if ".dvc" not in path.parts]


def test_of_two_runs_at_once_the_second_says_so(project: Project) -> None:
    before = project.lock()
    command = ("dvc", "repro", "--force", "--single-item", "make_sample")
    with start(project, *command) as first:
        descendants_with_workers(first)
        with start(project, *command) as second:
            said, _ = second.communicate(timeout=300)
        assert second.returncode != 0
        assert "is busy, it is being blocked by" in said or "Unable to acquire lock" in said
        said, _ = first.communicate(timeout=300)
    assert first.returncode == 0, said
    assert project.lock() == before
    assert project.run("git", "status", "--porcelain") == ""
