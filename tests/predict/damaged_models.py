"""Model files damaged or made up in every way: for the tests, and for benchmarks/fuzz_models.py."""

import json
import struct
from collections.abc import Callable, Mapping
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

import safetensors.torch
import torch
from safetensors import safe_open
from torch import Tensor

from galaxyzoo.networks.common.weights import CHECKSUM, METADATA_KEY, checksum
from tests.predict.keep_model_file import KEPT

NONSENSE: tuple[object, ...] = (
    None, True, False, 0, -1, 1, 2, 3, 7, 2**31, 2**63, 10**300, 0.5, -0.0, 1e308, float("nan"),
    float("inf"), "", "8", "../../etc/passwd", "cnn\x00", "os", "\x1b[2J", "<script>", "é" * 400,
    "x" * 100_000, [], [[]], [None], [1] * 5000, ["shape_round"] * 2, {}, {"": {}}, {"name": 1},
)  # fmt: skip

Weights = dict[str, Tensor]


def read(path: Path) -> tuple[dict[str, Any], Weights]:
    """The metadata and the weights of a model file."""
    with safe_open(path, "pt") as file:
        metadata: dict[str, Any] = json.loads(file.metadata()[METADATA_KEY])
    return metadata, safetensors.torch.load_file(path)


def write(path: Path, metadata: Mapping[str, Any], weights: Weights, *, with_sum: bool) -> Path:
    """A file of what is given, with a checksum that fits or, as older ones, without any."""
    said = {name: value for name, value in metadata.items() if name != CHECKSUM}
    if with_sum:
        said[CHECKSUM] = checksum(said, weights)
    safetensors.torch.save_file(weights, path, {METADATA_KEY: json.dumps(said)})
    return path


def flip_bytes(path: Path, draws: Random) -> None:
    """Change some bytes anywhere; half of the times in the header, which is a small part."""
    content = bytearray(path.read_bytes())
    end = 8 + struct.unpack("<Q", content[:8])[0] if draws.random() < 0.5 else len(content)
    for _ in range(draws.choice([1, 1, 1, 4, 64])):
        content[draws.randrange(end)] = draws.randrange(256)
    path.write_bytes(content)


def cut(path: Path, draws: Random) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: draws.randrange(len(content))] + bytes(draws.choice([0, 0, 1000])))


def change_metadata(path: Path, draws: Random) -> None:
    """Another value anywhere in the metadata, or one taken away, with a checksum that fits."""
    metadata, weights = read(path)
    metadata = deepcopy(metadata)
    for _ in range(draws.choice([1, 1, 2])):
        _change_one(metadata, draws)
    write(path, metadata, weights, with_sum=draws.random() < 0.5)


def _change_one(content: Any, draws: Random) -> None:
    places = _places(content)
    if not places:
        return
    container, key = draws.choice(places)
    if draws.random() < 0.2:
        del container[key]
    elif draws.random() < 0.2:
        other, at = draws.choice(places)
        if key in (container if isinstance(container, dict) else range(len(container))):
            container[key] = deepcopy(other[at])
    else:
        container[key] = deepcopy(draws.choice(NONSENSE))


def _places(content: Any) -> list[tuple[Any, Any]]:
    """Each value inside, as the object or list that holds it and its key."""
    if isinstance(content, dict):
        keys: list[Any] = list(content)
    elif isinstance(content, list):
        keys = list(range(len(content)))
    else:
        return []
    return [(content, key) for key in keys] + [p for key in keys for p in _places(content[key])]


def change_weights(path: Path, draws: Random) -> None:
    """Other values, shapes, types or names of tensors, with a checksum that fits, or without."""
    metadata, weights = read(path)
    name = draws.choice(sorted(weights))
    tensor = weights[name].clone()
    change: Callable[[], object] = draws.choice([
        lambda: weights.update({name: _one_value(tensor, draws)}),
        lambda: weights.update({name: _all_values(tensor, draws)}),
        lambda: weights.update({name: tensor.to(draws.choice([torch.float16, torch.int64]))}),
        lambda: weights.update({name: tensor.reshape(-1)[: draws.randrange(3)].clone()}),
        lambda: weights.update({name: torch.stack([tensor, tensor])}),
        lambda: weights.update({f"{name}.more": tensor}),
        lambda: weights.update({f"more\x1b[2J{'x' * draws.choice([1, 9999])}": tensor}),
        lambda: weights.pop(name),
    ])  # fmt: skip
    change()
    write(path, metadata, weights, with_sum=draws.random() < 0.5)


def _one_value(tensor: Tensor, draws: Random) -> Tensor:
    flat = tensor.reshape(-1).clone()
    flat[draws.randrange(len(flat))] = _value(tensor, draws)
    return flat.reshape(tensor.shape)


def _all_values(tensor: Tensor, draws: Random) -> Tensor:
    return torch.full_like(tensor, _value(tensor, draws))


def _value(tensor: Tensor, draws: Random) -> float:
    if not tensor.is_floating_point():
        return draws.choice([-1, 0, 2**62])
    return draws.choice([float("nan"), float("inf"), 3e38, -3e38, 1e20, -1e20, 0.0, -1.0, 1e-45])


KINDS: dict[str, Callable[[Path, Random], None]] = {
    "bytes": flip_bytes,
    "cut": cut,
    "metadata": change_metadata,
    "weights": change_weights,
}


def damaged(folder: Path, kind: str, seed: int) -> Path:
    """The committed model file, a copy of it damaged in one way: the same for the same seed."""
    path = folder / f"{kind}-{seed}.safetensors"
    metadata, weights = read(KEPT)
    draws = Random(f"{kind} {seed}")
    write(path, metadata, weights, with_sum=draws.random() < 0.5)
    KINDS[kind](path, draws)
    return path
