"""The workflows of continuous integration: who may write, and the commands that write a comment."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT
from tools.pr_report.comment import MARK

WORKFLOWS = {path.name: path for path in (ROOT / ".github/workflows").glob("*.yml")}
CONTENT: dict[str, dict[Any, Any]] = {
    name: yaml.safe_load(path.read_text()) for name, path in WORKFLOWS.items()
}
RUN, COMMENT = (CONTENT["pr-report.yml"]["jobs"][name] for name in ("run", "comment"))


@pytest.mark.parametrize("name", WORKFLOWS)
def test_nothing_runs_with_the_rights_of_the_repository_for_code_of_others(name: str) -> None:
    """YAML 1.1 reads the key "on" as True."""
    assert set(CONTENT[name][True]) <= {"pull_request", "push"}
    text = WORKFLOWS[name].read_text()
    assert "secrets." not in text
    for job in CONTENT[name]["jobs"].values():
        for step in job["steps"]:
            assert "${{" not in step.get("run", ""), "what others name must not become commands"


def test_what_runs_code_of_a_branch_can_only_read() -> None:
    assert CONTENT["pr-report.yml"]["permissions"] == {}
    assert RUN["permissions"] == {"contents": "read"}
    checkout = RUN["steps"][0]
    assert checkout["uses"].startswith("actions/checkout@")
    assert checkout["with"]["persist-credentials"] is False


def test_what_can_write_runs_no_code_of_a_branch_and_nothing_for_a_fork() -> None:
    assert COMMENT["permissions"] == {"pull-requests": "write"}
    (step,) = COMMENT["steps"]
    assert "uses" not in step
    assert set(re.findall(r"\bgh \w+|\bmake\b|\bpython\b", step["run"])) == {"gh api"}
    own = "github.event.pull_request.head.repo.full_name == github.repository"
    assert own in COMMENT["if"]
    assert "||" not in COMMENT["if"]


def bash(folder: Path, step: dict[str, Any], **variables: str) -> None:
    """Run a step as GitHub does."""
    command = ["bash", "--noprofile", "--norc", "-e", "-c", step["run"]]
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(command, cwd=folder, env={"PATH": path, **variables}, check=True)


GH = """#!/bin/sh
printf '%s\\n' "$*" >> asked
case "$*" in *--paginate*) cat found;; esac
"""


@pytest.mark.parametrize(
    ("found", "asked"),
    [
        ("", "--method POST repos/o/g/issues/7/comments"),
        ("12\n13\n", "--method PATCH repos/o/g/issues/comments/12"),
    ],
    ids=["first", "again"],
)
def test_one_comment_is_written_and_written_anew(tmp_path: Path, found: str, asked: str) -> None:
    (tmp_path / "gh").write_text(GH)
    (tmp_path / "gh").chmod(0o755)
    (tmp_path / "found").write_text(found)
    text = f"{MARK}\n$(touch harm) `touch harm` \"'@x"
    (step,) = COMMENT["steps"]
    bash(tmp_path, step, ISSUES="repos/o/g/issues", NUMBER="7", COMMENT=text)
    listing, writing = (tmp_path / "asked").read_text().split("\napi --silent")
    assert "repos/o/g/issues/7/comments" in listing
    assert f'startswith("{MARK}")' in listing
    assert writing == f" {asked} --raw-field body={text}\n"
    assert not (tmp_path / "harm").exists()


def test_summary_and_comment_have_the_text(tmp_path: Path) -> None:
    (tmp_path / "pr-report").mkdir()
    (tmp_path / "pr-report/comment.md").write_text("one\nEOF\ntwo\n")
    (step,) = [step for step in RUN["steps"] if step.get("id") == "show"]
    bash(tmp_path, step, GITHUB_STEP_SUMMARY="summary", GITHUB_OUTPUT="output")
    assert (tmp_path / "summary").read_text() == "one\nEOF\ntwo\n"
    first, *lines, last = (tmp_path / "output").read_text().splitlines()
    assert first == f"comment<<{last}"
    assert lines == ["one", "EOF", "two"]
    assert RUN["outputs"]["comment"] == "${{ steps.show.outputs.comment }}"
    assert COMMENT["steps"][0]["env"]["COMMENT"] == "${{ needs.run.outputs.comment }}"
