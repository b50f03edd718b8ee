"""All that the report tells of: what the stages of the pipeline read and wrote."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image
from torch import nn

from galaxyzoo.figures.style import Galaxies
from galaxyzoo.model_files import ModelInfo
from galaxyzoo.params import TrainParams
from galaxyzoo.processed import Preparation


@dataclass(frozen=True)
class TrainedNetwork:
    """One network, how it was trained, and what it says of the test split."""

    name: str
    label: str
    color: str
    model: nn.Module
    info: ModelInfo
    options: TrainParams
    history: pd.DataFrame
    """A row for each epoch from 0 on, as galaxyzoo.training gives it"""
    predicted: pd.DataFrame
    """The 37 columns, indexed by GalaxyID, in the order of the votes"""
    scores: Mapping[str, Any]
    """What metrics/evaluate.json says of it"""
    views: int
    """How many views of an image its predictions are means of"""

    @property
    def rmse(self) -> float:
        return float(self.scores["rmse"])


@dataclass(frozen=True)
class Facts:
    """The run that the report is about."""

    parameters: Mapping[str, Mapping[str, Any]]
    """All of params.yaml, by section"""
    preparation: Preparation
    galaxies: Galaxies
    labels: pd.DataFrame
    """The votes for all galaxies: the 37 columns, indexed by GalaxyID"""
    voted: pd.DataFrame
    """Those for the test split"""
    networks: list[TrainedNetwork]
    benchmarks: Mapping[str, Mapping[str, Any]]
    """What metrics/evaluate.json says of the models that aren't networks, by their labels"""
    answer_rmse: pd.DataFrame
    """A row per model and answer: model, column, answer, rmse"""
    originals: Mapping[int, Image.Image]
    """The images as they came, of the galaxies in `exemplars`, by GalaxyID"""
    processed: Mapping[int, NDArray[np.uint8]]
    """The processed images of those and of the test split, by GalaxyID"""

    @property
    def best(self) -> TrainedNetwork:
        """The network with the lowest RMSE; among equals the first."""
        return min(self.networks, key=lambda network: network.rmse)
