"""Train ResNet-18 from scratch."""

from galaxyzoo.base.sections import read_section
from galaxyzoo.dataset.galaxies import DataFiles
from galaxyzoo.networks import resnet
from galaxyzoo.training.params import TrainParams
from galaxyzoo.training.run import train_network
from galaxyzoo.tree import GZ2
from stages import run


def main() -> None:
    options = read_section("train_resnet", TrainParams)
    train_network(resnet.NETWORK, DataFiles(GZ2), options).write()


if __name__ == "__main__":
    run(main)
