"""A training that is killed resumes, and ends in the bytes of one that was not."""

import logging
import multiprocessing
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from galaxyzoo.base.files import write_array, write_csv
from galaxyzoo.dataset.blocks import Blocks
from galaxyzoo.dataset.galaxies import DataFiles
from galaxyzoo.devices import choose_compute
from galaxyzoo.labels.facts import LabelFacts
from galaxyzoo.networks import find
from galaxyzoo.processed import DamagedError, Preparation
from galaxyzoo.training import augmentation, loop, run
from galaxyzoo.training.checkpoints import find_checkpoint, training_code
from galaxyzoo.training.loop import fit
from galaxyzoo.training.run import train_network
from galaxyzoo.tree import GZ2
from tests.conftest import ROOT, build, make_labels, write_votes
from tests.stage_imports import modules_used
from tests.training.test_training import VIEWS, make_dataset, options

OUTPUTS = ("weights.safetensors", "history.csv")
TUNED, CNN = find("tuned"), find("cnn")


def make_data(folder: Path) -> DataFiles:
    data = DataFiles.under(folder / "data", GZ2)
    ids = np.arange(60) + 100
    images = np.random.default_rng(0).integers(0, 256, (60, 32, 32, 3), dtype=np.uint8)
    write_array(data.processed.images, images)
    write_array(data.processed.galaxy_ids, ids.astype(str))
    Preparation(212, 32, 424, rendered=True).write(data.processed.preparation)
    labels = make_labels(ids)
    write_votes(data.votes, labels)
    LabelFacts("Kaggle's table", "kaggle", 60).write(data.label_facts)
    write_csv(data.split, labels[["GalaxyID"]].assign(subset=["train"] * 48 + ["test"] * 12))
    return data


