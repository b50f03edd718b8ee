import io
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from tqdm import tqdm

from galaxyzoo.dataset.batches import in_order
from galaxyzoo.dataset.galaxies import GalaxyDataset
from galaxyzoo.devices import Compute
from galaxyzoo.predict.inference import predict
from galaxyzoo.training.history import Epoch
from galaxyzoo.training.loop import TrainingError, fit, learning_rate, start, train_epoch
from galaxyzoo.training.params import TrainParams
from tests.conftest import COLUMNS, build, make_ids, make_labels

GOLDEN = Path(__file__).parent / "golden_losses.json"


def options(**changed: object) -> TrainParams:
    standard = {"epochs": 3, "batch_size": 16, "learning_rate": 0.003, "seed": 1, "device": "cpu"}
    return TrainParams.model_validate(standard | changed)


VIEWS = {
    "schedule": "one_cycle",
    "weight_decay": 0.05,
    "ema_decay": 0.8,
    "rotation": 180.0,
    "flip": True,
    "zoom": 1.2,
    "shift": 2.0,
    "brightness": 0.1,
}
"""All that the tuned network's training adds to the course's."""


def make_dataset(count: int, seed: int = 0) -> GalaxyDataset:
    """Images whose colours tell something of their votes."""
    draws = np.random.default_rng(seed)
    votes = make_labels(range(count), seed)[list(COLUMNS)].to_numpy(np.float32)
    noise = draws.integers(0, 60, (count, 64, 64, 3))
    images = (noise + 180 * votes[:, None, None, :3]).astype(np.uint8)
    return GalaxyDataset(images, torch.arange(count), torch.tensor(votes), make_ids(range(count)))


TRAIN, TEST = make_dataset(96), make_dataset(40, seed=1)


@pytest.mark.parametrize(
    ("name", "changed"),
    [("cnn", {}), ("resnet", {}), ("tuned", VIEWS)],
    ids=["cnn", "resnet", "tuned"],
)
def test_the_golden_loss_curve(name: str, changed: dict[str, object]) -> None:
    """An innocent change gives these losses again, but for the rounding of other processors.

    The learning rate is low, for that rounding not to grow from step to step.
    """
    chosen = options(**{"epochs": 2, "learning_rate": 1e-4, "precise_bn": False} | changed)
    history = fit(build(name), TRAIN, TEST, chosen)
    golden = json.loads(GOLDEN.read_text())[name]
    for column, losses in golden.items():
        assert history[column].tolist() == pytest.approx(losses, rel=5e-3), column


def test_the_history_begins_before_training() -> None:
    model = build("cnn")
    untrained = predict(model, TEST, 40, torch.device("cpu"))
    history = fit(model, TRAIN, TEST, options(precise_bn=False))
    assert list(history.columns) == [
        "epoch",
        "learning_rate",
        "train_mse",
        "train_rmse",
        "test_mse",
        "test_rmse",
        "test_mse_running_bn",
    ]
    assert history["epoch"].tolist() == [0, 1, 2, 3]
    assert (history["learning_rate"] == 0.003).all()
    error = untrained - TEST.votes.numpy()
    assert history["test_mse"][0] == pytest.approx(float((error**2).mean()), rel=1e-5)
    assert np.allclose(history["train_rmse"] ** 2, history["train_mse"])
    trained = predict(model, TEST, 40, torch.device("cpu")) - TEST.votes.numpy()
    assert history["test_rmse"][3] ** 2 == pytest.approx(float((trained**2).mean()), rel=1e-5)


def test_it_learns() -> None:
    history = fit(build("cnn"), TRAIN, TEST, options(epochs=8))
    mean_vote = TEST.votes - TRAIN.votes.mean(dim=0)
    assert history["test_mse"].iloc[-1] < 0.9 * float((mean_vote**2).mean())


def test_same_seed_same_weights() -> None:
    weights = []
    for seed in (1, 1, 2):
        model = build("cnn")
        fit(model, TRAIN, TEST, options(epochs=1, seed=seed))
        weights.append(torch.cat([p.flatten() for p in model.parameters()]))
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


def test_stops_at_a_loss_that_is_not_finite() -> None:
    model = build("cnn")
    with torch.no_grad():
        next(model.parameters()).fill_(float("nan"))
    with pytest.raises(TrainingError, match="after epoch 0 is not finite"):
        fit(model, TRAIN, TEST, options())


