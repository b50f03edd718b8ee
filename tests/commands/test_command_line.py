"""The command line as people expect it of any program."""

import logging
import os
import pty
import shlex
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from io import StringIO
from pathlib import Path

import pytest
import typer
from tqdm import tqdm
from typer.testing import CliRunner

from galaxyzoo.base.colours import alarming
from galaxyzoo.cli import app
from galaxyzoo.commands.running import FAILED, OURS, running, sum_up
from tests.conftest import ROOT

GROUP = typer.main.get_command(app)
assert isinstance(GROUP, typer.core.TyperGroup)
COMMANDS = GROUP.commands
WIDE = {"COLUMNS": "200", "TERMINAL_WIDTH": "200"}


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Lets nobody have set up the log, as at the start of a program."""

    def clear() -> None:
        monkeypatch.setattr(logging.getLogger(), "handlers", [])
        monkeypatch.setattr(logging.getLogger(), "level", logging.WARNING)

    return clear


def give(*arguments: str, **variables: str) -> str:
    """What a command that goes well prints."""
    done = CliRunner(env=WIDE | variables).invoke(app, arguments, prog_name="galaxyzoo")
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_version_is_that_of_the_package() -> None:
    assert give("--version") == f"galaxyzoo {version('galaxyzoo')}\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_examples_that_can_be_given(command: str) -> None:
    shown = give(command, "--help")
    assert give(command, "-h") == shown
    examples = import_module(f"galaxyzoo.commands.{command}").EXAMPLES.splitlines()
    assert "\n".join(f" {line}" for line in examples) in "\n".join(
        map(str.rstrip, shown.split("\n"))
    )
    for line in examples[1:]:
        program, name, *given = shlex.split(line)
        assert (program, name, len(line) < 79) == ("galaxyzoo", command, True)
        COMMANDS[name].make_context(name, given)  # raises what the command line would refuse


QUICK = """
import sys
from galaxyzoo.base.colours import alarming
from galaxyzoo.cli import app
for given in (["--version"], ["--help"], ["similar", "--help"], ["classify", "--nothing"]):
    try:
        app(given)
    except SystemExit:
        pass
heavy = {"torch", "numpy", "pandas", "PIL", "pyarrow", "jinja2", "urllib3"} & set(sys.modules)
assert not heavy, heavy
"""


def test_help_and_version_wait_for_nothing_heavy() -> None:
    subprocess.run([sys.executable, "-c", QUICK], cwd=ROOT, check=True, capture_output=True)


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("galaxyzoo cl", "classify"),
        ("galaxyzoo similar --ind", "--index"),
        ("galaxyzoo classify --device cp", "cpu"),
    ],
)
def test_shells_complete_commands_options_and_values(typed: str, offered: str) -> None:
    """As the scripts ask for it that `--install-completion` puts into each shell's folder."""
    words = {"COMP_WORDS": typed, "COMP_CWORD": str(typed.count(" "))}
    assert give(_GALAXYZOO_COMPLETE="complete_bash", **words).split() == [offered]
    asked = {"_TYPER_COMPLETE_ARGS": typed, "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    assert f'"{offered}"' in give(_GALAXYZOO_COMPLETE="complete_zsh", **asked)
    fish = give(_GALAXYZOO_COMPLETE="complete_fish", **asked)
    assert [line.split("\t")[0] for line in fish.splitlines()] == [offered]


def seen_in_a_terminal(**variables: str) -> bytes:
    """What `galaxyzoo --help` shows in a terminal."""
    ours, theirs = pty.openpty()
    environment = {name: own for name, own in os.environ.items() if name != "NO_COLOR"}
    with subprocess.Popen(
        [sys.executable, "-m", "galaxyzoo", "--help"],
        env=environment | {"PYTHONPATH": str(ROOT), "TERM": "xterm-256color"} | variables,
        stdout=theirs,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        shown = b""
        while part := _read(ours):
            shown += part
    os.close(ours)
    assert process.returncode == 0
    return shown


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # nobody writes to it any more
        return b""


def test_colours_are_for_terminals_whose_user_wants_them() -> None:
    assert b"36m" in seen_in_a_terminal()
    assert b"36m" not in seen_in_a_terminal(NO_COLOR="1")
    assert "\x1b" not in give("--help")


def test_quiet_shows_warnings_and_errors_alone(
    log: Callable[[], None], capfd: pytest.CaptureFixture[str]
) -> None:
    log()
    with running(quiet=True):
        assert not sys.stderr.isatty()
        logging.getLogger("galaxyzoo").info("a note")
        logging.getLogger("galaxyzoo").warning("a warning")
        sum_up(True, "all done", "go on")
    assert capfd.readouterr() == ("", "a warning\n")


def test_bars_are_hidden_where_it_is_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Though standard error is a terminal."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with tqdm([1], disable=None) as bar:
        assert not bar.disable
    with running(quiet=True), tqdm([1], disable=None) as bar:
        assert bar.disable
    assert sys.stderr.isatty()


def test_the_summary_is_one_line_and_what_is_next_stands_apart(
    log: Callable[[], None], capfd: pytest.CaptureFixture[str]
) -> None:
    log()
    with running(quiet=False):
        sum_up(False, "all done", "go on")
    assert capfd.readouterr() == ("all done\n", "next: go on\n")


def test_a_mistake_of_ours_has_its_own_exit_code(capfd: pytest.CaptureFixture[str]) -> None:
    """Python's own would be that of a run that rejected some files."""
    with pytest.raises(typer.Exit) as ended, running(quiet=False):
        raise AssertionError("ours")
    assert ended.value.exit_code == OURS
    assert "Traceback" in capfd.readouterr().err
    with pytest.raises(SystemExit) as given, running(quiet=False):
        Path("/nowhere/at/all").read_bytes()
    assert given.value.code == FAILED
    assert capfd.readouterr().err == "error: /nowhere/at/all: no such file or folder\n"


def test_errors_are_red_on_terminals_whose_user_wants_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert alarming("error:", Terminal()) == "\x1b[1;31merror:\x1b[0m"
    assert alarming("error:", StringIO()) == "error:"
    monkeypatch.setenv("NO_COLOR", "1")
    assert alarming("error:", Terminal()) == "error:"
