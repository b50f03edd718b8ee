"""Write the model files: each trained network, with how predictions are made with it."""

from galaxyzoo.base import paths
from galaxyzoo.base.files import atomic
from galaxyzoo.base.sections import read_section
from galaxyzoo.networks import networks_in
from galaxyzoo.predict.metadata import PredictSettings
from galaxyzoo.predict.model_files import export_model
from galaxyzoo.predict.params import predict_params
from stages import run


def main() -> None:
    options = read_section("predict", predict_params())
    with atomic(paths.EXPORTED) as folder:
        for network in networks_in(paths.TRAINED):
            export_model(
                trained=paths.trained_weights(network.name),
                exported=folder / paths.exported_model(network.name).name,
                settings=PredictSettings(
                    options.views(network.name), options.project, options.magnified
                ),
            )


if __name__ == "__main__":
    run(main)
