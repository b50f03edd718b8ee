"""Write the model files: each trained network, with how predictions are made with it."""

from pathlib import Path

from galaxyzoo.model_files import PredictSettings, export_model
from galaxyzoo.params import read_params
from stages import run


def main() -> None:
    params = read_params()
    views = {
        "cnn": params.predict.cnn_views,
        "resnet": params.predict.resnet_views,
        "tuned": params.predict.tuned_views,
    }
    for name, count in views.items():
        export_model(
            trained=Path(f"models/trained/{name}.safetensors"),
            exported=Path(f"models/{name}.safetensors"),
            predict=PredictSettings(count, params.predict.project),
        )


if __name__ == "__main__":
    run(main)
