"""Train the course's CNN."""

from pathlib import Path

from galaxyzoo.data import DataFiles
from galaxyzoo.params import read_params
from galaxyzoo.training import train_network
from stages import run


def main() -> None:
    params = read_params()
    data = DataFiles.under(Path("data"), labels=Path(params.data.labels))
    trained = train_network("cnn", data, params.train_cnn, Path("checkpoints"))
    trained.write(
        model=Path("models/trained/cnn.safetensors"),
        history=Path("plots/cnn_history.csv"),
        metrics=Path("metrics/train_cnn.json"),
    )


if __name__ == "__main__":
    run(main)
