"""Score the networks on the test split, beside the mean vote and the central-pixel benchmark."""

from pathlib import Path

import pandas as pd

from galaxyzoo.data import DataFiles
from galaxyzoo.devices import choose_device
from galaxyzoo.files import write_csv, write_json
from galaxyzoo.inference import predict
from galaxyzoo.model_files import load_model
from galaxyzoo.params import read_params
from galaxyzoo.processed import Preparation, open_array
from galaxyzoo.scores import answer_table, predict_central_pixel, predict_mean_vote, score_all
from galaxyzoo.tree import COLUMNS, ID_COLUMN
from stages import run

NETWORKS = ("cnn", "resnet")


def main() -> None:
    params = read_params()
    data = DataFiles.under(Path("data"), labels=Path(params.data.labels))
    train, test = data.open("train"), data.open("test")
    device = choose_device(params.evaluate.device)
    predictions = {}
    for name in NETWORKS:
        model, _ = load_model(Path(f"models/{name}.safetensors"))
        predictions[name] = predict(model, test, params.evaluate.batch_size, device)
        table = pd.DataFrame(predictions[name], columns=list(COLUMNS))
        table.insert(0, ID_COLUMN, test.galaxy_ids)
        write_csv(Path(f"data/predictions/{name}.csv"), table, float_format="%.6f")

    centers = open_array(data.processed.centers)
    votes = train.votes.numpy()
    predictions["mean_vote"] = predict_mean_vote(votes, len(test))
    predictions["central_pixel"] = predict_central_pixel(
        centers[train.rows], votes, centers[test.rows]
    )
    voted = test.votes.numpy()
    rendered = Preparation.read(data.processed.preparation).rendered
    write_json(
        Path("metrics/evaluate.json"), {"rendered": rendered} | score_all(predictions, voted)
    )
    write_csv(Path("plots/answer_rmse.csv"), answer_table(predictions, voted))


if __name__ == "__main__":
    run(main)
