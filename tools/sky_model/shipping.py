"""From what the trainings left to what the package carries: the model file, and its card.

`make sky-model` ends with this. Where the trainings ran elsewhere, with this code or an older one:
python -m tools.sky_model.shipping FOLDER MODELS
FOLDER holds the competition's images_training_rev1.zip and training_solutions_rev1 (.csv or .zip);
MODELS has the weights that they left, as models/sky: everything/, fold-1/, ... It gets processed/
and out_of_fold.csv, as there.
"""

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from galaxyzoo import devices, sky
from galaxyzoo.base.endings import say, told
from galaxyzoo.base.errors import UserError
from galaxyzoo.base.files import atomic, write_csv
from galaxyzoo.base.paths import ProcessedPaths
from galaxyzoo.labels.table import read_labels
from galaxyzoo.predict.inference import Perception
from galaxyzoo.predict.metadata import PredictSettings
from galaxyzoo.predict.model_files import NOTHING, Measured, export_model, read_exported, read_model
from galaxyzoo.tree import GZ2
from tools.sky_model.card import make_card, write_page
from tools.sky_model.intervals import held_out, intervals_of
from tools.sky_model.likeness import measure_likeness
from tools.sky_model.looking import find_weights, look_at_all, missed, predict_fold
from tools.sky_model.scores import mean, measure
from tools.sky_model.settings import Settings, read_settings
from tools.sky_model.training import EVERYTHING, Galaxies, find_labels, process

SHIPPED = Path(sky.__file__).with_name(sky.PLACE)
PAGE = Path("docs/model_card.md")


def ship(
    weights: Path,
    predictions: pd.DataFrame,
    labels: Path,
    settings: Settings,
    measured: Measured = NOTHING,
) -> None:
    """Write the model file and the page.

    `weights` learned from all galaxies; `predictions` are those of the cross-validation, of the
    same galaxies, and give the intervals. What else was `measured` comes with the network. The
    machine that the card names is this one.
    """
    votes, predict = read_labels(labels, GZ2), settings.predict
    scores = measure(GZ2, predictions, votes)
    held = held_out(GZ2, predictions, votes, predict.views)
    machine = devices.describe(devices.choose_device(settings.train_tuned.device))
    export_model(
        weights,
        SHIPPED,
        PredictSettings(predict.views, predict.project, predict.magnified),
        replace(measured, intervals=intervals_of(GZ2, predictions, votes, predict.views)),
        card=make_card(scores, settings, machine, held),
        training=settings.model_dump(),
    )
    with atomic(PAGE) as temporary:
        temporary.write_text(write_page(read_exported(SHIPPED)), encoding="utf-8")
    say(f"{SHIPPED}, {PAGE}: RMSE {mean(scores.all_answers)} in {len(scores.all_answers)} folds")


def ship_seen(
    galaxies: Galaxies, models: Path, weights: Path, seen: Mapping[int, Perception]
) -> None:
    """Ship `weights`, which learned from all galaxies, by what each network has `seen` of these.

    That is by the fold that the network has not learned from, or EVERYTHING. What each says of its
    fold is left in `models`.
    """
    folds = [fold for fold in sorted(seen) if fold != EVERYTHING]
    predictions = pd.concat(predict_fold(galaxies, fold, seen[fold]) for fold in folds)
    write_csv(models / "out_of_fold.csv", predictions)
    voted = galaxies.some(galaxies.folds > 0).votes.numpy()
    measured = Measured(
        likeness=measure_likeness(galaxies.folds, seen),
        residuals=missed(seen[EVERYTHING], voted, galaxies.settings),
    )
    ship(weights, predictions, galaxies.labels, galaxies.settings, measured)


def refuse_others(galaxies: Galaxies, fold: int, weights: Path) -> None:
    """Raise UserError unless `weights` learned from just these galaxies but for `fold`."""
    learned = galaxies.some(galaxies.folds != fold)
    if read_model(weights).info.data_digest != galaxies.digest(learned):
        raise UserError(
            f"{weights}: learned from other galaxies, or from images of another crop or size, than "
            "the settings say"
        )


def main() -> None:
    folder, models = map(Path, sys.argv[1:])
    settings = read_settings()
    galaxies = Galaxies(ProcessedPaths(models / "processed"), find_labels(folder), settings)
    process(folder / "images_training_rev1.zip", settings, galaxies.processed)
    weights = find_weights(models, settings.cross_validation.folds)
    for fold, own in weights.items():
        refuse_others(galaxies, fold, own)
    seen = {fold: look_at_all(galaxies, own) for fold, own in weights.items()}
    ship_seen(galaxies, models, weights[EVERYTHING], seen)


if __name__ == "__main__":
    with told():
        main()
