"""The command as a user gives it: in a process of its own, killed and given again."""

import os
import resource
import signal
import time
import tomllib
from collections.abc import Sequence
from contextlib import AbstractContextManager
from importlib import import_module
from pathlib import Path

import psutil
import pytest

from tests.classify.classify_inputs import make_model
from tests.conftest import ROOT, make_jpeg, make_zip
from tests.warm import Started, run_warm, started_warm

SCALE = (
    "scale: of each image, the central 50% of its width is looked at. In pictures cut as "
    "Galaxy Zoo 2's that is 4.24 of 8.48 Petrosian radii (petroR90_r); others need --crop\n"
)

SOME_NEXT = (
    "next: see in c.csv.rejected.csv why, mend these files or take them away, and run this again\n"
)
ALL_NEXT = (
    "next: --catalogue adds columns in words: the answers, and what may be wrong with an image\n"
)

GIVEN = ("classify", "images.zip", "--model", "cnn.safetensors", "--output", "c.csv")
WIDE = {"COLUMNS": "200"}


class Command:
    """A folder with images and a model, and `galaxyzoo classify` in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.output = folder / "c.csv"
        self.partial = folder / "c.csv.partial"
        make_model(folder / "cnn.safetensors")

    def start(self, *options: str) -> AbstractContextManager[Started]:
        return started_warm(self.folder, "galaxyzoo", *GIVEN, *options, variables=WIDE)

    def run(self, *options: str) -> tuple[int, str, str]:
        done = run_warm(self.folder, "galaxyzoo", *GIVEN, *options, variables=WIDE)
        return done.returncode, done.stdout, done.stderr

    def start_and_stop(
        self, signals: Sequence[signal.Signals], *options: str
    ) -> tuple[int, list[psutil.Process]]:
        """Send signals when some batches are done; exit code, and the processes besides."""
        with self.start(*options) as started:
            self.wait_for_batches(started)
            children: list[psutil.Process] = psutil.Process(started.pid).children(recursive=True)
            for number in signals:
                os.kill(started.pid, number)
                time.sleep(0.02)
            code = started.end()
            assert "Traceback" not in started.said()[1]
        return code, children

    def wait_for_batches(self, started: Started) -> None:
        while not (self.partial.exists() and self.partial.read_bytes().count(b"\n") > 3):
            assert started.process.is_alive(), started.said()
            time.sleep(0.01)


@pytest.fixture
def command(tmp_path: Path) -> Command:
    members = {f"{galaxy_id}.jpg": make_jpeg(galaxy_id, 100, 100) for galaxy_id in range(200)}
    make_zip(tmp_path / "images.zip", members | {"77.jpg": b"?"})
    return Command(tmp_path)


def test_resumes_after_a_kill_to_the_same_bytes(command: Command) -> None:
    options = ("--batch-size", "1", "--catalogue", "--workers", "2")
    _, children = command.start_and_stop([signal.SIGKILL], *options)
    assert children
    assert not command.output.exists()
    psutil.wait_procs(children, timeout=30)
    assert not [child for child in children if child.is_running()]

    code, out, err = command.run(*options)
    assert (code, "resuming after" in err) == (1, True)
    assert out.splitlines()[-1] == (
        "c.csv: 199 galaxies classified, 1 file rejected (c.csv.rejected.csv)"
    )
    resumed = command.output.read_bytes()
    assert not command.partial.exists()
    assert command.run(*options) == (1, out, SCALE + SOME_NEXT)
    assert command.output.read_bytes() == resumed


@pytest.mark.parametrize("times", [1, 3])
def test_ctrl_c_ends_all_processes_and_the_command_resumes(command: Command, times: int) -> None:
    options = ("--batch-size", "1", "--workers", "2")
    code, children = command.start_and_stop([signal.SIGINT] * times, *options)
    assert code == 130
    psutil.wait_procs(children, timeout=30)
    assert not [child for child in children if child.is_running()]
    _, _, err = command.run(*options)
    assert "resuming after" in err


def test_sigterm_does_the_same(command: Command) -> None:
    """What a batch system sends when the time is up."""
    code, children = command.start_and_stop([signal.SIGTERM], "--batch-size", "1", "--workers", "2")
    assert code == 143
    psutil.wait_procs(children, timeout=30)
    assert not [child for child in children if child.is_running()]


def test_a_killed_worker_costs_nothing(command: Command) -> None:
    options = ("--batch-size", "1", "--workers", "2")
    with command.start(*options) as started:
        command.wait_for_batches(started)
        psutil.Process(started.pid).children()[0].kill()
        assert started.end() == 1
        assert started.said()[1] == SCALE + SOME_NEXT
    survived = command.output.read_bytes()
    assert command.run(*options)[0] == 1
    assert command.output.read_bytes() == survived


@pytest.mark.parametrize("output", ["c.csv", "c.parquet"])
def test_no_space_is_told_and_once_there_is_room_it_resumes(command: Command, output: str) -> None:
    """As far as anyone may do that: files can't grow beyond a size."""
    options = ("--batch-size", "1", "--workers", "2", "--output", output)
    with command.start(*options) as started:
        resource.prlimit(started.pid, resource.RLIMIT_FSIZE, (20_000, 20_000))
        assert started.end() == 2
        _, err = started.said()
    assert f"error: {output}.partial: larger than files may be here" in err
    assert err.count("error: ") == 1
    assert "Traceback" not in err
    assert not (command.folder / output).exists()
    code, out, err = command.run(*options)
    assert (code, "resuming after" in err) == (1, True)
    assert "199 galaxies classified" in out
    left = {path.name for path in command.folder.iterdir()}
    assert left == {"images.zip", "cnn.safetensors", output, f"{output}.rejected.csv"}


