"""Weights in a file: safetensors, and in its metadata what it takes to use them.

Training writes what it knows; `galaxyzoo.predict.model_files` adds how predictions are made, and
reads both. The metadata is one JSON object, since safetensors writes several in an order that
changes from run to run.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import safetensors.torch
from torch import nn

from galaxyzoo.files import atomic
from galaxyzoo.networks.common.inputs import PIXEL_DIVISOR
from galaxyzoo.tree import Tree

METADATA_KEY = "galaxyzoo"
FORMAT = 1
"""Of the metadata: one more whenever older software would read a file wrongly"""


def _versions() -> dict[str, str]:
    packages = ("numpy", "pillow", "safetensors", "torch", "torchvision")
    return {name: version(name) for name in packages}


@dataclass(frozen=True)
class ModelInfo:
    """What one needs to know to use some weights, and to know where they are from."""

    network: str
    """A name of `galaxyzoo.networks`"""
    tree: Tree
    """Whose columns the outputs stand for, in order"""
    crop: int
    """Side of the central square that was kept of each image, in pixels of the original"""
    size: int
    """Side of the images that the network takes, in pixels"""
    width: int
    """Width of the originals, in pixels"""
    rendered: bool
    """True if the network learned from rendered galaxies: it is no model of the sky"""
    data_digest: str
    """SHA-256 of the processed images, their ids, the split and the labels"""
    pixel_divisor: int = PIXEL_DIVISOR
    """The normalisation: what the bytes of an image are divided by"""
    versions: dict[str, str] = field(default_factory=_versions)
    """The packages that matter for numbers, as they were in training"""

    @property
    def crop_fraction(self) -> float:
        """Which part of an original's width the crop keeps."""
        return self.crop / self.width

    def as_dict(self) -> dict[str, Any]:
        return {"format": FORMAT} | asdict(self)


def save_weights(path: Path, model: nn.Module, metadata: Mapping[str, Any]) -> None:
    """Write weights and metadata to `path`; the same model gives the same bytes."""
    weights = {name: tensor.cpu().contiguous() for name, tensor in model.state_dict().items()}
    with atomic(path) as temporary:
        content = safetensors.torch.save(weights, {METADATA_KEY: json.dumps(metadata)})
        temporary.write_bytes(content)  # so that a full disk is an OSError
