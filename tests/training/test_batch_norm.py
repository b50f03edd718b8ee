"""Precise batch norm: statistics of the whole training split, and nothing else is touched."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from galaxyzoo.dataset.batches import in_order, in_order_together
from galaxyzoo.devices import Compute
from galaxyzoo.networks.common.inputs import to_input
from galaxyzoo.predict.inference import predict
from galaxyzoo.training.batch_norm import estimate_batch_norm
from galaxyzoo.training.loop import fit
from tests.conftest import build
from tests.training.test_training import TEST, TRAIN, options

CPU = Compute(torch.device("cpu"))


def test_the_first_layers_statistics_are_those_of_all_images() -> None:
    model = build("cnn")
    estimate_batch_norm(model, in_order(TRAIN, 24), CPU)  # four batches of the same size
    convolution, norm = next(model.children())[:2]  # type: ignore[index]
    assert isinstance(norm, nn.BatchNorm2d)
    with torch.no_grad():
        maps = convolution(to_input(TRAIN[list(range(len(TRAIN)))][0]))
    mean = norm.running_mean
    assert mean is not None
    assert torch.allclose(mean, maps.mean(dim=(0, 2, 3)), atol=1e-5)
    assert norm.momentum == 0.1, "training goes on with running averages"


def test_weights_stay_as_they_are() -> None:
    model = build("cnn")
    before = [parameter.clone() for parameter in model.parameters()]
    estimate_batch_norm(model, in_order(TRAIN, 32), CPU)
    for weight, own in zip(model.parameters(), before, strict=True):
        assert torch.equal(weight, own)


def test_training_takes_the_same_steps_and_each_epoch_is_scored_with_precise_statistics() -> None:
    """Also with dropout, which draws from the generator that others draw from."""
    plain = nn.Sequential(build("cnn"), nn.Dropout(0.1))  # build seeds that generator
    running = fit(plain, TRAIN, TEST, options(precise_bn=False))
    precise = nn.Sequential(build("cnn"), nn.Dropout(0.1))
    history = fit(precise, TRAIN, TEST, options())
    for ours, theirs in zip(precise.parameters(), plain.parameters(), strict=True):
        assert torch.equal(ours, theirs)
    assert history["train_mse"][1:].tolist() == running["train_mse"][1:].tolist()
    assert running["test_mse"].tolist() == running["test_mse_running_bn"].tolist()
    assert (history["test_mse"] != history["test_mse_running_bn"]).all()
    error = predict(precise, TEST, 40, CPU.device) - TEST.votes.numpy()
    assert history["test_mse"].iloc[-1] == pytest.approx(float((error**2).mean()), rel=1e-5)


def test_a_moving_average_keeps_its_own_statistics() -> None:
    histories = [
        fit(build("cnn"), TRAIN, TEST, options(epochs=1, ema_decay=0.5, precise_bn=precise))
        for precise in (True, False)
    ]
    assert histories[0].equals(histories[1])


def test_a_last_batch_of_one_small_image_is_no_trouble() -> None:
    """ResNet's last maps are then of one pixel, and batch norm wants two values."""
    images = np.ascontiguousarray(np.asarray(TRAIN.images)[:, :32, :32])
    small = replace(TRAIN, images=images, rows=TRAIN.rows[:33])
    batches = in_order_together(small, 16)
    assert [len(batch) for batch, _ in batches] == [16, 17]
    estimate_batch_norm(build("resnet", 32), batches, CPU)
