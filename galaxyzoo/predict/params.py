"""What params.yaml says of predictions."""

from functools import cache
from typing import Annotated, Any

from pydantic import AfterValidator, Field, create_model
from pydantic_core import PydanticCustomError

from galaxyzoo import networks
from galaxyzoo.base.sections import Count, Device, Precision, Section
from galaxyzoo.predict.intervals import COVERAGE
from galaxyzoo.predict.limits import MOST_MAGNIFIED, MOST_RIDGE, VIEWS_ALLOWED, views_fit


def _check_views(views: int) -> int:
    if not views_fit(views):
        raise PydanticCustomError("views", f"Input should be {VIEWS_ALLOWED}")
    return views


Views = Annotated[int, AfterValidator(_check_views)]
Ridge = Annotated[float, Field(ge=0, le=MOST_RIDGE)]
Magnified = Annotated[float, Field(ge=1, le=MOST_MAGNIFIED)]


class PredictParams(Section):
    """How predictions are made; exported model files carry it."""

    project: bool
    false_alarm_rate: Annotated[float, Field(ge=0, le=0.5)] = 0.005
    magnified: Magnified = 1.0
    coverage: Annotated[float, Field(ge=0.5, le=0.99)] = COVERAGE

    def residual_ridge(self, network: str) -> float:
        """The ridge of what a network misses; 0: nothing is added to its predictions."""
        ridge: float = getattr(self, _ridge_of(network))
        return ridge

    def views(self, network: str) -> int:
        """Over how many views of an image the predictions of a network are averaged."""
        asked: int | None = getattr(self, _views_of(network))
        return networks.find(network).views if asked is None else asked


@cache
def predict_params() -> type[PredictParams]:
    """PredictParams with what each network has of its own, which may be left out.

    That is <name>_views, and <name>_residual_ridge.
    """
    views: dict[str, Any] = {_views_of(name): (Views | None, None) for name in networks.names()}
    ridges: dict[str, Any] = {_ridge_of(name): (Ridge, 0.0) for name in networks.names()}
    return create_model("PredictParams", __base__=PredictParams, **views, **ridges)


class EvaluateParams(Section):
    """How the predictions are computed that calibrate and test networks.

    Of its parameters only `precision` changes a number of theirs.
    """

    batch_size: Count
    device: Device
    precision: Precision = "float32"


def _views_of(network: str) -> str:
    return f"{network}_views"


def _ridge_of(network: str) -> str:
    return f"{network}_residual_ridge"
