"""What every stage has in common, as a user at a terminal sees it."""

import os
import pty
import signal
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from tests.conftest import ROOT

STAGE = """
import logging
from tqdm import tqdm
from stages import run

def stage():
    with tqdm(total=2) as bar:
        bar.update()
        logging.getLogger("galaxyzoo").info("one of two is done")

run(stage)
"""
WRITES = """
import sys, time
from pathlib import Path
from galaxyzoo.base.files import atomic
from stages import run

def stage():
    with atomic(Path("out")) as temporary:
        temporary.write_text("half")
        print("ready", flush=True)
        time.sleep(float(sys.argv[1]))

run(stage)
"""


def start(folder: Path, code: str, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def read_all(descriptor: int) -> str:
    content = b""
    try:
        while chunk := os.read(descriptor, 4096):
            content += chunk
    except OSError:  # how Linux tells the end of a terminal
        pass
    return content.decode()


def test_a_line_of_the_log_does_not_run_into_the_bar() -> None:
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    command = [sys.executable, "-c", STAGE]
    with subprocess.Popen(command, cwd=ROOT, stdout=theirs, stderr=theirs):
        os.close(theirs)
        shown = read_all(ours)
    os.close(ours)
    assert "50%|" in shown
    line = next(line for line in shown.split("\n") if "one of two is done" in line)
    assert line.rstrip("\r").endswith("\rone of two is done"), "the bar is wiped before"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_it_with_a_word(tmp_path: Path, number: signal.Signals, code: int) -> None:
    with start(tmp_path, WRITES, "1000") as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(number)
        assert process.communicate(timeout=60) == ("", "interrupted\n")
    assert process.returncode == code
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("raised", "said"),
    [
        ("OSError(28, 'No space left on device')", "error: no space left on the disk\n"),
        ("PermissionError(13, 'Permission denied', 'data')", "error: data: no permission; "),
        ("MemoryError()", "error: memory ran out"),
    ],
)
def test_what_a_disk_did_is_one_line(tmp_path: Path, raised: str, said: str) -> None:
    code = f"from stages import run\ndef stage():\n    raise {raised}\nrun(stage)"
    with start(tmp_path, code) as process:
        _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert err.startswith(said)
    assert err.count("\n") == 1


def test_our_own_mistakes_keep_their_traceback(tmp_path: Path) -> None:
    with start(tmp_path, "from stages import run\nrun(lambda: 1 / 0)") as process:
        _, err = process.communicate(timeout=60)
    assert "ZeroDivisionError" in err.splitlines()[-1]


def test_a_log_that_nobody_reads_stops_no_work(tmp_path: Path) -> None:
    """As in `dvc repro | head`."""
    code = """
import logging, sys
from pathlib import Path
from stages import run

def stage():
    sys.stdin.read()
    for number in range(10_000):
        logging.getLogger("galaxyzoo").info("a line of the log")
    Path("done").touch()

run(stage)
"""
    with subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert (tmp_path / "done").exists()


def test_the_same_stage_does_not_run_twice_at_a_time(tmp_path: Path) -> None:
    (tmp_path / ".dvc" / "tmp").mkdir(parents=True)
    with start(tmp_path, WRITES, "1000") as first:
        assert first.stdout is not None
        first.stdout.readline()
        with start(tmp_path, WRITES, "0") as second:
            _, err = second.communicate(timeout=60)
        assert second.returncode == 1
        assert err == "error: stage: is already running in this folder; wait until it is done\n"
        first.kill()
    with start(tmp_path, WRITES, "0") as third:
        _, err = third.communicate(timeout=60)
    assert (third.returncode, err) == (0, "")
    assert (tmp_path / "out").read_text() == "half"
