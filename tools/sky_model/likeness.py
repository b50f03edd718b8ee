"""What tells images that are unlike the galaxies of the model of the sky.

The cloud is that of all galaxies, as the shipped network sees them. How far is too far comes from
the folds: each galaxy as the network sees it that has not learned from it, and its distance from
those that this one learned from.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from galaxyzoo.base.errors import UserError
from galaxyzoo.devices import Compute, choose_device
from galaxyzoo.predict.augmentation import RegularViews
from galaxyzoo.predict.inference import Numbers, see
from galaxyzoo.predict.likeness import Cloud, Likeness, threshold_of
from galaxyzoo.predict.model_files import read_model
from tools.sky_model.training import EVERYTHING, Galaxies, name

FALSE_ALARMS = 0.005
"""Of galaxies like those learned from, the share that is warned of all the same"""

_BATCH = 64  # images per forward pass


def measure_likeness(galaxies: Galaxies, weights: Mapping[int, Path]) -> Likeness:
    """From the networks of all trainings: their weights by the fold that each has not seen, or
    EVERYTHING.
    """
    folds = sorted(fold for fold in weights if fold != EVERYTHING)
    distances = [_held_out(galaxies, fold, weights[fold]) for fold in folds]
    layers = _layers(galaxies, weights[EVERYTHING])
    threshold = threshold_of(np.concatenate(distances), FALSE_ALARMS)
    return Likeness(Cloud.of(layers), threshold, len(layers))


def _held_out(galaxies: Galaxies, fold: int, weights: Path) -> NDArray[np.float64]:
    """How far the galaxies of a fold are from the others, as seen by who learned from these."""
    layers, held_out = _layers(galaxies, weights), galaxies.folds == fold
    return Cloud.of(layers[~held_out]).distances(layers[held_out])


def _layers(galaxies: Galaxies, weights: Path) -> Numbers:
    """What a network finds in all galaxies, as it will be used."""
    settings, model = galaxies.settings, read_model(weights)
    alike = model.network.quarter_turns_alike(model.info.size)
    compute = Compute(choose_device(settings.train_tuned.device))
    views = RegularViews(settings.predict.views, alike, settings.predict.magnified)
    everyone = galaxies.some(galaxies.folds > 0)
    return see(model.folded(), everyone, _BATCH, compute, views).layers


def find_weights(models: Path, folds: int) -> dict[int, Path]:
    """The weights that the trainings left below a folder, by fold."""
    found = {}
    for fold in (EVERYTHING, *range(1, folds + 1)):
        files = sorted((models / name(fold)).glob("*.safetensors"))
        if len(files) != 1:
            raise UserError(f"{models / name(fold)}: must hold the weights of one training")
        found[fold] = files[0]
    return found
