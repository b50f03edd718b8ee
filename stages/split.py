"""Draw the galaxies that are kept for testing."""

import logging
from pathlib import Path

from galaxyzoo.files import write_csv, write_json
from galaxyzoo.labels import read_labels
from galaxyzoo.params import read_params
from galaxyzoo.processed import ProcessedPaths, open_array
from galaxyzoo.split import draw_split, match
from stages import run

logger = logging.getLogger(__name__)


def main() -> None:
    params = read_params()
    image_ids = open_array(ProcessedPaths(Path("data/processed")).galaxy_ids)
    matched = match(image_ids, read_labels(Path(params.data.labels)).index.to_numpy())
    for lack, galaxy_ids in matched.lacking().items():
        logger.warning("%d galaxies %s: %s", len(galaxy_ids), lack, galaxy_ids.tolist())

    split = draw_split(matched.both, params.split.test_fraction, params.split.seed)
    counts = split["subset"].value_counts()
    write_csv(Path("data/split.csv"), split)
    write_json(
        Path("metrics/split.json"),
        {
            "train": int(counts["train"]),
            "test": int(counts["test"]),
            "without_image": len(matched.without_image),
            "without_labels": len(matched.without_labels),
        },
    )


if __name__ == "__main__":
    run(main)