def test_names_the_epoch_and_step_at_which_the_loss_was_lost() -> None:
    votes = TRAIN.votes.clone()
    votes[-1] = float("inf")
    chosen = options(batch_size=96)
    progress = start(build("cnn"), chosen)
    progress.epochs = [Epoch(0, 0.003, 0.1, 0.1, 0.1)]
    batches = in_order(replace(TRAIN, votes=votes), 32)
    with tqdm(disable=True) as bar, pytest.raises(TrainingError, match="epoch 1, step 3; try a lo"):
        train_epoch(progress, batches, chosen, Compute(torch.device("cpu")), bar)


def test_one_cycle_rises_and_falls_to_zero() -> None:
    chosen = options(learning_rate=0.01, schedule="one_cycle")
    rates = [learning_rate(done, chosen) for done in np.linspace(0, 1, 101)]
    assert rates[0] == pytest.approx(0.01 / 25)
    assert rates[20] == max(rates) == pytest.approx(0.01)
    assert rates[-1] == pytest.approx(0)
    assert np.all(np.diff(rates[:21]) > 0)
    assert np.all(np.diff(rates[20:]) < 0)


def test_averaged_weights_come_out_if_asked_for() -> None:
    """After two steps, a slow average has moved less than the weights; so have the statistics."""
    alone, averaged = build("cnn"), build("cnn")
    first = {name: value.clone() for name, value in alone.state_dict().items()}
    two_steps = {"epochs": 1, "batch_size": 48}
    fit(alone, TRAIN, TEST, options(**two_steps, precise_bn=False))
    fit(averaged, TRAIN, TEST, options(**two_steps, ema_decay=0.999))
    for name, value in averaged.state_dict().items():
        if value.is_floating_point():
            moved = (alone.state_dict()[name] - first[name]).abs().max()
            assert (value - first[name]).abs().max() < moved, name


def test_the_optimizer_gets_what_the_options_say() -> None:
    chosen = options(learning_rate=0.004, weight_decay=0.03)
    (group,) = start(build("cnn"), chosen).optimizer.param_groups
    assert (group["lr"], group["weight_decay"]) == (0.004, 0.03)


def test_the_moving_average_has_seen_the_last_step() -> None:
    """After a single step it is the network itself."""
    first = {name: value.clone() for name, value in build("cnn").state_dict().items()}
    one_step = {"epochs": 1, "batch_size": 96, "precise_bn": False}
    alone, averaged = build("cnn"), build("cnn")
    fit(alone, TRAIN, TEST, options(**one_step))
    fit(averaged, TRAIN, TEST, options(**one_step, ema_decay=0.9))
    for name, value in averaged.named_parameters():
        assert torch.equal(value, alone.state_dict()[name])
        assert not torch.equal(value, first[name])


def test_the_averaged_network_is_the_one_that_is_scored() -> None:
    """Its tables of whole numbers, which no average may touch, included."""
    model = build("tuned")
    history = fit(model, TRAIN, TEST, options(epochs=1, ema_decay=0.9))
    error = predict(model, TEST, 40, torch.device("cpu")) - TEST.votes.numpy()
    assert history["test_mse"][1] == pytest.approx(float((error**2).mean()), rel=1e-5)


def test_a_last_batch_of_one_small_image_is_no_trouble() -> None:
    """ResNet's last maps are then of one pixel, and batch norm wants two values."""
    images = np.ascontiguousarray(np.asarray(TRAIN.images)[:, :32, :32])
    small = replace(TRAIN, images=images, rows=TRAIN.rows[:33])
    history = fit(build("resnet", 32), small, small, options(epochs=1))
    assert np.isfinite(history["train_mse"]).all()


def test_one_line_an_epoch_and_no_bar(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level("INFO", logger="galaxyzoo")
    fit(build("cnn"), TRAIN, TEST, options(epochs=2))
    assert [message.partition(":")[0] for message in caplog.messages] == [
        "epoch 0",
        "epoch 1",
        "epoch 2",
    ]
    assert capfd.readouterr() == ("", "")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_bar_shows_epoch_time_left_speed_and_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also that of an epoch too short for its own loss to be looked at."""
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    history = fit(build("cnn"), TRAIN, TEST, options(epochs=2))
    (shown,) = re.findall(
        r"epoch 2 of 2: .*?96/192 \[\d+:\d+<\d+:\d+, (.*?)\]", terminal.getvalue()
    )
    assert "images/s" in shown
    assert f"loss={history['train_mse'][1]:.4f}" in shown
