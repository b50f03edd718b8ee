"""Training: one loop for every network, and what comes out of it."""

import logging
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Never

import pandas as pd
import torch
from torch import nn
from torch.optim import Adam, Optimizer
from torch.utils.data import DataLoader
from tqdm import tqdm

from galaxyzoo.data import Batch, DataFiles, GalaxyDataset, in_order, shuffled
from galaxyzoo.devices import choose_device
from galaxyzoo.errors import UserError
from galaxyzoo.files import write_csv, write_json
from galaxyzoo.inference import RunningMean, mean_squared_error
from galaxyzoo.model_files import ModelInfo, save_model
from galaxyzoo.models import build, count_parameters, to_input
from galaxyzoo.params import TrainParams
from galaxyzoo.processed import Preparation

logger = logging.getLogger(__name__)


class TrainingError(UserError):
    """Training went astray."""


@dataclass(frozen=True)
class Epoch:
    """A row of the history; epoch 0 is the network before training.

    The training error of an epoch is the mean over its steps, as in the course: the network
    gets better meanwhile, and dropout or augmentation count. The test error, and both of
    epoch 0, are measured on the network as it then stands.
    """

    epoch: int
    learning_rate: float
    train_mse: float
    test_mse: float


@dataclass(frozen=True)
class TrainedNetwork:
    model: nn.Module
    history: pd.DataFrame
    """As `fit` gives it"""
    info: ModelInfo

    def write(self, model: Path, history: Path, metrics: Path) -> None:
        """Write the weights (safetensors), the history (CSV), and its last row (JSON)."""
        save_model(model, self.model, self.info)
        write_csv(history, self.history)
        scores = ["train_mse", "train_rmse", "test_mse", "test_rmse"]
        last = {name: round(float(self.history[name].iloc[-1]), 6) for name in scores}
        write_json(metrics, {"parameters": count_parameters(self.model)} | last)


def train_network(architecture: str, data: DataFiles, options: TrainParams) -> TrainedNetwork:
    """Build a network (a key of ARCHITECTURES) and train it on the training split of `data`."""
    preparation = Preparation.read(data.processed.preparation)
    model = build(architecture, preparation.size, options.seed)
    history = fit(model, data.open("train"), data.open("test"), options)
    info = ModelInfo(architecture, **asdict(preparation), data_digest=data.digest())
    return TrainedNetwork(model, history, info)


def fit(
    model: nn.Module, train_set: GalaxyDataset, test_set: GalaxyDataset, options: TrainParams
) -> pd.DataFrame:
    """Train `model` in place, with Adam on the MSE.

    Gives the history, a row for each epoch from 0 on: epoch, learning_rate, train_mse,
    train_rmse, test_mse, test_rmse. Raises TrainingError at a loss that isn't finite.
    """
    device = choose_device(options.device)
    model.to(device)
    optimizer = Adam(model.parameters(), lr=options.learning_rate)
    train_set, test_set = train_set.to(device), test_set.to(device)
    train_batches = shuffled(train_set, options.batch_size, options.seed)
    test_batches = in_order(test_set, options.batch_size)

    train_mse = mean_squared_error(model, in_order(train_set, options.batch_size), device)
    epochs = [_end_epoch(0, optimizer, train_mse, mean_squared_error(model, test_batches, device))]
    for epoch in range(1, options.epochs + 1):
        with tqdm(
            total=len(train_set),
            desc=f"epoch {epoch} of {options.epochs}",
            unit=" images",
            disable=None,
            leave=False,
        ) as bar:
            train_mse = train_epoch(model, train_batches, optimizer, device, bar)
        test_mse = mean_squared_error(model, test_batches, device)
        epochs.append(_end_epoch(epoch, optimizer, train_mse, test_mse))
    return _history(epochs)


def train_epoch(
    model: nn.Module,
    batches: DataLoader[Batch],
    optimizer: Optimizer,
    device: torch.device,
    bar: "tqdm[Never]",
) -> float:
    """One pass over the training split; the mean of its losses."""
    model.train()
    mean_loss = RunningMean(len(batches), device)
    for images, votes in batches:
        loss = nn.functional.mse_loss(model(to_input(images.to(device))), votes.to(device))
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        mean_loss.add(loss, len(images))
        bar.update(len(images))
    return mean_loss.value()


def _end_epoch(number: int, optimizer: Optimizer, train_mse: float, test_mse: float) -> Epoch:
    if not (math.isfinite(train_mse) and math.isfinite(test_mse)):
        raise TrainingError(
            f"the loss of epoch {number} is not finite (train {train_mse}, test {test_mse}); "
            "try a lower learning_rate"
        )
    epoch = Epoch(number, optimizer.param_groups[0]["lr"], train_mse, test_mse)
    logger.info(
        "epoch %d: train RMSE %.5f, test RMSE %.5f",
        number,
        math.sqrt(train_mse),
        math.sqrt(test_mse),
    )
    return epoch


def _history(epochs: list[Epoch]) -> pd.DataFrame:
    table = pd.DataFrame(epochs)
    table.insert(3, "train_rmse", table["train_mse"] ** 0.5)
    table["test_rmse"] = table["test_mse"] ** 0.5
    return table
