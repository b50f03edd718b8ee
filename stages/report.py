"""Write the report: one page that explains what was done and shows what came of it."""

from pathlib import Path
from typing import Any

import pandas as pd

from galaxyzoo.figures.exemplars import find_exemplars
from galaxyzoo.figures.style import BENCHMARK_LABELS, Galaxies, Network, as_networks
from galaxyzoo.files import atomic, read_json
from galaxyzoo.images import decode, open_images
from galaxyzoo.labels import read_predictions
from galaxyzoo.model_files import read_exported
from galaxyzoo.params import Params, TrainParams, read_params
from galaxyzoo.processed import Preparation, ProcessedPaths
from galaxyzoo.report.facts import Facts, TrainedNetwork
from galaxyzoo.report.page import render
from galaxyzoo.split import read_split_labels
from stages import run

PROCESSED = ProcessedPaths(Path("data/processed"))


def main() -> None:
    page = render(gather(read_params()))
    with atomic(Path("report/index.html")) as temporary:
        temporary.write_text(page, encoding="utf-8")


def gather(params: Params) -> Facts:
    """What the earlier stages read and wrote."""
    labels = read_split_labels(
        Path("data/split.csv"), Path(params.data.labels), PROCESSED.galaxy_ids
    )
    train, test = labels["train"], labels["test"]
    exemplars = sorted({e.galaxy_id for e in find_exemplars(pd.concat([train, test]))})
    images = open_images(Path(params.data.images))
    preparation = Preparation.read(PROCESSED.preparation)
    scores = read_json(Path("metrics/evaluate.json"))
    return Facts(
        parameters={name: section.model_dump() for name, section in sections(params).items()},
        preparation=preparation,
        galaxies=Galaxies(preparation.rendered, len(train), len(test)),
        labels=pd.concat([train, test]),
        voted=test,
        networks=read_networks(params, scores),
        benchmarks={label: scores[name] for name, label in BENCHMARK_LABELS.items()},
        answer_rmse=pd.read_csv("plots/answer_rmse.csv"),
        originals={galaxy_id: decode(images.read(galaxy_id)) for galaxy_id in exemplars},
        processed=PROCESSED.read([*exemplars, *test.index]),
    )


def sections(params: Params) -> dict[str, Any]:
    """All of params.yaml, written out: the params in dvc.yaml are compared with this."""
    return {
        "data": params.data,
        "make_sample": params.make_sample,
        "crop_resize": params.crop_resize,
        "split": params.split,
        "train_cnn": params.train_cnn,
        "train_resnet": params.train_resnet,
        "train_tuned": params.train_tuned,
        "predict": params.predict,
        "evaluate": params.evaluate,
    }


def read_networks(params: Params, scores: dict[str, Any]) -> list[TrainedNetwork]:
    options = {
        "cnn": params.train_cnn,
        "resnet": params.train_resnet,
        "tuned": params.train_tuned,
    }
    return [
        read_network(network, options[network.name], scores[network.name])
        for network in as_networks(list(options))
    ]


def read_network(network: Network, options: TrainParams, scores: dict[str, Any]) -> TrainedNetwork:
    model, info, predict = read_exported(Path(f"models/{network.name}.safetensors"))
    return TrainedNetwork(
        name=network.name,
        label=network.label,
        color=network.color,
        model=model,
        info=info,
        options=options,
        history=pd.read_csv(f"plots/{network.name}_history.csv"),
        predicted=read_predictions(Path(f"data/predictions/{network.name}.csv")),
        scores=scores,
        views=predict.views,
    )


if __name__ == "__main__":
    run(main)
