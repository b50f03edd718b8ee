"""What params.yaml says of a training."""

from typing import Annotated, Literal

from pydantic import Field

from galaxyzoo.base.sections import Count, Device, Precision, Section, Seed, Shuffle
from galaxyzoo.networks.common.ensemble import MOST_MEMBERS


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
