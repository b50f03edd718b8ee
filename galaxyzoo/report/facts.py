"""All that the report tells of: what the stages of the pipeline read and wrote."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image
from torch import nn

from galaxyzoo.base.sections import Section
from galaxyzoo.figures.style import Galaxies
from galaxyzoo.findings import Finding
from galaxyzoo.labels.facts import LabelFacts
from galaxyzoo.networks.common.network import Network
from galaxyzoo.networks.common.weights import ModelInfo
from galaxyzoo.predict.params import PredictParams
from galaxyzoo.predict.residuals import Residuals
from galaxyzoo.processed import Preparation
from galaxyzoo.scoring.exemplars import Exemplar, deepest_exemplar, find_exemplars
from galaxyzoo.scoring.results import Results
from galaxyzoo.training.params import TrainParams
from galaxyzoo.tree import Tree


@dataclass(frozen=True)
class Contestant:
    """One network, how it was trained, and what it says of the test split."""

    network: Network
    module: nn.Module
    info: ModelInfo
    options: TrainParams
    history: pd.DataFrame
    """A row for each epoch from 0 on, as galaxyzoo.training gives it"""
    predicted: pd.DataFrame
    """The tree's columns, indexed by GalaxyID, in the order of the votes"""
    rmse: float
    views: int
    """How many views of an image its predictions are means of"""
    residuals: Residuals | None = None
    """What is added to its fractions; None: nothing is"""

    @property
    def name(self) -> str:
        return self.network.name

    @property
    def label(self) -> str:
        return self.network.label


@dataclass(frozen=True)
class Facts:
    """The run that the report is about."""

    tree: Tree
    parameters: Mapping[str, Section]
    """All of params.yaml, by section"""
    preparation: Preparation
    galaxies: Galaxies
    labels: pd.DataFrame
    """The votes for all galaxies: the tree's columns, indexed by GalaxyID; NaN: not known"""
    voted: pd.DataFrame
    """Those for the test split"""
    origin: LabelFacts
    """Where they come from"""
    networks: list[Contestant]
    results: Results
    """The scores of these networks, and of the baselines"""
    exemplars: list[Exemplar]
    """A galaxy for each answer that is known of any"""
    originals: Mapping[str, Image.Image]
    """The images as they came, of the exemplars, by GalaxyID"""
    processed: Mapping[str, NDArray[np.uint8]]
    """The processed images, by GalaxyID; of those and of the test split at least"""
    findings: Sequence[Finding] = ()
    """What is odd about the images and the labels"""

    @property
    def intended_coverage(self) -> float:
        """The share of votes that intervals were made to hold."""
        return cast("PredictParams", self.parameters["predict"]).coverage

    @cached_property
    def best(self) -> Contestant:
        """The network with the lowest RMSE; among equals the first."""
        return min(self.networks, key=lambda network: network.rmse)

    @cached_property
    def showpiece(self) -> str:
        """The galaxy that explains what is done with all: many of its volunteers went far."""
        return deepest_exemplar(self.tree, self.exemplars).galaxy_id

    @cached_property
    def tested_showpiece(self) -> str:
        """The same of the test split, for which there are predictions."""
        exemplars = find_exemplars(self.tree, self.voted, self.processed)
        return deepest_exemplar(self.tree, exemplars).galaxy_id
