"""The command `galaxyzoo serve`."""

import logging
import sys
from pathlib import Path
from typing import Annotated

import typer

from galaxyzoo.base.endings import leave_at_once_when_interrupted, told

PORT = 8501
FAILED = 2


def serve(
    model: Annotated[
        Path | None,
        typer.Option(
            help="A model file, such as models/exported/tuned.safetensors. Default: the model of "
            "the sky that comes with galaxyzoo.",
            show_default=False,
        ),
    ] = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Where the page is; 0: any port that is free.")
    ] = PORT,
    open_: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
) -> None:
    """Open a page on this computer where you drop pictures and see what volunteers would say.

    It shows the tree of answers, their intervals, and a warning where a picture may be no galaxy:
    what `galaxyzoo classify` says of the same files. It can be reached from this computer alone,
    and sends nothing elsewhere. Needs the extra `serve`: pip install 'galaxyzoo[serve]'

    Runs until Ctrl+C. Exits with 2 if the page can't be served.
    """
    leave_at_once_when_interrupted("")
    # torch takes seconds to import, which --help need not wait for
    logging.raiseExceptions = False  # a log that nobody reads stops no work
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    with told(FAILED, ""):
        from galaxyzoo.predict.predictor import load_model  # noqa: PLC0415
        from galaxyzoo.serve.server import check_installed, listen  # noqa: PLC0415
        from galaxyzoo.serve.server import serve as run  # noqa: PLC0415

        check_installed()
        with listen(port) as own:
            run(load_model(model), own, open_)
