"""`galaxyzoo serve`: a page on this computer, to try a model in a browser."""

from typing import Annotated

import typer

from galaxyzoo.commands.options import Model
from galaxyzoo.commands.running import examples, prepare, running

PORT = 8501
EXAMPLES = examples(
    "galaxyzoo serve --open",
    "galaxyzoo serve --model models/exported/tuned.safetensors --port 0",
)


def run(
    model: Model = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Where the page is; 0: any port that is free.")
    ] = PORT,
    open_: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
) -> None:
    """Open a page on this computer where you drop pictures and see what volunteers would say.

    It shows the tree of answers, their intervals, and a warning where a picture may be no galaxy:
    what galaxyzoo classify says of the same files. It can be reached from this computer alone, and
    sends nothing elsewhere. Needs the extra: pip install 'galaxyzoo[serve]'

    Runs until Ctrl-C. Exits with 2 if the page can't be served.
    """
    prepare("")
    with running(quiet=False, interrupted=""):
        from galaxyzoo.predict.predictor import load_model  # noqa: PLC0415
        from galaxyzoo.serve.server import check_installed, listen, serve  # noqa: PLC0415

        check_installed()
        with listen(port) as own:
            serve(load_model(model), own, open_)
