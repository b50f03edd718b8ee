"""`galaxyzoo similar`: its options."""

from pathlib import Path
from typing import Annotated

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
    "galaxyzoo similar galaxy.jpg images.zip -o page.html",
    "galaxyzoo similar 100008 images.zip -o page.html -o table.csv",
    "galaxyzoo similar 100008 images.zip -o page.html --index images.seen",
)


def run(  # noqa: PLR0913, PLR0917  an argument for each option
    query: Annotated[
        str,
        typer.Argument(
            help="The galaxy that others are compared with: the path or the URL of an image; or, "
            "of one of IMAGES, its GalaxyID or its file's name.",
            metavar="QUERY",
            show_default=False,
        ),
    ],
    images: Images,
    output: Annotated[
        list[str],
        typer.Option(
            "--output",
            "-o",
            metavar="PATH",
            help="Where to write the nearest, by its ending: .html is a page of pictures; .csv, "
            ".parquet, .fits, .vot or .ecsv are a table of names, distances and descriptions. It "
            "may be given several times, and may be a URL, as that of classify.",
        ),
    ],
    number: Annotated[
        int, typer.Option("--number", "-n", min=1, help="How many to find, at most.")
    ] = 24,
    index: Annotated[
        Path | None,
        typer.Option(
            help="A file that keeps what the network sees in IMAGES: made if it isn't there, and "
            "the next query on the same images takes a moment.",
            show_default=False,
        ),
    ] = None,
    model: Model = None,
    views: Views = None,
    crop: Crop = None,
    batch_size: BatchSize = 64,
    device: Device = "auto",
    precision: Precision = "auto",
    workers: Workers = None,
    work: Work = Path(),
    quiet: Quiet = False,
) -> None:
    """Find the galaxies that look most like one, as a page of pictures or as a table.

    What is compared is what the network sees: its last layer, of which it makes the volunteers'
    answers. The search looks at all images, and is exact. The galaxy itself is left out of its
    neighbours, if it is among the images. A run that was interrupted resumes where it was if the
    same command is given again.

    Exits with 0 if all images were searched, with 1 if some files were rejected, which are listed
    in OUTPUT.rejected.csv, with 2 if the command can't be done.
    """
    prepare()
    from galaxyzoo.predict.load_options import LoadOptions  # noqa: PLC0415
    from galaxyzoo.similar.run import SimilarOptions, find_similar  # noqa: PLC0415

    load = LoadOptions(device, precision, views, crop, batch_size)
    options = SimilarOptions(load, number, index, workers, work)
    with running(quiet):
        outcome = find_similar(query, images, model, output, options)
        summary = (
            f"{', '.join(output)}: the nearest {outcome.neighbours:,} of "
            f"{count(outcome.galaxies, 'galaxy', 'galaxies')}, "
            f"{count(outcome.rejected, 'file')} rejected"
        )
        sum_up(quiet, summary, _following(output, index))
    if outcome.rejected:
        raise typer.Exit(SOME_REJECTED)


def _following(outputs: list[str], index: Path | None) -> str:
    pages = [own for own in outputs if own.endswith(".html")]
    page = f"open {pages[0]} in a browser" if pages else "-o page.html shows them as pictures"
    return page if index else f"{page}; with --index FILE, the next query takes a moment"
