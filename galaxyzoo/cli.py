"""The command line: `galaxyzoo COMMAND`, or `python -m galaxyzoo COMMAND`."""

import logging
import sys
from pathlib import Path
from typing import Annotated, Literal

from galaxyzoo.base.endings import leave_at_once_when_interrupted, say, told
from galaxyzoo.base.messages import count

if Path(sys.argv[0]).parts[-2:] in (
    ("galaxyzoo", "__main__.py"),
    ("bin", "galaxyzoo"),
):  # a program, which imports what it needs next
    leave_at_once_when_interrupted()

import typer

from galaxyzoo.cutouts.defaults import ADDRESS, GIVE_UP, ID_NAMES, RATE
from galaxyzoo.serve.command import serve

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)
app.command()(serve)

SOME_REJECTED, FAILED = 1, 2
INTERRUPTED = "interrupted; the same command resumes from here"


@app.callback()
def main() -> None:
    """What volunteers of Galaxy Zoo would say of galaxies, learned from images."""


def _one_or_even(views: int | None) -> int | None:
    if views is not None and views != 1 and views % 2:
        raise typer.BadParameter("must be 1 or an even number")
    return views


def _part(crop: float | None) -> float | None:
    if crop is not None and not 0 < crop <= 1:
        raise typer.BadParameter("must be above 0 and at most 1")
    return crop


@app.command()
def classify(  # noqa: PLR0913, PLR0917  an argument for each option
    images: Annotated[
        str,
        typer.Argument(
            help="A folder, searched to any depth; a zip, read in place; one image; or a text "
            "file with a path per line, relative to the working folder. Or a URL, such as "
            "s3://bucket/images.zip, of a zip, an image, or a prefix of images. JPEG, PNG, TIFF, "
            "WebP, BMP or GIF, from 64x64 pixels.",
            metavar="IMAGES",
            show_default=False,
        ),
    ],
    output: Annotated[
        str,
        typer.Option(
            "--output",
            "-o",
            metavar="PATH",
            help="The catalogue, by its ending: .csv, which with --no-intervals has the format of "
            "Kaggle's submissions, .parquet, .fits, .vot (VOTable) or .ecsv; the last three need "
            "astropy. It may be a URL, such as s3://bucket/catalogue.csv. "
            "GalaxyID is text: that of an image named <GalaxyID>.jpg, digit by digit; of any "
            "other, the file's name. GalaxyIDs come first, in their order.",
        ),
    ],
    model: Annotated[
        Path | None,
        typer.Option(
            help="A model file, such as models/exported/tuned.safetensors. Default: the model of "
            "the sky that comes with galaxyzoo.",
            show_default=False,
        ),
    ] = None,
    catalogue: Annotated[
        bool,
        typer.Option(
            "--catalogue",
            help="Add columns to read: the most likely answer to each question that applies, "
            "with its fraction of those who are asked it; a short description; and a warning where "
            "an image may be wrong.",
        ),
    ] = False,
    columns: Annotated[
        Literal["kaggle", "gz2"],
        typer.Option(
            help="Which fractions: kaggle has those of all volunteers, as Class1.1. gz2 has, by "
            "the names of Galaxy Zoo 2's tables, those of the volunteers who were asked the "
            "question, as t04_spiral_a08_spiral_fraction, and what part of all volunteers these "
            "are, as t04_spiral_reach."
        ),
    ] = "kaggle",
    intervals: Annotated[
        bool,
        typer.Option(
            help="Put the bounds of an interval behind each fraction, as Class1.1_low and "
            "Class1.1_high, if the model has intervals, which hold 90% of the volunteers' "
            "fractions. Those of gz2 have none. Kaggle's own format has none either."
        ),
    ] = True,
    table: Annotated[
        Path | None,
        typer.Option(
            help="Your table of the galaxies, whose columns the catalogue gets, too: CSV, Parquet, "
            "FITS, VOTable or ECSV. It is held in memory, which "
            "the catalogue never is. Rows without image are left out.",
            show_default=False,
        ),
    ] = None,
    id_column: Annotated[
        str | None,
        typer.Option(
            "--id",
            help="Its column that holds the names of the images, without folders and ending. "
            "Default: the only one called GalaxyID, objid, iauname, id, name or the like.",
            show_default=False,
        ),
    ] = None,
    views: Annotated[
        int | None,
        typer.Option(
            min=1,
            callback=_one_or_even,
            help="Test-time augmentation: average over so many turned and mirrored views of each "
            "image: 1, or an even number. Default: as the model file says.",
        ),
    ] = None,
    crop: Annotated[
        float | None,
        typer.Option(
            callback=_part,
            help="The part of an image's width that is kept in its centre, above 0 and at most "
            "1. Default: as in training.",
        ),
    ] = None,
    batch_size: Annotated[int, typer.Option(min=1, help="Images per forward pass.")] = 64,
    device: Annotated[
        Literal["auto", "cuda", "mps", "cpu"],
        typer.Option(help="Where to compute; auto is the first of CUDA, MPS and CPU."),
    ] = "auto",
    precision: Annotated[
        Literal["auto", "float32", "bfloat16"],
        typer.Option(
            help="How precisely; bfloat16 is faster where the processor computes with it, which "
            "auto finds out, and changes fractions by some 0.002."
        ),
    ] = "auto",
    workers: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Processes to work with. Default: one for each core. 1 takes the least memory: "
            "all is done in the command's own process.",
        ),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            help="Have the work done by a cluster of Dask: the address of its scheduler, as "
            "tcp://host:8786, or the path of the file that it wrote. Its workers must find the "
            "images and the model under the same paths. See docs/cluster.md.",
            show_default=False,
        ),
    ] = None,
    work: Annotated[
        Path,
        typer.Option(
            help="The folder of what is done so far, where the output is a URL.",
            file_okay=False,
        ),
    ] = Path(),
) -> None:
    """Classify images of galaxies: what fraction of volunteers would give each answer.

    A run that was interrupted resumes where it was if the same command is given again. Files that
    are no readable image are listed, with the reason, in OUTPUT.rejected.csv.

    Exits with 0 if all files were classified, with 1 if some were rejected, with 2 if the command
    can't be done.
    """
    leave_at_once_when_interrupted(INTERRUPTED)
    # torch takes seconds to import, which --help need not wait for
    from galaxyzoo.classify.destination import destination  # noqa: PLC0415
    from galaxyzoo.classify.run import Options  # noqa: PLC0415
    from galaxyzoo.classify.run import classify as run  # noqa: PLC0415
    from galaxyzoo.predict.predictor import LoadOptions  # noqa: PLC0415

    logging.raiseExceptions = False  # a log that nobody reads stops no work
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    load = LoadOptions(
        device=device,
        precision=precision,
        views=views,
        crop=crop,
        batch_size=batch_size,
        intervals=intervals,
    )
    options = Options(
        load, catalogue, columns, table, id_column, workers, cluster=cluster, work=work
    )
    with told(FAILED, INTERRUPTED):
        outcome = run(images, model, output, options)
        place = destination(output, work)
        written = place.said(place.local) if outcome.galaxies else "no catalogue"
        listed = f" ({place.said(place.lists[0])})" if outcome.rejected else ""
        say(
            f"{written}: {count(outcome.galaxies, 'galaxy', 'galaxies')} classified, "
            f"{count(outcome.rejected, 'file')} rejected{listed}"
        )
    if outcome.rejected:
        raise typer.Exit(SOME_REJECTED)


