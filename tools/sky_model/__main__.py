"""Make the model of the sky: make sky-model, or python -m tools.sky_model FOLDER

FOLDER holds the competition's images_training_rev1.zip and training_solutions_rev1 (.csv or .zip).
When it was stopped, it goes on after the last whole epoch of each training.
"""

import logging
import sys
from functools import partial
from pathlib import Path

import pandas as pd
import torch

from galaxyzoo.base.endings import told
from galaxyzoo.base.errors import UserError
from galaxyzoo.base.files import write_csv
from galaxyzoo.base.paths import ProcessedPaths
from galaxyzoo.processes.cores import usable_cores
from galaxyzoo.processes.workers import in_processes
from tools.sky_model.likeness import measure_likeness
from tools.sky_model.settings import read_settings
from tools.sky_model.shipping import ship
from tools.sky_model.training import EVERYTHING, Galaxies, predict_fold, process, train

WORK = Path("models/sky")
"""Where it goes on: trainings that are done or interrupted"""


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(process)d %(message)s", stream=sys.stdout)
    (folder,) = sys.argv[1:]
    raw, settings = Path(folder), read_settings()
    galaxies = Galaxies(ProcessedPaths(WORK / "processed"), find_labels(raw), settings)
    process(raw / "images_training_rev1.zip", settings, galaxies.processed)
    folds = [EVERYTHING, *range(1, settings.cross_validation.folds + 1)]
    workers = min(usable_cores(), len(folds))
    # one thread in each process: two such are faster than one training with two
    done = list(in_processes(partial(run, galaxies), folds, workers, torch.set_num_threads, (1,)))
    predictions = pd.concat(predicted for _, predicted in done)
    write_csv(WORK / "out_of_fold.csv", predictions)
    weights = {fold: path for fold, (path, _) in zip(folds, done, strict=True)}
    likeness = measure_likeness(galaxies, weights)
    ship(weights[EVERYTHING], predictions, galaxies.labels, settings, likeness)


def find_labels(raw: Path) -> Path:
    """The table of votes in a folder, as Kaggle has it or unzipped."""
    found = [raw / f"training_solutions_rev1.{ending}" for ending in ("csv", "zip")]
    there = [path for path in found if path.is_file()]
    if not there:
        raise UserError(f"{raw}: holds no training_solutions_rev1.csv, and none that is zipped")
    return there[0]


def run(galaxies: Galaxies, fold: int) -> tuple[Path, pd.DataFrame | None]:
    """The weights, and what they say of the fold's galaxies, if they learned from others."""
    weights = train(galaxies, fold, WORK)
    return weights, predict_fold(galaxies, fold, weights) if fold else None


if __name__ == "__main__":
    with told():
        main()
