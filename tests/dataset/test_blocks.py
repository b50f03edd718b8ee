"""Images that are more than fit into memory: their order, and what of them is in memory."""

import re
import sys
import tracemalloc
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch

from galaxyzoo.base.files import write_array
from galaxyzoo.base.sections import Shuffle
from galaxyzoo.dataset import blocks
from galaxyzoo.dataset.batches import in_order, shuffled
from galaxyzoo.dataset.blocks import Blocks, ShuffledBlocks, choose_shuffle
from galaxyzoo.dataset.galaxies import GalaxyDataset
from galaxyzoo.dataset.maps import read_ahead, release
from galaxyzoo.processed import open_array
from tests.conftest import make_ids

GALAXIES, EACH = 205, Blocks(rows=8, window=5)
"""25 blocks and five galaxies of another: six windows of 4 or 5 blocks"""

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, as Linux has it")


def generator(seed: int = 1) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


class Windows:
    """An order, and the spans of each window that were to be read when its first index came."""

    def __init__(self, draws: torch.Generator, galaxies: int = GALAXIES) -> None:
        self.spans: list[list[tuple[int, int]]] = []
        self.indices: list[list[int]] = []
        for index in ShuffledBlocks(galaxies, EACH, draws, self.enter):
            self.indices[-1].append(index)

    def enter(self, spans: blocks.Spans) -> None:
        self.spans.append(list(spans))
        self.indices.append([])


