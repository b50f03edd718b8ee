"""Weights in a file: safetensors, and in its metadata what it takes to use them.

Training writes what it knows; `galaxyzoo.predict.model_files` adds how predictions are made, and
reads both. The metadata is one JSON object, since safetensors writes several in an order that
changes from run to run.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from torch import Tensor, nn

from galaxyzoo.base.files import atomic
from galaxyzoo.networks.common.inputs import PIXEL_DIVISOR
from galaxyzoo.tree import LabelColumn, Tree

METADATA_KEY = "galaxyzoo"
FORMAT = 2
"""Of the metadata: one more whenever older software would read a file wrongly. 2 may have tensors
that are no weights"""

BESIDE = ("likeness.", "residuals.")
"""What the names of tensors begin with that are no weights: see `galaxyzoo.predict`"""

_RARE = {"architecture": None, "pretrained": None, "members": 1}
"""Keys of the metadata that files lack that have nothing to say of them"""

CHECKSUM = "checksum"
"""The key of the metadata for `checksum`; files from before it have none"""


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
    label_column: LabelColumn | None = None
    """Which column of a catalogue it learned; None: nobody said. Predictions are such fractions"""
    pixel_divisor: int = PIXEL_DIVISOR
    """The normalisation: what the bytes of an image are divided by"""
    versions: dict[str, str] = field(default_factory=_versions)
    """The packages that matter for numbers, as they were in training"""
    architecture: str | None = None
    """Which one it is, of a network that is one of many"""
    pretrained: str | None = None
    """SHA-256 of the file whose weights the training started from; None: it began from scratch"""
    members: int = 1
    """Over how many networks of the kind its predictions are means"""

    @property
    def crop_fraction(self) -> float:
        """Which part of an original's width the crop keeps."""
        return self.crop / self.width

    def as_dict(self) -> dict[str, Any]:
        said = {"format": FORMAT} | asdict(self)
        return {name: own for name, own in said.items() if _RARE.get(name, ...) != own}


def save_weights(
    path: Path,
    model: nn.Module,
    metadata: Mapping[str, Any],
    beside: Mapping[str, Tensor] | None = None,
) -> None:
    """Write weights and metadata to `path`; the same model gives the same bytes.

    Tensors `beside` the weights have names that begin as in `BESIDE`.
    """
    every = model.state_dict() | dict(beside or {})
    weights = {name: tensor.cpu().contiguous() for name, tensor in every.items()}
    content = dict(metadata) | {CHECKSUM: checksum(metadata, weights)}
    with atomic(path) as temporary:
        # not by safetensors' own writer, so that a full disk is an OSError
        temporary.write_bytes(safetensors.torch.save(weights, {METADATA_KEY: json.dumps(content)}))


def checksum(metadata: Mapping[str, Any], weights: Mapping[str, Tensor]) -> str:
    """What tells a model file whose bytes have changed: 64 hex digits of all that it holds.

    It finds damage, and no ill will: who changes a file on purpose can write another checksum.
    """
    said = {name: value for name, value in metadata.items() if name != CHECKSUM}
    whole = hashlib.sha256(json.dumps(said, sort_keys=True).encode())
    for name, tensor in sorted(weights.items()):
        whole.update(f"{name} {tensor.dtype} {list(tensor.shape)}".encode())
        whole.update(tensor.reshape(-1).view(torch.uint8).numpy().tobytes())
    return whole.hexdigest()
