"""Files that are whole or not there: each is written under a temporary name, then moved."""

import errno
import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

_TOKEN = 8  # hex digits that tell one temporary folder from others
_DVC = Path(".dvc/tmp")
_IN_DVC = _DVC / "galaxyzoo"
"""Within a project: DVC's own scratch, which git ignores, so that nothing strays among the outputs
also where DVC takes from its cache what a killed stage was to write"""
_KEPT_OF_A_NAME = 60  # characters: a name may have at most 255 bytes, with what is added to it
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}

if TYPE_CHECKING:
    import pandas as pd


@contextmanager
def atomic(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path`, and move it to `path` when the block ends well.

    The caller writes a file or makes a folder at the temporary path. If the block raises,
    whatever stands there is removed and `path` is left as it was. Missing parent folders are made.
    A file is on the disk when this ends, and so outlives a power failure; what is in a folder is
    not waited for.

    No two writers share a temporary path, and what a killed one left is removed by the next that
    writes `path`, or anything in the same project. An OSError for want of space names `path`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    _refuse_read_only(path.parent)
    sweep(path)
    with _named_after(path), _own_folder(path) as folder:
        temporary = folder / path.name
        yield temporary
        _move(temporary, path, folder)


def _refuse_read_only(folder: Path) -> None:
    """Say at once what would else be found out at the end of the work."""
    if not os.access(folder, os.W_OK):
        read_only = os.statvfs(folder).f_flag & os.ST_RDONLY
        number = errno.EROFS if read_only else errno.EACCES
        raise OSError(number, os.strerror(number), str(folder))


@contextmanager
def _own_folder(path: Path) -> Iterator[Path]:
    """A new folder whose lock says that somebody writes in it; it goes at the end."""
    while True:
        name = f".{path.name[:_KEPT_OF_A_NAME]}.{token_hex(_TOKEN // 2)}.tmp"
        folder = (_IN_DVC if _can_move_from_dvc(path) else path.parent) / name
        folder.parent.mkdir(exist_ok=True)
        folder.mkdir()
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            # another may have swept it away before it was locked
            if _claim(descriptor) and folder.is_dir():
                yield folder
                return
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(descriptor)


def _can_move_from_dvc(path: Path) -> bool:
    """Whether `path` is of a project that we are in the top folder of, and on its file system."""
    try:
        return not path.is_absolute() and path.parent.stat().st_dev == _DVC.stat().st_dev
    except OSError:
        return False


def sweep(path: Path) -> None:
    """Remove what killed processes left of what they were writing to `path`, or in this project.

    What a living one writes is locked, as long as it or a process that it forked lives.
    """
    name = re.escape(path.name[:_KEPT_OF_A_NAME])
    left = re.compile(rf"\.{name}(\.[0-9a-f]{{{_TOKEN}}})?\.tmp")
    with os.scandir(path.parent) as entries:
        found = [Path(entry.path) for entry in entries if left.fullmatch(entry.name)]
    if _can_move_from_dvc(path) and _IN_DVC.is_dir():
        found += _IN_DVC.iterdir()
    for each in found:
        _remove_abandoned(each)


def _remove_abandoned(left: Path) -> None:
    try:
        descriptor = os.open(left, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:  # its owner removed it, or it is another user's
        return
    try:
        if try_lock(descriptor):
            remove(left)
    except OSError:  # it is in nobody's way
        pass
    finally:
        os.close(descriptor)


def _claim(descriptor: int) -> bool:
    """`try_lock`; where the file system knows no locks, nobody sweeps, so nothing is to fear."""
    try:
        return try_lock(descriptor)
    except OSError:
        return True


def try_lock(descriptor: int) -> bool:
    """Whether the lock on an open file is ours now."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _move(temporary: Path, path: Path, folder: Path) -> None:
    if temporary.is_dir():
        if path.is_dir() and not path.is_symlink():
            path.replace(folder / f"{path.name}.old")  # which goes with the folder
        else:
            remove(path)
    else:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        _sync(temporary)
    temporary.replace(path)
    _sync(path.parent)


@contextmanager
def _named_after(path: Path) -> Iterator[None]:
    """An error of writing that bears no name, or a temporary one, gets that of `path`."""
    try:
        yield
    except OSError as error:
        temporary = f".{path.name[:_KEPT_OF_A_NAME]}."
        unnamed = error.filename is None and error.errno in _FULL
        if unnamed or temporary in os.fsdecode(error.filename or ""):
            error.filename, error.filename2 = str(path), None
        raise


def _sync(path: Path) -> None:
    """Wait until a file's content, or a folder's list of names, is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove(path: Path) -> None:
    """Remove the file or the folder at `path`, if there is one; of a link, the link."""
    if path.is_dir() and not path.is_symlink():
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
        np.save(file, array, allow_pickle=False)


def allocate_array(path: Path, dtype: DTypeLike, shape: tuple[int, ...]) -> None:
    """Write an array of zeros whose space on the disk is taken: to fill it can't fail for want.

    A sparse file that is mapped kills a process on a full disk. Raises OSError (ENOSPC) at once.
    """
    np.lib.format.open_memmap(path, "w+", dtype, shape)
    if hasattr(os, "posix_fallocate"):
        with path.open("r+b") as file:
            os.posix_fallocate(file.fileno(), 0, path.stat().st_size)


def digest(*paths: Path) -> str:
    """The SHA-256 of the contents of `paths`, one after the other, as 64 hex digits."""
    return digest_of_all(map(file_digest, paths))


def digest_of_all(digests: Iterable[str]) -> str:
    """What `digest` gives for files, if each one's SHA-256 is known."""
    whole = hashlib.sha256()
    for each in digests:
        whole.update(bytes.fromhex(each))
    return whole.hexdigest()


def file_digest(path: Path) -> str:
    """The SHA-256 of a file, as 64 hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