def _above_zero(value: float) -> float:
    if not 0 < value < float("inf"):
        raise typer.BadParameter("must be above 0")
    return value


@app.command()
def cutouts(  # noqa: PLR0913, PLR0917  an argument for each option
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
) -> None:
    """Get a picture of each galaxy in a catalogue from SDSS, at the scale of the training images.

    That is 424x424 pixels of 0.02 x petroR90_r arcsec each. What was asked for is told in
    OUTPUT.cutouts.csv, and galaxies without a picture, with the reason, in OUTPUT.failed.csv. A run
    that was interrupted resumes where it was if the same command is given again.

    Tested against a stand-in of SDSS's service, and never against the service itself.

    Exits with 0 if all pictures are there, with 1 if some aren't, with 2 if the command can't be
    done.
    """
    leave_at_once_when_interrupted(INTERRUPTED)
    from galaxyzoo.cutouts.download import CutoutOptions, download, failed_path  # noqa: PLC0415
    from galaxyzoo.cutouts.positions import PositionColumns  # noqa: PLC0415

    logging.raiseExceptions = False  # a log that nobody reads stops no work
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    options = CutoutOptions(PositionColumns(ra, dec, radius, id_), address, rate, give_up)
    with told(FAILED, INTERRUPTED):
        outcome = download(catalogue, output, options)
        listed = f" ({failed_path(output)})" if outcome.failed else ""
        say(
            f"{output}: {count(outcome.got, 'picture')} got, {outcome.there:,} there before, "
            f"{len(outcome.failed):,} failed{listed}"
        )
    if outcome.failed:
        raise typer.Exit(SOME_REJECTED)
