"""`galaxyzoo cutouts`: its options."""

from collections.abc import Sized
from pathlib import Path
from typing import Annotated

import typer

from galaxyzoo.base.messages import count
from galaxyzoo.commands.options import Quiet
from galaxyzoo.commands.running import SOME_REJECTED, examples, prepare, running, sum_up
from galaxyzoo.cutouts.defaults import ADDRESS, GIVE_UP, ID_NAMES, RATE

EXAMPLES = examples(
    "galaxyzoo cutouts catalogue.csv -o pictures",
    "galaxyzoo cutouts mine.fits -o pictures --ra RA_DEG --dec DEC_DEG --id objid",
)


def _above_zero(value: float) -> float:
    if not 0 < value < float("inf"):
        raise typer.BadParameter("must be above 0")
    return value


def run(  # noqa: PLR0913, PLR0917  an argument for each option
    catalogue: Annotated[
        Path,
        typer.Argument(
            help="A table with a row for each galaxy: an id, a position, and petroR90_r, the "
            "radius in arcsec that the scale comes from. CSV, plain, gzipped or zipped, or "
            "Parquet; with astropy also FITS, VOTable and ECSV.",
            show_default=False,
        ),
    ],
    output: Annotated[
        Path,
        typer.Option("--output", "-o", help="The folder of pictures, each called <id>.jpg."),
    ],
    ra: Annotated[
        str | None, typer.Option(help="The column of right ascensions, in degrees. Default: ra.")
    ] = None,
    dec: Annotated[
        str | None, typer.Option(help="The column of declinations, in degrees. Default: dec.")
    ] = None,
    radius: Annotated[
        str | None, typer.Option(help="The column of radii, in arcsec. Default: petroR90_r.")
    ] = None,
    id_: Annotated[
        str | None,
        typer.Option(
            "--id",
            help=f"The column of ids. Default: the first that is there of {', '.join(ID_NAMES)}.",
        ),
    ] = None,
    rate: Annotated[
        float, typer.Option(callback=_above_zero, help="Pictures to ask for in a second, at most.")
    ] = RATE,
    give_up: Annotated[
        int,
        typer.Option(min=0, help="Stop after so many failures in a row; 0: never."),
    ] = GIVE_UP,
    address: Annotated[
        str,
        typer.Option(
            help="Where SDSS cuts pictures; its data releases have addresses of their own."
        ),
    ] = ADDRESS,
    quiet: Quiet = False,
) -> None:
    """Get a picture of each galaxy in a catalogue from SDSS, at the scale of the training images.

    That is 424x424 pixels of 0.02 x petroR90_r arcsec each. What was asked for is told in
    OUTPUT.cutouts.csv, and galaxies without a picture, with the reason, in OUTPUT.failed.csv. A run
    that was interrupted resumes where it was if the same command is given again.

    Tested against a stand-in of SDSS's service, and never against the service itself.

    Exits with 0 if all pictures are there, with 1 if some aren't, with 2 if the command can't be
    done.
    """
    prepare()
    from galaxyzoo.cutouts.download import CutoutOptions, download, failed_path  # noqa: PLC0415
    from galaxyzoo.cutouts.positions import PositionColumns  # noqa: PLC0415

    options = CutoutOptions(PositionColumns(ra, dec, radius, id_), address, rate, give_up)
    with running(quiet):
        outcome = download(catalogue, output, options)
        listed = failed_path(output)
        summary = (
            f"{output}: {count(outcome.got, 'picture')} got, {outcome.there:,} there before, "
            f"{len(outcome.failed):,} failed{f' ({listed})' if outcome.failed else ''}"
        )
        sum_up(quiet, summary, _following(outcome.failed, listed, output))
    if outcome.failed:
        raise typer.Exit(SOME_REJECTED)


def _following(failed: Sized, listed: Path, output: Path) -> str:
    if failed:
        return f"see in {listed} why; the same command asks for these again, and for no others"
    return f"galaxyzoo classify {output} -o catalogue.csv"
