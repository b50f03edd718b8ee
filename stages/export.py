"""Write the model files: each trained network, with how predictions are made with it.

Where galaxies were kept for calibration, the files also have intervals around predictions.
"""

from galaxyzoo.base import paths
from galaxyzoo.base.files import atomic
from galaxyzoo.base.sections import read_section
from galaxyzoo.dataset.galaxies import DataFiles, GalaxyDataset
from galaxyzoo.devices import choose_compute
from galaxyzoo.networks import networks_in
from galaxyzoo.predict.augmentation import RegularViews
from galaxyzoo.predict.calibrating import calibrate
from galaxyzoo.predict.inference import predict
from galaxyzoo.predict.intervals import Intervals
from galaxyzoo.predict.metadata import PredictSettings
from galaxyzoo.predict.model_files import TrainedModel, export_model, read_model
from galaxyzoo.predict.params import EvaluateParams, predict_params
from galaxyzoo.predict.projection import project
from galaxyzoo.tree import GZ2
from stages import run


def main() -> None:
    options = read_section("predict", predict_params())
    computing = read_section("evaluate", EvaluateParams)
    kept = DataFiles(GZ2).open("calibration")
    with atomic(paths.EXPORTED) as folder:
        for network in networks_in(paths.TRAINED):
            trained = paths.trained_weights(network.name)
            settings = PredictSettings(options.views(network.name), options.project)
            intervals = measure(read_model(trained), settings, kept, computing)
            exported = folder / paths.exported_model(network.name).name
            export_model(trained, exported, settings, intervals)


def measure(
    model: TrainedModel, settings: PredictSettings, kept: GalaxyDataset, computing: EvaluateParams
) -> Intervals | None:
    """The intervals around a network's predictions, from galaxies that were `kept` from it."""
    if not len(kept):
        return None
    views = RegularViews(settings.views, model.network.quarter_turns_alike(model.info.size))
    compute = choose_compute(computing.device, computing.precision)
    fractions = predict(model.folded(), kept, computing.batch_size, compute, views)
    predicted = project(GZ2, fractions) if settings.project else fractions
    return calibrate(GZ2, predicted, kept.votes.numpy(), settings.views)


if __name__ == "__main__":
    run(main)
