"""Draw the galaxies that are kept for testing."""

import logging
from pathlib import Path

from galaxyzoo import paths
from galaxyzoo.files import write_csv, write_json
from galaxyzoo.ids import id_array
from galaxyzoo.labels.params import SplitParams
from galaxyzoo.labels.split import draw_split, match
from galaxyzoo.labels.table import read_labels
from galaxyzoo.messages import some
from galaxyzoo.processed import open_array
from galaxyzoo.sections import DataParams, read_section
from galaxyzoo.tree import GZ2
from stages import run

logger = logging.getLogger(__name__)


def main() -> None:
    data = read_section("data", DataParams)
    options = read_section("split", SplitParams)
    image_ids = open_array(paths.ProcessedPaths().galaxy_ids)
    labels = read_labels(Path(data.labels), GZ2)
    matched = match(image_ids, id_array(labels.index))
    for lack, galaxy_ids in matched.lacking().items():
        logger.warning("%d galaxies %s: %s", len(galaxy_ids), lack, some(galaxy_ids))

    split = draw_split(matched.both, options.test_fraction, options.seed)
    counts = split["subset"].value_counts()
    write_csv(paths.SPLIT, split)
    write_json(
        paths.SPLIT_COUNTS,
        {
            "train": int(counts["train"]),
            "test": int(counts["test"]),
            "without_image": len(matched.without_image),
            "without_labels": len(matched.without_labels),
        },
    )


if __name__ == "__main__":
    run(main)
