"""Checkpoints: a training that was killed resumes after its last epoch, and ends in the same bytes.

A checkpoint is a safetensors file, named by a digest of all that the training depends on: one of
other parameters, data or code has another name, and is not looked at. A network has one checkpoint
at most in a folder: a training that starts removes those of others of its network. Who interrupts a
training, changes it and goes back later begins it anew; else an abandoned one would stay forever.
Queued experiments of DVC (`dvc exp run --queue`) run in folders of their own, and are left alone.
"""

import hashlib
import json
import logging
from dataclasses import asdict, dataclass, field
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

import safetensors.torch
import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.swa_utils import AveragedModel

from galaxyzoo.base.files import atomic, digest, remove, sweep
from galaxyzoo.base.messages import shorten
from galaxyzoo.devices import Compute
from galaxyzoo.networks.common.network import Network
from galaxyzoo.training.history import Epoch
from galaxyzoo.training.params import TrainParams
from galaxyzoo.training.ranks import ALL_ALONE, Ranks

logger = logging.getLogger(__name__)

PACKAGE = Path(__file__).parent.parent
TRAINING_CODE = (
    "base/",
    "dataset/",
    "devices.py",
    "formats/",
    "labels/",
    "networks/__init__.py",
    "networks/common/",
    "processed.py",
    "training/",
    "tree/",
)
"""What every training imports, directly or not: files and whole folders of the package. To these
comes the network's own code."""


@dataclass
class Progress:
    """All that changes while a network trains."""

    model: nn.Module
    average: AveragedModel | None
    optimizer: Optimizer
    draws: torch.Generator
    """What the order of the images and their views are drawn from"""
    ranks: Ranks = ALL_ALONE
    """Who trains it; after each epoch, all of them have the same"""
    epochs: list[Epoch] = field(default_factory=list)

    @cached_property
    def learner(self) -> nn.Module:
        """The model, to be called for its gradients: of several processes all get the same ones."""
        return self.ranks.learner(self.model)

    @property
    def scored(self) -> nn.Module:
        """The network that comes out: the moving average, if there is one."""
        return self.model if self.average is None else self.average.module

    def even_out(self) -> None:
        """Give all processes the same statistics of batch norm: the means over what each has."""
        self.ranks.average_statistics(self.model)
        if self.average is not None:
            self.ranks.average_statistics(self.average)


def find_checkpoint(
    folder: Path, network: Network, data_digest: str, options: TrainParams, compute: Compute
) -> Path:
    """Where in `folder` the checkpoint of one training is, if there is one.

    `data_digest` is that of all that it learns from, and starts from. On more or fewer threads, or
    in more or fewer processes, it is another training, as the results differ in their last digits.
    """
    identity = [
        network.name,
        network.architecture,
        data_digest,
        options.model_dump(),
        str(compute),
        digest(*training_code(network)),
        version("torch"),
        version("torchvision"),
        torch.get_num_threads(),
        Ranks.here().place.count,
    ]
    name = hashlib.sha256(json.dumps(identity).encode()).hexdigest()
    return folder / f"{network.name}-{name[:16]}.safetensors"


def training_code(network: Network) -> list[Path]:
    """The source files that a training of `network` runs."""
    own = (f"networks/{network.name}.py", "networks/layers/")
    files: list[Path] = []
    for part in (*TRAINING_CODE, *own):
        path = PACKAGE / part
        files += sorted(path.rglob("*.py")) if part.endswith("/") else [path]
    return files


def save_checkpoint(path: Path, progress: Progress) -> None:
    tensors = {
        f"{part}/{name}": tensor.detach().cpu().contiguous()
        for part, state in _states(progress).items()
        for name, tensor in state.items()
    }
    epochs = json.dumps([asdict(epoch) for epoch in progress.epochs])
    metadata = {"epochs": epochs, "checksum": _checksum(tensors, epochs)}
    with atomic(path) as temporary:
        temporary.write_bytes(safetensors.torch.save(tensors, metadata))


def _checksum(tensors: dict[str, Tensor], epochs: str) -> str:
    whole = hashlib.sha256(epochs.encode())
    for name in sorted(tensors):
        whole.update(name.encode())
        whole.update(tensors[name].flatten().view(torch.uint8).numpy().data)
    return whole.hexdigest()


