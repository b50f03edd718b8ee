"""How a program ends: what a user, a disk or a signal did is one message and an exit code.

Whatever else is raised is a mistake of ours, and keeps its traceback.
"""

import errno
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

from galaxyzoo.base.colours import alarming
from galaxyzoo.base.errors import UserError
from galaxyzoo.base.messages import plain

FAILED = 1
_BY_SIGNAL = 128  # shells add it to the number of the signal that ended a program
_MOST_LINES = 20
_MOST_CHARACTERS = 2_000  # of a line
_GRACE = 1.5  # seconds in which an interrupted program tidies up

_BLINK = 0.02  # seconds
_SIGNALS = (signal.SIGINT, signal.SIGTERM)

_REASONS = {
    errno.ENOSPC: "no space left on the disk",
    errno.EDQUOT: "no space left in your quota of the disk",
    errno.EFBIG: "larger than files may be here (ulimit -f, or the file system)",
    errno.EACCES: "no permission; look at who may read and write it",
    errno.EPERM: "no permission; look at who may read and write it",
    errno.EROFS: "on a file system that is mounted read-only",
    errno.ENOENT: "no such file or folder",
    errno.EEXIST: "a file, where a folder is needed",
    errno.ENOTDIR: "a file stands where a folder is needed",
    errno.EISDIR: "a folder, where a file is needed",
    errno.ENAMETOOLONG: "the name is too long for the file system",
    errno.EIO: "the disk reports an error (input/output error): it may be failing",
    errno.ELOOP: "symbolic links that lead in a circle",
    errno.EMFILE: "too many open files (ulimit -n)",
    errno.ENOMEM: "memory ran out",
    errno.ENOTEMPTY: "another program writes into this folder",
}


class Interrupted(KeyboardInterrupt):
    """A signal asked the program to end."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


@contextmanager
def told(failure: int = FAILED, interrupted: str = "interrupted") -> Iterator[None]:
    """End the process with a message if the block is stopped by what isn't a mistake of ours.

    The exit code is `failure`; 130 after Ctrl-C and 143 after SIGTERM, whose message is
    `interrupted`; 141 if nobody reads what is written. A program that a signal doesn't end in time,
    or that gets a second one, ends at once; what it was writing is swept away by the next.
    """
    _write_anything()
    try:
        with _signals_raise(interrupted):
            yield
            _flush()
    except KeyboardInterrupt as error:  # at once: Python's own end can take a second, too
        with suppress(OSError, ValueError, AttributeError):
            sys.stdout.flush()
        _leave(getattr(error, "number", signal.SIGINT), interrupted)
    except Exception as error:
        ending = _ending(error, failure)
        if ending is None:
            raise
        _end(*ending)


def say(text: str) -> None:
    """Print what came of the work, which is done also where nobody reads it."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        _close_stdout()


def message_of(error: BaseException) -> str | None:
    """What is to be told of an error, on a screen at most; None for a mistake of ours."""
    if isinstance(error, UserError):
        return _screenful(str(error))
    if isinstance(error, OSError):
        return _screenful(_of_the_system(error))
    if isinstance(error, BrokenProcessPool):
        return "a worker process was killed, perhaps because memory ran out"
    if _lacks_memory(error):
        return "memory ran out; close other programs, or lower what the work holds at a time"
    return None


def _ending(error: Exception, failure: int) -> tuple[str, int] | None:
    """The line to print, empty for none, and the exit code; None for a mistake of ours."""
    if isinstance(error, BrokenPipeError):
        _close_stdout()
        return "", _BY_SIGNAL + signal.SIGPIPE
    message = message_of(error)
    return None if message is None else (f"{alarming('error:', sys.stderr)} {message}", failure)


def _end(message: str, code: int) -> NoReturn:
    if message:
        with suppress(OSError):
            print(message, file=sys.stderr, flush=True)
    _give_up_what_cannot_be_written()
    raise SystemExit(code)


def _of_the_system(error: OSError) -> str:
    """Such as "data/split.csv: no space left on the disk"."""
    reason = _REASONS.get(error.errno or 0) or error.strerror or str(error) or type(error).__name__
    if error.filename is None:
        return plain(reason)
    name = os.fsdecode(error.filename) if isinstance(error.filename, bytes) else error.filename
    return f"{plain(name)}: {plain(reason)}"


