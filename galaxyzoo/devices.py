"""Where networks compute."""

import torch

from galaxyzoo.errors import UserError


def choose_device(name: str) -> torch.device:
    """The device called `name`; "auto" is the first of CUDA, MPS and CPU that is there.

    Raises UserError if this machine lacks the one that was asked for.
    """
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if name == "auto":
        name = next((device for device, is_there in there.items() if is_there), "cpu")
    if not there.get(name, True):
        raise UserError(f"device: this machine has no {name}; use auto or cpu")
    return torch.device(name)
