"""Galaxies as torch sees them: a dataset over one uint8 array, and loaders of whole batches."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import BatchSampler, DataLoader, Dataset, RandomSampler, SequentialSampler

from galaxyzoo.errors import UserError
from galaxyzoo.files import digest
from galaxyzoo.processed import ProcessedPaths, open_array
from galaxyzoo.split import Ids, Subset, read_split_labels

Batch = tuple[Tensor, Tensor]

# An accelerator keeps the images in its own memory up to this size: 700,000 images of 64x64.
# A larger set stays memory-mapped on the host, and is sent batch by batch.
RESIDENT_BYTES = 8 * 2**30


@dataclass(frozen=True)
class GalaxyDataset(Dataset[Batch]):
    """Images and votes of M galaxies, out of an array with those of N.

    An index gives one galaxy, a list of indices a batch: images uint8 [B, H, W, 3] and votes
    float32 [B, 37].
    """

    images: NDArray[np.uint8] | Tensor
    """uint8 [N, H, W, 3]: memory-mapped, or a tensor on a device"""
    rows: Tensor
    """int64 [M]: where this dataset's galaxies stand in `images`"""
    votes: Tensor
    """float32 [M, 37]: their vote fractions"""
    galaxy_ids: Ids
    """int64 [M]: their names"""

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int | list[int]) -> Batch:
        return self._images(self.rows[index]), self.votes[index]

    def _images(self, rows: Tensor) -> Tensor:
        if isinstance(self.images, Tensor):
            return self.images[rows]
        return torch.from_numpy(np.take(self.images, rows.numpy(), axis=0))

    def to(self, device: torch.device) -> "GalaxyDataset":
        """The same galaxies in the memory of `device`, if their images fit there.

        On the CPU they stay memory-mapped.
        """
        image_bytes = len(self) * int(np.prod(self.images.shape[1:]))
        if device.type == "cpu" or image_bytes > RESIDENT_BYTES:
            return self
        return GalaxyDataset(
            images=self._images(self.rows).to(device),
            rows=torch.arange(len(self), device=device),
            votes=self.votes.to(device),
            galaxy_ids=self.galaxy_ids,
        )


@dataclass(frozen=True)
class DataFiles:
    """The files that networks learn from and are tested on."""

    processed: ProcessedPaths
    split: Path
    labels: Path

    @classmethod
    def under(cls, folder: Path, labels: Path) -> "DataFiles":
        """The processed images and the split where the pipeline puts them in `folder`."""
        return cls(ProcessedPaths(folder / "processed"), folder / "split.csv", labels)

    @cached_property
    def images(self) -> NDArray[np.uint8]:
        """The processed images, mapped once: a second mapping takes as much memory again."""
        return open_array(self.processed.images)

    @cached_property
    def _labels(self) -> dict[Subset, pd.DataFrame]:
        return read_split_labels(self.split, self.labels, self.processed.galaxy_ids)

    def open(self, subset: Subset) -> GalaxyDataset:
        """The galaxies of one subset of the split, ascending, over memory-mapped images.

        Raises UserError if one of them lacks a processed image or labels.
        """
        labels = self._labels[subset]
        galaxy_ids, votes = labels.index.to_numpy(), np.array(labels, np.float32)
        return GalaxyDataset(
            self.images,
            torch.from_numpy(self.processed.rows(galaxy_ids)),
            torch.from_numpy(votes),
            galaxy_ids,
        )

    def digest(self) -> str:
        """What tells this data from other data: 64 hex digits of all that these files hold."""
        return digest(self.processed.images, self.processed.galaxy_ids, self.split, self.labels)


def in_order(dataset: GalaxyDataset, batch_size: int) -> DataLoader[Batch]:
    """Batches of `dataset` in its own order."""
    return _loader(dataset, BatchSampler(SequentialSampler(dataset), batch_size, drop_last=False))


def shuffled(dataset: GalaxyDataset, batch_size: int, draws: torch.Generator) -> DataLoader[Batch]:
    """Batches to train on, in an order that is drawn anew from `draws` for each pass.

    Each holds at least 2 galaxies, which batch norm needs where maps are of one pixel: a last one
    that would be alone joins the batch before it. Raises UserError if `dataset` holds only one.
    """
    if len(dataset) < 2:
        raise UserError(
            f"the training split holds {len(dataset)} galaxies; training needs at least 2: "
            "give more images, or a lower split.test_fraction"
        )
    order = RandomSampler(dataset, generator=draws)
    sampler = _LastJoined if len(dataset) % batch_size == 1 else BatchSampler
    return _loader(dataset, sampler(order, batch_size, drop_last=False))


class _LastJoined(BatchSampler):
    """Batches of which the last two are one."""

    def __len__(self) -> int:
        return super().__len__() - 1

    def __iter__(self) -> Iterator[list[int]]:
        batches = super().__iter__()
        yield from islice(batches, len(self) - 1)
        yield list(chain.from_iterable(batches))


def _loader(dataset: GalaxyDataset, batches: BatchSampler) -> DataLoader[Batch]:
    # The sampler gives lists of indices and batch_size is None, so that the dataset is asked for
    # a whole batch at once, and not for each galaxy of it.
    return DataLoader(dataset, sampler=batches, batch_size=None)
