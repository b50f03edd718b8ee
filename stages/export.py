"""Write the model files: each trained network, with how predictions are made with it.

The files also tell which images are unlike those that the network learned from; and where galaxies
were kept for calibration, they have intervals around predictions.
"""

from collections.abc import Callable

from galaxyzoo.base import paths
from galaxyzoo.base.files import atomic
from galaxyzoo.base.sections import read_section
from galaxyzoo.dataset.galaxies import DataFiles, GalaxyDataset
from galaxyzoo.devices import choose_compute
from galaxyzoo.networks import networks_in
from galaxyzoo.predict.augmentation import RegularViews
from galaxyzoo.predict.calibrating import calibrate
from galaxyzoo.predict.inference import Perception, see
from galaxyzoo.predict.intervals import Intervals
from galaxyzoo.predict.likeness import LEAST, MOST, Likeness, learn_likeness
from galaxyzoo.predict.metadata import PredictSettings
from galaxyzoo.predict.model_files import TrainedModel, export_model, read_model
from galaxyzoo.predict.params import EvaluateParams, predict_params
from galaxyzoo.predict.projection import project
from galaxyzoo.tree import GZ2
from stages import run


def main() -> None:
    options = read_section("predict", predict_params())
    computing = read_section("evaluate", EvaluateParams)
    data = DataFiles(GZ2)
    learned, kept = data.open("train"), data.open("calibration")
    with atomic(paths.EXPORTED) as folder:
        for network in networks_in(paths.TRAINED):
            trained = paths.trained_weights(network.name)
            views = options.views(network.name)
            settings = PredictSettings(views, options.project, options.magnified)
            seeing = seeing_as(read_model(trained), settings, computing)
            seen = seeing(kept) if len(kept) else None
            export_model(
                trained,
                folder / paths.exported_model(network.name).name,
                settings,
                None if seen is None else measure_intervals(seen, kept, settings, options.coverage),
                measure_likeness(seeing, learned, seen, options.false_alarm_rate),
            )


def seeing_as(
    model: TrainedModel, settings: PredictSettings, computing: EvaluateParams
) -> Callable[[GalaxyDataset], Perception]:
    """What gives the features and fractions of galaxies as they will be predicted."""
    alike = model.network.quarter_turns_alike(model.info.size)
    views = RegularViews(settings.views, alike, settings.magnified)
    compute = choose_compute(computing.device, computing.precision)
    folded, batch = model.folded(), computing.batch_size
    return lambda galaxies: see(folded, galaxies, batch, compute, views)


def measure_intervals(
    seen: Perception, kept: GalaxyDataset, settings: PredictSettings, coverage: float
) -> Intervals:
    """The intervals around a network's predictions, from galaxies that were `kept` from it."""
    predicted = project(GZ2, seen.fractions) if settings.project else seen.fractions
    return calibrate(GZ2, predicted, kept.votes.numpy(), settings.views, coverage)


def measure_likeness(
    seeing: Callable[[GalaxyDataset], Perception],
    learned: GalaxyDataset,
    kept: Perception | None,
    false_alarms: float,
) -> Likeness | None:
    """What tells images unlike the `learned` ones; None if nobody asks, or these are few.

    `kept` is what the network sees of galaxies that were kept from it, if any were.
    """
    if not false_alarms or len(learned) < LEAST:
        return None
    layers = seeing(learned.at_most(MOST)).layers
    return learn_likeness(layers, false_alarms, None if kept is None else kept.layers)


if __name__ == "__main__":
    run(main)