def restore_checkpoint(path: Path, progress: Progress) -> bool:
    """Set `progress`, which has made no step yet, to what it was when `path` was written.

    False, and `progress` as it was, if `path` isn't there or is damaged; it is then removed. Of
    several processes all get what the first one has there.
    """
    with progress.ranks.file_of_first(path) as own:
        return _restore(own, progress)


def _restore(path: Path, progress: Progress) -> bool:
    if not path.is_file():
        return False
    try:
        tensors, epochs = _read(path)
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        logger.warning("%s: is damaged (%s); training begins anew", path, shorten(error))
        remove(path)
        return False
    progress.epochs = epochs
    progress.model.load_state_dict(_part(tensors, "model"))
    if progress.average is not None:
        progress.average.load_state_dict(_part(tensors, "average"))
    _restore_optimizer(progress.optimizer, _part(tensors, "optimizer"))
    _restore_random(progress, _part(tensors, "random"))
    logger.info("resuming after epoch %d of an interrupted training", progress.epochs[-1].epoch)
    return True


def _read(path: Path) -> tuple[dict[str, Tensor], list[Epoch]]:
    """The tensors and the history of a checkpoint; ValueError if a byte of them isn't as it was."""
    with safe_open(path, "pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  no dict
        metadata = file.metadata() or {}
    if metadata["checksum"] != _checksum(tensors, metadata["epochs"]):
        raise ValueError("its checksum is not that of its content")
    return tensors, [Epoch(**epoch) for epoch in json.loads(metadata["epochs"])]


def remove_other_checkpoints(path: Path) -> None:
    """Remove the checkpoints of other trainings of the network whose checkpoint is `path`.

    What a killed process left half-written of one goes too.
    """
    network = path.name.partition("-")[0]
    for found in path.parent.glob(f"{network}-*.safetensors"):
        if found != path:
            remove(found)
    for half_written in path.parent.glob(f".{network}-*.safetensors*.tmp"):
        name, _, _ = half_written.name.removeprefix(".").partition(".safetensors")
        sweep(path.with_name(f"{name}.safetensors"))


def remove_checkpoint(path: Path) -> None:
    """Remove a checkpoint, and its folder if it was the last."""
    remove(path)
    if path.parent.is_dir() and not any(path.parent.iterdir()):
        path.parent.rmdir()


def _states(progress: Progress) -> dict[str, dict[str, Tensor]]:
    optimizer = {
        f"{number}/{name}": tensor
        for number, state in progress.optimizer.state_dict()["state"].items()
        for name, tensor in state.items()
    }
    return {
        "model": progress.model.state_dict(),
        "average": {} if progress.average is None else progress.average.state_dict(),
        "optimizer": optimizer,
        "random": _random_states(progress),
    }


def _part(tensors: dict[str, Tensor], part: str) -> dict[str, Tensor]:
    prefix = f"{part}/"
    return {
        name.removeprefix(prefix): tensor
        for name, tensor in tensors.items()
        if name.startswith(prefix)
    }


def _restore_optimizer(optimizer: Optimizer, tensors: dict[str, Tensor]) -> None:
    weights = [weight for group in optimizer.param_groups for weight in group["params"]]
    states: dict[int, dict[str, Tensor]] = {}
    for key, tensor in tensors.items():
        number, name = key.split("/")
        if tensor.ndim:
            # in the weight's own memory layout, in which the optimiser keeps it
            weight = weights[int(number)]
            tensor = torch.empty_like(weight, requires_grad=False).copy_(tensor)  # noqa: PLW2901
        states.setdefault(int(number), {})[name] = tensor
    groups = optimizer.state_dict()["param_groups"]
    optimizer.load_state_dict({"state": states, "param_groups": groups})


def _random_states(progress: Progress) -> dict[str, Tensor]:
    states = {"draws": progress.draws.get_state(), "cpu": torch.get_rng_state()}
    device = next(progress.model.parameters()).device
    if device.type != "cpu":
        states["device"] = torch.get_device_module(device).get_rng_state()
    return states


def _restore_random(progress: Progress, states: dict[str, Tensor]) -> None:
    progress.draws.set_state(states["draws"])
    torch.set_rng_state(states["cpu"])
    device = next(progress.model.parameters()).device
    if device.type != "cpu":
        torch.get_device_module(device).set_rng_state(states["device"])
