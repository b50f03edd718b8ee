"""`galaxyzoo cutouts` as a user gives it: what it says, its exit code, and killed on its way."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from galaxyzoo.cli import app
from tests.conftest import ROOT
from tests.cutouts.stand_in import StandIn, refusal


@pytest.fixture
def give(catalogue: Path, sky: StandIn, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Give the command, with more options, in this process."""
    monkeypatch.chdir(catalogue.parent)
    monkeypatch.setattr("galaxyzoo.commands.running.leave_at_once_when_interrupted", lambda _: None)
    given = ["cutouts", "catalogue.csv", "-o", "sky", "--address", sky.address]
    return lambda *options: CliRunner().invoke(app, [*given, *options])


def test_it_tells_what_came_of_it(give: Callable[..., Result], sky: StandIn) -> None:
    sky.acts["20.0000000"] = [refusal(404)]
    first = give("--rate", "5")
    assert first.exit_code == 1
    assert first.stdout == "sky: 3 pictures got, 0 there before, 1 failed (sky.failed.csv)\n"
    assert sky.requests[1].moment - sky.requests[0].moment == pytest.approx(0.2)
    second = give()
    assert second.exit_code == 0
    assert second.stdout == "sky: 1 picture got, 3 there before, 0 failed\n"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--radius", "size"), "error: catalogue.csv: lacks the column 'size'; its columns: Galax"),
        (("--address", "sdss"), "error: sdss: must be an address such as https://skyserver.sdss"),
        (("-o", "catalogue.csv"), "error: catalogue.csv: a file, where a folder is needed"),
        (("--rate", "0"), "must be above 0"),
        (("--give-up", "-1"), "give-up"),
    ],
)
def test_it_tells_what_cannot_be_done(
    give: Callable[..., Result], sky: StandIn, options: tuple[str, ...], message: str
) -> None:
    result = give(*options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr
    assert sky.requests == []


def test_its_help_says_what_it_was_tested_against(give: Callable[..., Result]) -> None:
    assert "never against the service itself" in " ".join(give("--help").stdout.split())


class Command:
    """The command in a process of its own."""

    def __init__(self, folder: Path, sky: StandIn, rate: float) -> None:
        given = ("catalogue.csv", "-o", "sky", "--address", sky.address, "--rate", str(rate))
        self.sky = sky
        self.process = subprocess.Popen(
            [sys.executable, "-m", "galaxyzoo", "cutouts", *given],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def end(self) -> tuple[int, str]:
        out, err = self.process.communicate(timeout=60)
        assert "Traceback" not in err
        return self.process.returncode, out

    def stop(self, requests: int, number: signal.Signals) -> int:
        """Send a signal once so many requests have come; the exit code."""
        while len(self.sky.requests) < requests:
            assert self.process.poll() is None, self.process.communicate()
            time.sleep(0.01)
        self.process.send_signal(number)
        return self.end()[0]


def test_it_is_stopped_at_once_and_goes_on(catalogue: Path, sky: StandIn) -> None:
    rows = [f"{n},{n},0,5" for n in range(30)]
    catalogue.write_text("\n".join(["id,ra,dec,petroR90_r", *rows, ""]))
    folder = catalogue.parent
    assert Command(folder, sky, rate=5).stop(4, signal.SIGINT) == 130
    assert Command(folder, sky, rate=5).stop(9, signal.SIGKILL) == -signal.SIGKILL
    assert len(sky.requests) < 30
    code, out = Command(folder, sky, rate=1000).end()
    assert (code, out.endswith(" there before, 0 failed\n")) == (0, True)
    assert len(sky.requests) <= 32  # what a kill interrupts comes again
    assert {path.name for path in (folder / "sky").iterdir()} == {f"{n}.jpg" for n in range(30)}
    assert len(catalogue.with_name("sky.cutouts.csv").read_text().splitlines()) == 31
