"""What tells images that are unlike the galaxies of the model of the sky.

The cloud is that of all galaxies, as the shipped network sees them. How far is too far comes from
the folds: each galaxy as the network sees it that has not learned from it, and its distance from
those that this one learned from.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from galaxyzoo.predict.inference import Numbers, Perception
from galaxyzoo.predict.likeness import Cloud, Likeness, threshold_of
from tools.sky_model.training import EVERYTHING

FALSE_ALARMS = 0.005
"""Of galaxies like those learned from, the share that is warned of all the same"""


def measure_likeness(folds: NDArray[np.int64], seen: Mapping[int, Perception]) -> Likeness:
    """From what each network has `seen` of all galaxies: by the fold that it has not learned from,
    or EVERYTHING. `folds` are those of the galaxies.
    """
    distances = [
        _held_out(own.layers, folds == fold)
        for fold, own in sorted(seen.items())
        if fold != EVERYTHING
    ]
    layers = seen[EVERYTHING].layers
    threshold = threshold_of(np.concatenate(distances), FALSE_ALARMS)
    return Likeness(Cloud.of(layers), threshold, len(layers))


def _held_out(layers: Numbers, held_out: NDArray[np.bool_]) -> NDArray[np.float64]:
    """How far the galaxies of a fold are from the others, as seen by who learned from these."""
    return Cloud.of(layers[~held_out]).distances(layers[held_out])
