"""The command line: `galaxyzoo COMMAND`, or `python -m galaxyzoo COMMAND`."""

import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

from galaxyzoo.base.endings import leave_at_once_when_interrupted

if Path(sys.argv[0]).parts[-2:] in (
    ("galaxyzoo", "__main__.py"),
    ("bin", "galaxyzoo"),
):  # a program, which imports what it needs next
    leave_at_once_when_interrupted()

import typer

from galaxyzoo.commands import classify, cutouts, serve, similar
from galaxyzoo.commands.running import examples, flowing

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
_COMMANDS = {"classify": classify, "similar": similar, "serve": serve, "cutouts": cutouts}
for name, own in _COMMANDS.items():
    app.command(name, help=flowing(own.run.__doc__), epilog=own.EXAMPLES)(own.run)


def _tell_version(asked: bool) -> None:
    if asked:
        print(f"galaxyzoo {version('galaxyzoo')}")
        raise typer.Exit


@app.callback(
    help="What volunteers of Galaxy Zoo would say of galaxies, learned from images.\n\n"
    "Exits with 0 when all is done, with 1 when some files were rejected, and with 2 when it can't "
    "be done, for a reason that is told.",
    epilog=examples(
        "galaxyzoo classify images.zip -o catalogue.csv",
        "galaxyzoo similar galaxy.jpg images.zip -o page.html",
        "galaxyzoo classify --help",
        "galaxyzoo --install-completion",
    ),
)
def main(
    _: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_tell_version,
            is_eager=True,
            help="Print the version of galaxyzoo, and exit.",
        ),
    ] = False,
) -> None:
    """What stands before a command."""
