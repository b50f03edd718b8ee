"""A `python` whose stages are forked from a process that has imported torch and the like.

Python's start and these imports are most of what a small stage costs. `python -m stages.NAME` is
forked, in the folder and with the variables and streams of who gives it; all else goes to the real
Python. Nothing here imports the project, so that a stage imports that of its folder.
"""

import atexit
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import time
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

HEAVY = ("matplotlib.pyplot", "pandas", "pyarrow.parquet", "torch._dynamo", "torchvision")
_ROOT = Path(__file__).parents[2]
_PROGRAM = """#!{python} -IS
import json, os, socket, sys
if sys.argv[1:2] != ["-m"] or not sys.argv[2].startswith("stages."):
    os.execv({python!r}, [{python!r}, *sys.argv[1:]])
told = json.dumps([os.getcwd(), sys.argv[2:], dict(os.environ)]).encode()
with socket.socket(socket.AF_UNIX) as line:
    line.connect({place!r})
    socket.send_fds(line, [len(told).to_bytes(8, "big")], [0, 1, 2])
    line.sendall(told)
    ended = line.recv(1)
sys.exit(ended[0] if ended else 1)
"""


@cache
def warm_folder(threads: str) -> str:
    """A folder with this `python`, to be put before others in PATH.

    The process behind it starts at the first call, and ends with this one; its torch computes with
    so many threads.
    """
    folder = TemporaryDirectory(prefix="warm")
    place, program = Path(folder.name, "socket"), Path(folder.name, "python")
    program.write_text(_PROGRAM.format(python=sys.executable, place=str(place)))
    program.chmod(0o755)
    command = [sys.executable, "-m", "tests.pipeline.warm_python", str(place)]
    variables = os.environ | {"OMP_NUM_THREADS": threads}
    serving = subprocess.Popen(command, cwd=_ROOT, env=variables)
    atexit.register(folder.cleanup)
    atexit.register(serving.kill)
    while not place.exists():
        assert serving.poll() is None, "it ended before it could serve"
        time.sleep(0.05)
    return folder.name


def serve(place: str) -> None:
    """Fork what runs whatever comes in, for ever."""
    for name in HEAVY:
        import_module(name)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(place)
        listening.listen()
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who ends isn't waited for
        while True:
            line, _ = listening.accept()
            if not os.fork():
                listening.close()
                keep(line)
            line.close()


def keep(line: socket.socket) -> None:
    """Run one stage in a process of its own, and tell how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    head, streams, _, _ = socket.recv_fds(line, 8, 3)
    told = b""
    while len(told) < int.from_bytes(head, "big"):
        told += line.recv(1 << 16)
    child = os.fork()
    if not child:
        line.close()
        run(streams, *json.loads(told))
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    line.sendall(bytes([code if code >= 0 else 128 - code]))
    os._exit(0)


def run(streams: list[int], folder: str, words: list[str], variables: dict[str, str]) -> None:
    """As ``python -m`` does."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    # anew: what Python knows of its streams, such as whether it can seek in them, is of the old
    sys.stdout, sys.stderr = (open(own, "w", closefd=False) for own in (1, 2))  # noqa: SIM115
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(variables)
    sys.path[0] = folder
    sys.argv = ["-m", *words[1:]]
    runpy.run_module(words[0], run_name="__main__", alter_sys=True)
    sys.exit()


if __name__ == "__main__":
    serve(sys.argv[1])
