"""Files that are whole or not there: each is written under a temporary name, then moved."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd


@contextmanager
def atomic(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path`, and move it to `path` when the block ends well.

    The caller writes a file or makes a folder at the temporary path. If the block raises,
    whatever stands there is removed and `path` is left as it was. Missing parent folders are made.
    A file is on the disk when this ends, and so outlives a power failure; what is in a folder is
    not waited for.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.tmp")
    remove(temporary)
    try:
        yield temporary
        if temporary.is_dir():
            remove(path)
        else:
            _sync(temporary)
        temporary.replace(path)
        _sync(path.parent)
    finally:
        remove(temporary)


def _sync(path: Path) -> None:
    """Wait until a file's content, or a folder's list of names, is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove(path: Path) -> None:
    """Remove the file or the folder at `path`, if there is one."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def write_json(path: Path, content: dict[str, Any]) -> None:
    with atomic(path) as temporary:
        temporary.write_text(json.dumps(content, indent=2, allow_nan=False) + "\n")


def read_json(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text())
    return content


def write_csv(path: Path, table: "pd.DataFrame", float_format: str | None = None) -> None:
    """Write `table` without its index; floats in full precision unless `float_format` is given."""
    with atomic(path) as temporary:
        table.to_csv(temporary, index=False, lineterminator="\n", float_format=float_format)


def write_array(path: Path, array: NDArray[Any]) -> None:
    with atomic(path) as temporary, temporary.open("wb") as file:
        np.save(file, array)


def digest(*paths: Path) -> str:
    """The SHA-256 of the contents of `paths`, one after the other, as 64 hex digits."""
    whole = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            whole.update(hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest()
