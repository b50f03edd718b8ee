"""Train the tuned network, on augmented images."""

from pathlib import Path

from galaxyzoo.base.sections import DataParams, read_section
from galaxyzoo.dataset.galaxies import DataFiles
from galaxyzoo.networks import tuned
from galaxyzoo.training.params import TrainParams
from galaxyzoo.training.run import train_network
from galaxyzoo.tree import GZ2
from stages import run


def main() -> None:
    data = read_section("data", DataParams)
    options = read_section("train_tuned", TrainParams)
    train_network(tuned.NETWORK, DataFiles(Path(data.labels), GZ2), options).write()


if __name__ == "__main__":
    run(main)
