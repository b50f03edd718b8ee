"""Options that several commands have: what each is called, takes, and means."""

from pathlib import Path
from typing import Annotated, Literal

import typer


def _one_or_even(views: int | None) -> int | None:
    if views is not None and views != 1 and views % 2:
        raise typer.BadParameter("must be 1 or an even number")
    return views


def _part(crop: float | None) -> float | None:
    if crop is not None and not 0 < crop <= 1:
        raise typer.BadParameter("must be above 0 and at most 1")
    return crop


Images = Annotated[
    str,
    typer.Argument(
        help="A folder, searched to any depth; a zip, read in place; one image; or a text "
        "file with a path per line, relative to the working folder. Or a URL, such as "
        "s3://bucket/images.zip, of a zip, an image, or a prefix of images. JPEG, PNG, TIFF, "
        "WebP, BMP or GIF, from 64x64 pixels.",
        metavar="IMAGES",
        show_default=False,
    ),
]

Model = Annotated[
    Path | None,
    typer.Option(
        help="A model file, such as models/exported/tuned.safetensors. Default: the model of "
        "the sky that comes with galaxyzoo.",
        show_default=False,
    ),
]

Views = Annotated[
    int | None,
    typer.Option(
        min=1,
        callback=_one_or_even,
        help="Test-time augmentation: average over so many turned and mirrored views of each "
        "image: 1, or an even number. Default: as the model file says.",
    ),
]

Crop = Annotated[
    float | None,
    typer.Option(
        callback=_part,
        help="The part of an image's width that is kept in its centre, above 0 and at most "
        "1. Default: as in training.",
    ),
]

BatchSize = Annotated[int, typer.Option(min=1, help="Images per forward pass.")]

Device = Annotated[
    Literal["auto", "cuda", "mps", "cpu"],
    typer.Option(help="Where to compute; auto is the first of CUDA, MPS and CPU."),
]

Precision = Annotated[
    Literal["auto", "float32", "bfloat16"],
    typer.Option(
        help="How precisely; bfloat16 is faster where the processor computes with it, which "
        "auto finds out, and changes fractions by some 0.002."
    ),
]

Workers = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="Processes to work with. Default: one for each core. 1 takes the least memory: "
        "all is done in the command's own process.",
    ),
]

Work = Annotated[
    Path,
    typer.Option(
        help="The folder of what is done so far, where the output is a URL.",
        file_okay=False,
    ),
]

Quiet = Annotated[
    bool,
    typer.Option(
        "--quiet",
        "-q",
        help="Print warnings and errors alone: no bar, no notes, no summary. The exit code tells "
        "the rest.",
    ),
]
