"""Score the networks on the test split, beside the mean vote and the central-pixel benchmark."""

from pathlib import Path

import pandas as pd

from galaxyzoo.data import DataFiles, GalaxyDataset
from galaxyzoo.devices import choose_device
from galaxyzoo.errors import UserError
from galaxyzoo.files import write_csv, write_json
from galaxyzoo.inference import predict
from galaxyzoo.model_files import ModelInfo, PredictSettings, read_exported
from galaxyzoo.params import EvaluateParams, read_params
from galaxyzoo.processed import Preparation, open_array
from galaxyzoo.projection import project
from galaxyzoo.scores import (
    Fractions,
    answer_table,
    predict_central_pixel,
    predict_mean_vote,
    score_agreement,
    score_all,
)
from galaxyzoo.tree import COLUMNS, ID_COLUMN
from stages import run

NETWORKS = ("cnn", "resnet", "tuned")


def main() -> None:
    params = read_params()
    data = DataFiles.under(Path("data"), labels=Path(params.data.labels))
    train, test = data.open("train"), data.open("test")
    voted = test.votes.numpy()
    networks, settings = predict_with_networks(test, data.digest(), params.evaluate)
    projected = {name: project(predicted) for name, predicted in networks.items()}
    chosen = {
        name: projected[name] if settings[name].project else predicted
        for name, predicted in networks.items()
    }
    for name, fractions in chosen.items():
        table = pd.DataFrame(fractions, columns=list(COLUMNS))
        table.insert(0, ID_COLUMN, test.galaxy_ids)
        write_csv(Path(f"data/predictions/{name}.csv"), table, float_format="%.6f")

    predictions = chosen | predict_with_benchmarks(data, train, test)
    scores = score_all(predictions, voted)
    for name, before in networks.items():
        scores[name]["tree"] = score_agreement(before, projected[name], voted)
    rendered = Preparation.read(data.processed.preparation).rendered
    write_json(Path("metrics/evaluate.json"), {"rendered": rendered} | scores)
    write_csv(Path("plots/answer_rmse.csv"), answer_table(predictions, voted))


def predict_with_networks(
    test: GalaxyDataset, data_digest: str, options: EvaluateParams
) -> tuple[dict[str, Fractions], dict[str, PredictSettings]]:
    """Predictions before projection, and what each model file says of how to make them."""
    device = choose_device(options.device)
    predictions: dict[str, Fractions] = {}
    settings: dict[str, PredictSettings] = {}
    for name in NETWORKS:
        path = Path(f"models/{name}.safetensors")
        model, info, settings[name] = read_exported(path)
        check_data(path, info, data_digest)
        views = settings[name].views
        predictions[name] = predict(model, test, options.batch_size, device, views)
    return predictions, settings


def check_data(model: Path, info: ModelInfo, data_digest: str) -> None:
    """Refuse a model of other data: it may have learned from galaxies that test it here."""
    if info.data_digest != data_digest:
        raise UserError(
            f"{model}: was trained on other images, labels or another split than are now in "
            "data/; run `dvc repro`"
        )


def predict_with_benchmarks(
    data: DataFiles, train: GalaxyDataset, test: GalaxyDataset
) -> dict[str, Fractions]:
    centers, votes = open_array(data.processed.centers), train.votes.numpy()
    central_pixel = predict_central_pixel(centers[train.rows], votes, centers[test.rows])
    return {
        "mean_vote": predict_mean_vote(votes, len(test)),
        "central_pixel": central_pixel,
    }


if __name__ == "__main__":
    run(main)
