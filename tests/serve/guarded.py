"""`galaxyzoo`, in a process that tells on standard error what it would ask of other computers."""

import runpy
import sys
from typing import Any

_HERE = "127.0.0.1"
_ASKING = {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}


def _tell(event: str, given: tuple[Any, ...]) -> None:
    if event in _ASKING and _HERE not in str(given):
        print(event, given, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.addaudithook(_tell)
    runpy.run_module("galaxyzoo", run_name="__main__", alter_sys=True)
