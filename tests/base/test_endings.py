"""What ends a program: a message on a screen, and an exit code."""

import errno
import os
import signal
import subprocess
import sys
import time
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from galaxyzoo.base.endings import message_of, told
from galaxyzoo.base.errors import UserError
from tests.conftest import ROOT


def run(code: str, **options: object) -> "subprocess.Popen[str]":
    prelude = "import os, signal, sys, time\nfrom galaxyzoo.base.endings import *\n"
    process: subprocess.Popen[str] = subprocess.Popen(
        [sys.executable, "-c", prelude + code],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,  # type: ignore[call-overload]
    )
    return process


def ending(code: str) -> tuple[int, str, str]:
    process = run(code)
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (UserError("a.csv: is empty"), "a.csv: is empty"),
        (OSError(errno.ENOSPC, "?", "a/b"), "a/b: no space left on the disk"),
        (OSError(errno.ENOSPC, "No space"), "no space left on the disk"),
        (OSError(errno.EACCES, "?", "a"), "a: no permission; look at who may read and write it"),
        (OSError(errno.EROFS, "?", "a"), "a: on a file system that is mounted read-only"),
        (OSError(errno.ENAMETOOLONG, "?", "a"), "a: the name is too long for the file system"),
        (OSError(errno.EISDIR, "?", "a"), "a: a folder, where a file is needed"),
        (OSError(errno.EIO, "?", b"a\xff"), r"a\udcff: the disk reports an error"),
        (OSError(errno.EXDEV, "Invalid cross-device link", "a"), "a: Invalid cross-device link"),
        (OSError("encoder error -2"), "encoder error -2"),
        (OSError(errno.ENOSPC, "?", "a\x1b[31m\nerror: b"), r"a\x1b[31m\nerror: b: no space"),
        (MemoryError(), "memory ran out"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: 3 GB"), "memory ran out"),
        (BrokenProcessPool(), "a worker process was killed"),
    ],
)
def test_what_others_did_is_told(error: Exception, message: str) -> None:
    said = message_of(error)
    assert said is not None
    assert said.startswith(message)
    assert "\n" not in said


@pytest.mark.parametrize("error", [AssertionError("a"), TypeError(), KeyError(1), RuntimeError()])
def test_what_we_did_keeps_its_traceback(error: Exception) -> None:
    assert message_of(error) is None
    with pytest.raises(type(error)), told():
        raise error


def test_a_message_fits_on_a_screen() -> None:
    lines = "\n".join(f"image {number} is \x1b[2Jbad" for number in range(1_000))
    said = message_of(UserError(lines + "x" * 10**6)) or ""
    assert len(said.splitlines()) == 20
    assert said.splitlines()[-1] == "  and 981 lines more"
    assert "\x1b" not in said
    assert len(message_of(UserError("x" * 10**6)) or "") < 3_000


def test_the_exit_code_is_the_programs(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended, told(failure=2):
        raise UserError("bad")
    assert ended.value.code == 2
    assert capsys.readouterr().err == "error: bad\n"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_it_and_it_tidies_up(
    tmp_path: Path, number: signal.Signals, code: int
) -> None:
    process = run(f"""
from pathlib import Path
from galaxyzoo.base.files import atomic
with told(interrupted="the end"), atomic(Path({str(tmp_path / "a")!r})) as temporary:
    temporary.touch()
    print("ready", flush=True)
    time.sleep(1_000)
""")
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(number)
    assert process.communicate(timeout=60)[1] == "the end\n"
    assert process.returncode == code
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("times", [1, 2])
def test_also_where_tidying_up_never_ends(times: int) -> None:
    process = run("""
with told():
    try:
        print("ready", flush=True)
        time.sleep(1_000)
    finally:
        print("tidies up", flush=True)
        time.sleep(1_000)
""")
    assert process.stdout is not None
    for _ in range(times):
        process.stdout.readline()
        process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=60)[1] == "interrupted\n"
    assert process.returncode == 143


def test_a_signal_is_not_lost_in_what_python_calls_by_itself() -> None:
    code, _, err = ending("""
class Loose:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.01)
with told():
    Loose()
    time.sleep(1_000)
""")
    assert (code, err) == (143, "interrupted\n")


def test_a_forked_process_has_its_own_signals() -> None:
    code, out, err = ending("""
with told():
    child = os.fork()
    if child == 0:
        time.sleep(1_000)
    time.sleep(0.1)
    os.kill(child, signal.SIGTERM)
    os.waitpid(child, 0)
    time.sleep(2)
    print("goes on")
""")
    assert (code, out, err) == (0, "goes on\n", "")


def test_in_the_background_of_a_script_ctrl_c_is_for_others() -> None:
    code, out, _ = ending("""
signal.signal(signal.SIGINT, signal.SIG_IGN)
with told():
    os.kill(os.getpid(), signal.SIGINT)
    print("goes on")
""")
    assert (code, out) == (0, "goes on\n")


def test_ctrl_c_while_it_imports() -> None:
    code, _, err = ending("""
leave_at_once_when_interrupted("the end")
os.kill(os.getpid(), signal.SIGINT)
""")
    assert (code, err) == (130, "the end\n")


@pytest.mark.parametrize(("prints", "code"), [("say('a')", 0), ("print('a', flush=True)", 141)])
def test_nobody_reads(prints: str, code: int) -> None:
    """As `| head` leaves a program."""
    with run(f"sys.stdin.read()\nwith told():\n    {prints}", stdin=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.close()
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (code, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_what_is_printed_finds_no_space() -> None:
    with Path("/dev/full").open("w") as full:
        process = subprocess.run(
            [sys.executable, "-c", "from galaxyzoo.base.endings import *\nwith told(): print('a')"],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (process.returncode, process.stderr) == (1, "error: no space left on the disk\n")


def test_a_terminal_that_lacks_characters() -> None:
    process = subprocess.run(
        [
            sys.executable,
            "-c",
            "from galaxyzoo.base.endings import *\nwith told(): print('\\u03a9')",
        ],
        cwd=ROOT,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=True,
    )
    assert process.stdout == b"\\u03a9\n"


STAGE_OF_DVC = """
import os, sys, time
os.environ["DVC_STAGE"] = "a"
from galaxyzoo.base.parents import end_with_dvc
end_with_dvc()
print(os.getpid(), flush=True)
time.sleep(1_000)
"""


@pytest.mark.parametrize("shell", [False, True])
def test_a_stage_ends_with_dvc(tmp_path: Path, shell: bool) -> None:
    """Also with a shell between them, which stays."""
    script = tmp_path / "stage.py"
    script.write_text(STAGE_OF_DVC)
    command = [sys.executable, str(script)]
    if shell:
        command = ["/bin/sh", "-c", f"{sys.executable} {script}; true"]
    with subprocess.Popen(
        [sys.executable, "-c", f"import subprocess; subprocess.run({command!r})"],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    ) as dvc:
        assert dvc.stdout is not None
        stage = int(dvc.stdout.readline())
        dvc.kill()
        dvc.stdout.read()  # until the stage, who holds it too, is gone
    while Path(f"/proc/{stage}/cmdline").exists() and Path(f"/proc/{stage}/cmdline").read_text():
        time.sleep(0.01)
