"""Loaders that ask a data set for whole batches, in its order or in a drawn one.

Where several processes train one network, each has its `Place`: of batches to train on it loads the
images of its own rows; of others, every so-manieth batch.
"""

from collections.abc import Iterator
from itertools import chain, islice

import torch
from torch.utils.data import BatchSampler, DataLoader, Dataset, RandomSampler, Sampler

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.messages import count
from galaxyzoo.base.places import ALONE, Place
from galaxyzoo.dataset.blocks import WINDOW_BYTES, InOrder, ShuffledBlocks
from galaxyzoo.dataset.galaxies import GalaxyDataset, ImagesAndVotes


def in_order(
    dataset: GalaxyDataset, batch_size: int, place: Place = ALONE
) -> DataLoader[ImagesAndVotes]:
    """Batches of `dataset` in its own order; those of `place` alone, of which there may be none."""
    batches = BatchSampler(_ascending(dataset), batch_size, drop_last=False)
    return _loader(dataset, _OwnBatches(batches, place))


def in_order_together(
    dataset: GalaxyDataset, batch_size: int, place: Place = ALONE
) -> DataLoader[ImagesAndVotes]:
    """The same, with batches of at least 2 galaxies each, as in `shuffled`."""
    batches = _together(dataset, _ascending(dataset), batch_size)
    return _loader(dataset, _OwnBatches(batches, place))


def shuffled(
    dataset: GalaxyDataset, batch_size: int, draws: torch.Generator, place: Place = ALONE
) -> DataLoader[ImagesAndVotes]:
    """Batches to train on, in an order that is drawn anew from `draws` for each pass: by blocks,
    if `dataset` has them.

    Each holds the images of the rows that `place` computes, and the votes of all. A last batch of
    less than half the others joins the one before it: batch norm would take the statistics of a few
    galaxies for those of all. Each batch holds at least 2, which batch norm needs where maps are of
    one pixel. Raises UserError if `dataset` holds only one galaxy.
    """
    batches = _together(dataset, _drawn(dataset, draws), batch_size)
    return _loader(_OwnImages(dataset, place), batches)


def _drawn(dataset: GalaxyDataset, draws: torch.Generator) -> Sampler[int]:
    if dataset.blocks is None:
        return RandomSampler(dataset, generator=draws)
    return ShuffledBlocks(len(dataset), dataset.blocks, draws, dataset.enter)


def _ascending(dataset: GalaxyDataset) -> InOrder:
    window = max(WINDOW_BYTES // dataset.image_bytes, 1)
    return InOrder(len(dataset), window, dataset.enter)


def _together(dataset: GalaxyDataset, order: Sampler[int], batch_size: int) -> BatchSampler:
    if len(dataset) < 2:
        raise UserError(
            f"the training split holds {count(len(dataset), 'galaxy', 'galaxies')}; training needs "
            "at least 2: give more images, or a lower split.test_fraction"
        )
    left = len(dataset) % batch_size
    few = 0 < left < max(batch_size / 2, 2) and left < len(dataset)
    sampler = _LastJoined if few else BatchSampler
    return sampler(order, batch_size, drop_last=False)


class _LastJoined(BatchSampler):
    """Batches of which the last two are one."""

    def __len__(self) -> int:
        return super().__len__() - 1

    def __iter__(self) -> Iterator[list[int]]:
        batches = super().__iter__()
        yield from islice(batches, len(self) - 1)
        yield list(chain.from_iterable(batches))


class _OwnBatches(Sampler[list[int]]):
    """Of some batches every so-manieth, so that each is one process's."""

    def __init__(self, batches: BatchSampler, place: Place) -> None:
        self._batches, self._place = batches, place

    def __len__(self) -> int:
        return len(range(self._place.rank, len(self._batches), self._place.count))

    def __iter__(self) -> Iterator[list[int]]:
        return islice(self._batches, self._place.rank, None, self._place.count)


class _OwnImages(Dataset[ImagesAndVotes]):
    """A data set whose batches have the images of one process's rows, and the votes of all."""

    def __init__(self, dataset: GalaxyDataset, place: Place) -> None:
        self._dataset, self._place = dataset, place

    def __getitem__(self, index: list[int]) -> ImagesAndVotes:
        own = index[self._place.rows(len(index)).computed]
        return self._dataset[own][0], self._dataset.votes[index]


def _loader(
    dataset: Dataset[ImagesAndVotes], batches: Sampler[list[int]]
) -> DataLoader[ImagesAndVotes]:
    # The sampler gives lists of indices and batch_size is None, so that the dataset is asked for
    # a whole batch at once, and not for each galaxy of it.
    return DataLoader(dataset, sampler=batches, batch_size=None)
