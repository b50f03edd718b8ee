"""What the tests of the pipeline share: one project, run once."""

import os
from pathlib import Path

import pytest
from filelock import FileLock

from tests.pipeline.project import ALL_STAGES, Project


@pytest.fixture(scope="session")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The project after its first run, committed; no test changes it.

    Of several processes that test, the first that needs it makes it for all.
    """
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    with FileLock(shared / "first_run.lock"):
        done = shared / "first_run" / "project"
        return Project(done) if done.is_dir() else run_first(tmp_path_factory.mktemp("run"), done)


def run_first(folder: Path, done: Path) -> Project:
    project = Project.make(folder / "project")
    assert project.repro() == ALL_STAGES
    project.commit("run")
    folder.rename(done.parent)
    return Project(done)


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory, first_run: Project) -> Project:
    """The project after its first run; each test leaves it on main, as it was."""
    return first_run.copy(tmp_path_factory.mktemp("own") / "project")
