"""Weights read from model files: somebody else may have written one, or damaged it.

Whatever stands in a file, no code in it runs, and reading it takes neither time nor memory beyond
that of an honest one. `galaxyzoo.predict.model_files` reads all of a model file through this.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.messages import shorten, some
from galaxyzoo.networks.common.metadata import Fields, parse_metadata
from galaxyzoo.networks.common.network import Network
from galaxyzoo.networks.common.weights import (
    CHECKSUM,
    FORMAT,
    METADATA_KEY,
    ModelInfo,
    checksum,
)

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


class _Slice(Protocol):
    """What safetensors says of a tensor in a file without reading it."""

    def get_shape(self) -> list[int]: ...
    def get_dtype(self) -> str: ...


@contextmanager
def naming(path: Path) -> Iterator[None]:
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


def read_metadata(path: Path) -> Fields:
    with _opened(path) as file:
        metadata = file.metadata() or {}
    if METADATA_KEY not in metadata:
        raise ModelFileError(f"{path}: a safetensors file, but not a model of galaxyzoo")
    with naming(path):
        content = parse_metadata(metadata[METADATA_KEY])
    if "format" not in content.content:
        raise ModelFileError(
            f"{path}: a model of a galaxyzoo from before formats had numbers; train it anew"
        )
    with naming(path):
        written = content.whole("format", 1, 10**9)
    if written > FORMAT:
        raise ModelFileError(
            f"{path}: is of format {written}; this galaxyzoo reads formats up to {FORMAT}, "
            "a newer one may read it"
        )
    return content


def read_weights(path: Path, network: Network, info: ModelInfo, metadata: Fields) -> nn.Module:
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
