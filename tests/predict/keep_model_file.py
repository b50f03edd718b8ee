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
from galaxyzoo.predict.predictor import LoadOptions, load_model
from tests.conftest import build
from tests.small_tree import SMALL

_FOLDER = Path(__file__).parent
KEPT = _FOLDER / f"kept_format_{FORMAT}.safetensors"
PREDICTIONS = _FOLDER / f"kept_format_{FORMAT}.json"


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
    save_weights(KEPT, _decided(build("cnn", size=8, seed=5, tree=SMALL)), metadata)
    predicted = load_model(KEPT, LoadOptions(precision="float32")).predict(draw_images()).to_numpy()
    PREDICTIONS.write_text(json.dumps(predicted.tolist()) + "\n")


if __name__ == "__main__":
    main()
