"""Model files read and exported: weights, and all that it takes to predict with them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from galaxyzoo import networks
from galaxyzoo.base.errors import UserError
from galaxyzoo.base.messages import shorten, some
from galaxyzoo.networks.common.folding import Folded
from galaxyzoo.networks.common.network import Network
from galaxyzoo.networks.common.weights import (
    CHECKSUM,
    FORMAT,
    METADATA_KEY,
    ModelInfo,
    checksum,
    save_weights,
)
from galaxyzoo.predict.augmentation import RegularViews
from galaxyzoo.predict.metadata import (
    Fields,
    PredictSettings,
    parse_info,
    parse_metadata,
    parse_record,
    parse_settings,
)
from galaxyzoo.tree import LabelColumn

_DTYPES = {
    torch.float64: "F64",
    torch.float32: "F32",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
    torch.int64: "I64",
    torch.int32: "I32",
    torch.uint8: "U8",
    torch.bool: "BOOL",
}
"""How safetensors calls the types that weights have"""


class ModelFileError(UserError):
    """A file isn't a model of ours, or is damaged."""


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
class ExportedModel(TrainedModel):
    """What a model file holds that says how predictions are made."""

    settings: PredictSettings
    card: dict[str, Any]
    """What its maker tells of it; empty if that is nothing"""
    training: dict[str, Any]
    """The settings that it was made with, if its maker recorded them"""

    @property
    def views(self) -> RegularViews:
        return self.views_of(self.settings.views)

    def views_of(self, count: int) -> RegularViews:
        """So many views, chosen for this network."""
        return RegularViews(count, self.network.quarter_turns_alike(self.info.size))


class _Slice(Protocol):
    """What safetensors says of a tensor in a file without reading it."""

    def get_shape(self) -> list[int]: ...
    def get_dtype(self) -> str: ...


def read_model(path: Path) -> TrainedModel:
    """Read a model file, exported or not.

    Raises ModelFileError if `path` isn't a whole model file of this project. Whatever stands in the
    file, no code in it runs, and it takes neither time nor memory beyond that of an honest one.
    """
    metadata = _read_metadata(path)
    with _naming(path):
        info = parse_info(metadata)
        network = networks.find(info.network)
    return TrainedModel(_read_weights(path, network, info, metadata), network, info)


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
    metadata = _read_metadata(path)
    if metadata.content.get("predict") is None:
        raise ModelFileError(
            f"{path}: does not say how predictions are made; take "
            "models/exported/NAME.safetensors, which the stage export writes"
        )
    with _naming(path):
        settings = parse_settings(metadata.part("predict"))
        card, training = parse_record(metadata, "card"), parse_record(metadata, "training")
    return ExportedModel(model.module, model.network, model.info, settings, card, training)


def export_model(
    trained: Path, exported: Path, settings: PredictSettings, **told: Mapping[str, Any]
) -> None:
    """Write a trained model anew, with how predictions are to be made with it.

    What is `told` besides, such as its `card`, is read again as `ExportedModel` has it.
    """
    model = read_model(trained)
    metadata = model.info.as_dict() | {"predict": asdict(settings)} | told
    save_weights(exported, model.module, metadata)


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Put the file's name before what is wrong with its metadata."""
    try:
        yield
    except UserError as error:
        raise ModelFileError(
            f"{path}: its metadata can't be used: {shorten(error, 300)}"
        ) from error


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    if not path.is_file():
        raise ModelFileError(f"{path}: no such model file")
    try:
        with safe_open(path, "pt") as file:
            yield file
    except SafetensorError as error:
        raise ModelFileError(
            f"{path}: not a safetensors file, or cut short: {shorten(error)}"
        ) from error
    except OSError as error:
        raise ModelFileError(f"{path}: can't be read: {error.strerror or error}") from error


def _read_metadata(path: Path) -> Fields:
    with _opened(path) as file:
        metadata = file.metadata() or {}
    if METADATA_KEY not in metadata:
        raise ModelFileError(f"{path}: a safetensors file, but not a model of galaxyzoo")
    with _naming(path):
        content = parse_metadata(metadata[METADATA_KEY])
    if "format" not in content.content:
        raise ModelFileError(
            f"{path}: a model of a galaxyzoo from before formats had numbers; train it anew"
        )
    with _naming(path):
        written = content.whole("format", 1, 10**9)
    if written > FORMAT:
        raise ModelFileError(
            f"{path}: is of format {written}; this galaxyzoo reads formats up to {FORMAT}, "
            "a newer one may read it"
        )
    return content


def _read_weights(path: Path, network: Network, info: ModelInfo, metadata: Fields) -> nn.Module:
    """The network with the weights of a file, which are those that it needs, and finite."""
    module = network.build(info.size, len(info.tree.columns), seed=0)
    expected = module.state_dict()
    with _opened(path) as file:
        _check_names(path, network, set(expected), set(file.keys()))
        for name, tensor in expected.items():
            _check_kind(path, network, name, tensor, file.get_slice(name))
        weights = {name: file.get_tensor(name) for name in expected}
    _check_values(path, weights)
    said = metadata.content.get(CHECKSUM)
    if said is not None and said != checksum(metadata.content, weights):
        raise ModelFileError(f"{path}: is damaged: its weights or metadata are not as written")
    module.load_state_dict(weights)
    return module.eval()


def _check_names(path: Path, network: Network, expected: set[str], found: set[str]) -> None:
    if expected != found:
        missing, more = sorted(expected - found), sorted(found - expected)
        raise ModelFileError(
            f"{path}: not the weights of {network.name!r}: "
            f"lacks {some(missing) or 'none'}, and has beyond them {some(more) or 'none'}"
        )


def _check_kind(path: Path, network: Network, name: str, tensor: Tensor, found: _Slice) -> None:
    """Compares before anything of that size is read."""
    shape, dtype = list(tensor.shape), _DTYPES[tensor.dtype]
    if (found.get_shape(), found.get_dtype()) != (shape, dtype):
        raise ModelFileError(
            f"{path}: not the weights of {network.name!r} for images of its size: {name} must be "
            f"{dtype} {shape}, got {found.get_dtype()} {shorten(found.get_shape())}"
        )


def _check_values(path: Path, weights: Mapping[str, Tensor]) -> None:
    for name, tensor in weights.items():
        if not tensor.isfinite().all():
            raise ModelFileError(f"{path}: is damaged: {name} holds values that are no numbers")
        if name.endswith("running_var") and bool((tensor < 0).any()):
            raise ModelFileError(f"{path}: is damaged: {name} is below 0, and is a variance")
