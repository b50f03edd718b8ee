"""Parts of an image covered, one after the other: what a network then says of the rest.

Zeiler and Fergus 2014, Visualizing and understanding convolutional networks (arXiv:1311.2901).
"""

import numpy as np
import torch
from numpy.typing import NDArray

from galaxyzoo.devices import Compute
from galaxyzoo.networks.common.folding import Folded
from galaxyzoo.predict.inference import ONE_VIEW, Perception, corrected, made_ready, see_batch
from galaxyzoo.predict.residuals import Residuals

GRID = 12
"""How many places along each axis are covered"""
_PATCH = 0.2
"""The side of what is covered, as a part of the image's"""


def covered(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Copies of an image, uint8 [12 * 12, H, H, 3], with a square of each covered by its own sky.

    Squares stand on a grid, row by row, and overlap. The sky is the median of the image's border.
    """
    side = len(image)
    border = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
    sky = np.median(border, axis=0).astype(np.uint8)
    copies = np.repeat(image[None], GRID * GRID, axis=0)
    middles = (np.arange(GRID) + 0.5) * side / GRID
    low = np.clip(np.round(middles - side * _PATCH / 2), 0, side).astype(int)
    high = np.clip(np.round(middles + side * _PATCH / 2), 0, side).astype(int)
    for place, copy in enumerate(copies):
        row, column = divmod(place, GRID)
        copy[low[row] : high[row], low[column] : high[column]] = sky
    return copies


def predict_covered(
    model: Folded,
    image: NDArray[np.uint8],
    compute: Compute,
    batch_size: int,
    residuals: Residuals | None = None,
) -> NDArray[np.float32]:
    """The fractions of an image uint8 [H, H, 3] as it is, and then of each copy of `covered`.

    They are float32 [1 + 12 * 12, C], of one view alone, and not projected onto the tree. What the
    model misses is added, if `residuals` tell it.
    """
    made_ready(model, compute)
    images = torch.from_numpy(np.concatenate([image[None], covered(image)]))
    seen = [see_batch(model, own, compute, ONE_VIEW) for own in torch.split(images, batch_size)]
    whole = Perception(*(torch.cat(own).cpu().numpy() for own in zip(*seen, strict=True)))
    return corrected(whole, residuals).fractions
