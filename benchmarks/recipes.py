"""Which recipe learns most from the same galaxies: trainings of the tuned network, on one fold.

usage: python -m benchmarks.recipes FOLDER FOLD [RECIPE ...]

FOLDER holds the competition's images_training_rev1.zip and training_solutions_rev1 (.csv or .zip).
Each RECIPE is some changes of tools/sky_model/settings.yaml, as "crop: 180, epochs: 200"; or "as
they are", which also goes without saying. Trains each on all folds but FOLD, and scores it on FOLD
as those settings predict. The cost is that of a training, in pixels that networks learn from, times
that of the settings as they are. A process of one thread per core; goes on where it was stopped.
"""

import logging
import sys
from functools import partial
from pathlib import Path

import torch
import yaml

from galaxyzoo.base.endings import told
from galaxyzoo.base.paths import ProcessedPaths
from galaxyzoo.base.sections import Section, validate
from galaxyzoo.processes.cores import usable_cores
from galaxyzoo.processes.workers import in_processes
from galaxyzoo.scoring.rmse import rmse
from tools.sky_model.__main__ import WORK
from tools.sky_model.looking import predict_some
from tools.sky_model.settings import CropSettings, PredictSettings, Settings, read_settings
from tools.sky_model.training import Galaxies, find_labels, process, train_on

AS_THEY_ARE = "as they are"
SECTIONS: dict[str, type[Section]] = {"crop_resize": CropSettings, "predict": PredictSettings}
"""Of the settings whose changes are no changes of the training"""


def changed(settings: Settings, recipe: str) -> Settings:
    """The settings with the changes of a recipe; ParamsError if they can't be followed."""
    content = settings.model_dump()
    changes = {} if recipe == AS_THEY_ARE else yaml.safe_load(f"{{{recipe}}}")
    for name, value in changes.items():
        section = next((own for own, kind in SECTIONS.items() if name in kind.model_fields), None)
        content[section or "train_tuned"][name] = value  # which refuses what it doesn't know
    return validate(Settings, content)


def cost(settings: Settings) -> int:
    """How many pixels a training learns from of each image, over all epochs and networks."""
    options = settings.train_tuned
    return options.epochs * options.members * settings.crop_resize.size**2


def processed(raw: Path, settings: Settings) -> ProcessedPaths:
    """The images, cropped and resized as some settings say, unless that is done."""
    crop, size = settings.crop_resize.crop, settings.crop_resize.size
    paths = ProcessedPaths(WORK / "recipes" / f"processed-{crop}-{size}")
    if not paths.preparation.is_file():
        process(raw / "images_training_rev1.zip", settings, paths)
    return paths


def run(galaxies: Galaxies, fold: int) -> float:
    """Train by a recipe, unless that is done, and score it on the galaxies of the fold."""
    learned, tested = galaxies.some(galaxies.folds != fold), galaxies.some(galaxies.folds == fold)
    weights = train_on(galaxies, learned, tested, WORK / f"recipes/fold-{fold}")
    return rmse(predict_some(learned, tested, weights, galaxies.settings), tested.votes.numpy())


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(process)d %(message)s", stream=sys.stderr)
    raw, fold, recipes = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:] or [AS_THEY_ARE]
    settings = read_settings()
    all_of_them = [changed(settings, recipe) for recipe in recipes]
    labels, standard = find_labels(raw), cost(settings)
    galaxies = [Galaxies(processed(raw, own), labels, own) for own in all_of_them]
    work, workers = partial(run, fold=fold), min(usable_cores(), len(recipes))
    scores = in_processes(work, galaxies, workers, torch.set_num_threads, (1,))
    print("| recipe | RMSE | cost |\n|---|---|---|", flush=True)
    for recipe, own, score in zip(recipes, all_of_them, scores, strict=True):
        print(f"| {recipe} | {score:.5f} | {cost(own) / standard:.2g} |", flush=True)


if __name__ == "__main__":
    with told():
        main()
