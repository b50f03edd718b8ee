"""Model files: weights as safetensors, and in their metadata what it takes to use them."""

import json
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import safetensors.torch
from safetensors import SafetensorError, safe_open
from torch import nn

import galaxyzoo
from galaxyzoo.errors import UserError
from galaxyzoo.files import atomic
from galaxyzoo.models import ARCHITECTURES, PIXEL_DIVISOR, build
from galaxyzoo.tree import COLUMNS

# One key: safetensors writes several in an order that changes from run to run.
_KEY = "galaxyzoo"


class ModelFileError(UserError):
    """A file isn't a model of ours, or is damaged."""


def _versions() -> dict[str, str]:
    packages = ("numpy", "pillow", "safetensors", "torch", "torchvision")
    return {"galaxyzoo": galaxyzoo.__version__} | {name: version(name) for name in packages}


@dataclass(frozen=True)
class PredictSettings:
    """How predictions are made with a trained network; `export` adds it to a model file."""

    views: int
    """Over how many turned and mirrored views of an image the predictions are averaged"""
    project: bool
    """Whether each prediction is then moved to the nearest one that obeys the decision tree"""


@dataclass(frozen=True)
class ModelInfo:
    """What one needs to know to use the weights of a model, and to know where they are from."""

    architecture: str
    """A key of galaxyzoo.models.ARCHITECTURES"""
    crop: int
    """Side of the central square that was kept of each image, in pixels of the original"""
    size: int
    """Side of the images that the network takes, in pixels"""
    width: int
    """Width of the originals, in pixels"""
    rendered: bool
    """True if the model learned from rendered galaxies: it is no model of the sky"""
    data_digest: str
    """SHA-256 of the processed images, their ids, the split and the labels"""
    pixel_divisor: int = PIXEL_DIVISOR
    """The normalisation: what the bytes of an image are divided by"""
    answers: tuple[str, ...] = COLUMNS
    """The columns that the outputs stand for, in order"""
    versions: dict[str, str] = field(default_factory=_versions)
    """The packages that trained the model"""
    predict: PredictSettings | None = None
    """None: trained, and not exported"""

    @property
    def crop_fraction(self) -> float:
        """Which part of an original's width the crop keeps."""
        return self.crop / self.width


def save_model(path: Path, model: nn.Module, info: ModelInfo) -> None:
    """Write weights and `info` to `path`; the same model gives the same bytes."""
    weights = {name: tensor.cpu().contiguous() for name, tensor in model.state_dict().items()}
    with atomic(path) as temporary:
        safetensors.torch.save_file(weights, temporary, {_KEY: json.dumps(asdict(info))})


def read_model(path: Path) -> tuple[nn.Module, ModelInfo]:
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


def read_exported(path: Path) -> tuple[nn.Module, ModelInfo, PredictSettings]:
    """As `read_model`, and how predictions are made; refuses a model that was not exported."""
    model, info = read_model(path)
    if info.predict is None:
        raise ModelFileError(
            f"{path}: does not say how predictions are made; take models/NAME.safetensors, which "
            "the stage export writes"
        )
    return model, info, info.predict


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
    try:
        info = _parse_info(json.loads(metadata[_KEY]))
    except (ValueError, TypeError, LookupError) as error:
        raise _unknown(path, "another version of galaxyzoo") from error
    if not _is_known(info):
        raise _unknown(path, f"galaxyzoo {info.versions.get('galaxyzoo')}")
    return info


def _parse_info(content: dict[str, Any]) -> ModelInfo:
    predict = content["predict"]
    parsed = {
        "answers": tuple(content["answers"]),
        "predict": None if predict is None else PredictSettings(**predict),
    }
    return ModelInfo(**content | parsed)


def _is_known(info: ModelInfo) -> bool:
    return (
        info.architecture in ARCHITECTURES
        and info.answers == COLUMNS
        and info.pixel_divisor == PIXEL_DIVISOR
    )


def _unknown(path: Path, origin: str) -> ModelFileError:
    return ModelFileError(
        f"{path}: a model of {origin}, which this version ({galaxyzoo.__version__}) does not know"
    )


def export_model(trained: Path, exported: Path, predict: PredictSettings) -> None:
    """Write a trained model anew, with how predictions are to be made with it."""
    model, info = read_model(trained)
    save_model(exported, model, replace(info, predict=predict))
