"""Where networks compute, and how precisely."""

import platform
from dataclasses import dataclass
from pathlib import Path

import torch

from galaxyzoo.base.errors import UserError


@dataclass(frozen=True)
class Compute:
    """A device, and the type of number in which networks compute on it."""

    device: torch.device
    dtype: torch.dtype = torch.float32

    def autocast(self) -> torch.autocast:
        """A context in which a network's layers compute in `dtype` where that is safe."""
        lower = self.dtype != torch.float32
        return torch.autocast(self.device.type, self.dtype if lower else None, enabled=lower)


def choose_compute(device: str, precision: str) -> Compute:
    """The device called `device`, with the precision "auto", "float32" or "bfloat16"."""
    chosen = choose_device(device)
    if precision == "auto":
        precision = "bfloat16" if computes_bfloat16(chosen) else "float32"
    return Compute(chosen, getattr(torch, precision))


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


def computes_bfloat16(device: torch.device) -> bool:
    """Whether `device` has instructions for bfloat16, and so is faster with it than without.

    Where it lacks them, they are emulated, which is slower than float32.
    """
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    # torch has no public name for what the processor can do beyond its vectors' width
    return device.type == "cpu" and bool(
        torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    )


def describe(device: torch.device) -> str:
    """The kind of a device: on two of one kind, and as many threads, results have the same bytes.

    Of a processor it is what PyTorch's libraries choose their instructions by.
    """
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    if device.type != "cpu":
        return device.type
    parts = [platform.machine(), *_maker(), torch.backends.cpu.get_cpu_capability()]
    return " ".join([*parts, "bfloat16"] if computes_bfloat16(device) else parts)


def _maker() -> list[str]:
    """Of the processor, where Linux tells it.

    Not the model: a Zen 4 and a Zen 5 gave the same bytes.
    """
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return []
    said = {name.strip(): value.strip() for name, _, value in (own.partition(":") for own in lines)}
    return [said["vendor_id"]] if "vendor_id" in said else []
