"""What a network has seen of many images: lines of text on their way, and then one array."""

import base64
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from galaxyzoo.classify.partial import ClassifiedBatch
from galaxyzoo.predict.predictor import Outlook, Predictor

_NUMBERS = np.dtype("<f4")


@dataclass(frozen=True)
class FeatureLines:
    """What is kept of each batch: a line of JSON, names and the features, digit by digit."""

    def lines(self, _: Predictor, names: Sequence[str], seen: Outlook) -> str:
        numbers = base64.b64encode(seen.features.astype(_NUMBERS).tobytes()).decode()
        return json.dumps([list(names), numbers]) + "\n"


@dataclass(frozen=True)
class Collection:
    """N images that were seen."""

    names: list[str]
    """What each is called, as `label` calls it"""
    features: NDArray[np.float32]
    """[N, D]"""


def collect(batches: Iterable[ClassifiedBatch], number: int, width: int) -> Collection:
    """The `number` images of some batches of `FeatureLines`, in order, with `width` features."""
    names: list[str] = []
    features = np.empty((number, width), np.float32)
    for batch in batches:
        for line in batch.rows.splitlines():
            own, numbers = json.loads(line)
            block = np.frombuffer(base64.b64decode(numbers), _NUMBERS).reshape(len(own), width)
            features[len(names) : len(names) + len(own)] = block
            names += own
    assert len(names) == number, "a batch counts its galaxies"
    return Collection(names, features)
