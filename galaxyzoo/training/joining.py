"""How the processes of a training find each other, and what is said when one of them is gone."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import torch
import torch.distributed as dist
from torch.distributed import FileStore  # type: ignore[attr-defined]  # which is not in its __all__

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.places import STORE, Place
from galaxyzoo.devices import choose_device

_TIMEOUT = timedelta(minutes=5)
"""How long one waits for the others where no connection breaks: one that is slow to read its data,
or a machine that has lost its power"""
_TO_BE_ENDED = 2.0  # seconds in which who started the processes ends all, and says why
_LOOPBACK = "lo" if sys.platform == "linux" else "lo0"


class LostError(UserError):
    """Another process of this training is gone."""


@contextmanager
def joined(device: str) -> Iterator[None]:
    """Meet the other processes of this training, if the environment says that there are any.

    In the block, `Ranks.here()` tells of them. They compute on the device called `device`: of GPUs,
    each has its own. Raises LostError once another is gone, and UserError where this machine has no
    such device for each of them.
    """
    place = Place.here()
    if place.count == 1:
        yield
        return
    kind = _own_device(device, place)
    try:
        _join(place, kind)
        yield
        dist.destroy_process_group()
    except RuntimeError as error:
        if not _is_of_connections(error):
            raise
        time.sleep(_TO_BE_ENDED)
        raise LostError(
            f"process {place.rank} of {place.count} lost its connection to the others; once all "
            "are started again, training goes on after its last whole epoch"
        ) from error


def _own_device(device: str, place: Place) -> str:
    """The kind of device; of GPUs, this process's own is from now on the current one."""
    kind = choose_device(device).type
    if kind == "mps":
        raise UserError("device: several processes can't share mps; use cpu, or one process")
    if kind == "cuda":
        if place.local_rank >= torch.cuda.device_count():
            raise UserError(
                f"device: {place.local_count} processes on this machine, and "
                f"{torch.cuda.device_count()} GPUs; start one process for each, or use cpu"
            )
        torch.cuda.set_device(place.local_rank)
    return kind


def _join(place: Place, kind: str) -> None:
    if place.local_count == place.count:  # else they would listen to the network
        for library in ("GLOO", "NCCL"):
            os.environ.setdefault(f"{library}_SOCKET_IFNAME", _LOOPBACK)
    path = os.environ.get(STORE)
    dist.init_process_group(
        "cpu:gloo,cuda:nccl" if kind == "cuda" else "gloo",
        timeout=_TIMEOUT,
        rank=place.rank,
        world_size=place.count,
        store=FileStore(path, place.count) if path else None,
    )


def _is_of_connections(error: RuntimeError) -> bool:
    """Gloo raises errors of no class of its own, and names its source file."""
    return isinstance(error, dist.DistError) or "gloo" in str(error).lower()
