"""What params.yaml says of a training."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from galaxyzoo.base.sections import Count, DataPath, Device, Precision, Section, Seed, Shuffle
from galaxyzoo.networks.common.ensemble import MOST_MEMBERS

NO_WEIGHTS = "data/no_weights.txt"
"""The file to name where there is none: DVC wants a path that is there"""

_STANDARD_MULT = 0.1


def _is_none(path: str) -> bool:
    return Path(path) == Path(NO_WEIGHTS)


class TrainParams(Section):
    """How to train a network; what has a default may be left out, and is then as in the course."""

    epochs: Count
    batch_size: Annotated[int, Field(ge=2)]
    learning_rate: Annotated[float, Field(gt=0, le=1)]
    seed: Seed
    device: Device
    precision: Precision = "float32"
    schedule: Literal["constant", "one_cycle"] = "constant"
    weight_decay: Annotated[float, Field(ge=0, lt=1)] = 0.0
    ema_decay: Annotated[float, Field(ge=0, lt=1)] = 0.0
    precise_bn: bool = True
    rotation: Annotated[float, Field(ge=0, le=180)] = 0.0
    flip: bool = False
    zoom: Annotated[float, Field(ge=1, le=4)] = 1.0
    shift: Annotated[float, Field(ge=0)] = 0.0
    brightness: Annotated[float, Field(ge=0, lt=1)] = 0.0
    # left out where they say nothing, so that a model from before has the settings that it had
    members: Annotated[int, Field(ge=1, le=MOST_MEMBERS, exclude_if=lambda said: said == 1)] = 1
    shuffle: Annotated[Shuffle, Field(exclude_if=lambda said: said == "auto")] = "auto"
    pretrained: Annotated[DataPath, Field(exclude_if=_is_none)] = NO_WEIGHTS
    pretrained_lr_mult: Annotated[
        float, Field(ge=0, le=1, exclude_if=lambda said: said == _STANDARD_MULT)
    ] = _STANDARD_MULT

    @property
    def model_file(self) -> Path | None:
        """The model file whose weights training starts from, if there is one."""
        return None if _is_none(self.pretrained) else Path(self.pretrained)

    @property
    def checkpoint(self) -> Path | None:
        """The checkpoint of others whose weights training starts from, if there is one."""
        return None

    @property
    def start(self) -> Path | None:
        """Either of them."""
        return self.model_file or self.checkpoint


class EncoderParams(TrainParams):
    """How to train an encoder of torchvision."""

    model: Annotated[str, Field(min_length=1)]
    weights: DataPath = NO_WEIGHTS

    @property
    def checkpoint(self) -> Path | None:
        """The checkpoint of others whose weights training starts from, if there is one."""
        return None if _is_none(self.weights) else Path(self.weights)


def params_of(network: str) -> type[TrainParams]:
    """What params.yaml says of the training of a network."""
    return EncoderParams if network == "encoder" else TrainParams
