"""How far the RMSE of a model moves where it predicts in bfloat16, on galaxies it has not seen.

usage: python -m benchmarks.precision FOLDER WEIGHTS FOLD

FOLDER holds the competition's images and labels, and WEIGHTS is what `make sky-model` trained on
all galaxies but those of FOLD, as models/sky/fold-1/tuned-....safetensors for 1. Predicts the
galaxies of the fold in both precisions, by the views of tools/sky_model/settings.yaml, and moves
them onto the tree: the network alone, without what its layers tell of what it misses.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch

from galaxyzoo.base.paths import ProcessedPaths
from galaxyzoo.devices import Compute
from galaxyzoo.predict.augmentation import RegularViews
from galaxyzoo.predict.inference import predict
from galaxyzoo.predict.load_options import BATCH_SIZE
from galaxyzoo.predict.model_files import read_model
from galaxyzoo.predict.projection import project
from galaxyzoo.scoring.rmse import rmse
from galaxyzoo.tree import GZ2
from tools.sky_model.settings import read_settings
from tools.sky_model.training import Galaxies, find_labels, process


def main() -> None:
    folder, weights, fold = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    settings, model = read_settings(), read_model(weights)
    alike = model.network.quarter_turns_alike(model.info.size)
    views = RegularViews(settings.predict.views, alike, settings.predict.magnified)
    with TemporaryDirectory() as processed:
        galaxies = Galaxies(ProcessedPaths(Path(processed)), find_labels(folder), settings)
        process(folder / "images_training_rev1.zip", settings, galaxies.processed)
        tested = galaxies.some(galaxies.folds == fold)
        predicted = {}
        for dtype in (torch.float32, torch.bfloat16):
            compute = Compute(torch.device("cpu"), dtype)
            fractions = predict(model.folded(), tested, BATCH_SIZE, compute, views)
            predicted[dtype] = project(GZ2, fractions)
            score = rmse(predicted[dtype], tested.votes.numpy())
            print(f"{dtype}: RMSE {score:.6f} of {len(tested)} galaxies", flush=True)
    moved = np.abs(predicted[torch.bfloat16] - predicted[torch.float32])
    print(f"fractions move by {moved.mean():.5f} on average, and by {moved.max():.4f} at most")


if __name__ == "__main__":
    main()
