"""Train the tuned network, on views of the images."""

from pathlib import Path

from galaxyzoo.data import DataFiles
from galaxyzoo.params import read_params
from galaxyzoo.training import train_network
from stages import run


def main() -> None:
    params = read_params()
    data = DataFiles.under(Path("data"), labels=Path(params.data.labels))
    trained = train_network("tuned", data, params.train_tuned, Path("checkpoints"))
    trained.write(
        model=Path("models/trained/tuned.safetensors"),
        history=Path("plots/tuned_history.csv"),
        metrics=Path("metrics/train_tuned.json"),
    )


if __name__ == "__main__":
    run(main)
