"""Render the embedded sample: galaxies and their votes, in Kaggle's own layout."""

from pathlib import Path

from galaxyzoo.params import read_params
from galaxyzoo.sample import write_sample
from stages import run


def main() -> None:
    params = read_params()
    write_sample(
        images=Path("data/sample/images_training_rev1.zip"),
        labels=Path("data/sample/training_solutions_rev1.csv"),
        galaxies=params.make_sample.galaxies,
        seed=params.make_sample.seed,
    )


if __name__ == "__main__":
    run(main)
