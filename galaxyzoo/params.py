"""The parameters of params.yaml: read, validated, refused by name.

What each parameter means, and its unit, stands beside its value in params.yaml.
"""

import re
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from galaxyzoo.errors import UserError

PARAMS_FILE = Path("params.yaml")

Seed = Annotated[int, Field(ge=0, lt=2**32)]
Count = Annotated[int, Field(ge=1)]
LearningRate = Annotated[float, Field(gt=0, le=1)]
Device = Literal["auto", "cuda", "mps", "cpu"]
Precision = Literal["auto", "float32", "bfloat16"]


def _one_or_even(views: int) -> int:
    if views != 1 and views % 2:
        raise PydanticCustomError("views", "Input should be 1 or an even number")
    return views


Views = Annotated[int, Field(ge=1), AfterValidator(_one_or_even)]


class ParamsError(UserError):
    """A parameter is missing, unknown, of the wrong type or out of its range."""


class _Section(BaseModel):
    # Strict: a quoted number or a misspelt key is a mistake, and is not guessed at.
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class DataParams(_Section):
    images: Annotated[str, Field(min_length=1)]
    labels: Annotated[str, Field(min_length=1)]


class SampleParams(_Section):
    galaxies: Annotated[int, Field(ge=1, le=100_000)]
    seed: Seed


class CropResizeParams(_Section):
    crop: Annotated[int, Field(ge=10)]
    size: Annotated[int, Field(ge=8)]
    save_jpegs: bool


class SplitParams(_Section):
    test_fraction: Annotated[float, Field(gt=0, lt=1)]
    seed: Seed


class TrainParams(_Section):
    """How to train a network; what has a default may be left out, and is then as in the course."""

    epochs: Count
    batch_size: Annotated[int, Field(ge=2)]
    learning_rate: LearningRate
    seed: Seed
    device: Device
    precision: Precision = "float32"
    schedule: Literal["constant", "one_cycle"] = "constant"
    weight_decay: Annotated[float, Field(ge=0, lt=1)] = 0.0
    averaging: Annotated[float, Field(ge=0, lt=1)] = 0.0
    rotation: Annotated[float, Field(ge=0, le=180)] = 0.0
    flip: bool = False
    zoom: Annotated[float, Field(ge=1, le=4)] = 1.0
    shift: Annotated[float, Field(ge=0)] = 0.0
    brightness: Annotated[float, Field(ge=0, lt=1)] = 0.0


class PredictParams(_Section):
    """How predictions are made; exported model files carry it."""

    cnn_views: Views
    resnet_views: Views
    tuned_views: Views
    project: bool


class EvaluateParams(_Section):
    batch_size: Count
    device: Device


class Params(_Section):
    """All of params.yaml: a section per stage, and some that several stages read."""

    data: DataParams
    make_sample: SampleParams
    crop_resize: CropResizeParams
    split: SplitParams
    train_cnn: TrainParams
    train_resnet: TrainParams
    train_tuned: TrainParams
    predict: PredictParams
    evaluate: EvaluateParams


def read_params(path: Path = PARAMS_FILE) -> Params:
    """Read `path`.

    Raises ParamsError that names each bad parameter, its value and what is allowed, a line each.
    """
    if not path.is_file():
        raise ParamsError(f"{path}: no such file; run from the top folder of the project")
    try:
        content = yaml.load(path.read_text(), Loader=_Loader)
    except yaml.YAMLError as error:
        raise ParamsError(f"{path}: not valid YAML: {error}") from error
    if not isinstance(content, dict):
        raise ParamsError(f"{path}: expected sections such as 'data:', got {content!r}")
    try:
        return Params.model_validate(content)
    except ValidationError as error:
        raise ParamsError(describe(error)) from error


def describe(error: ValidationError) -> str:
    """One line for each thing wrong: "train_cnn.epochs: must be at least 1, got 0"."""
    return "\n".join(
        _describe_one(
            name=".".join(str(part) for part in item["loc"]),
            kind=item["type"],
            message=item["msg"],
            value=item["input"],
        )
        for item in error.errors(include_url=False)
    )


def _describe_one(name: str, kind: str, message: str, value: object) -> str:
    if kind == "missing":
        return f"{name}: is missing"
    if kind == "extra_forbidden":
        return f"{name}: is not a parameter; remove it, or mend its spelling"
    return f"{name}: {message.replace('Input should', 'must', 1)}, got {value!r}"


class _Loader(yaml.SafeLoader):
    """YAML 1.2 floats: DVC reads 1e-3 as a number, PyYAML by itself as a string."""


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?[0-9]+(\.[0-9]*)?[eE][-+]?[0-9]+$"),
    list("-+0123456789"),
)
