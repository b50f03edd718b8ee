"""Make the model of the sky: python -m tools.sky_model FOLDER

FOLDER holds the competition's images_training_rev1.zip and training_solutions_rev1 (.csv or .zip).
"""

import logging
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from galaxyzoo.base.endings import told
from galaxyzoo.base.errors import UserError
from galaxyzoo.base.files import write_csv
from galaxyzoo.base.paths import ProcessedPaths
from galaxyzoo.processes.cores import usable_cores
from galaxyzoo.processes.workers import in_processes
from galaxyzoo.scoring.rmse import rmse
from galaxyzoo.tree import GZ2
from tools.sky_model.settings import read_settings
from tools.sky_model.training import EVERYTHING, Galaxies, predict_fold, process, train

WORK = Path("models/sky")
"""Where it goes on: trainings that are done or interrupted"""


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(process)d %(message)s", stream=sys.stdout)
    raw, settings = Path(sys.argv[1]), read_settings()
    galaxies = Galaxies(ProcessedPaths(WORK / "processed"), find_labels(raw), settings)
    process(raw / "images_training_rev1.zip", settings, galaxies.processed)
    folds = [EVERYTHING, *range(1, settings.cross_validation.folds + 1)]
    workers = min(usable_cores(), len(folds))
    tables = [
        table
        for table in in_processes(_Worker.run, folds, workers, _Worker.start, (galaxies,))
        if table is not None
    ]
    write_csv(WORK / "out_of_fold.csv", pd.concat(tables))
    for table in tables:
        print(table["fold"].iloc[0], score(galaxies, table))


def find_labels(raw: Path) -> Path:
    """The table of votes in a folder, as Kaggle has it or unzipped."""
    found = [raw / f"training_solutions_rev1.{ending}" for ending in ("csv", "zip")]
    there = [path for path in found if path.is_file()]
    if not there:
        raise UserError(f"{raw}: holds no training_solutions_rev1.csv, and none that is zipped")
    return there[0]


def score(galaxies: Galaxies, table: pd.DataFrame) -> float:
    """The RMSE of some predictions."""
    voted = galaxies.some(np.isin(galaxies.ids, table["GalaxyID"].to_numpy(str)))
    return rmse(table[[*GZ2.columns]].to_numpy(), voted.votes.numpy())


class _Worker:
    """A process that trains with one thread: two such are faster than one training with two."""

    galaxies: Galaxies

    @classmethod
    def start(cls, galaxies: Galaxies) -> None:
        torch.set_num_threads(1)
        cls.galaxies = galaxies

    @classmethod
    def run(cls, fold: int) -> pd.DataFrame | None:
        weights = train(cls.galaxies, fold, WORK)
        return predict_fold(cls.galaxies, fold, weights) if fold else None


if __name__ == "__main__":
    with told():
        main()
