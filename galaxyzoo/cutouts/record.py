"""What was asked for each picture of a folder: a CSV beside it, with a row for each that is there.

While pictures come, rows are added; at the end they are put in order. A row is written before its
picture is, so that no picture is there whose scale nobody knows.
"""

import csv
import os
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import IO

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.files import atomic, try_lock
from galaxyzoo.base.ids import is_id, order
from galaxyzoo.base.messages import shorten, some
from galaxyzoo.cutouts.positions import Cutout
from galaxyzoo.framing import record_path

_HEADER = ("id", "ra", "dec", "scale", "address", "file")


@dataclass(frozen=True)
class Asked:
    """A row: what was asked for, and of which service."""

    cutout: Cutout
    address: str

    def cells(self) -> tuple[str, ...]:
        return (*astuple(self.cutout), self.address, self.cutout.file)

    @classmethod
    def of(cls, cells: Sequence[str]) -> "Asked":
        one, ra, dec, scale, address, _ = cells
        return cls(Cutout(one, ra, dec, scale), address)


class Record:
    """The rows of a folder's pictures."""

    def __init__(self, folder: Path) -> None:
        """Read what is there, or begin it; UserError if it is damaged."""
        self.folder, self.path = folder, record_path(folder)
        self._rows = _read(self.path) if self.path.exists() else {}
        self._write()
        self._file: IO[str] = self.path.open("a", encoding="utf-8", newline="")

    def close(self) -> None:
        self._file.close()
        self._write()

    def has(self, cutout: Cutout) -> bool:
        """Whether the picture that is there, if one is, was asked for just so."""
        own = self._rows.get(cutout.id)
        return own is not None and own.cutout == cutout

    def refuse_strangers(self, cutouts: Sequence[Cutout]) -> None:
        """Raise UserError for pictures that are there, and nobody knows at which scale."""
        names = [
            each.file
            for each in cutouts
            if each.id not in self._rows and (self.folder / each.file).exists()
        ]
        if names:
            raise UserError(
                f"{self.folder}: {some(names)}: there already, but not in {self.path}, which tells "
                "their scale; move them away, or choose another folder"
            )

    def add(self, asked: Asked, picture: bytes) -> None:
        """Put a picture into the folder, in place of an earlier one of the same name."""
        path = self.folder / asked.cutout.file
        path.unlink(missing_ok=True)  # else, for a moment, it would be told as of the new scale
        csv.writer(self._file, lineterminator="\n").writerow(asked.cells())
        self._file.flush()
        self._rows[asked.cutout.id] = asked  # before the picture: an interruption may come after it
        with atomic(path) as temporary:
            temporary.write_bytes(picture)

    def _write(self) -> None:
        """All rows whose pictures are there, in the order of their ids, numbers first."""
        there = [own for own in self._rows.values() if (self.folder / own.cutout.file).exists()]
        with (
            atomic(self.path) as temporary,
            temporary.open("w", encoding="utf-8", newline="") as file,
        ):
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(_HEADER)
            writer.writerows(own.cells() for own in sorted(there, key=_place))
        self._rows = {own.cutout.id: own for own in there}


def _place(asked: Asked) -> tuple[bool, tuple[int, str, str]]:
    one = asked.cutout.id
    return (False, order(one)) if is_id(one) else (True, (0, "", one))


@contextmanager
def open_record(folder: Path) -> Iterator[Record]:
    """The record of a folder, which is made if it isn't there, and locked against other runs.

    Raises UserError if another run has it, or if it is damaged.
    """
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        if not try_lock(descriptor):
            raise UserError(f"{folder}: another run is filling this folder")
        with closing(Record(folder)) as record:
            yield record
    finally:
        os.close(descriptor)


def _read(path: Path) -> dict[str, Asked]:
    """The rows, by id; of several of one id the last. A row that a kill cut short isn't one."""
    try:
        text = path.read_text(encoding="utf-8")
        header, *rows = csv.reader(text[: text.rfind("\n") + 1].splitlines(keepends=True))
        if tuple(header) != _HEADER:
            raise ValueError(f"its columns are {some(header)}")
        return {own.cutout.id: own for own in map(Asked.of, rows)}
    except (ValueError, csv.Error) as error:
        raise UserError(
            f"{path}: isn't what this command wrote there ({shorten(error)}); move it away, and "
            "the pictures, too"
        ) from error
