"""A data set over one uint8 array of images, and the files that it is made of."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset

from galaxyzoo.base import paths
from galaxyzoo.base.files import digest_of_all
from galaxyzoo.base.ids import Ids, id_array
from galaxyzoo.base.paths import ProcessedPaths
from galaxyzoo.dataset.blocks import Blocks, Spans
from galaxyzoo.dataset.maps import Images, read_ahead, release
from galaxyzoo.labels.facts import LabelFacts
from galaxyzoo.labels.split import Subset, read_split_votes
from galaxyzoo.labels.votes import Votes
from galaxyzoo.processed import known_digest, open_array, rows_of
from galaxyzoo.tree import Tree

ImagesAndVotes = tuple[Tensor, Tensor]

# An accelerator keeps the images in its own memory up to this size: 700,000 images of 64x64.
# A larger set stays memory-mapped on the host, and is sent batch by batch.
RESIDENT_BYTES = 8 * 2**30


@dataclass(frozen=True)
class GalaxyDataset(Dataset[ImagesAndVotes]):
    """Images and votes of M galaxies, out of an array with those of N.

    An index gives one galaxy, a list of indices a batch: images uint8 [B, H, W, 3] and votes
    float32 [B, C], for the C columns of the decision tree.
    """

    images: Images
    """uint8 [N, H, W, 3]: memory-mapped, or a tensor on a device"""
    rows: Tensor
    """int64 [M]: where this dataset's galaxies stand in `images`"""
    votes: Tensor
    """float32 [M, C]: their vote fractions, NaN where one isn't known"""
    galaxy_ids: Ids
    """unicode [M]: their names"""
    objids: Ids | None = None
    """unicode [M]: what the survey calls them, if their labels tell"""
    blocks: Blocks | None = None
    """How they are shuffled where they don't fit into memory; None: one by one"""

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int | list[int]) -> ImagesAndVotes:
        return self._images(self.rows[index]), self.votes[index]

    def _images(self, rows: Tensor) -> Tensor:
        if isinstance(self.images, Tensor):
            return self.images[rows]
        return torch.from_numpy(np.take(self.images, rows.numpy(), axis=0))

    @property
    def image_bytes(self) -> int:
        """Of one image."""
        return int(np.prod(self.images.shape[1:]))

    def in_blocks(self) -> Self:
        """The same galaxies, to be shuffled by blocks."""
        return self if self.blocks else replace(self, blocks=Blocks.of(self.image_bytes))

    def enter(self, spans: Spans = ()) -> None:
        """Let go of the images that were asked for, and read those of some spans of indices."""
        release(self.images)
        for start, end in spans:
            own = self.rows[start:end]
            read_ahead(self.images, int(own.min()), int(own.max()) + 1)

    def at_most(self, count: int) -> Self:
        """So many of the galaxies, evenly out of all; all, if there are no more."""
        every = np.arange(min(count, len(self))) * len(self) // max(min(count, len(self)), 1)
        chosen = torch.from_numpy(every)
        return replace(
            self,
            rows=self.rows[chosen],
            votes=self.votes[chosen],
            galaxy_ids=self.galaxy_ids[every],
            objids=None if self.objids is None else self.objids[every],
        )

    def to(self, device: torch.device) -> "GalaxyDataset":
        """The same galaxies in the memory of `device`, if their images fit there.

        On the CPU they stay memory-mapped.
        """
        if device.type == "cpu" or len(self) * self.image_bytes > RESIDENT_BYTES:
            return self
        return GalaxyDataset(
            images=self._images(self.rows).to(device),
            rows=torch.arange(len(self), device=device),
            votes=self.votes.to(device),
            galaxy_ids=self.galaxy_ids,
            objids=self.objids,
            blocks=self.blocks,
        )


@dataclass(frozen=True)
class DataFiles:
    """The files that networks learn from and are tested on."""

    tree: Tree
    """Whose questions the votes answer"""
    processed: ProcessedPaths = field(default_factory=ProcessedPaths)
    split: Path = paths.SPLIT
    votes: Path = paths.VOTES
    split_digests: Path = paths.SPLIT_DIGESTS
    label_facts: Path = paths.LABEL_FACTS

    @classmethod
    def under(cls, folder: Path, tree: Tree) -> Self:
        """The files where the pipeline puts them, below `folder` in place of data/."""
        own = (paths.SPLIT, paths.VOTES, paths.SPLIT_DIGESTS, paths.LABEL_FACTS)
        return cls(
            tree, ProcessedPaths(folder / "processed"), *(folder / path.name for path in own)
        )

    @cached_property
    def images(self) -> NDArray[np.uint8]:
        """The processed images, mapped once: a second mapping takes as much memory again."""
        return open_array(self.processed.images)

    @cached_property
    def facts(self) -> LabelFacts:
        """Where the votes come from."""
        return LabelFacts.read(self.label_facts)

    @cached_property
    def _votes(self) -> dict[Subset, Votes]:
        return read_split_votes(self.split, self.votes, self.processed.galaxy_ids, self.tree)

    def open(self, subset: Subset) -> GalaxyDataset:
        """The galaxies of one subset of the split, ascending, over memory-mapped images.

        Raises UserError if one of them lacks a processed image or votes.
        """
        own = self._votes[subset]
        galaxy_ids = id_array(own.fractions.index)
        return GalaxyDataset(
            self.images,
            torch.from_numpy(rows_of(galaxy_ids, self.processed)),
            torch.from_numpy(np.array(own.fractions, np.float32)),
            galaxy_ids,
            own.objids,
        )

    def digest(self) -> str:
        """What tells this data from other data: 64 hex digits of all that these files hold.

        The stages that wrote them wrote it down, so that none is read: see `known_digest`.
        """
        images, tables = self.processed.digests, self.split_digests
        return digest_of_all(
            (
                known_digest(images, self.processed.images),
                known_digest(images, self.processed.galaxy_ids),
                known_digest(tables, self.split),
                known_digest(tables, self.votes),
            )
        )
