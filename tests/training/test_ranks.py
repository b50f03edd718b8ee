"""Several processes train as one does: gloo on this machine."""

import logging
import multiprocessing
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from tqdm import tqdm

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.places import STORE, Place
from galaxyzoo.dataset.batches import in_order, in_order_together, shuffled
from galaxyzoo.dataset.galaxies import DataFiles, GalaxyDataset
from galaxyzoo.devices import Compute
from galaxyzoo.networks import find
from galaxyzoo.training import augmentation, loop
from galaxyzoo.training.batch_norm import estimate_batch_norm
from galaxyzoo.training.history import Epoch
from galaxyzoo.training.joining import joined
from galaxyzoo.training.loop import fit, start, train_epoch
from galaxyzoo.training.ranks import Ranks
from galaxyzoo.training.run import train_network
from galaxyzoo.tree import GZ2
from tests.conftest import build
from tests.training.test_checkpoints import kill_at_call, make_data
from tests.training.test_masks import masked
from tests.training.test_training import TRAIN, VIEWS, make_dataset, options

CPU = torch.device("cpu")
Work = Callable[[Path, int], None]


def together(folder: Path, count: int, work: Work) -> list[int | None]:
    """Do some work in so many processes of one training; their exit codes."""
    folder.mkdir(exist_ok=True)
    context = multiprocessing.get_context("fork")
    given = [(folder, rank, count, work) for rank in range(count)]
    processes = [context.Process(target=_one_of, args=each) for each in given]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    (folder / "store").unlink(missing_ok=True)
    return [process.exitcode for process in processes]


def _one_of(folder: Path, rank: int, count: int, work: Work) -> None:
    torch.set_num_threads(1)
    places = {"RANK": rank, "WORLD_SIZE": count, "LOCAL_RANK": rank, "LOCAL_WORLD_SIZE": count}
    os.environ |= {name: str(number) for name, number in places.items()}
    os.environ[STORE] = str(folder / "store")
    logging.basicConfig(filename=folder / f"log{rank}", level=logging.INFO, force=True)
    try:
        with joined("cpu"):
            work(folder, rank)
    except UserError as error:
        (folder / f"error{rank}").write_text(str(error))
        os._exit(1)


class Steady(nn.Module):
    """A network in float64 whose batch norm keeps to its statistics; dropout drops."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner.double()

    def train(self, mode: bool = True) -> Self:
        super().train(mode)
        for layer in self.inner.modules():
            layer.train(mode and not isinstance(layer, nn.BatchNorm2d))
        return self

    def forward(self, images: Tensor) -> Tensor:
        fractions: Tensor = self.inner(images.double())
        return fractions


def small(dataset: GalaxyDataset) -> GalaxyDataset:
    return replace(dataset, images=np.ascontiguousarray(np.asarray(dataset.images)[:, :16, :16]))


def steady() -> nn.Module:
    return Steady(nn.Sequential(build("cnn", 16), nn.Dropout(0.1)))


def train_steadily(galaxies: int, batch_size: int, path: Path) -> None:
    train = masked(small(make_dataset(galaxies)))
    model = steady()
    history = fit(model, train, train, options(**VIEWS, epochs=2, batch_size=batch_size))
    assert np.isfinite(history.to_numpy(float)).all()
    losses = {"losses": torch.tensor(history["train_mse"].tolist() + history["test_mse"].tolist())}
    save_file(model.state_dict() | losses, path)


@pytest.mark.parametrize(
    ("galaxies", "batch_size", "count"),
    [(99, 64, 2), (5, 2, 3)],
    ids=["64 and 35 rows", "2 and 3 rows, and 3 processes"],
)
def test_several_processes_take_the_steps_of_one(
    tmp_path: Path, galaxies: int, batch_size: int, count: int
) -> None:
    """With the same views and masks of dropout, whatever is known of a process's own rows."""

    def work(folder: Path, rank: int) -> None:
        train_steadily(galaxies, batch_size, folder / str(rank))

    assert together(tmp_path, count, work) == [0] * count
    train_steadily(galaxies, batch_size, tmp_path / "alone")
    alone = load_file(tmp_path / "alone")
    first = steady().state_dict()
    for rank in range(count):
        for name, own in load_file(tmp_path / str(rank)).items():
            rounding = 1e-6 if name == "losses" else 1e-9  # those are kept in float32
            assert torch.allclose(own, alone[name], rtol=0, atol=rounding), name
    moved = (alone[name] - first[name] for name in first if name.endswith("weight"))
    assert max(float(own.abs().max()) for own in moved) > 1e-3


def train(folder: Path, rank: int, killed: bool = False, **changed: object) -> None:
    if killed and rank == 1:  # in the second epoch
        vars(loop)["random_views"] = kill_at_call(5, augmentation.random_views)
    data = DataFiles.under(folder / "data", GZ2)
    chosen = options(**VIEWS, epochs=3) if not changed else options(**changed)
    trained = train_network(find("cnn"), data, chosen, folder / "checkpoints")
    save_file(trained.model.state_dict(), folder / f"state{rank}")
    trained.write(folder / "weights", folder / "history.csv")


