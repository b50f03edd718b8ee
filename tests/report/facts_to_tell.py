"""A small run to tell of, made up: three networks, their histories, predictions and scores."""

from dataclasses import replace

import numpy as np
import pandas as pd
from PIL import Image

from galaxyzoo.base.ids import id_array
from galaxyzoo.figures.style import Galaxies
from galaxyzoo.labels.facts import LabelFacts
from galaxyzoo.networks import find
from galaxyzoo.networks.common.weights import ModelInfo
from galaxyzoo.params import read_params
from galaxyzoo.predict.projection import project
from galaxyzoo.processed import Preparation
from galaxyzoo.report.facts import Contestant, Facts
from galaxyzoo.scoring.baselines import BASELINES, predict_mean_vote
from galaxyzoo.scoring.coverage import Bounds
from galaxyzoo.scoring.exemplars import find_exemplars
from galaxyzoo.scoring.feature_map import map_galaxies
from galaxyzoo.scoring.results import Results, score
from galaxyzoo.training.params import TrainParams
from galaxyzoo.tree import GZ2, ID_COLUMN, Tree
from tests.conftest import ROOT, build, make_labels

TRAIN, TEST, SIZE = 40, 30, 64
ORIGIN = LabelFacts("A table", "kaggle", TRAIN + TEST)
COURSE = TrainParams(epochs=2, batch_size=16, learning_rate=0.001, seed=1, device="cpu")
TUNED = COURSE.model_copy(
    update={"schedule": "one_cycle", "ema_decay": 0.9, "rotation": 180.0, "weight_decay": 0.05}
)


def make_facts(
    noise: dict[str, float] | None = None,
    rendered: bool = True,
    tree: Tree = GZ2,
    origin: LabelFacts = ORIGIN,
    intervals: float = 0,
) -> Facts:
    """Facts in which each network misses the votes by so much noise.
    Intervals reach so far to either side, if at all.

    What `origin` says is masked isn't known of the first so many galaxies of either split.
    """
    noise = noise or {"cnn": 0.1, "resnet": 0.2, "tuned": 0.05}
    labels = make_labels(range(1000, 1000 + TRAIN + TEST), tree=tree).set_index(ID_COLUMN)
    train, test = labels.iloc[:TRAIN].copy(), labels.iloc[TRAIN:].copy()
    draws = np.random.default_rng(3)
    raw = {
        name: (test + draws.normal(0, own, test.shape)).clip(0, 1).to_numpy()
        for name, own in noise.items()
    }
    for name, galaxies in origin.masked.items():
        for own in (train, test):
            own.iloc[:galaxies, tree.span(tree.question(name))] = np.nan
    projected = {name: project(tree, own) for name, own in raw.items()}
    mean_vote = predict_mean_vote(train.to_numpy(), TEST)
    models = projected | dict.fromkeys(BASELINES, mean_vote)
    results = score(tree, test.to_numpy(), models, raw, projected)
    if intervals:
        around = {n: Bounds(own - intervals, own + intervals) for n, own in projected.items()}
        results = results.with_intervals(tree, test.to_numpy(), projected, around)
    features = {name: own.astype(np.float32) for name, own in raw.items()}
    results = replace(results, feature_map=map_galaxies(id_array(test.index), features))
    images = {str(i): draws.integers(0, 256, (SIZE, SIZE, 3), np.uint8) for i in labels.index}
    return Facts(
        tree=tree,
        parameters=read_params(ROOT / "params.yaml"),
        preparation=Preparation(crop=212, size=SIZE, width=424, rendered=rendered),
        galaxies=Galaxies(rendered, TRAIN, TEST, origin.column, bool(origin.masked)),
        labels=pd.concat([train, test]),
        voted=test,
        origin=origin,
        networks=[
            _contestant(name, tree, pd.DataFrame(own, test.index, list(tree.columns)), results)
            for name, own in projected.items()
        ],
        results=results,
        exemplars=find_exemplars(tree, pd.concat([train, test]), images),
        originals={i: Image.fromarray(image).resize((424, 424)) for i, image in images.items()},
        processed=images,
    )


def _contestant(name: str, tree: Tree, predicted: pd.DataFrame, results: Results) -> Contestant:
    return Contestant(
        network=find(name),
        module=build(name, SIZE, seed=1, tree=tree),
        info=ModelInfo(
            name, tree, crop=212, size=SIZE, width=424, rendered=True, data_digest="0" * 64
        ),
        options=TUNED if name == "tuned" else COURSE,
        history=make_history([0.2, 0.05, 0.03], [0.2, 0.04, 0.029]),
        predicted=predicted,
        rmse=results.rmse(name),
        views=1,
    )


def make_history(
    test: list[float], train: list[float], running: list[float] | None = None
) -> pd.DataFrame:
    """The course of a training; `running` is the test error with running batch norm."""
    return pd.DataFrame(
        {
            "epoch": range(len(test)),
            "train_mse": train,
            "test_mse": test,
            "test_mse_running_bn": running or [4 * own for own in test],
        }
    )


def with_history(
    network: Contestant, test: list[float], train: list[float], running: list[float] | None = None
) -> Contestant:
    return replace(network, history=make_history(test, train, running))


def with_options(network: Contestant, **changed: object) -> Contestant:
    return replace(network, options=network.options.model_copy(update=changed))
