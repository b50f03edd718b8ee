"""What settings.yaml says, read and validated like params.yaml."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from galaxyzoo.base.sections import Count, Section, Seed, read_yaml, validate
from galaxyzoo.predict.params import Magnified, Ridge, Views
from galaxyzoo.training.params import TrainParams

SETTINGS = Path(__file__).with_name("settings.yaml")


class CropSettings(Section):
    """What is kept of an image."""

    crop: Count
    size: Count


class CrossValidation(Section):
    """How the scores of the model card are measured."""

    folds: Annotated[int, Field(ge=2)]
    seed: Seed


class PredictSettings(Section):
    """How predictions are made."""

    views: Views
    project: bool
    magnified: Annotated[Magnified, Field(exclude_if=lambda said: said == 1)] = 1.0
    residual_ridge: Annotated[Ridge, Field(exclude_if=lambda said: said == 0)] = 0.0


class Settings(Section):
    """All of settings.yaml."""

    date: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    crop_resize: CropSettings
    cross_validation: CrossValidation
    train_tuned: TrainParams
    predict: PredictSettings


def read_settings(path: Path = SETTINGS) -> Settings:
    """Raises ParamsError that names each bad setting."""
    return validate(Settings, read_yaml(path))
