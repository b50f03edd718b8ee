"""What must be the same wherever a run computes: else its rows would not be those of one run."""

import hashlib
import platform
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Self

import torch

from galaxyzoo import sky
from galaxyzoo.base.errors import UserError
from galaxyzoo.base.files import digest, file_digest
from galaxyzoo.devices import choose_device, computes_bfloat16, describe
from galaxyzoo.predict.load_options import LoadOptions
from galaxyzoo.predict.predictor import Predictor

_PACKAGES = (
    "galaxyzoo",
    "numpy",
    "pillow",
    "safetensors",
    "simplejpeg",
    "torch",
    "torchvision",
)
"""Whose versions may change what comes of an image: those of versions.yaml that a worker uses"""
_CODE = Path(__file__).parents[1]


class TermsError(UserError):
    """A worker can't compute as the machine does that started the run."""


@dataclass(frozen=True)
class Where:
    """Where something is computed."""

    host: str
    kind: str
    """Of processor or accelerator: on two of one kind, results have the same bytes"""


def spot(device: torch.device) -> Where:
    return Where(platform.node(), describe(device))


@dataclass(frozen=True)
class Terms:
    """What a run computes with."""

    versions: tuple[tuple[str, str], ...]
    """Of Python, this package, and those that decide on bytes, by name"""
    code: str
    """Digest of this package's own code, of which a version may have several"""
    model: str
    """Digest of the model file"""
    device: str
    bfloat16: bool
    """Whether it computes with bfloat16 on a device that has instructions for it"""

    @classmethod
    def of(cls, predictor: Predictor) -> Self:
        device = predictor.compute.device
        fast = predictor.compute.dtype == torch.bfloat16 and computes_bfloat16(device)
        return cls(_versions(), _code(), digest(predictor.path), device.type, fast)

    def check(self, model: Path | None) -> None:
        """Raise TermsError, which names this host, if it can't compute so.

        Without `model`, with the one that this package carries.
        """
        here = dict(_versions())
        for name, theirs in self.versions:
            if here[name] != theirs:
                _refuse(f"has {name} {here[name]}, and the run was started with {theirs}")
        if _code() != self.code:
            _refuse("has other code of galaxyzoo than where the run was started")
        try:
            own = sky.path() if model is None else model
            device = choose_device(self.device)
        except UserError as error:
            raise TermsError(f"{_here()} {error}") from error
        self._check_model(own)
        if self.bfloat16 and not computes_bfloat16(device):
            _refuse("has no instructions for bfloat16, with which the run was started")

    def _check_model(self, path: Path) -> None:
        if not path.is_file():
            _refuse(f"{path}: no such model file here")
        if digest(path) != self.model:
            _refuse(f"{path}: is another model file here than where the run was started")


def resolved(predictor: Predictor, options: LoadOptions) -> LoadOptions:
    """The options with which another process loads the same, whatever it would choose by itself."""
    compute = predictor.compute
    return LoadOptions(
        compute.device.type,
        str(compute.dtype).removeprefix("torch."),
        predictor.views.count,
        predictor.crop.fraction,
        options.batch_size,
        predictor.intervals is not None,
    )


def _versions() -> tuple[tuple[str, str], ...]:
    python = ".".join(platform.python_version_tuple()[:2])
    return ("Python", python), *((name, _version(name)) for name in _PACKAGES)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"


@cache  # what runs is what was there at the start, whatever is installed meanwhile
def _code() -> str:
    whole = hashlib.sha256()
    for path in sorted(_CODE.rglob("*.py")):
        name, own = path.relative_to(_CODE).as_posix(), file_digest(path)
        whole.update(f"{name} {own}\n".encode())
    return whole.hexdigest()


def _refuse(why: str) -> None:
    raise TermsError(f"{_here()} {why}")


def _here() -> str:
    return f"the worker on {platform.node()}:"
