"""Which recipe learns most from the same galaxies: trainings of the tuned network, on one fold.

usage: python -m benchmarks.recipes FOLDER FOLD [RECIPE ...]

FOLDER holds the competition's images_training_rev1.zip and training_solutions_rev1 (.csv or .zip).
Each RECIPE is some changes of train_tuned in tools/sky_model/settings.yaml, as
"epochs: 200, members: 2"; or "as they are", which also goes without saying. Trains each on all
folds but FOLD, and scores it on FOLD as those settings predict. The cost is that of a training, in
images that networks learn from, times that of the settings as they are. A process of one thread
per core; goes on where it was stopped.
"""

import logging
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import torch
import yaml

from galaxyzoo.base.endings import told
from galaxyzoo.base.paths import ProcessedPaths
from galaxyzoo.base.sections import validate
from galaxyzoo.processes.cores import usable_cores
from galaxyzoo.processes.workers import in_processes
from galaxyzoo.scoring.rmse import rmse
from galaxyzoo.training.params import TrainParams
from tools.sky_model.__main__ import WORK, find_labels
from tools.sky_model.settings import Settings, read_settings
from tools.sky_model.training import Galaxies, predict_some, process, train_on

AS_THEY_ARE = "as they are"


def changed(settings: Settings, recipe: str) -> Settings:
    """The settings with the changes of a recipe; ParamsError if they can't be followed."""
    if recipe == AS_THEY_ARE:
        return settings
    changes = yaml.safe_load(f"{{{recipe}}}")
    options = validate(TrainParams, settings.train_tuned.model_dump() | changes, "train_tuned.")
    return settings.model_copy(update={"train_tuned": options})


def cost(options: TrainParams) -> int:
    """How often a training learns from each image, over all networks."""
    return options.epochs * options.members


def run(galaxies: Galaxies, fold: int, recipe: str) -> float:
    """Train by a recipe, unless that is done, and score it on the galaxies of the fold."""
    own = replace(galaxies, settings=changed(galaxies.settings, recipe))
    learned, tested = own.some(own.folds != fold), own.some(own.folds == fold)
    folder = WORK / (f"fold-{fold}" if recipe == AS_THEY_ARE else f"recipes/fold-{fold}")
    weights = train_on(own, learned, tested, folder)
    return rmse(predict_some(own, tested, weights), tested.votes.numpy())


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(process)d %(message)s", stream=sys.stderr)
    raw, fold, *recipes = sys.argv[1:]
    settings, recipes = read_settings(), recipes or [AS_THEY_ARE]
    standard = cost(settings.train_tuned)
    costs = [cost(changed(settings, recipe).train_tuned) / standard for recipe in recipes]
    galaxies = Galaxies(ProcessedPaths(WORK / "processed"), find_labels(Path(raw)), settings)
    if not galaxies.processed.preparation.is_file():
        process(Path(raw) / "images_training_rev1.zip", settings, galaxies.processed)
    work, workers = partial(run, galaxies, int(fold)), min(usable_cores(), len(recipes))
    scores = in_processes(work, recipes, workers, torch.set_num_threads, (1,))
    print("| recipe | RMSE | cost |\n|---|---|---|", flush=True)
    for recipe, score, own in zip(recipes, scores, costs, strict=True):
        print(f"| {recipe} | {score:.5f} | {own:.2g} |", flush=True)


if __name__ == "__main__":
    with told():
        main()
