"""What the networks of a cross-validation, trained before, say of the galaxies they have not seen.

usage: python -m tools.sky_model.out_of_fold FOLDER WORK

FOLDER holds the competition's images and labels, and WORK the weights that `make sky-model` left
there, with this code or an older one: fold-1/tuned-....safetensors and so on. Writes
WORK/out_of_fold.csv, which shipping.py takes.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from galaxyzoo.base.endings import told
from galaxyzoo.base.errors import UserError
from galaxyzoo.base.files import write_csv
from galaxyzoo.base.paths import ProcessedPaths
from tools.sky_model.__main__ import find_labels
from tools.sky_model.settings import read_settings
from tools.sky_model.training import Galaxies, name, predict_fold, process


def find_weights(work: Path, fold: int) -> Path:
    """Those of the network that has not seen a fold."""
    found = sorted((work / name(fold)).glob("*.safetensors"))
    if len(found) != 1:
        raise UserError(f"{work / name(fold)}: must hold one file of weights, got {len(found)}")
    return found[0]


def main() -> None:
    folder, work = map(Path, sys.argv[1:])
    settings = read_settings()
    folds = range(1, settings.cross_validation.folds + 1)
    weights = {fold: find_weights(work, fold) for fold in folds}
    with TemporaryDirectory() as processed:
        galaxies = Galaxies(ProcessedPaths(Path(processed)), find_labels(folder), settings)
        process(folder / "images_training_rev1.zip", settings, galaxies.processed)
        predicted = [predict_fold(galaxies, fold, own) for fold, own in weights.items()]
    write_csv(work / "out_of_fold.csv", pd.concat(predicted))


if __name__ == "__main__":
    with told():
        main()
