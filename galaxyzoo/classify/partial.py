"""A catalogue on its way: what is done stands in a file, so that an interrupted run resumes.

The file has a line for each batch, a checksum and JSON, after a first one that tells what run it
belongs to. A line that was cut short, as by a kill or a full disk, or changed, is as if it and what
follows it had never been written.
"""

import csv
import fcntl
import json
import logging
import os
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.messages import plain

logger = logging.getLogger(__name__)

_MOST_OF_FIRST = 1000  # bytes, which its first line has less of

Told = tuple[str, str]
"""The name of a file, and what is wrong with it"""


@dataclass(frozen=True)
class ClassifiedBatch:
    """What came of some files."""

    galaxies: int
    rows: str
    """A line of CSV for each galaxy"""
    rejected: list[Told]
    """Files that are no galaxies of the catalogue, and why"""
    suspicious: list[Told]
    """Galaxies of the catalogue whose image may be wrong, and why"""


class Partial:
    """The batches that are done, in order. Locked, so that no second run writes them too."""

    def __init__(self, path: Path, identity: str, keeps: bool = False) -> None:
        """Open `path`, or make it; what stands there counts if it has the same `identity`.

        It `keeps` what is done for other runs: then it is usual that something stands there.
        """
        self.path = path
        self._level = logging.INFO if keeps else logging.WARNING
        self.batches = self.galaxies = self.rejected = self.suspicious = 0
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._open()
        if not self._take_up(identity):
            self._append({"identity": identity})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            self._file.close()
        except OSError:  # it writes what found no space, once more
            if error is None:
                raise

    def add(self, batch: ClassifiedBatch) -> None:
        self._append(asdict(batch))
        self._count(batch)

    def __iter__(self) -> Iterator[ClassifiedBatch]:
        """The batches so far, read from the file one by one."""
        self._file.seek(0)
        next(self._file)
        for line in self._file:
            record = _record(line)
            assert record is not None, "checked when the file was opened"
            yield _batch(record)

    def _open(self) -> IO[bytes]:
        """The file, locked; not one that another run, which ended just now, has removed."""
        while True:
            file = self.path.open("a+b")
            try:
                # of this process alone: a lock that forked workers share would outlive it
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except (BlockingIOError, PermissionError) as error:
                file.close()
                raise UserError(f"{self.path}: another run is writing this catalogue") from error
            if self._is_still(file):
                return file
            file.close()

    def _is_still(self, file: IO[bytes]) -> bool:
        try:
            return os.path.samestat(self.path.stat(), os.fstat(file.fileno()))
        except FileNotFoundError:
            return False

    def _take_up(self, identity: str) -> bool:
        """Count the batches that are there, and cut off what follows the last whole one."""
        whole = 0
        for record, end in _whole_lines(self._file):
            if whole == 0 and record != {"identity": identity}:
                logger.warning("%s: of another run; starting anew", self.path)
                break
            if whole:
                self._count(_batch(record))
            whole = end
        self._file.truncate(whole)
        if self.batches:
            logger.log(self._level, "resuming after %d files", self.galaxies + self.rejected)
        return whole > 0

    def _append(self, record: dict[str, Any]) -> None:
        try:
            self._file.write(_line(record))
            self._file.flush()
        except OSError as error:
            error.filename = str(self.path)
            raise

    def _count(self, batch: ClassifiedBatch) -> None:
        self.batches += 1
        self.galaxies += batch.galaxies
        self.rejected += len(batch.rejected)
        self.suspicious += len(batch.suspicious)


def is_partial(path: Path) -> bool:
    """Whether `Partial` may write to a path: nothing is there, or what one has written before."""
    if not path.exists():
        return True
    with path.open("rb") as file:
        first = file.readline(_MOST_OF_FIRST)
    return not first or "identity" in (_record(first) or {})


def _batch(record: dict[str, Any]) -> ClassifiedBatch:
    told = {
        kind: [(name, why) for name, why in record[kind]] for kind in ("rejected", "suspicious")
    }
    return ClassifiedBatch(record["galaxies"], record["rows"], **told)


def _whole_lines(file: IO[bytes]) -> Iterator[tuple[dict[str, Any], int]]:
    """The records in a file, and where each ends, as far as they are whole."""
    file.seek(0)
    end = 0
    for line in file:
        record = _record(line)
        if record is None:
            return
        end += len(line)
        yield record, end


def _line(record: dict[str, Any]) -> bytes:
    text = json.dumps(record).encode()
    return b"%08x %s\n" % (zlib.crc32(text), text)


def _record(line: bytes) -> dict[str, Any] | None:
    """What `_line` was given; None for a line that was cut short, or changed."""
    checksum, _, text = line.removesuffix(b"\n").partition(b" ")
    if not line.endswith(b"\n") or checksum != b"%08x" % zlib.crc32(text):
        return None
    record: dict[str, Any] = json.loads(text)
    return record


def write_told(path: Path, column: str, told: Iterable[Told]) -> None:
    """Write files, and what is wrong with each, as a CSV of two columns."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["file", column])
        writer.writerows((plain(name), plain(why)) for name, why in told)
