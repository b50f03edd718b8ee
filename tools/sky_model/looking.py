"""What trained networks see of galaxies, as the settings say, and what they predict."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from galaxyzoo.base.errors import UserError
from galaxyzoo.dataset.galaxies import GalaxyDataset
from galaxyzoo.devices import Compute, choose_device
from galaxyzoo.predict.augmentation import RegularViews
from galaxyzoo.predict.inference import Numbers, Perception, corrected, see
from galaxyzoo.predict.likeness import MOST
from galaxyzoo.predict.model_files import read_model
from galaxyzoo.predict.projection import project
from galaxyzoo.predict.residuals import Residuals, learn_residuals
from galaxyzoo.tree import GZ2, ID_COLUMN
from tools.sky_model.settings import Settings
from tools.sky_model.training import EVERYTHING, Galaxies, name

_BATCH = 64  # images per forward pass


def look(galaxies: GalaxyDataset, weights: Path, settings: Settings) -> Perception:
    """What a network sees of some galaxies, as it will be used: in float32."""
    options, model = settings.predict, read_model(weights)
    alike = model.network.quarter_turns_alike(model.info.size)
    compute = Compute(choose_device(settings.train_tuned.device))
    views = RegularViews(options.views, alike, options.magnified)
    return see(model.folded(), galaxies, _BATCH, compute, views)


def look_at_all(galaxies: Galaxies, weights: Path) -> Perception:
    """What a network sees of all galaxies, whichever it learned from."""
    return look(galaxies.some(galaxies.folds > 0), weights, galaxies.settings)


def missed(seen: Perception, voted: NDArray[np.floating], settings: Settings) -> Residuals | None:
    """What a network misses, by what it has `seen` of those that it learned from; None if 0."""
    ridge = settings.predict.residual_ridge
    return learn_residuals(seen.layers, voted - seen.fractions, ridge) if ridge else None


def fractions(seen: Perception, residuals: Residuals | None, settings: Settings) -> Numbers:
    """The fractions of galaxies that a network has seen, as the settings say: [N, 37]."""
    given = corrected(seen, residuals).fractions
    return project(GZ2, given).astype(np.float32) if settings.predict.project else given


def predict_some(
    learned: GalaxyDataset, tested: GalaxyDataset, weights: Path, settings: Settings
) -> Numbers:
    """The fractions that a network gives to galaxies that are `tested`: [N, 37]."""
    known = learned.at_most(MOST)
    residuals = missed(look(known, weights, settings), known.votes.numpy(), settings)
    return fractions(look(tested, weights, settings), residuals, settings)


def predict_fold(galaxies: Galaxies, fold: int, seen: Perception) -> pd.DataFrame:
    """What a network that has not learned from a fold says of it, having `seen` all galaxies.

    A row for each galaxy: GalaxyID, fold, and the 37 fractions.
    """
    held_out = galaxies.folds == fold
    voted = galaxies.some(~held_out).votes.numpy()
    residuals = missed(part(seen, ~held_out), voted, galaxies.settings)
    given = fractions(part(seen, held_out), residuals, galaxies.settings)
    table = pd.DataFrame(given, columns=list(GZ2.columns))
    table.insert(0, "fold", fold)
    table.insert(0, ID_COLUMN, galaxies.ids[held_out])
    return table


def part(seen: Perception, chosen: NDArray[np.bool_]) -> Perception:
    """What was seen of some galaxies."""
    return Perception(seen.features[chosen], seen.fractions[chosen], seen.layers[chosen])


def find_weights(models: Path, folds: int) -> Mapping[int, Path]:
    """The weights that the trainings left below a folder, by the fold that each has not seen, or
    EVERYTHING.
    """
    found = {}
    for fold in (EVERYTHING, *range(1, folds + 1)):
        files = sorted((models / name(fold)).glob("*.safetensors"))
        if len(files) != 1:
            raise UserError(f"{models / name(fold)}: must hold the weights of one training")
        found[fold] = files[0]
    return found