def kill(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def kill_at_call(number: int, function: Callable[..., Any]) -> Callable[..., Any]:
    calls: list[int] = []

    def counting(*args: object, **kwargs: object) -> object:
        calls.append(1)
        if len(calls) == number:
            kill()
        return function(*args, **kwargs)

    return counting


def train_here(folder: Path, name: str, killed_at: str) -> None:
    """Train in this process, which kills itself at some point."""
    torch.set_num_threads(1)
    logging.basicConfig(filename=folder / "log", level=logging.INFO, force=True)
    if killed_at == "epoch":  # the second step of the second epoch
        vars(loop)["random_views"] = kill_at_call(5, augmentation.random_views)
    if killed_at == "checkpoint":  # the second one is written, and not yet moved into place
        os.fsync = kill_at_call(3, os.fsync)  # the first took two: for the file, and its folder
    if killed_at == "output":
        vars(run)["write_csv"] = kill
    data = DataFiles.under(folder / "data", GZ2)
    chosen = options(**VIEWS if name == "tuned" else {}, epochs=3)
    trained = train_network(find(name), data, chosen, folder / "checkpoints")
    trained.write(*(folder / output for output in OUTPUTS))


def train(folder: Path, name: str, killed_at: str = "never") -> tuple[int | None, str]:
    """Train in a process of its own; its exit status and what it logged."""
    # a fork has torch already, which takes seconds to import
    context = multiprocessing.get_context("fork")
    process = context.Process(target=train_here, args=(folder, name, killed_at))
    process.start()
    process.join()
    return process.exitcode, (folder / "log").read_text()


Trained = Callable[[str], dict[str, bytes]]


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """What comes of the training of a network that nobody interrupts."""
    known: dict[str, dict[str, bytes]] = {}

    def train_once(name: str) -> dict[str, bytes]:
        if name not in known:
            folder = tmp_path_factory.mktemp(name)
            make_data(folder)
            status, log = train(folder, name)
            assert status == 0, log
            assert not (folder / "checkpoints").exists(), "a finished one removes its checkpoint"
            known[name] = {path: (folder / path).read_bytes() for path in OUTPUTS}
        return known[name]

    return train_once


@pytest.mark.parametrize(
    ("name", "point", "epochs_kept"),
    [
        ("tuned", "epoch", 1),
        ("tuned", "checkpoint", 1),
        ("tuned", "output", 3),
        ("cnn", "checkpoint", 1),
    ],
)
def test_a_killed_training_resumes_and_ends_in_the_same_bytes(
    tmp_path: Path, uninterrupted: Trained, name: str, point: str, epochs_kept: int
) -> None:
    make_data(tmp_path)
    status, log = train(tmp_path, name, killed_at=point)
    assert status == -signal.SIGKILL, log
    status, log = train(tmp_path, name)
    assert status == 0, log
    assert f"resuming after epoch {epochs_kept} " in log
    assert {path: (tmp_path / path).read_bytes() for path in OUTPUTS} == uninterrupted(name)
    assert not (tmp_path / "checkpoints").exists()


def test_a_training_by_blocks_resumes_in_the_same_order(tmp_path: Path) -> None:
    in_blocks = replace(make_dataset(48), blocks=Blocks(rows=4, window=3))
    weights = []
    for stops in ((2,), (1, 2)):
        for epochs in stops:
            model = build("cnn")
            chosen = options(epochs=epochs, precise_bn=False)
            fit(model, in_blocks, None, chosen, tmp_path / f"{len(stops)}.safetensors")
        weights.append(torch.cat([own.flatten() for own in model.parameters()]))
    fit(other := build("cnn"), make_dataset(48), None, chosen)
    whole = torch.cat([own.flatten() for own in other.parameters()])
    assert torch.equal(*weights)
    assert not torch.equal(weights[0], whole)


def test_how_images_are_shuffled_names_the_checkpoint_and_stands_in_the_history(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What "auto" means is settled by the memory of the machine; where all fits it means rows."""
    caplog.set_level(logging.INFO)
    data = make_data(tmp_path)
    trained = {}
    for shuffle, memory in (("auto", 10**9), ("rows", 10**4), ("auto", 10**4), ("blocks", 10**9)):
        monkeypatch.setattr("galaxyzoo.dataset.blocks.usable_memory", lambda own=memory: own)
        found = train_network(CNN, data, options(epochs=1, shuffle=shuffle), tmp_path / "kept")
        weights = torch.cat([own.flatten() for own in found.model.parameters()])
        trained[shuffle, memory] = (found.checkpoint, found.history.to_csv(), weights.tolist())
    rows, by_blocks = trained["auto", 10**9], trained["auto", 10**4]
    assert rows == trained["rows", 10**4]
    assert by_blocks == trained["blocks", 10**9]
    assert not any(a == b for a, b in zip(rows, by_blocks, strict=True))
    assert found.history["shuffle"].tolist() == ["blocks"] * 2
    assert "by blocks: all images take 0.00 GB, more than half of the memory" in caplog.text
    assert "by rows: all images take 0.00 GB, at most half of the memory" in caplog.text


Damage = Callable[[bytes], bytes]


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda whole: whole[:5],
        lambda whole: whole[:-100],
        lambda whole: whole[:-100] + bytes([whole[-100] ^ 1]) + whole[-99:],
        lambda whole: whole.replace(b'\\"epoch\\": 1', b'\\"epoch\\": 2', 1),
    ],
    ids=["empty", "cut in its header", "cut", "a flipped bit", "another history"],
)
def test_a_damaged_checkpoint_is_told_and_training_begins_anew(
    tmp_path: Path, uninterrupted: Trained, damage: Damage
) -> None:
    make_data(tmp_path)
    train(tmp_path, "cnn", killed_at="checkpoint")
    (checkpoint,) = (tmp_path / "checkpoints").glob("*.safetensors")
    whole = checkpoint.read_bytes()
    assert damage(whole) != whole
    checkpoint.write_bytes(damage(whole))
    status, log = train(tmp_path, "cnn")
    assert status == 0, log
    (told,) = (line for line in log.splitlines() if "is damaged" in line)
    assert f"{checkpoint}: is damaged (" in told
    assert told.endswith("; training begins anew")
    assert {path: (tmp_path / path).read_bytes() for path in OUTPUTS} == uninterrupted("cnn")


def test_images_of_another_size_than_was_prepared(tmp_path: Path) -> None:
    data = make_data(tmp_path)
    Preparation(212, 64, 424, rendered=True).write(data.processed.preparation)
    with pytest.raises(DamagedError, match=r"preparation\.json: its size is not that of .*images"):
        train_network(CNN, data, options(epochs=1), tmp_path / "checkpoints")


def test_another_training_has_another_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compute, plain = choose_compute("cpu", "float32"), options()
    names = [
        find_checkpoint(tmp_path, TUNED, "data", plain, compute),
        find_checkpoint(tmp_path, CNN, "data", plain, compute),
        find_checkpoint(tmp_path, TUNED, "other data", plain, compute),
        find_checkpoint(tmp_path, TUNED, "data", options(shift=1.0), compute),
        find_checkpoint(tmp_path, TUNED, "data", plain, choose_compute("cpu", "bfloat16")),
    ]
    for changed, value in (
        ("digest", lambda *_: "other code"),
        ("version", lambda package: {"torch": "other"}.get(package, "1")),
        ("version", lambda package: {"torchvision": "other"}.get(package, "1")),
        ("torch.get_num_threads", lambda: 17),
    ):
        monkeypatch.setattr(f"galaxyzoo.training.checkpoints.{changed}", value)
        names.append(find_checkpoint(tmp_path, TUNED, "data", plain, compute))
    assert len(set(names)) == len(names)
    assert names[-1] == find_checkpoint(tmp_path, TUNED, "data", plain, compute)


@pytest.mark.parametrize("name", ["cnn", "resnet", "tuned"])
def test_the_code_that_names_a_checkpoint_is_what_training_imports(name: str) -> None:
    package = ROOT / "galaxyzoo"
    used = {
        path
        for script in (package / "training" / "run.py", package / "networks" / f"{name}.py")
        for path in modules_used(script, ROOT)
    }
    named = {path.relative_to(ROOT).as_posix() for path in training_code(find(name))}
    assert used <= named
    beyond = {path for path in named - used if not path.startswith("galaxyzoo/networks/layers/")}
    rooms = ("base", "dataset", "formats", "labels", "training")
    in_rooms = tuple(f"galaxyzoo/{room}/" for room in rooms)
    assert all(path.startswith(in_rooms) for path in beyond), beyond


def test_a_training_removes_abandoned_ones_of_its_network_alone(tmp_path: Path) -> None:
    data, folder = make_data(tmp_path), tmp_path / "checkpoints"
    folder.mkdir()
    for name in ("cnn-0.safetensors", "resnet-0.safetensors", ".cnn-1.safetensors.tmp"):
        (folder / name).touch()
    trained = train_network(CNN, data, options(epochs=1), folder)
    assert {path.name for path in folder.iterdir()} == {
        "resnet-0.safetensors",
        trained.checkpoint.name,
    }
