"""Train an encoder of torchvision: docs/full_data.md gives its stage and its parameters."""

from galaxyzoo.base.sections import read_section
from galaxyzoo.dataset.galaxies import DataFiles
from galaxyzoo.networks import encoder
from galaxyzoo.training.params import EncoderParams
from galaxyzoo.training.together import train_together
from galaxyzoo.tree import GZ2
from stages import run


def main() -> None:
    options = read_section("train_encoder", EncoderParams)
    train_together(encoder.choose(options.model), DataFiles(GZ2), options)


if __name__ == "__main__":
    run(main)
