import json
from pathlib import Path

import numpy as np
import pytest
import torch

from galaxyzoo.data import GalaxyDataset
from galaxyzoo.inference import predict
from galaxyzoo.models import build
from galaxyzoo.params import TrainParams
from galaxyzoo.training import TrainingError, fit
from galaxyzoo.tree import COLUMNS
from tests.conftest import make_labels

GOLDEN = Path(__file__).parent / "golden_losses.json"


def options(**changed: object) -> TrainParams:
    standard = {"epochs": 3, "batch_size": 16, "learning_rate": 0.003, "seed": 1, "device": "cpu"}
    return TrainParams.model_validate(standard | changed)


def make_dataset(count: int, seed: int = 0) -> GalaxyDataset:
    """Images whose colours tell something of their votes."""
    draws = np.random.default_rng(seed)
    votes = make_labels(range(count), seed)[list(COLUMNS)].to_numpy(np.float32)
    noise = draws.integers(0, 60, (count, 64, 64, 3))
    images = (noise + 180 * votes[:, None, None, :3]).astype(np.uint8)
    return GalaxyDataset(images, torch.arange(count), torch.tensor(votes), np.arange(count))


TRAIN, TEST = make_dataset(96), make_dataset(40, seed=1)


@pytest.mark.parametrize("name", ["cnn", "resnet"])
def test_the_golden_loss_curve(name: str) -> None:
    """An innocent change gives these losses again, but for the rounding of other processors.

    The learning rate is low, for that rounding not to grow from step to step.
    """
    history = fit(build(name, 64, seed=1), TRAIN, TEST, options(epochs=2, learning_rate=1e-4))
    golden = json.loads(GOLDEN.read_text())[name]
    for column, losses in golden.items():
        assert history[column].tolist() == pytest.approx(losses, rel=5e-3), column


def test_the_history_begins_before_training() -> None:
    model = build("cnn", 64, seed=1)
    untrained = predict(model, TEST, 40, torch.device("cpu"))
    history = fit(model, TRAIN, TEST, options())
    assert list(history.columns) == [
        "epoch",
        "learning_rate",
        "train_mse",
        "train_rmse",
        "test_mse",
        "test_rmse",
    ]
    assert history["epoch"].tolist() == [0, 1, 2, 3]
    assert (history["learning_rate"] == 0.003).all()
    error = untrained - TEST.votes.numpy()
    assert history["test_mse"][0] == pytest.approx(float((error**2).mean()), rel=1e-5)
    assert np.allclose(history["train_rmse"] ** 2, history["train_mse"])
    trained = predict(model, TEST, 40, torch.device("cpu")) - TEST.votes.numpy()
    assert history["test_rmse"][3] ** 2 == pytest.approx(float((trained**2).mean()), rel=1e-5)


def test_it_learns() -> None:
    history = fit(build("cnn", 64, seed=1), TRAIN, TEST, options(epochs=8))
    mean_vote = TEST.votes - TRAIN.votes.mean(dim=0)
    assert history["test_mse"].iloc[-1] < 0.9 * float((mean_vote**2).mean())


def test_same_seed_same_weights() -> None:
    weights = []
    for seed in (1, 1, 2):
        model = build("cnn", 64, seed=1)
        fit(model, TRAIN, TEST, options(epochs=1, seed=seed))
        weights.append(torch.cat([p.flatten() for p in model.parameters()]))
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


def test_stops_at_a_loss_that_is_not_finite() -> None:
    model = build("cnn", 64, seed=1)
    with torch.no_grad():
        next(model.parameters()).fill_(float("nan"))
    with pytest.raises(TrainingError, match="epoch 0 is not finite"):
        fit(model, TRAIN, TEST, options())


def test_one_line_an_epoch_and_no_bar(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level("INFO", logger="galaxyzoo")
    fit(build("cnn", 64, seed=1), TRAIN, TEST, options(epochs=2))
    assert [message.partition(":")[0] for message in caplog.messages] == [
        "epoch 0",
        "epoch 1",
        "epoch 2",
    ]
    assert capfd.readouterr() == ("", "")
