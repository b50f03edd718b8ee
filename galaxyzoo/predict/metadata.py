"""What a model file says of predictions, and what it tells people besides, checked."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from galaxyzoo.networks.common.metadata import Fields
from galaxyzoo.predict.limits import MOST_MAGNIFIED, MOST_VIEWS, VIEWS_ALLOWED, views_fit

MOST_OF_A_RECORD = 50_000
"""Characters of JSON: of a model card, or of the settings of a training"""


@dataclass(frozen=True)
class PredictSettings:
    """How predictions are made with a trained network; `export_model` adds it to a model file."""

    views: int
    """Over how many turned and mirrored views of an image the predictions are averaged"""
    project: bool
    """Whether each prediction is then moved to the nearest one that obeys the decision tree"""
    magnified: float = 1.0
    """How much larger every other view shows its galaxy"""

    def as_dict(self) -> dict[str, Any]:
        # what says nothing is left out, as in files from before views could be magnified
        return {name: own for name, own in asdict(self).items() if (name, own) != ("magnified", 1)}


def parse_settings(predict: Fields) -> PredictSettings:
    """How predictions are made."""
    views = predict.whole("views", 1, MOST_VIEWS)
    if not views_fit(views):
        predict.refuse("views", VIEWS_ALLOWED)
    said = "magnified" in predict.content
    magnified = predict.number("magnified", 1, MOST_MAGNIFIED) if said else 1.0
    return PredictSettings(views, predict.flag("project"), magnified)


def parse_record(metadata: Fields, name: str) -> dict[str, Any]:
    """What a file tells people under `name`, as its card: an object of any keys; {} without one.

    No prediction depends on it, so what stands in it isn't looked into: whoever prints a value of
    it takes `plain` text.
    """
    if metadata.content.get(name) is None:
        return {}
    record = dict(metadata.part(name).content)
    if len(json.dumps(record)) > MOST_OF_A_RECORD:
        metadata.refuse(name, f"an object of at most {MOST_OF_A_RECORD:,} characters")
    return record
