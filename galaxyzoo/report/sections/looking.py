"""What networks get to see, and what they look at."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from galaxyzoo.networks.common.inputs import PIXEL_DIVISOR, to_input
from galaxyzoo.report.facts import Contestant, Facts
from galaxyzoo.report.pictures import data_address
from galaxyzoo.report.sections.networks import NO_AUGMENTATION, augmentation
from galaxyzoo.scoring.occlusion import Occlusion
from galaxyzoo.training.augmentation import Ranges, random_views

_VIEWS = 12
_SEED = 1
"""The views of a page are others than those of the training, but the same in every run"""
_SHOWN = 192
_FOR = (230, 120, 0)
_AGAINST = (0, 140, 255)
_STRONG = 0.9
"""How much of a colour covers the galaxy where the answer changes most"""
_LEAST = 0.05
"""The least change of a fraction that is drawn in full, so that noise looks like nothing"""
_PARTS = (
    ("at the upper left", "at the top", "at the upper right"),
    ("at the left", "in the centre", "at the right"),
    ("at the lower left", "at the bottom", "at the lower right"),
)


def about_looking(facts: Facts) -> dict[str, Any]:
    shown = [own for own in facts.networks if augmentation(own.options) != NO_AUGMENTATION]
    shower = facts.best if facts.best in shown else next(iter(shown), None)
    return {
        "viewer": shower.label if shower else "",
        "views": [] if shower is None else _views(facts, shower),
        "places": max((own.covered.size for own in facts.results.occlusions), default=0),
        "occlusions": [_occlusion(facts, own) for own in facts.results.occlusions],
    }


def _views(facts: Facts, network: Contestant) -> list[str]:
    """Random views of the showpiece, as they come into the training: what images are made of."""
    image = torch.from_numpy(np.array(facts.processed[facts.showpiece]))
    images = to_input(image.expand(_VIEWS, *image.shape))
    draws = torch.Generator().manual_seed(_SEED)
    seen = random_views(images, Ranges.of(network.options), draws)
    pixels = (seen * PIXEL_DIVISOR).round().clamp(0, PIXEL_DIVISOR).byte()
    return [data_address(own.numpy()) for own in pixels.permute(0, 2, 3, 1)]


def _occlusion(facts: Facts, own: Occlusion) -> dict[str, Any]:
    image = facts.processed[own.galaxy_id]
    return {
        "galaxy_id": own.galaxy_id,
        "answer": facts.tree.texts[own.column],
        "predicted": own.whole,
        "lowest": float(own.covered.min()),
        "where": where(own.change),
        "src": data_address(image),
        "marked": data_address(mark(image, own.change)),
    }


def mark(image: NDArray[np.uint8], change: NDArray[np.float64]) -> NDArray[np.uint8]:
    """An image in grey, with what speaks for an answer in orange and what against it in blue.

    Takes uint8 [H, H, 3] and the change [G, G] of the answer where a part is covered; gives
    uint8 [192, 192, 3].
    """
    strength = change / max(float(np.abs(change).max()), _LEAST)
    size = (_SHOWN, _SHOWN)
    spread = Image.fromarray(strength.astype(np.float32)).resize(size, Image.Resampling.BICUBIC)
    weight = np.clip(np.asarray(spread), -1, 1)[..., None]
    grey = Image.fromarray(image).convert("L").resize(size, Image.Resampling.BICUBIC)
    pixels = np.repeat(np.asarray(grey, np.float64)[..., None], 3, axis=2)
    color = np.where(weight < 0, _FOR, _AGAINST)
    # what is bright stays bright in the colour, so that the galaxy is still to be seen
    share = _STRONG * np.abs(weight)
    mixed = (1 - share) * pixels + share * (0.45 * color + 0.55 * pixels * color / 255)
    marked: NDArray[np.uint8] = mixed.round().clip(0, 255).astype(np.uint8)
    return marked


def where(change: NDArray[np.float64]) -> str:
    """Which part of an image speaks most for an answer: "in the centre", "at the upper left"."""
    row, column = divmod(int(change.argmin()), change.shape[1])
    return _PARTS[3 * row // change.shape[0]][3 * column // change.shape[1]]