def test_each_window_is_some_blocks_whose_rows_are_mixed() -> None:
    found = Windows(generator())
    assert [len(own) for own in found.spans] == [5, 5, 4, 4, 4, 4]
    for spans, indices in zip(found.spans, found.indices, strict=True):
        assert spans == sorted(spans)
        assert sorted(indices) == [index for span in spans for index in range(*span)]
        assert indices != sorted(indices)
        of_block = [index // EACH.rows for index in indices]
        assert sum(a != b for a, b in pairwise(of_block)) > 2 * len(spans)
    everything = sorted(index for own in found.indices for index in own)
    assert everything == list(range(GALAXIES))


def test_the_blocks_of_a_window_are_drawn_from_everywhere() -> None:
    first = Windows(generator()).spans[0]
    assert max(end for _, end in first) - min(start for start, _ in first) > GALAXIES / 2


def test_each_pass_has_another_order_and_each_seed() -> None:
    draws = generator()
    first, second = Windows(draws).indices, Windows(draws).indices
    assert first != second
    draws = generator()
    assert [first, second] == [Windows(draws).indices, Windows(draws).indices]
    assert first != Windows(generator(2)).indices


def test_the_order_does_not_depend_on_draws_between_batches() -> None:
    draws = generator()
    order = ShuffledBlocks(GALAXIES, EACH, draws, lambda _: None)
    assert len(order) == GALAXIES
    found = []
    for index in order:
        torch.rand(1, generator=draws)
        found.append(index)
    assert found == [index for own in Windows(generator()).indices for index in own]


def test_the_order_of_millions_is_made_window_by_window() -> None:
    order = ShuffledBlocks(8_700_000, Blocks(), generator(), lambda _: None)
    tracemalloc.start()
    try:
        assert len(order) == 8_700_000
        assert next(iter(order)) < 8_700_000
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 30e6  # as Python's numbers, all would take 350 MB


@pytest.mark.parametrize("side", [32, 64, 424, 4096])
def test_a_window_takes_a_gigabyte_at_most_but_for_huge_images(side: int) -> None:
    own = Blocks.of(side * side * 3)
    window = own.rows * own.window * side * side * 3
    assert window <= blocks.WINDOW_BYTES or own.rows == 1
    assert window > blocks.WINDOW_BYTES / 2 or own.rows == 1024


@pytest.mark.parametrize(
    ("asked", "share", "expected"),
    [
        ("auto", 0.49, "rows"),
        ("auto", 0.51, "blocks"),
        ("rows", 0.51, "rows"),
        ("blocks", 0.1, "blocks"),
    ],
)
def test_blocks_are_for_what_exceeds_half_the_memory(
    monkeypatch: pytest.MonkeyPatch,
    asked: Shuffle,
    share: float,
    expected: str,
) -> None:
    monkeypatch.setattr(blocks, "usable_memory", lambda: 10**10)
    assert choose_shuffle(asked, int(share * 10**10)) == expected


def on_disk(images: np.ndarray, path: Path, each: Blocks) -> GalaxyDataset:
    """Every image but each fifth of a file."""
    write_array(path, images)
    rows = torch.tensor([row for row in range(len(images)) if row % 5])
    numbers = torch.arange(len(rows)).float()[:, None]
    return GalaxyDataset(open_array(path), rows, numbers, make_ids(rows.tolist()), blocks=each)


@pytest.fixture
def dataset(tmp_path: Path) -> GalaxyDataset:
    images = np.random.default_rng(0).integers(0, 256, (341, 64, 64, 3), dtype=np.uint8)
    return on_disk(images, tmp_path / "images.npy", EACH)


def test_batches_by_blocks_have_each_galaxy_once_with_its_image(dataset: GalaxyDataset) -> None:
    loader = shuffled(dataset, 16, generator())
    batches = list(loader)
    assert [len(images) for images, _ in batches] == [16] * 17  # the last galaxy joined a batch
    places = torch.cat([votes[:, 0] for _, votes in batches]).long()
    assert sorted(places.tolist()) == list(range(len(dataset)))
    images = torch.cat([own for own, _ in batches]).numpy()
    assert np.array_equal(images, np.array(dataset.images)[dataset.rows[places]])


def test_it_is_by_blocks_where_it_was_told_so(dataset: GalaxyDataset) -> None:
    assert dataset.in_blocks().blocks == EACH
    one_by_one = GalaxyDataset(dataset.images, dataset.rows, dataset.votes, dataset.galaxy_ids)
    assert one_by_one.in_blocks().blocks == Blocks()


def status(name: str) -> int:
    """Of /proc/self/status, in bytes."""
    found = re.search(rf"^{name}:\s*(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    assert found
    return int(found[1]) * 1024


def read_by_calls() -> int:
    """Bytes that this process has read from files, but not through maps."""
    return int(Path("/proc/self/io").read_text().split()[1])


@on_linux
def test_a_pass_reads_the_file_once(dataset: GalaxyDataset) -> None:
    before = read_by_calls()
    for _ in shuffled(dataset, 16, generator()):
        pass
    whole = dataset.images.nbytes
    # but for the images between blocks; and with this test's own look at /proc
    assert 0.85 * whole < read_by_calls() - before <= whole + 10_000


@on_linux
def test_what_was_read_ahead_is_given_back_and_still_there(dataset: GalaxyDataset) -> None:
    images = dataset.images
    assert isinstance(images, np.memmap)
    before = status("RssFile")
    whole = images.copy()
    assert status("RssFile") > before + 3e6
    release(images)
    assert status("RssFile") < before + 1e6
    assert np.array_equal(images, whole)


@on_linux
def test_one_window_of_a_map_counts_as_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In any order. The system maps some neighbours of a row with it."""
    images = np.zeros((4000, 64, 64, 3), np.uint8)  # 49 MB, of which a window has 5
    large = on_disk(images, tmp_path / "images.npy", Blocks(rows=80, window=4))
    monkeypatch.setattr("galaxyzoo.dataset.batches.WINDOW_BYTES", 2**22)
    for loader in (in_order(large, 64), shuffled(large, 64, generator())):
        next(iter(loader))  # brings in code
        release(large.images)
        before = status("RssFile")
        assert max(status("RssFile") for _ in loader) < before + 20e6


def test_what_is_no_map_is_left_alone() -> None:
    for images in (np.ones((2, 1, 1, 3), np.uint8), torch.ones((2, 1, 1, 3), dtype=torch.uint8)):
        read_ahead(images, 0, 2)
        release(images)
        assert (images == 1).all()
