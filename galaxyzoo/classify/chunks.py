"""Pieces of the work, which are small and can be sent to other machines."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from galaxyzoo.classify.terms import Terms
from galaxyzoo.images.sources import Files, Part
from galaxyzoo.predict.load_options import LoadOptions
from galaxyzoo.predict.predictor import Crop, Outlook, Predictor
from galaxyzoo.predict.rows import Entry
from galaxyzoo.processes.surviving import TRIES

KILLS = f"ends the process that classifies it, in {TRIES} attempts alone"
"""Why an image is rejected that does so"""


class Lines(Protocol):
    """What is made of what a model sees: a value as a `Layout` is, whose `str` tells all of it."""

    def lines(self, predictor: Predictor, names: Sequence[str], seen: Outlook) -> str:
        """What is kept of some galaxies, as whole lines of text; `names` as `label` gives them."""
        ...


@dataclass(frozen=True)
class Job:
    """All that a worker needs to know, but for the files."""

    layout: Lines
    crop: Crop
    model: Path | None
    """None: the one that this package carries, wherever that is installed"""
    options: LoadOptions
    """Such that wherever the model is loaded, it is used in the same way"""
    terms: Terms


@dataclass(frozen=True)
class Chunk:
    """Some images, and what is to be made of them."""

    job: Job
    entries: Sequence[Entry]
    part: Part
    """Which reads these images"""
    left_out: Mapping[str, str] = field(default_factory=dict)
    """Names of images that are rejected unseen, and why"""

    def __len__(self) -> int:
        return len(self.entries)

    def halves(self) -> "tuple[Chunk, Chunk]":
        middle = len(self) // 2
        first, second = self.entries[:middle], self.entries[middle:]
        return replace(self, entries=first), replace(self, entries=second)

    def without(self, others: "list[Chunk]") -> "Chunk":
        names = [name for other in others for _, name in other.entries]
        return replace(self, left_out=dict.fromkeys(names, KILLS))


def chunks_of(
    job: Job, files: Files, work: Sequence[Entry], size: int, first: int = 0
) -> Iterator[Chunk]:
    """The work from entry `first` on, in chunks of `size` images, each made when it is wanted."""
    for start in range(first, len(work), size):
        entries = work[start : start + size]
        yield Chunk(job, entries, files.part([name for _, name in entries]))
