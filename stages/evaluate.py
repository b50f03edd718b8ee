"""Score the networks on the test split, beside the mean vote and the central-pixel benchmark."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from galaxyzoo.base import paths
from galaxyzoo.base.files import atomic, write_csv
from galaxyzoo.base.ids import Ids
from galaxyzoo.base.sections import read_section
from galaxyzoo.dataset.galaxies import DataFiles, GalaxyDataset
from galaxyzoo.devices import Compute, choose_compute
from galaxyzoo.labels.votes import OBJID_COLUMN
from galaxyzoo.networks import networks_in
from galaxyzoo.predict.inference import Perception, corrected, see
from galaxyzoo.predict.model_files import ExportedModel, read_exported
from galaxyzoo.predict.occlusion import GRID, predict_covered
from galaxyzoo.predict.params import EvaluateParams
from galaxyzoo.predict.projection import project
from galaxyzoo.processed import ProcessedImages, open_array
from galaxyzoo.scoring.baselines import predict_baselines
from galaxyzoo.scoring.coverage import Bounds
from galaxyzoo.scoring.feature_map import map_galaxies
from galaxyzoo.scoring.noise_floor import find_noise_floor
from galaxyzoo.scoring.occlusion import Occlusion, worth_covering
from galaxyzoo.scoring.params import NoiseFloorParams
from galaxyzoo.scoring.results import Results, score, unlike_table
from galaxyzoo.scoring.rmse import Fractions
from galaxyzoo.tree import GZ2, ID_COLUMN
from stages import run

PROCESSED = paths.ProcessedPaths()


def main() -> None:
    data = DataFiles(GZ2)
    options = read_section("evaluate", EvaluateParams)
    volunteers = read_section("noise_floor", NoiseFloorParams).volunteers
    train, test = data.open("train"), data.open("test")
    compute = choose_compute(options.device, options.precision)
    digest, column = data.digest(), data.facts.column
    models = [
        read_exported(paths.exported_model(network.name), digest, column)
        for network in networks_in(paths.EXPORTED)
    ]
    seen = {
        own.network.name: corrected(
            see(own.folded(), test, options.batch_size, compute, own.views), own.residuals
        )
        for own in models
    }
    predicted = {name: own.fractions for name, own in seen.items()}
    projected = {name: project(GZ2, fractions) for name, fractions in predicted.items()}
    chosen = choose(models, predicted, projected)
    write_predictions(test.galaxy_ids, chosen, test.objids)
    centers = open_array(data.processed.centers)
    baselines = predict_baselines(
        train.votes.numpy(), centers[train.rows.numpy()], centers[test.rows.numpy()]
    )
    bounds = {
        own.network.name: Bounds(*own.intervals.around(chosen[own.network.name]))
        for own in models
        if own.intervals is not None
    }
    voted = test.votes.numpy()
    scored = score(GZ2, voted, chosen | baselines, predicted, projected)
    replace(
        scored.with_intervals(GZ2, voted, chosen, bounds),
        noise_floor=find_noise_floor(voted, volunteers),
        unlike=unlike_table(find_unlike(models, seen)),
        occlusions=cover(best_of(models, scored), test, chosen, compute, options.batch_size),
        feature_map=map_galaxies(test.galaxy_ids, {n: own.features for n, own in seen.items()}),
    ).write()


def best_of(models: list[ExportedModel], scored: Results) -> ExportedModel:
    return min(models, key=lambda own: scored.rmse(own.network.name))


def cover(
    best: ExportedModel,
    test: GalaxyDataset,
    chosen: Mapping[str, Fractions],
    compute: Compute,
    batch_size: int,
) -> list[Occlusion]:
    """What the best network says of a few test galaxies where parts of these are covered."""
    images, columns = ProcessedImages(PROCESSED), list(GZ2.columns)
    voted = pd.DataFrame(test.votes.numpy(), test.galaxy_ids, columns)
    predicted = pd.DataFrame(chosen[best.network.name], test.galaxy_ids, columns)
    model, found = best.folded(), []
    for galaxy_id, column in worth_covering(GZ2, voted, predicted, images):
        image = images[galaxy_id]
        said = predict_covered(model, image, compute, batch_size, best.residuals)
        own = project(GZ2, said) if best.settings.project else said
        answer = own[:, GZ2.columns.index(column)].astype(np.float64)
        grid = answer[1:].reshape(GRID, GRID)
        found.append(Occlusion(galaxy_id, column, float(answer[0]), grid))
    return found


def find_unlike(
    models: list[ExportedModel], seen: Mapping[str, Perception]
) -> dict[str, NDArray[np.bool_]]:
    """Which galaxies each network that can tell finds unlike those that it learned from."""
    return {
        own.network.name: own.likeness.unlike(seen[own.network.name].layers)
        for own in models
        if own.likeness is not None
    }


def choose(
    models: list[ExportedModel],
    predicted: Mapping[str, Fractions],
    projected: Mapping[str, Fractions],
) -> dict[str, Fractions]:
    """What each model file says that predictions with it are."""
    return {
        own.network.name: (projected if own.settings.project else predicted)[own.network.name]
        for own in models
    }


def write_predictions(
    galaxy_ids: Ids, predictions: Mapping[str, Fractions], objids: Ids | None = None
) -> None:
    with atomic(paths.PREDICTIONS) as folder:
        for name, fractions in predictions.items():
            table = pd.DataFrame(fractions, columns=list(GZ2.columns))
            table.insert(0, ID_COLUMN, galaxy_ids)
            if objids is not None:
                table.insert(1, OBJID_COLUMN, objids)
            write_csv(folder / paths.predictions(name).name, table, float_format="%.6f")


if __name__ == "__main__":
    run(main)
