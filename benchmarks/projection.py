"""How many predictions a second are projected onto the decision tree, on one core.

usage: python -m benchmarks.projection
"""

import time

import numpy as np

from galaxyzoo.predict.projection import project
from galaxyzoo.tree import GZ2

GALAXIES, ROUNDS = 50_000, 5


def main() -> None:
    predicted = np.random.default_rng(0).random((GALAXIES, len(GZ2.columns)), np.float32)
    for _ in range(ROUNDS):
        start = time.process_time()  # of all threads together, so one core's
        project(GZ2, predicted)
        print(f"{GALAXIES / (time.process_time() - start):7.0f} galaxies/s")


if __name__ == "__main__":
    main()
