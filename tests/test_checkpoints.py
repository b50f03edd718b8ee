"""A training that is killed goes on, to the bytes of one that was not."""

import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from galaxyzoo.checkpoints import TRAINING_CODE, find_checkpoint
from galaxyzoo.data import DataFiles
from galaxyzoo.devices import choose_compute
from galaxyzoo.files import write_array, write_csv
from galaxyzoo.processed import Preparation
from galaxyzoo.training import train_network
from tests.conftest import ROOT, make_labels
from tests.stage_imports import modules_used
from tests.test_training import options

OUTPUTS = ("models/tuned.safetensors", "plots/tuned_history.csv", "metrics/train_tuned.json")

TRAIN = """
import os, pathlib, signal, sys
import torch
import galaxyzoo.checkpoints, galaxyzoo.training
from galaxyzoo.data import DataFiles
from tests.test_training import VIEWS, options

def kill(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)

def kill_at_call(number, function):
    calls = []
    def counting(*args, **kwargs):
        calls.append(1)
        return kill() if len(calls) == number else function(*args, **kwargs)
    return counting

folder, point = pathlib.Path(sys.argv[1]), sys.argv[2]
torch.set_num_threads(1)
if point == "epoch":  # the second step of the second epoch
    galaxyzoo.training.random_views = kill_at_call(5, galaxyzoo.training.random_views)
if point == "checkpoint":  # the second one is written, and not yet moved into place
    os.fsync = kill_at_call(3, os.fsync)  # the first took two: for the file, and for its folder
if point == "output":
    galaxyzoo.training.write_csv = kill
data = DataFiles.under(folder / "data", labels=folder / "labels.csv")
trained = galaxyzoo.training.train_network(
    "tuned", data, options(**VIEWS, epochs=3), folder / "checkpoints"
)
trained.write(*(folder / path for path in sys.argv[3:]))
"""


def make_data(folder: Path) -> DataFiles:
    data = DataFiles.under(folder / "data", labels=folder / "labels.csv")
    ids = np.arange(60) + 100
    images = np.random.default_rng(0).integers(0, 256, (60, 32, 32, 3), dtype=np.uint8)
    write_array(data.processed.images, images)
    write_array(data.processed.galaxy_ids, ids)
    Preparation(212, 32, 424, rendered=True).write(data.processed.preparation)
    labels = make_labels(ids)
    write_csv(data.labels, labels)
    write_csv(data.split, labels[["GalaxyID"]].assign(subset=["train"] * 48 + ["test"] * 12))
    return data


def train(folder: Path, killed_at: str = "never") -> tuple[int, str]:
    """Train in a process of its own; its exit status and what it logged."""
    command = [sys.executable, "-c", f"import logging; logging.basicConfig(level=20)\n{TRAIN}"]
    done = subprocess.run(
        [*command, folder, killed_at, *OUTPUTS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("uninterrupted")
    make_data(folder)
    status, log = train(folder)
    assert status == 0, log
    assert not (folder / "checkpoints").exists(), "a finished training removes its checkpoint"
    return {path: (folder / path).read_bytes() for path in OUTPUTS}


@pytest.mark.xdist_group("checkpoints")
@pytest.mark.parametrize(("point", "epochs_kept"), [("epoch", 1), ("checkpoint", 1), ("output", 3)])
def test_a_killed_training_goes_on_to_the_same_bytes(
    tmp_path: Path, uninterrupted: dict[str, bytes], point: str, epochs_kept: int
) -> None:
    make_data(tmp_path)
    status, log = train(tmp_path, killed_at=point)
    assert status == -signal.SIGKILL, log
    status, log = train(tmp_path)
    assert status == 0, log
    assert f"going on after epoch {epochs_kept} " in log
    assert {path: (tmp_path / path).read_bytes() for path in OUTPUTS} == uninterrupted
    assert not (tmp_path / "checkpoints").exists()


def test_another_training_has_another_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compute, plain = choose_compute("cpu", "float32"), options()
    names = [
        find_checkpoint(tmp_path, "tuned", "data", plain, compute),
        find_checkpoint(tmp_path, "cnn", "data", plain, compute),
        find_checkpoint(tmp_path, "tuned", "other data", plain, compute),
        find_checkpoint(tmp_path, "tuned", "data", options(shift=1.0), compute),
        find_checkpoint(tmp_path, "tuned", "data", plain, choose_compute("cpu", "bfloat16")),
    ]
    for changed, value in (
        ("digest", lambda *_: "other code"),
        ("torch.__version__", "other"),
        ("torchvision.__version__", "other"),
    ):
        monkeypatch.setattr(f"galaxyzoo.checkpoints.{changed}", value)
        names.append(find_checkpoint(tmp_path, "tuned", "data", plain, compute))
    assert len(set(names)) == len(names)
    assert names[-1] == find_checkpoint(tmp_path, "tuned", "data", plain, compute)


def test_the_code_that_names_a_checkpoint_is_that_of_training() -> None:
    code = [f"galaxyzoo/{module}.py" for module in TRAINING_CODE]
    assert code == sorted(modules_used(ROOT / "galaxyzoo" / "training.py", ROOT))


def test_a_training_removes_abandoned_ones_of_its_network_alone(tmp_path: Path) -> None:
    data, folder = make_data(tmp_path), tmp_path / "checkpoints"
    folder.mkdir()
    for name in ("cnn-0.safetensors", "resnet-0.safetensors", ".cnn-1.safetensors.tmp"):
        (folder / name).touch()
    trained = train_network("cnn", data, options(epochs=1), folder)
    assert {path.name for path in folder.iterdir()} == {
        "resnet-0.safetensors",
        trained.checkpoint.name,
    }
