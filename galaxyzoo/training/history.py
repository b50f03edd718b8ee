"""The course of a training: a row for each epoch."""

import math
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Epoch:
    """A row of the history; epoch 0 is the network before training.

    The training error of an epoch is the mean over its steps, as in the course: the network
    gets better meanwhile, and dropout or views of the images count. The test error, and both of
    epoch 0, are measured on the network as it then stands: with the moving average of its weights
    (EMA) if the training has one, or with precise statistics of batch norm.
    """

    epoch: int
    learning_rate: float
    """Of weights that begin from scratch; if none do, of the pretrained ones"""
    train_mse: float
    test_mse: float | None
    """None in a training without a test split"""
    test_mse_running_bn: float | None
    """With the running statistics of batch norm that training left, in place of precise ones; the
    same as test_mse where the training has no precise batch norm"""

    def __str__(self) -> str:
        said = f"epoch {self.epoch}: train RMSE {math.sqrt(self.train_mse):.5f}"
        if self.test_mse is None:
            return said
        return f"{said}, test RMSE {math.sqrt(self.test_mse):.5f}"


def as_table(epochs: list[Epoch]) -> pd.DataFrame:
    """A row for each epoch: epoch, learning_rate, train_mse, train_rmse, test_mse, test_rmse and
    test_mse_running_bn. Those of the test split are NaN where there is none.
    """
    tested = {"test_mse": float, "test_mse_running_bn": float}
    table = pd.DataFrame(epochs).astype(tested)  # which makes NaN of None
    table.insert(3, "train_rmse", table["train_mse"] ** 0.5)
    table.insert(5, "test_rmse", table["test_mse"] ** 0.5)
    return table
