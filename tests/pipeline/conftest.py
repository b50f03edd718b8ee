"""What the tests of the pipeline share: one project, run once."""

import pytest

from tests.pipeline.project import ALL_STAGES, Project


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The project after its first run, committed; each test leaves it on main, as it was."""
    project = Project(tmp_path_factory.mktemp("project"))
    assert project.repro() == ALL_STAGES
    project.commit("run")
    return project