def test_one_is_killed_all_end_and_the_next_start_resumes(tmp_path: Path) -> None:
    undisturbed, disturbed = tmp_path / "one", tmp_path / "two"
    make_data(undisturbed)
    assert together(undisturbed, 2, train) == [0, 0]
    make_data(disturbed)

    def work(folder: Path, rank: int) -> None:
        train(folder, rank, killed=True)

    assert together(disturbed, 2, work) == [1, -signal.SIGKILL]
    assert "process 0 of 2 lost its connection to the others" in (disturbed / "error0").read_text()
    assert together(disturbed, 2, train) == [0, 0]
    assert "resuming after epoch 1 " in (disturbed / "log1").read_text()
    assert not (disturbed / "checkpoints").exists()
    for output in ("weights", "history.csv"):
        assert (disturbed / output).read_bytes() == (undisturbed / output).read_bytes()
    assert set(pd.read_csv(undisturbed / "history.csv")["processes"]) == {2}
    first, second = (load_file(undisturbed / f"state{rank}") for rank in (0, 1))
    assert all(torch.equal(first[name], second[name]) for name in first), "statistics, too"


def test_processes_that_train_other_things_are_refused(tmp_path: Path) -> None:
    make_data(tmp_path)

    def work(folder: Path, rank: int) -> None:
        train(folder, rank, epochs=1 + rank)

    assert together(tmp_path, 2, work) == [1, 1]
    assert "process 1 of this training has other data, param" in (tmp_path / "error1").read_text()


def test_precise_statistics_are_those_of_all_images(tmp_path: Path) -> None:
    """Also where one process has more batches than the other."""

    def work(folder: Path, rank: int) -> None:
        model, ranks = build("cnn", 16), Ranks.here()
        batches = in_order_together(small(TRAIN), 32, ranks.place)
        assert len(batches) == 2 - rank
        estimate_batch_norm(model, batches, Compute(CPU), ranks)
        save_file(model.state_dict(), folder / str(rank))

    assert together(tmp_path, 2, work) == [0, 0]
    alone = build("cnn", 16)
    estimate_batch_norm(alone, in_order_together(small(TRAIN), 32), Compute(CPU))
    for rank in (0, 1):
        for name, own in load_file(tmp_path / str(rank)).items():
            if "running" in name:
                assert torch.allclose(own, alone.state_dict()[name], rtol=1e-5), name


def test_a_loss_that_one_process_lost_stops_all(tmp_path: Path) -> None:
    votes = TRAIN.votes.clone()
    votes[-1] = float("inf")  # which is of one process's rows
    chosen = options(epochs=1, batch_size=32)

    def work(_: Path, __: int) -> None:
        progress = start(build("cnn", 16), chosen)
        progress.epochs = [Epoch(0, 0.003, 0.1, 0.1, 0.1)]
        lost = replace(small(TRAIN), votes=votes)
        batches = shuffled(lost, 32, progress.draws, progress.ranks.place)
        with tqdm(disable=True) as bar:
            train_epoch(progress, batches, chosen, Compute(CPU), bar)

    assert together(tmp_path, 2, work) == [1, 1]
    said = [(tmp_path / f"error{rank}").read_text() for rank in (0, 1)]
    assert said[0] == said[1]
    assert "the loss is not finite at epoch 1, step " in said[0]


@pytest.mark.parametrize("count", [1, 2, 3, 8])
def test_each_row_is_one_process_s_own_and_none_computes_less_than_two(count: int) -> None:
    for batch in (2, 3, 7, 64):
        parts = [Place(rank, count).rows(batch) for rank in range(count)]
        rows = list(range(batch))
        assert [row for part in parts for row in rows[part.own]] == rows
        for part in parts:
            assert set(rows[part.own]) <= set(rows[part.computed])
            assert len(rows[part.computed]) == max(len(rows[part.own]), 2)


def test_a_process_loads_the_images_of_its_rows_and_all_votes() -> None:
    whole = list(shuffled(TRAIN, 40, torch.Generator().manual_seed(0)))
    parts = [
        list(shuffled(TRAIN, 40, torch.Generator().manual_seed(0), Place(rank, 2)))
        for rank in (0, 1)
    ]
    for (images, votes), first, second in zip(whole, *parts, strict=True):
        assert torch.equal(torch.cat([first[0], second[0]]), images)
        assert torch.equal(first[1], votes)
        assert torch.equal(second[1], votes)
    batches = [[len(own) for own, _ in in_order(TRAIN, 40, Place(rank, 3))] for rank in range(3)]
    assert batches == [[40], [40], [16]]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"RANK": "2", "WORLD_SIZE": "2"}, "process 2 of 2"),
        ({"RANK": "one", "WORLD_SIZE": "2"}, "RANK of the environment is 'one'"),
    ],
)
def test_an_environment_that_makes_no_sense(
    monkeypatch: pytest.MonkeyPatch, said: dict[str, str], told: str
) -> None:
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(UserError, match=told):
        Place.here()


def test_one_process_of_torchrun_is_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"RANK": "0", "WORLD_SIZE": "1"}.items():
        monkeypatch.setenv(name, value)
    with joined("cpu"):
        assert Ranks.here() == Ranks()
