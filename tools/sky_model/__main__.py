"""Make the model of the sky: make sky-model, or python -m tools.sky_model FOLDER

FOLDER holds the competition's images_training_rev1.zip and training_solutions_rev1 (.csv or .zip).
When it was stopped, it goes on after the last whole epoch of each training.
"""

import logging
import sys
from functools import partial
from pathlib import Path

import torch

from galaxyzoo.base.endings import told
from galaxyzoo.base.paths import ProcessedPaths
from galaxyzoo.predict.inference import Perception
from galaxyzoo.processes.cores import usable_cores
from galaxyzoo.processes.workers import in_processes
from tools.sky_model.looking import look_at_all
from tools.sky_model.settings import read_settings
from tools.sky_model.shipping import ship_seen
from tools.sky_model.training import EVERYTHING, Galaxies, find_labels, process, train

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
    weights, seen = zip(*done, strict=True)
    ship_seen(galaxies, WORK, weights[0], dict(zip(folds, seen, strict=True)))


def run(galaxies: Galaxies, fold: int) -> tuple[Path, Perception]:
    """The weights of a training, and what the network sees with them of all galaxies."""
    weights = train(galaxies, fold, WORK)
    return weights, look_at_all(galaxies, weights)


if __name__ == "__main__":
    with told():
        main()
