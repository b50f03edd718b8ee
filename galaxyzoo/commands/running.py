"""What all commands share: exit codes, how much they tell, and what their help looks like."""

import logging
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from inspect import cleandoc
from typing import Any, TextIO

import typer

from galaxyzoo.base.endings import leave_at_once_when_interrupted, say, told

SOME_REJECTED, FAILED, OURS = 1, 2, 70
"""Exit codes: done, but for some; not done, for a reason that is told; a mistake of ours"""
RESUMES = "interrupted; the same command resumes from here"

logger = logging.getLogger(__name__)


def flowing(text: str | None) -> str:
    """The paragraphs of a docstring, each on one line, which the terminal's width then breaks."""
    paragraphs = cleandoc(text or "").split("\n\n")
    return "\n\n".join(" ".join(own.split()) for own in paragraphs)


def examples(*lines: str) -> str:
    """What stands at the end of a command's help."""
    return "\n".join(["Examples:", *lines])


def prepare(interrupted: str = RESUMES) -> None:
    """What comes before the imports that take long: from now on, Ctrl-C says `interrupted`."""
    leave_at_once_when_interrupted(interrupted)


@contextmanager
def running(quiet: bool, interrupted: str = RESUMES) -> Iterator[None]:
    """Do the work of a command in this; the process ends with the exit codes that are documented.

    What is wrong with the code has one of its own, so that nobody takes it for SOME_REJECTED, which
    is what Python ends with by itself.
    """
    with _no_bars() if quiet else _as_it_is():
        _log(quiet)
        try:
            with told(FAILED, interrupted):
                yield
        except Exception:  # noqa: BLE001  whatever it is, it's printed
            traceback.print_exc()
            raise typer.Exit(OURS) from None


def sum_up(quiet: bool, summary: str, following: str = "") -> None:
    """Say what came of the work, in a line, and in another what one may want to do next.

    The summary goes to standard output; what is next is no result, and goes where the log goes.
    """
    if quiet:
        return
    say(summary)
    if following:
        logger.info("next: %s", following)


def _log(quiet: bool) -> None:
    logging.raiseExceptions = False  # a log that nobody reads stops no work
    level = logging.WARNING if quiet else logging.INFO
    logging.basicConfig(level=level, format="%(message)s", stream=sys.stderr)


@contextmanager
def _as_it_is() -> Iterator[None]:
    yield


@contextmanager
def _no_bars() -> Iterator[None]:
    """Bars, whoever draws them, ask whether standard error is a terminal: it says that it isn't."""
    before = sys.stderr
    sys.stderr = _NoTerminal(before)
    try:
        yield
    finally:
        sys.stderr = before


class _NoTerminal:
    """A stream that says that it's no terminal."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def isatty(self) -> bool:
        return False

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  as the stream has it
        return getattr(self._stream, name)
