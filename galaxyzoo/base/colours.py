"""Colours of a terminal, for whoever wants them."""

import os
from typing import TextIO

_RED, _PLAIN = "\x1b[1;31m", "\x1b[0m"


def wants_colours(stream: TextIO | None) -> bool:
    """Whether a stream is a terminal that has colours, and nobody said no: see no-color.org."""
    refused = os.environ.get("NO_COLOR", "") != "" or os.environ.get("TERM") == "dumb"
    return stream is not None and stream.isatty() and not refused


def alarming(text: str, stream: TextIO | None) -> str:
    """`text` as it is to be printed to a stream: in red, where that wants colours."""
    return f"{_RED}{text}{_PLAIN}" if wants_colours(stream) else text
