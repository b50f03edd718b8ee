"""By how much two files of results differ: numbers by the largest difference, others by bytes."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import safetensors.numpy
from numpy.typing import NDArray
from PIL import Image

Numbers = Mapping[str, Any]


def difference(one: Path, other: Path) -> str | None:
    """None if two files or folders have the same bytes; else what differs, in a few words."""
    if not one.exists() or not other.exists():
        return "is missing on one side"
    if one.is_dir() and other.is_dir():
        return _of_folders(one, other)
    if one.read_bytes() == other.read_bytes():
        return None
    reader = _READERS.get(one.suffix)
    return _of_numbers(reader(one), reader(other)) if reader else _of_bytes(one, other)


def _of_folders(one: Path, other: Path) -> str | None:
    names = {_relative(path, own) for own in (one, other) for path in own.rglob("*")}
    found = {name: difference(one / name, other / name) for name in sorted(names)}
    files = [f"{name} {said}" for name, said in found.items() if said and (one / name).is_file()]
    lone = [name for name in names if (one / name).exists() != (other / name).exists()]
    return "; ".join(files + [f"{name} is missing on one side" for name in lone]) or None


def _relative(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()


def _of_bytes(one: Path, other: Path) -> str:
    return f"differs in its bytes ({one.stat().st_size:,} and {other.stat().st_size:,})"


def _of_numbers(one: Numbers, other: Numbers) -> str:
    """The largest difference of the numbers that both have, and where it is."""
    if set(one) != set(other):
        return f"has other parts: {', '.join(sorted(set(one) ^ set(other))[:3])}"
    gaps = {name: _gap(one[name], other[name]) for name in one}
    apart = {name: gap for name, gap in gaps.items() if gap}
    if not apart:
        return "has the same numbers in other bytes"
    largest = max(apart, key=lambda name: apart[name])
    return f"differs by up to {apart[largest]:.2g} ({largest})"


def _gap(one: object, other: object) -> float:
    """The largest absolute difference; endless for what is no number, or has another shape."""
    first, second = np.asarray(one), np.asarray(other)
    if first.shape != second.shape or not {first.dtype.kind, second.dtype.kind} <= set("biuf"):
        return 0.0 if np.array_equal(first, second) else float("inf")
    if not first.size:
        return 0.0
    apart = np.abs(first.astype(np.float64) - second.astype(np.float64))
    return float(np.nanmax(apart)) if not np.isnan(apart).all() else 0.0


def _of_json(path: Path) -> Numbers:
    return dict(leaves(json.loads(path.read_text())))


def leaves(content: object, place: str = "") -> Iterator[tuple[str, Any]]:
    """What stands in nested dictionaries, by dotted names."""
    if isinstance(content, dict):
        for name, own in content.items():
            yield from leaves(own, f"{place}.{name}".lstrip("."))
    else:
        yield place, content


def _of_csv(path: Path) -> Numbers:
    table = pd.read_csv(path)
    return {str(name): table[name].to_numpy() for name in table}


def _of_array(path: Path) -> Numbers:
    return {"values": np.load(path)}


def _of_picture(path: Path) -> Numbers:
    pixels: NDArray[np.uint8] = np.asarray(Image.open(path).convert("RGB"))
    return {"pixels": pixels}


_READERS: dict[str, Callable[[Path], Numbers]] = {
    ".json": _of_json,
    ".csv": _of_csv,
    ".npy": _of_array,
    ".safetensors": safetensors.numpy.load_file,
    ".png": _of_picture,
    ".jpg": _of_picture,
}
