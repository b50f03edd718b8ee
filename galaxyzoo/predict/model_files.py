"""Model files read and exported: weights, and all that it takes to predict with them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from galaxyzoo import networks
from galaxyzoo.networks.common.ensemble import ensemble_of
from galaxyzoo.networks.common.folding import Folded
from galaxyzoo.networks.common.metadata import Fields, parse_info
from galaxyzoo.networks.common.network import Network
from galaxyzoo.networks.common.reading import (
    ModelFileError,
    naming,
    read_beside,
    read_metadata,
    read_weights,
)
from galaxyzoo.networks.common.weights import ModelInfo, save_weights
from galaxyzoo.predict.augmentation import RegularViews
from galaxyzoo.predict.intervals import Intervals, parse_intervals
from galaxyzoo.predict.likeness import Likeness, parse_likeness
from galaxyzoo.predict.metadata import PredictSettings, parse_record, parse_settings
from galaxyzoo.predict.residuals import Residuals, parse_residuals
from galaxyzoo.tree import LabelColumn


@dataclass(frozen=True)
class TrainedModel:
    """What a model file holds."""

    module: nn.Module
    """In evaluation mode, on the CPU"""
    network: Network
    info: ModelInfo

    def folded(self) -> Folded:
        """A network that predicts the same as `module`, faster, and can't be trained."""
        return self.network.fold(self.module)


@dataclass(frozen=True)
class Measured:
    """What was measured of a network, and goes into its file; None: nobody measured it."""

    intervals: Intervals | None = None
    """What tells how far predictions may be off"""
    likeness: Likeness | None = None
    """What tells images that are unlike those learned from"""
    residuals: Residuals | None = None
    """What is added to the network's fractions"""


NOTHING = Measured()


@dataclass(frozen=True)
class ExportedModel(TrainedModel):
    """What a model file holds that says how predictions are made."""

    settings: PredictSettings
    card: dict[str, Any]
    """What its maker tells of it; empty if that is nothing"""
    training: dict[str, Any]
    """The settings that it was made with, if its maker recorded them"""
    measured: Measured = NOTHING

    @property
    def intervals(self) -> Intervals | None:
        return self.measured.intervals

    @property
    def likeness(self) -> Likeness | None:
        return self.measured.likeness

    @property
    def residuals(self) -> Residuals | None:
        return self.measured.residuals

    @property
    def views(self) -> RegularViews:
        return self.views_of(self.settings.views)

    def views_of(self, count: int) -> RegularViews:
        """So many views, chosen for this network."""
        alike = self.network.quarter_turns_alike(self.info.size)
        return RegularViews(count, alike, self.settings.magnified)


def read_model(path: Path) -> TrainedModel:
    """Read a model file, exported or not.

    Raises ModelFileError if `path` isn't a whole model file of this project. Whatever stands in the
    file, no code in it runs, and it takes neither time nor memory beyond that of an honest one.
    """
    metadata = read_metadata(path)
    with naming(path):
        info = parse_info(metadata)
        network = networks.find(info.network).of(info.architecture)
        network = ensemble_of(network, info.members)
    return TrainedModel(read_weights(path, network, info, metadata), network, info)


def read_exported(
    path: Path, data_digest: str | None = None, label_column: LabelColumn | None = None
) -> ExportedModel:
    """As `read_model`, and how predictions are made; refuses a model that was not exported.

    With a `data_digest` it refuses a model of other data, too: it may have learned from galaxies
    that are to test it. With a `label_column` it refuses one that learned another column.
    """
    model = read_model(path)
    if label_column not in (None, model.info.label_column):
        raise ModelFileError(
            f"{path}: learned {model.info.label_column or 'unknown'} labels, and those in data/ "
            f"are {label_column}: they differ by more than networks err; run `dvc repro`"
        )
    if data_digest not in (None, model.info.data_digest):
        raise ModelFileError(
            f"{path}: was trained on other images, labels or another split than are now in "
            "data/; run `dvc repro`"
        )
    metadata = read_metadata(path)
    if metadata.content.get("predict") is None:
        raise ModelFileError(
            f"{path}: does not say how predictions are made; take "
            "models/exported/NAME.safetensors, which the stage export writes"
        )
    with naming(path):
        settings = parse_settings(metadata.part("predict"))
        card, training = parse_record(metadata, "card"), parse_record(metadata, "training")
        intervals = parse_intervals(metadata, model.info.tree)
    measured = Measured(intervals, *_read_beside(path, metadata, model))
    return ExportedModel(
        model.module, model.network, model.info, settings, card, training, measured
    )


def _read_beside(
    path: Path, metadata: Fields, model: TrainedModel
) -> tuple[Likeness | None, Residuals | None]:
    """What a file has beside its weights; ModelFileError if that isn't of what its layers find."""
    every = read_beside(path)
    said = {name for name in ("likeness", "residuals") if metadata.content.get(name) is not None}
    if not (every or said):
        return None, None

    def tensors(part: str) -> dict[str, torch.Tensor]:
        start = f"{part}."
        return {n.removeprefix(start): own for n, own in every.items() if n.startswith(start)}

    with naming(path), torch.inference_mode():
        side, columns = model.info.size, len(model.info.tree.columns)
        width = model.folded().look(torch.zeros(1, 3, side, side)).layers.shape[1]
        likeness, residuals = tensors("likeness"), tensors("residuals")
        return (
            parse_likeness(metadata.part("likeness"), likeness, width)
            if likeness or "likeness" in said
            else None,
            parse_residuals(metadata.part("residuals"), residuals, width, columns)
            if residuals or "residuals" in said
            else None,
        )


def export_model(
    trained: Path,
    exported: Path,
    settings: PredictSettings,
    measured: Measured = NOTHING,
    **told: Mapping[str, Any],
) -> None:
    """Write a trained model anew, with how predictions are made with it and what was `measured`.

    What is `told` besides, such as its `card`, is read again as `ExportedModel` has it.
    """
    model = read_model(trained)
    metadata = model.info.as_dict() | {"predict": settings.as_dict()} | told
    beside: dict[str, torch.Tensor] = {}
    for name, own in vars(measured).items():
        if own is not None:
            metadata[name] = own.as_dict()
        if isinstance(own, Likeness | Residuals):
            beside |= {f"{name}.{part}": tensor for part, tensor in own.tensors().items()}
    save_weights(exported, model.module, metadata, beside)
