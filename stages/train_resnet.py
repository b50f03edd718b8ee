"""Train ResNet-18."""

from galaxyzoo.base.sections import read_section
from galaxyzoo.dataset.galaxies import DataFiles
from galaxyzoo.networks import resnet
from galaxyzoo.training.params import TrainParams
from galaxyzoo.training.together import train_together
from galaxyzoo.tree import GZ2
from stages import run


def main() -> None:
    options = read_section("train_resnet", TrainParams)
    train_together(resnet.NETWORK, DataFiles(GZ2), options)


if __name__ == "__main__":
    run(main)
