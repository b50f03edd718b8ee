"""What it costs to tell which images are unlike those learned from.

usage: python -m benchmarks.unlike_cost [MODEL]

MODEL is a model file that tells them; without one, that of the package. Predicts the same images
with it and without, by turns, on one core, and prints the ratio of the processor's times: of each
round, and their median.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median

import numpy as np
import torch

from galaxyzoo.predict.inference import predict_batch
from galaxyzoo.predict.load_options import BATCH_SIZE
from galaxyzoo.predict.predictor import Predictor, load_model
from galaxyzoo.predict.projection import project

ROUNDS, BATCHES = 11, 1


def seconds(work: Callable[[], object]) -> float:
    """Of the processor, for so many batches."""
    start = time.process_time()
    for _ in range(BATCHES):
        work()
    return time.process_time() - start


def bare(model: Predictor, images: torch.Tensor) -> object:
    """Fractions and nothing else."""
    fractions = predict_batch(model.model, images, model.compute, model.views).numpy()
    return project(model.tree, fractions) if model.project else fractions


def main() -> None:
    torch.set_num_threads(1)
    model = replace(load_model(Path(sys.argv[1]) if sys.argv[1:] else None), residuals=None)
    side = model.crop.size
    images = np.random.default_rng(0).integers(0, 256, (BATCH_SIZE, side, side, 3), np.uint8)
    ways = (lambda: model.see_cropped(images), lambda: bare(model, torch.from_numpy(images)))
    ratios = []
    for number in range(ROUNDS + 1):
        with_it, without = (seconds(way) for way in ways)
        if number:  # the first warms up
            ratios.append(with_it / without)
    print(*(f"{ratio:.3f}" for ratio in ratios))
    print(
        f"{median(ratios):.3f} times the time without, {model.views.count} views, {model.compute}"
    )


if __name__ == "__main__":
    main()
