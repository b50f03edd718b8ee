"""Model files: weights as safetensors, and in their metadata what it takes to use them."""

import json
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import safetensors.torch
from safetensors import SafetensorError, safe_open
from torch import nn

import galaxyzoo
from galaxyzoo.errors import UserError
from galaxyzoo.files import atomic
from galaxyzoo.models import ARCHITECTURES, build
from galaxyzoo.tree import COLUMNS

# One key: safetensors writes several in an order that changes from run to run.
_KEY = "galaxyzoo"


class ModelFileError(UserError):
    """A file isn't a model of ours, or is damaged."""


def _versions() -> dict[str, str]:
    packages = ("numpy", "pillow", "safetensors", "torch", "torchvision")
    return {"galaxyzoo": galaxyzoo.__version__} | {name: version(name) for name in packages}


@dataclass(frozen=True)
class ModelInfo:
    """What one needs to know to use the weights of a model, and to know where they are from."""

    architecture: str
    """A key of galaxyzoo.models.ARCHITECTURES"""
    crop: int
    """Side of the central square that was kept of each image, in pixels of the original"""
    size: int
    """Side of the images that the network takes, in pixels"""
    rendered: bool
    """True if the model learned from rendered galaxies: it is no model of the sky"""
    data_digest: str
    """SHA-256 of the processed images, their ids, the split and the labels"""
    answers: tuple[str, ...] = COLUMNS
    """The columns that the outputs stand for, in order"""
    versions: dict[str, str] = field(default_factory=_versions)
    """The packages that trained the model"""


def save_model(path: Path, model: nn.Module, info: ModelInfo) -> None:
    """Write weights and `info` to `path`; the same model gives the same bytes."""
    weights = {name: tensor.cpu().contiguous() for name, tensor in model.state_dict().items()}
    with atomic(path) as temporary:
        safetensors.torch.save_file(weights, temporary, {_KEY: json.dumps(asdict(info))})


def load_model(path: Path) -> tuple[nn.Module, ModelInfo]:
    """The network in evaluation mode on the CPU, and what is known of it.

    Raises ModelFileError if `path` isn't a whole model file of this project.
    """
    info = _read_info(path)
    model = build(info.architecture, info.size, seed=0)
    try:
        model.load_state_dict(safetensors.torch.load_file(path))
    except (SafetensorError, RuntimeError) as error:
        raise ModelFileError(
            f"{path}: not the weights of {info.architecture!r}: {error}"
        ) from error
    return model.eval(), info


def _read_info(path: Path) -> ModelInfo:
    if not path.is_file():
        raise ModelFileError(f"{path}: no such model file")
    try:
        with safe_open(path, "pt") as file:
            metadata = file.metadata() or {}
    except SafetensorError as error:
        raise ModelFileError(f"{path}: not a safetensors file, or cut short: {error}") from error
    if _KEY not in metadata:
        raise ModelFileError(f"{path}: a safetensors file, but not a model of galaxyzoo")
    info = _parse_info(json.loads(metadata[_KEY]))
    if info.architecture not in ARCHITECTURES or info.answers != COLUMNS:
        raise ModelFileError(
            f"{path}: a model of galaxyzoo {info.versions.get('galaxyzoo')}, which this version "
            f"({galaxyzoo.__version__}) does not know"
        )
    return info


def _parse_info(content: dict[str, Any]) -> ModelInfo:
    return ModelInfo(**content | {"answers": tuple(content["answers"])})
