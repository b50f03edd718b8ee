"""Model files read and exported: weights, and all that it takes to predict with them."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import safetensors.torch
from safetensors import SafetensorError, safe_open
from torch import nn

from galaxyzoo import networks
from galaxyzoo.errors import UserError
from galaxyzoo.networks.common.inputs import PIXEL_DIVISOR
from galaxyzoo.networks.common.network import Network
from galaxyzoo.networks.common.weights import FORMAT, METADATA_KEY, ModelInfo, save_weights
from galaxyzoo.predict.augmentation import RegularViews
from galaxyzoo.tree import Tree


class ModelFileError(UserError):
    """A file isn't a model of ours, or is damaged."""


@dataclass(frozen=True)
class PredictSettings:
    """How predictions are made with a trained network; `export_model` adds it to a model file."""

    views: int
    """Over how many turned and mirrored views of an image the predictions are averaged"""
    project: bool
    """Whether each prediction is then moved to the nearest one that obeys the decision tree"""


@dataclass(frozen=True)
class TrainedModel:
    """What a model file holds."""

    module: nn.Module
    """In evaluation mode, on the CPU"""
    network: Network
    info: ModelInfo


@dataclass(frozen=True)
class ExportedModel(TrainedModel):
    """What a model file holds that says how predictions are made."""

    settings: PredictSettings

    @property
    def views(self) -> RegularViews:
        return self.views_of(self.settings.views)

    def views_of(self, count: int) -> RegularViews:
        """So many views, chosen for this network."""
        return RegularViews(count, self.network.quarter_turns_alike(self.info.size))


def read_model(path: Path) -> TrainedModel:
    """Read a model file, exported or not.

    Raises ModelFileError if `path` isn't a whole model file of this project.
    """
    metadata = _read_metadata(path)
    try:
        info = _parse_info(metadata)
        network = networks.find(info.network)
    except (ValueError, TypeError, LookupError) as error:
        raise ModelFileError(f"{path}: its metadata can't be used: {error}") from error
    if info.pixel_divisor != PIXEL_DIVISOR:
        raise ModelFileError(
            f"{path}: takes pixels divided by {info.pixel_divisor}, and not by {PIXEL_DIVISOR}"
        )
    return TrainedModel(_read_weights(path, network, info), network, info)


def read_exported(path: Path, data_digest: str | None = None) -> ExportedModel:
    """As `read_model`, and how predictions are made; refuses a model that was not exported.

    With a `data_digest` it refuses a model of other data, too: it may have learned from galaxies
    that are to test it.
    """
    model = read_model(path)
    if data_digest not in (None, model.info.data_digest):
        raise ModelFileError(
            f"{path}: was trained on other images, labels or another split than are now in "
            "data/; run `dvc repro`"
        )
    predict = _read_metadata(path).get("predict")
    if predict is None:
        raise ModelFileError(
            f"{path}: does not say how predictions are made; take "
            "models/exported/NAME.safetensors, which the stage export writes"
        )
    try:
        settings = PredictSettings(int(predict["views"]), bool(predict["project"]))
    except (ValueError, TypeError, LookupError) as error:
        raise ModelFileError(f"{path}: its metadata can't be used: {error}") from error
    return ExportedModel(model.module, model.network, model.info, settings)


def export_model(trained: Path, exported: Path, settings: PredictSettings) -> None:
    """Write a trained model anew, with how predictions are to be made with it."""
    model = read_model(trained)
    metadata = model.info.as_dict() | {"predict": asdict(settings)}
    save_weights(exported, model.module, metadata)


def _read_metadata(path: Path) -> Mapping[str, Any]:
    if not path.is_file():
        raise ModelFileError(f"{path}: no such model file")
    try:
        with safe_open(path, "pt") as file:
            metadata = file.metadata() or {}
    except SafetensorError as error:
        raise ModelFileError(f"{path}: not a safetensors file, or cut short: {error}") from error
    if METADATA_KEY not in metadata:
        raise ModelFileError(f"{path}: a safetensors file, but not a model of galaxyzoo")
    try:
        content = json.loads(metadata[METADATA_KEY])
        written = int(content["format"])
    except (ValueError, TypeError, LookupError) as error:
        raise ModelFileError(
            f"{path}: a model of a galaxyzoo from before formats had numbers; train it anew"
        ) from error
    if written > FORMAT:
        raise ModelFileError(
            f"{path}: is of format {written}; this galaxyzoo reads formats up to {FORMAT}, "
            "a newer one may read it"
        )
    parsed: dict[str, Any] = content
    return parsed


def _parse_info(content: Mapping[str, Any]) -> ModelInfo:
    """Keys that aren't known are passed over: a newer version may have written them."""
    known = {field.name: content[field.name] for field in fields(ModelInfo)}
    return ModelInfo(**known | {"tree": Tree.from_dict(content["tree"])})


def _read_weights(path: Path, network: Network, info: ModelInfo) -> nn.Module:
    module = network.build(info.size, len(info.tree.columns), seed=0)
    try:
        module.load_state_dict(safetensors.torch.load_file(path))
    except (SafetensorError, RuntimeError) as error:
        raise ModelFileError(f"{path}: not the weights of {network.name!r}: {error}") from error
    return module.eval()