def test_starts_anew_with_other_options(command: Command) -> None:
    command.start_and_stop([signal.SIGINT], "--batch-size", "1", "--workers", "1")
    _, _, err = command.run("--batch-size", "16", "--workers", "1")
    assert "c.csv.partial: of another run; starting anew" in err
    assert len(command.output.read_text().splitlines()) == 200


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--views", "3"), "must be 1 or an even number"),
        (("--crop", "1.5"), "must be above 0 and at most 1"),
        (("--batch-size", "0"), "batch-size"),
        (("--device", "gpu"), "device"),
        (("--output", "c.txt"), "error: c.txt: the output must be a file that ends in .csv"),
        (("--model", "images.zip"), "error: images.zip: not a safetensors file, or cut short"),
        (("--model", "gone"), "error: gone: no such model file"),
    ],
)
def test_usage_errors(command: Command, options: tuple[str, ...], message: str) -> None:
    code, out, err = command.run(*options)
    assert (code, out) == (2, "")
    assert message in err
    assert "Traceback" not in err
    assert not command.partial.exists()


def test_all_bad(command: Command) -> None:
    make_zip(command.folder / "images.zip", {"1.jpg": b"?"})
    code, out, _ = command.run()
    assert code == 1
    assert out == ("no catalogue: 0 galaxies classified, 1 file rejected (c.csv.rejected.csv)\n")
    assert not command.output.exists()


def test_all_good(command: Command) -> None:
    make_zip(command.folder / "images.zip", {"1.jpg": make_jpeg(1)})
    assert command.run() == (0, "c.csv: 1 galaxy classified, 0 files rejected\n", SCALE + ALL_NEXT)
    assert command.run("--crop", "0.5", "--catalogue")[2] == ""
    assert command.run("--quiet") == (0, "", "")


def test_the_installed_command_is_this_one() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    module, _, name = project["scripts"]["galaxyzoo"].partition(":")
    assert getattr(import_module(module), name) is import_module("galaxyzoo.__main__").app
