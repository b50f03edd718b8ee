"""Add to the shipped model file what tells unlike images, without training anew.

usage: python -m tools.sky_model.add_likeness FOLDER MODELS

FOLDER holds the competition's images_training_rev1.zip and training_solutions_rev1 (.csv or .zip);
MODELS has the weights that `make sky-model` left in models/sky: everything/, fold-1/, ... What else
stands in the file stays.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from galaxyzoo.base.endings import say, told
from galaxyzoo.base.errors import UserError
from galaxyzoo.base.paths import ProcessedPaths
from galaxyzoo.predict.model_files import export_model, read_exported, read_model
from tools.sky_model.__main__ import find_labels
from tools.sky_model.likeness import find_weights, measure_likeness
from tools.sky_model.settings import read_settings
from tools.sky_model.shipping import SHIPPED
from tools.sky_model.training import EVERYTHING, Galaxies, process


def main() -> None:
    folder, models = map(Path, sys.argv[1:])
    settings, shipped = read_settings(), read_exported(SHIPPED)
    weights = find_weights(models, settings.cross_validation.folds)
    if read_model(weights[EVERYTHING]).info.data_digest != shipped.info.data_digest:
        raise UserError(f"{weights[EVERYTHING]}: are not the weights of {SHIPPED}")
    with TemporaryDirectory() as work:
        galaxies = Galaxies(ProcessedPaths(Path(work)), find_labels(folder), settings)
        process(folder / "images_training_rev1.zip", settings, galaxies.processed)
        likeness = measure_likeness(galaxies, weights)
    told_of = {"card": shipped.card, "training": shipped.training}
    export_model(SHIPPED, SHIPPED, shipped.settings, shipped.intervals, likeness, **told_of)
    say(f"{SHIPPED}: {likeness.galaxies:,} galaxies, unlike beyond {likeness.threshold:.3f}")


if __name__ == "__main__":
    with told():
        main()
