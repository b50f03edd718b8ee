"""A small run to tell of, made up: three networks, their histories, predictions and scores."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from galaxyzoo.figures.style import BENCHMARK_LABELS, Galaxies, as_networks
from galaxyzoo.model_files import ModelInfo
from galaxyzoo.models import build
from galaxyzoo.params import TrainParams, read_params
from galaxyzoo.processed import Preparation
from galaxyzoo.projection import project
from galaxyzoo.report.facts import Facts, TrainedNetwork
from galaxyzoo.scores import answer_table, predict_mean_vote, score_agreement, score_all
from galaxyzoo.tree import COLUMNS, ID_COLUMN
from tests.conftest import ROOT, make_labels

TRAIN, TEST, SIZE = 40, 30, 64
COURSE = TrainParams(epochs=2, batch_size=16, learning_rate=0.001, seed=1, device="cpu")
TUNED = COURSE.model_copy(
    update={"schedule": "one_cycle", "averaging": 0.9, "rotation": 180.0, "weight_decay": 0.05}
)


def make_facts(noise: dict[str, float] | None = None, rendered: bool = True) -> Facts:
    """Facts in which each network misses the votes by so much noise."""
    noise = noise or {"cnn": 0.1, "resnet": 0.2, "tuned": 0.05}
    labels = make_labels(range(1000, 1000 + TRAIN + TEST)).set_index(ID_COLUMN)
    train, test = labels.iloc[:TRAIN], labels.iloc[TRAIN:]
    draws = np.random.default_rng(3)
    raw = {n: (test + draws.normal(0, own, test.shape)).clip(0, 1) for n, own in noise.items()}
    predicted = {
        name: pd.DataFrame(project(own.to_numpy()), test.index, COLUMNS)
        for name, own in raw.items()
    }
    mean_vote = predict_mean_vote(train.to_numpy(), TEST)
    models = {name: own.to_numpy() for name, own in predicted.items()}
    models |= dict.fromkeys(BENCHMARK_LABELS, mean_vote)
    scores: dict[str, Any] = score_all(models, test.to_numpy())
    for name in noise:
        scores[name]["tree"] = score_agreement(raw[name].to_numpy(), models[name], test.to_numpy())
    images = {i: draws.integers(0, 256, (SIZE, SIZE, 3), np.uint8) for i in labels.index}
    return Facts(
        parameters=read_params(ROOT / "params.yaml").model_dump(),
        preparation=Preparation(crop=212, size=SIZE, width=424, rendered=rendered),
        galaxies=Galaxies(rendered, TRAIN, TEST),
        labels=labels,
        voted=test,
        networks=[
            _network(network.name, network.label, network.color, predicted[network.name], scores)
            for network in as_networks(list(noise))
        ],
        benchmarks={label: scores[name] for name, label in BENCHMARK_LABELS.items()},
        answer_rmse=answer_table(models, test.to_numpy()),
        originals={i: Image.fromarray(image).resize((424, 424)) for i, image in images.items()},
        processed=images,
    )


def _network(
    name: str, label: str, color: str, predicted: pd.DataFrame, scores: dict[str, Any]
) -> TrainedNetwork:
    return TrainedNetwork(
        name=name,
        label=label,
        color=color,
        model=build(name, SIZE, seed=1),
        info=ModelInfo(name, crop=212, size=SIZE, width=424, rendered=True, data_digest="0" * 64),
        options=TUNED if name == "tuned" else COURSE,
        history=make_history([0.2, 0.05, 0.03], [0.2, 0.04, 0.029]),
        predicted=predicted,
        scores=scores[name],
        views=1,
    )


def make_history(test: list[float], train: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"epoch": range(len(test)), "train_mse": train, "test_mse": test})


def with_history(network: TrainedNetwork, test: list[float], train: list[float]) -> TrainedNetwork:
    return replace(network, history=make_history(test, train))
