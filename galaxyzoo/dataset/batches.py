"""Loaders that ask a data set for whole batches, in its order or in a drawn one."""

from collections.abc import Iterator
from itertools import chain, islice

import torch
from torch.utils.data import BatchSampler, DataLoader, RandomSampler, Sampler

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.messages import count
from galaxyzoo.dataset.blocks import WINDOW_BYTES, InOrder, ShuffledBlocks
from galaxyzoo.dataset.galaxies import GalaxyDataset, ImagesAndVotes


def in_order(dataset: GalaxyDataset, batch_size: int) -> DataLoader[ImagesAndVotes]:
    """Batches of `dataset` in its own order."""
    return _loader(dataset, BatchSampler(_ascending(dataset), batch_size, drop_last=False))


def in_order_together(dataset: GalaxyDataset, batch_size: int) -> DataLoader[ImagesAndVotes]:
    """Batches of `dataset` in its own order, of at least 2 galaxies each, as in `shuffled`."""
    return _together(dataset, _ascending(dataset), batch_size)


def shuffled(
    dataset: GalaxyDataset, batch_size: int, draws: torch.Generator
) -> DataLoader[ImagesAndVotes]:
    """Batches to train on, in an order that is drawn anew from `draws` for each pass: by blocks,
    if `dataset` has them.

    A last batch of less than half the others joins the one before it: batch norm would take the
    statistics of a few galaxies for those of all. Each batch holds at least 2, which batch norm
    needs where maps are of one pixel. Raises UserError if `dataset` holds only one galaxy.
    """
    if dataset.blocks is None:
        return _together(dataset, RandomSampler(dataset, generator=draws), batch_size)
    in_blocks = ShuffledBlocks(len(dataset), dataset.blocks, draws, dataset.enter)
    return _together(dataset, in_blocks, batch_size)


def _ascending(dataset: GalaxyDataset) -> InOrder:
    window = max(WINDOW_BYTES // dataset.image_bytes, 1)
    return InOrder(len(dataset), window, dataset.enter)


def _together(
    dataset: GalaxyDataset, order: Sampler[int], batch_size: int
) -> DataLoader[ImagesAndVotes]:
    if len(dataset) < 2:
        raise UserError(
            f"the training split holds {count(len(dataset), 'galaxy', 'galaxies')}; training needs "
            "at least 2: give more images, or a lower split.test_fraction"
        )
    left = len(dataset) % batch_size
    few = 0 < left < max(batch_size / 2, 2) and left < len(dataset)
    sampler = _LastJoined if few else BatchSampler
    return _loader(dataset, sampler(order, batch_size, drop_last=False))


class _LastJoined(BatchSampler):
    """Batches of which the last two are one."""

    def __len__(self) -> int:
        return super().__len__() - 1

    def __iter__(self) -> Iterator[list[int]]:
        batches = super().__iter__()
        yield from islice(batches, len(self) - 1)
        yield list(chain.from_iterable(batches))


def _loader(dataset: GalaxyDataset, batches: BatchSampler) -> DataLoader[ImagesAndVotes]:
    # The sampler gives lists of indices and batch_size is None, so that the dataset is asked for
    # a whole batch at once, and not for each galaxy of it.
    return DataLoader(dataset, sampler=batches, batch_size=None)
