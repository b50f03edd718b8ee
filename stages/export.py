"""Write the model files: each trained network, with how predictions are made with it.

The files also tell which images are unlike those that the network learned from, and what it misses;
and where galaxies were kept for calibration, they have intervals around predictions.
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
from galaxyzoo.predict.inference import Perception, corrected, see
from galaxyzoo.predict.intervals import Intervals
from galaxyzoo.predict.likeness import LEAST, MOST, Likeness, learn_likeness
from galaxyzoo.predict.metadata import PredictSettings
from galaxyzoo.predict.model_files import Measured, TrainedModel, export_model, read_model
from galaxyzoo.predict.params import EvaluateParams, predict_params
from galaxyzoo.predict.projection import project
from galaxyzoo.predict.residuals import Residuals, learn_residuals
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
            some, ridge = learned.at_most(MOST), options.residual_ridge(network.name)
            known = seeing(some) if ridge or options.false_alarm_rate else None
            residuals = measure_residuals(known, some, ridge)
            seen = corrected(seeing(kept), residuals) if len(kept) else None
            export_model(
                trained,
                folder / paths.exported_model(network.name).name,
                settings,
                Measured(
                    measure_intervals(seen, kept, settings, options.coverage) if seen else None,
                    measure_likeness(known, seen, options.false_alarm_rate),
                    residuals,
                ),
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


def measure_residuals(
    known: Perception | None, learned: GalaxyDataset, ridge: float
) -> Residuals | None:
    """What the network misses of the `learned` galaxies, of which it sees what is `known`.

    None if nobody asks, or these are few.
    """
    if known is None or not ridge or len(learned) < LEAST:
        return None
    return learn_residuals(known.layers, learned.votes.numpy() - known.fractions, ridge)


def measure_likeness(
    known: Perception | None, kept: Perception | None, false_alarms: float
) -> Likeness | None:
    """What tells images unlike those of which the network sees what is `known`.

    None if nobody asks, or these are few. `kept` is what it sees of galaxies that were kept from
    it, if any were.
    """
    if known is None or not false_alarms or len(known.layers) < LEAST:
        return None
    return learn_likeness(known.layers, false_alarms, None if kept is None else kept.layers)


if __name__ == "__main__":
    run(main)
