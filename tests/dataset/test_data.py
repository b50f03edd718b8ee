import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.files import write_array, write_csv
from galaxyzoo.dataset.batches import in_order, shuffled
from galaxyzoo.dataset.galaxies import DataFiles, GalaxyDataset
from galaxyzoo.labels.split import SUBSETS
from galaxyzoo.processed import DamagedError, write_digests
from galaxyzoo.tree import GZ2
from tests.conftest import COLUMNS, make_ids, make_labels, write_votes

IDS = make_ids([11, 22, 33, 44, 55, 66, 77])
IMAGES = np.random.default_rng(0).integers(0, 256, (7, 8, 8, 3), dtype=np.uint8)
LABELS = make_labels(IDS)


@pytest.fixture
def files(tmp_path: Path) -> DataFiles:
    """Seven processed galaxies, of which five train and two test."""
    files = DataFiles.under(tmp_path, GZ2)
    write_array(files.processed.images, IMAGES)
    write_array(files.processed.galaxy_ids, IDS)
    write_votes(files.votes, LABELS.sample(frac=1, random_state=1))
    subset = ["train", "test", "train", "train", "test", "train", "train"]
    write_csv(files.split, LABELS[["GalaxyID"]].assign(subset=subset))
    return files


def test_each_subset_has_its_own_images_and_votes(files: DataFiles) -> None:
    train, test = files.open("train"), files.open("test")
    assert (len(train), len(test)) == (5, 2)
    assert test.galaxy_ids.tolist() == ["22", "55"]
    image, votes = test[1]
    assert image.dtype == torch.uint8
    assert np.array_equal(image.numpy(), IMAGES[4])
    assert np.allclose(votes.numpy(), LABELS.loc[4, list(COLUMNS)].to_numpy(float))


def test_images_stay_on_disk_until_they_are_asked_for(files: DataFiles) -> None:
    assert isinstance(files.open("train").images, np.memmap)


@pytest.mark.parametrize(("most", "ids"), [(2, ["11", "44"]), (9, ["11", "33", "44", "66", "77"])])
def test_some_of_the_galaxies_are_taken_evenly(files: DataFiles, most: int, ids: list[str]) -> None:
    some = files.open("train").at_most(most)
    assert some.galaxy_ids.tolist() == ids
    images, votes = some[list(range(len(some)))]
    places = [IDS.tolist().index(own) for own in ids]
    assert np.array_equal(images.numpy(), IMAGES[places])
    assert np.allclose(votes.numpy(), LABELS.loc[places, list(COLUMNS)].to_numpy(float))
    assert len(replace(some, rows=some.rows[:0]).at_most(most)) == 0


def test_a_list_of_indices_gives_a_batch(files: DataFiles) -> None:
    images, votes = files.open("train")[[3, 0]]
    assert np.array_equal(images.numpy(), IMAGES[[5, 0]])
    assert votes.shape == (2, 37)


def test_a_loader_asks_for_whole_batches(files: DataFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int | list[int]] = []
    fetch = GalaxyDataset.__getitem__

    def spy(self: GalaxyDataset, index: int | list[int]) -> tuple[torch.Tensor, torch.Tensor]:
        asked.append(index)
        return fetch(self, index)

    monkeypatch.setattr(GalaxyDataset, "__getitem__", spy)
    sizes = [len(images) for images, _ in in_order(files.open("train"), 2)]
    assert sizes == [2, 2, 1]
    assert asked == [[0, 1], [2, 3], [4]]


@pytest.mark.parametrize("lacking", ["votes.parquet", "galaxy_ids.npy"])
def test_a_split_of_other_data_is_refused(files: DataFiles, lacking: str) -> None:
    if lacking == "votes.parquet":
        write_votes(files.votes, LABELS[LABELS["GalaxyID"] != "55"])
    else:
        write_array(files.processed.galaxy_ids, np.where(IDS == "55", "56", IDS))
    said = (
        rf"split\.csv: 1 of its galaxies are not in .*{lacking}, such as GalaxyID 55: .*dvc repro"
    )
    for subset in SUBSETS:
        with pytest.raises(UserError, match=said):
            files.open(subset)


def test_no_galaxy_is_trained_on_alone(files: DataFiles) -> None:
    """A last one joins the batch before it, in each pass; other sizes stay as they are."""
    dataset = files.open("train")
    for batch_size, expected in ((2, [2, 3]), (3, [3, 2]), (4, [5]), (5, [5])):
        loader = shuffled(dataset, batch_size, torch.Generator())
        for _ in range(2):
            assert [len(images) for images, _ in loader] == expected
        assert len(loader) == len(expected)


