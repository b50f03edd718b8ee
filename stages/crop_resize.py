"""Crop every image to its centre and resize it, into one array."""

from pathlib import Path

from galaxyzoo.base.paths import ProcessedPaths
from galaxyzoo.base.sections import DataParams, read_section
from galaxyzoo.images.by_id import open_images
from galaxyzoo.images.params import CropResizeParams
from galaxyzoo.images.processing import process_images
from stages import run


def main() -> None:
    data = read_section("data", DataParams)
    options = read_section("crop_resize", CropResizeParams)
    process_images(
        open_images(Path(data.images)),
        crop=options.crop,
        size=options.size,
        save_jpegs=options.save_jpegs,
        outputs=ProcessedPaths(),
        on_bad=options.on_bad_image,
    )


if __name__ == "__main__":
    run(main)
