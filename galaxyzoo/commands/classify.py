"""`galaxyzoo classify`: its options."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from galaxyzoo.base.messages import count
from galaxyzoo.commands.options import (
    BatchSize,
    Crop,
    Device,
    Images,
    Model,
    Precision,
    Quiet,
    Views,
    Work,
    Workers,
)
from galaxyzoo.commands.running import SOME_REJECTED, examples, prepare, running, sum_up

EXAMPLES = examples(
    "galaxyzoo classify images.zip -o catalogue.csv",
    "galaxyzoo classify pictures/ -o catalogue.fits --catalogue",
    "galaxyzoo classify pictures/ -o catalogue.parquet --table mine.fits --id objid",
)


def run(  # noqa: PLR0913, PLR0917  an argument for each option
    images: Images,
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
    model: Model = None,
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
            "Class1.1_high, if the model has intervals, which are made to hold the volunteers' "
            "fractions of 90% of galaxies, unless the model file says otherwise. Those of gz2 have "
            "none. Kaggle's own format has none either."
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
    views: Views = None,
    crop: Crop = None,
    batch_size: BatchSize = 64,
    device: Device = "auto",
    precision: Precision = "auto",
    workers: Workers = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            help="Have the work done by a cluster of Dask: the address of its scheduler, as "
            "tcp://host:8786, or the path of the file that it wrote. Its workers must find the "
            "images and the model under the same paths. See docs/cluster.md.",
            show_default=False,
        ),
    ] = None,
    work: Work = Path(),
    quiet: Quiet = False,
) -> None:
    """Classify images of galaxies: what fraction of volunteers would give each answer.

    A run that was interrupted resumes where it was if the same command is given again. Files that
    are no readable image are listed, with the reason, in OUTPUT.rejected.csv.

    Exits with 0 if all files were classified, with 1 if some were rejected, with 2 if the command
    can't be done.
    """
    prepare()
    # torch takes seconds to import, which --help need not wait for
    from galaxyzoo.classify.destination import destination  # noqa: PLC0415
    from galaxyzoo.classify.run import Options, classify  # noqa: PLC0415
    from galaxyzoo.predict.load_options import LoadOptions  # noqa: PLC0415

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
    with running(quiet):
        outcome = classify(images, model, output, options)
        place = destination(output, work)
        written = place.said(place.local) if outcome.galaxies else "no catalogue"
        listed = place.said(place.lists[0])
        summary = (
            f"{written}: {count(outcome.galaxies, 'galaxy', 'galaxies')} classified, "
            f"{count(outcome.rejected, 'file')} rejected"
        )
        if outcome.rejected:
            summary += f" ({listed})"
        sum_up(quiet, summary, _following(outcome.rejected, listed, catalogue))
    if outcome.rejected:
        raise typer.Exit(SOME_REJECTED)


def _following(rejected: int, listed: str, described: bool) -> str:
    if rejected:
        return f"see in {listed} why, mend these files or take them away, and run this again"
    if not described:
        return "--catalogue adds columns in words: the answers, and what may be wrong with an image"
    return ""
