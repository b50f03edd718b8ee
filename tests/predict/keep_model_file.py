"""Make the model file that later versions must still read: python -m tests.predict.keep_model_file

It was run once for each format of model files, and what it wrote is committed: never run it again
for a format that has been released.
"""

import json
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from galaxyzoo.networks.common.weights import FORMAT, ModelInfo, save_weights
from galaxyzoo.predict.likeness import learn_likeness
from galaxyzoo.predict.load_options import LoadOptions
from galaxyzoo.predict.metadata import PredictSettings
from galaxyzoo.predict.model_files import Measured, export_model
from galaxyzoo.predict.predictor import load_model
from tests.classify.classify_inputs import layers_of
from tests.conftest import build
from tests.small_tree import SMALL

_FOLDER = Path(__file__).parent
FORMATS = (1, 2)
"""Those that have been released"""


def kept(written: int) -> tuple[Path, Path]:
    """The model file of a format, and what it predicted when it was written."""
    name = f"kept_format_{written}"
    return _FOLDER / f"{name}.safetensors", _FOLDER / f"{name}.json"


KEPT, _ = kept(1)
"""The oldest"""


def draw_images() -> NDArray[np.uint8]:
    """Three images without a random draw: a round one, a flat one, and stripes."""
    y, x = np.mgrid[-1:1:80j, -1:1:80j]
    drawn = (np.hypot(x, y) < 0.5, np.hypot(x, 3 * y) < 0.5, np.sin(20 * x) > 0)
    grey = np.stack([200 * own.astype(np.uint8) for own in drawn])
    return np.stack([grey, grey // 2, grey // 4], axis=-1)


@torch.no_grad()
def _decided(model: nn.Module) -> nn.Module:
    """With larger weights in its linear layers, so that images get clearly different answers."""
    for layer in model.modules():
        if isinstance(layer, nn.Linear):
            layer.weight *= 6
    return model


def main() -> None:
    info = ModelInfo("cnn", SMALL, crop=40, size=8, width=80, rendered=True, data_digest="0" * 64)
    metadata = info.as_dict() | {"predict": {"views": 4, "project": True}}
    file, predictions = kept(FORMAT)
    save_weights(file, _decided(build("cnn", size=8, seed=5, tree=SMALL)), metadata)
    model = load_model(file, LoadOptions(precision="float32"))
    # to which all is like what it learned from, but for the stripes
    learned = np.repeat(layers_of(model, draw_images()[:2]), 50, axis=0)
    learned *= 1 + 0.1 * np.sin(np.arange(learned.size, dtype=np.float32)).reshape(learned.shape)
    export_model(
        file,
        file,
        PredictSettings(4, project=True),
        Measured(likeness=learn_likeness(learned, 0.1)),
    )
    predicted = load_model(file, LoadOptions(precision="float32")).predict(draw_images())
    predictions.write_text(json.dumps(predicted.to_numpy().tolist()) + "\n")


if __name__ == "__main__":
    main()
