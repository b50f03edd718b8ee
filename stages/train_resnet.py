"""Train ResNet-18 from scratch."""

from pathlib import Path

from galaxyzoo.data import DataFiles
from galaxyzoo.params import read_params
from galaxyzoo.training import train_network
from stages import run


def main() -> None:
    params = read_params()
    data = DataFiles.under(Path("data"), labels=Path(params.data.labels))
    trained = train_network("resnet", data, params.train_resnet, Path("checkpoints"))
    trained.write(
        model=Path("models/trained/resnet.safetensors"),
        history=Path("plots/resnet_history.csv"),
        metrics=Path("metrics/train_resnet.json"),
    )


if __name__ == "__main__":
    run(main)
