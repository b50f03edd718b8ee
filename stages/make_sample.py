"""Render the embedded sample: galaxies and their votes, in Kaggle's own layout."""

from galaxyzoo.base import paths
from galaxyzoo.base.sections import read_section
from galaxyzoo.sample import write_sample
from galaxyzoo.sample.params import SampleParams
from galaxyzoo.tree import GZ2
from stages import run


def main() -> None:
    options = read_section("make_sample", SampleParams)
    write_sample(
        paths.SAMPLE_IMAGES,
        paths.SAMPLE_LABELS,
        tree=GZ2,
        galaxies=options.galaxies,
        seed=options.seed,
    )


if __name__ == "__main__":
    run(main)