def _lacks_memory(error: BaseException) -> bool:
    """Whether it is Python that lacks memory, or torch, on a processor or an accelerator."""
    by_torch = isinstance(error, RuntimeError) and (
        type(error).__name__ == "OutOfMemoryError" or "can't allocate memory" in str(error)
    )
    return isinstance(error, MemoryError) or by_torch


def _screenful(text: str) -> str:
    lines = [_cut(plain(line)) for line in text.splitlines()] or [""]
    if len(lines) > _MOST_LINES:
        rest = len(lines) - _MOST_LINES + 1
        lines = [*lines[: _MOST_LINES - 1], f"  and {rest} lines more"]
    return "\n".join(lines)


def _cut(line: str) -> str:
    more = len(line) - _MOST_CHARACTERS
    return line if more <= 0 else f"{line[:_MOST_CHARACTERS]}... ({more} characters more)"


def _write_anything() -> None:
    """Print what the terminal's encoding lacks as escapes, in place of an exception."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _flush() -> None:
    """Write what is printed while errors can still be told."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        _close_stdout()


def _give_up_what_cannot_be_written() -> None:
    """Else the interpreter tries once more at its end, and says so in its own words."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        _close_stdout()


def _close_stdout() -> None:
    """Let the interpreter, which writes the rest of it at its end, write it to nobody."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def leave_at_once_when_interrupted(message: str = "interrupted") -> None:
    """From now on, a signal ends the process without a traceback: for the time of imports."""
    for number in _SIGNALS:
        if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, lambda number, _: _leave(number, message))


def _leave(number: int, message: str) -> NoReturn:
    """End without waiting for anybody; workers end themselves."""
    with suppress(OSError):
        os.write(2, f"{message}\n".encode() if message else b"")
    os._exit(_BY_SIGNAL + number)


@contextmanager
def _signals_raise(message: str) -> Iterator[None]:
    """Raise Interrupted at the first signal; leave at the second, or when the first takes long.

    Elsewhere than in the main thread signals can't be handled, and stay as they are.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    watch = _Watch(message)
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:  # as in the background of a script
            signal.signal(number, watch.handle)
    try:
        yield
    finally:
        watch.close()
        for number, handler in before.items():
            signal.signal(number, handler)


class _Watch:
    """Sees signals also while the main thread is where Python can't handle them."""

    def __init__(self, message: str) -> None:
        self._message = message
        self._process = os.getpid()
        self._told = self._lost = False
        self._over = threading.Event()
        self._read, self._write = os.pipe()
        os.set_blocking(self._write, False)
        self._before = signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        self._unraisable, sys.unraisablehook = sys.unraisablehook, self._once_more
        threading.Thread(target=self._watch, daemon=True).start()

    def handle(self, number: int, _: FrameType | None) -> None:
        if os.getpid() != self._process:  # a worker that hasn't begun yet
            os._exit(_BY_SIGNAL + number)
        if self._told:
            _leave(number, self._message)
        self._told = True
        raise Interrupted(number)

    def _once_more(self, lost: "sys.UnraisableHookArgs") -> None:
        """Where it was raised in what Python calls by itself, as at a fork, it would be lost."""
        if isinstance(lost.exc_value, Interrupted):
            self._told, self._lost = False, True
        else:
            self._unraisable(lost)

    def _watch(self) -> None:
        """Wait for the first signal, and give it some time to be handled."""
        content = os.read(self._read, 1)
        if not content:
            os.close(self._read)
        elif content[0] in _SIGNALS and not self._handled(content[0]):
            _leave(content[0], self._message)

    def _handled(self, number: int) -> bool:
        """Whether the program tidied up in time; raises the signal again where it was lost."""
        deadline = time.monotonic() + _GRACE
        while not self._over.wait(_BLINK) and time.monotonic() < deadline:
            if self._lost:
                self._lost = False
                os.kill(os.getpid(), number)
        return self._over.is_set()

    def close(self) -> None:
        self._over.set()
        sys.unraisablehook = self._unraisable
        signal.set_wakeup_fd(self._before)
        os.close(self._write)


def _forget_the_watch() -> None:
    """In a process that was forked: its signals are not its parent's."""
    if threading.current_thread() is threading.main_thread():
        signal.set_wakeup_fd(-1)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_the_watch)
