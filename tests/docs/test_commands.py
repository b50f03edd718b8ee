"""The commands that pages print are ones that there are: programs, targets, options, parameters."""

import re
import shlex
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import pairwise

import pytest
import typer
import yaml

from galaxyzoo.cli import app
from tests.conftest import ROOT
from tests.docs.pages import PAGES, code_lines, spans

PROGRAMS = ("galaxyzoo", "make", "python", "dvc", "pip")
HISTORY = "CHANGELOG.md"
"""Tells of names that there were"""
GIVEN = [page for page in PAGES if page != HISTORY]
TARGETS = set(
    re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
)
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
    "optional-dependencies"
]
PARAMS = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
HELP = {"-h", "--help"}
TAKE_A_VALUE = ("-S", "-n", "--copy-paths")
"""Options of dvc exp run"""
_ASSIGNMENT = re.compile(r"^[A-Z_]+=\S*$")


def commands(page: str, program: str) -> list[list[str]]:
    """The commands of a page that begin with a program, as a shell would split them."""
    found = []
    for line in [*code_lines(page), *spans(page)]:
        for part in re.split(r" (?:&&|;|\|) ", line):
            words = split(part)
            while words and _ASSIGNMENT.match(words[0]):
                words = words[1:]
            if len(words) > 1 and words[0] == program:
                found.append(words[1:])
    return found


def split(command: str) -> list[str]:
    """The words of a command; of what is none, nothing."""
    try:
        return shlex.split(command, comments=True)
    except ValueError:
        return []


def test_the_commands_are_found() -> None:
    assert {program for program in PROGRAMS for page in GIVEN if commands(page, program)} == {
        *PROGRAMS
    }


@pytest.mark.parametrize("page", GIVEN)
def test_galaxyzoo_understands_them(page: str) -> None:
    group = typer.main.get_command(app)
    assert isinstance(group, typer.core.TyperGroup)
    for words in commands(page, "galaxyzoo"):
        own = group if words[0].startswith("-") else group.commands[words[0]]
        names = {name for param in own.params for name in (*param.opts, *param.secondary_opts)}
        given = {word.split("=")[0] for word in words if re.match(r"--?[a-z]", word)}
        assert given <= names | HELP, words
        if own is not group and not given & HELP:
            with unfinished():
                own.make_context(words[0], words[1:])


@contextmanager
def unfinished() -> Iterator[None]:
    """A command within a sentence may leave out what it needs, but not name what there isn't."""
    try:
        yield
    except typer.BadParameter as error:
        if type(error).__name__ != "MissingParameter":
            raise


@pytest.mark.parametrize("page", GIVEN)
def test_make_has_such_targets(page: str) -> None:
    for words in commands(page, "make"):
        assert {word for word in words if "=" not in word} <= TARGETS, words


@pytest.mark.parametrize("page", GIVEN)
def test_python_has_such_programs(page: str) -> None:
    for words in commands(page, "python"):
        if words[0] == "-m" and words[1].split(".")[0] in {
            "tools",
            "benchmarks",
            "stages",
            "galaxyzoo",
        }:
            assert find_spec(words[1]), words


@pytest.mark.parametrize("page", GIVEN)
def test_extras_are_ours(page: str) -> None:
    for words in commands(page, "pip"):
        for named in filter(
            None, (re.fullmatch(r"(?:\.|galaxyzoo)\[(.*)\]", own) for own in words)
        ):
            assert {*named[1].split(",")} <= EXTRAS.keys(), words


@pytest.mark.parametrize("page", GIVEN)
def test_parameters_are_those_of_the_pipeline(page: str) -> None:
    for words in commands(page, "dvc"):
        given = [value for flag, value in pairwise(words) if flag == "-S"]
        for name in (value.split("=")[0] for value in given):
            section, _, parameter = name.partition(".")
            assert parameter in PARAMS[section], f"{page}: {name}"


@pytest.mark.parametrize("page", GIVEN)
def test_stages_are_those_of_the_pipeline(page: str) -> None:
    stages = {path.stem for path in (ROOT / "stages").glob("*.py")}
    for words in commands(page, "dvc"):
        if words[0] == "repro" or words[:2] == ["exp", "run"]:
            named = [
                word for flag, word in pairwise(words) if flag not in TAKE_A_VALUE and word != "run"
            ]
            assert {word for word in named if not word.startswith("-")} <= stages, words
