"""What editors and containers are told: the commands of README, and the same extensions."""

import json
import re
import subprocess

import pytest

from tests.conftest import ROOT

CONTAINER = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text())
VSCODE = json.loads((ROOT / ".vscode/extensions.json").read_text())
LIFECYCLE = ("onCreateCommand", "updateContentCommand", "postCreateCommand")


def test_the_container_runs_the_commands_of_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    browser, *commands = (CONTAINER[name] for name in LIFECYCLE)
    assert commands == ["make repro", "make test"]
    for command in commands:
        assert re.search(rf"(^    |`){command}\b", readme, re.MULTILINE), command
    assert browser == "sudo .ci/browser"
    assert (ROOT / ".ci/browser").stat().st_mode & 0o111


def test_the_container_has_a_python_that_the_project_takes() -> None:
    pyproject = (ROOT / "pyproject.toml").read_text()
    (needed,) = re.findall(r'^requires-python = ">=([\d.]+)"', pyproject, re.MULTILINE)
    name, _, tag = CONTAINER["image"].rpartition(":")
    assert name == "mcr.microsoft.com/devcontainers/python"
    assert tag.split("-")[0] == needed


def test_the_container_says_nothing_that_its_schema_lacks() -> None:
    known = {"name", "image", "hostRequirements", "waitFor", "customizations", *LIFECYCLE}
    assert set(CONTAINER) == known
    assert CONTAINER["waitFor"] in LIFECYCLE
    assert set(CONTAINER["customizations"]["vscode"]) == {"extensions", "settings"}


def test_both_name_the_same_extensions() -> None:
    assert CONTAINER["customizations"]["vscode"]["extensions"] == VSCODE["recommendations"]
    assert "iterative.dvc" in VSCODE["recommendations"]


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="no git repository")
def test_only_what_is_recommended_is_committed() -> None:
    names = [".vscode/extensions.json", ".vscode/settings.json", "pr-report/comment.md"]
    command = ["git", "check-ignore", "--no-index", *names]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    assert said.split() == names[1:]
