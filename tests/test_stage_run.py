"""What every stage has in common, as a user at a terminal sees it."""

import os
import pty
import subprocess
import sys
import termios

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
