"""Crop every image to its centre and resize it, into one array."""

from pathlib import Path

from galaxyzoo.crop_resize import process_images
from galaxyzoo.images import open_images
from galaxyzoo.params import read_params
from galaxyzoo.processed import ProcessedPaths
from stages import run


def main() -> None:
    params = read_params()
    process_images(
        open_images(Path(params.data.images)),
        crop=params.crop_resize.crop,
        size=params.crop_resize.size,
        save_jpegs=params.crop_resize.save_jpegs,
        outputs=ProcessedPaths(Path("data/processed")),
    )


if __name__ == "__main__":
    run(main)