def test_one_galaxy_is_too_few_to_train_on(files: DataFiles) -> None:
    alone = replace(files.open("train"), rows=torch.tensor([3]))
    with pytest.raises(UserError, match="the training split holds 1 galaxy"):
        shuffled(alone, 2, torch.Generator())


def order(dataset: GalaxyDataset, seed: int, passes: int) -> list[list[float]]:
    loader = shuffled(dataset, 2, torch.Generator().manual_seed(seed))
    return [torch.cat([votes for _, votes in loader])[:, 0].tolist() for _ in range(passes)]


def test_each_pass_has_all_galaxies_in_another_order(files: DataFiles) -> None:
    dataset = files.open("train")
    first, second = order(dataset, seed=1, passes=2)
    assert first != second
    assert sorted(first) == sorted(second) == sorted(dataset.votes[:, 0].tolist())
    assert [first, second] == order(dataset, seed=1, passes=2)
    assert first != order(dataset, seed=2, passes=1)[0]


def test_the_order_does_not_depend_on_other_draws(files: DataFiles) -> None:
    dataset = files.open("train")
    torch.manual_seed(5)
    expected = order(dataset, seed=1, passes=1)
    torch.rand(3)
    assert order(dataset, seed=1, passes=1) == expected


def test_on_a_device_the_dataset_lives_there(files: DataFiles) -> None:
    """The meta device stands in for an accelerator: it keeps shapes, and no content."""
    resident = files.open("test").in_blocks().to(torch.device("meta"))
    assert resident.blocks is not None
    images, votes = resident[[1]]
    assert images.device.type == votes.device.type == "meta"
    assert (images.shape, images.dtype) == ((1, 8, 8, 3), torch.uint8)


def test_resident_images_are_those_of_the_dataset_alone(files: DataFiles) -> None:
    dataset = files.open("test")
    resident = GalaxyDataset(
        torch.from_numpy(IMAGES[[1, 4]]), torch.arange(2), dataset.votes, dataset.galaxy_ids
    )
    for mine, theirs in zip(resident[[0, 1]], dataset[[0, 1]], strict=True):
        assert torch.equal(mine, theirs)


def test_what_does_not_fit_stays_on_disk(files: DataFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("galaxyzoo.dataset.galaxies.RESIDENT_BYTES", 5 * 8 * 8 * 3 - 1)
    train, test = (files.open(subset).to(torch.device("meta")) for subset in ("train", "test"))
    assert isinstance(train.images, np.memmap)
    assert isinstance(test.images, torch.Tensor)


@pytest.mark.parametrize("change", ["images", "galaxy_ids", "split", "votes"])
def test_other_data_has_another_digest(files: DataFiles, change: str) -> None:
    before = files.digest()
    assert before == files.digest()
    path = getattr(files.processed, change, None) or getattr(files, change)
    path.write_bytes(path.read_bytes() + b"\n")
    assert files.digest() != before


def test_the_digest_is_as_written_down_also_where_files_were_only_touched(
    files: DataFiles,
) -> None:
    anew = files.digest()
    processed = files.processed
    write_digests(processed.digests, processed.images, processed.galaxy_ids)
    write_digests(files.split_digests, files.split, files.votes)
    assert files.digest() == anew
    for path in (processed.images, files.votes):
        path.write_bytes(path.read_bytes())
    assert files.digest() == anew


@pytest.mark.parametrize("change", ["images", "galaxy_ids", "split", "votes"])
def test_what_is_no_longer_as_written_down_is_refused(files: DataFiles, change: str) -> None:
    processed = files.processed
    write_digests(processed.digests, processed.images, processed.galaxy_ids)
    write_digests(files.split_digests, files.split, files.votes)
    path = getattr(processed, change, None) or getattr(files, change)
    whole, written = path.read_bytes(), path.stat()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    os.utime(path, ns=(written.st_atime_ns, written.st_mtime_ns))  # as some copies do
    with pytest.raises(DamagedError, match=rf"{path.name}: is not what .*digests\.json says"):
        files.digest()


@pytest.mark.parametrize(
    ("galaxies", "sizes"),
    [(10, [4, 4, 2]), (9, [4, 5]), (8, [4, 4]), (5, [5]), (3, [3]), (2, [2])],
)
def test_a_last_batch_of_few_joins_the_one_before(galaxies: int, sizes: list[int]) -> None:
    images = np.zeros((galaxies, 8, 8, 3), np.uint8)
    votes, ids = torch.zeros(galaxies, 37), np.arange(galaxies).astype(str)
    dataset = GalaxyDataset(images, torch.arange(galaxies), votes, ids)
    batches = list(shuffled(dataset, 4, torch.Generator().manual_seed(0)))
    assert [len(own) for own, _ in batches] == sizes
