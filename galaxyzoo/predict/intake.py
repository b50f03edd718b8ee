"""Images on their way into a network: opened, cropped, in batches; and what is wrong with some."""

import logging
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image
from tqdm import tqdm

from galaxyzoo.base.messages import MOST_NAMED, count, listing
from galaxyzoo.images.sources import ImagesError
from galaxyzoo.images.suspicion import suspicion
from galaxyzoo.predict.inputs import Given, Images, gather

logger = logging.getLogger(__name__)

Pixels = NDArray[np.uint8]

_PATIENCE = 2  # seconds before a bar shows


class Intake:
    """Takes in all images of a call, and remembers their rows."""

    def __init__(self, images: Images, crop: Callable[[Image.Image], Pixels]) -> None:
        """`crop` makes of an image what the network is to see; it may raise ImagesError."""
        self._inputs = gather(images)
        self._crop = crop
        self._rows: list[str | int] = []
        self._bad: list[str] = []
        self._odd: list[str] = []
        self._batch: list[tuple[str, str]] = []
        """What messages call the images that were given last, and what is odd about each"""

    def batches(self, size: int) -> Iterator[Pixels]:
        """The images, cropped: uint8 [B, S, S, 3], of at most `size` each.

        Raises ImagesError that names all images that can't be used, after a look at all.
        """
        total = self._inputs.number
        with tqdm(total=total, unit=" images", delay=_PATIENCE, disable=None) as bar:
            each = iter(self._inputs.each)
            while given := list(islice(each, size)):
                cropped = [image for image in map(self._take, given) if image is not None]
                if cropped and not self._bad:
                    yield np.stack(cropped)
                self._odd += [f"{said} {why}" for said, why in self._batch if why]
                self._batch = []
                bar.update(len(given))
        self._refuse_bad()
        self._tell_odd()

    def doubt(self, whys: Sequence[str]) -> None:
        """What else is odd about each image of the last batch; empty if nothing is."""
        pairs = zip(self._batch, whys, strict=True)
        self._batch = [(said, known or why) for (said, known), why in pairs]

    def index(self) -> pd.Index:
        """What the rows of the images are called, once they have come."""
        return self._inputs.name_rows(self._rows)

    def _take(self, given: Given) -> Pixels | None:
        try:
            original, why = given.open()
            image = self._crop(original)
        except ImagesError as error:
            self._bad.append(f"{given.said}: {error}")
            return None
        self._rows.append(given.row)
        self._batch.append((given.said, why or suspicion(image)))
        return image

    def _refuse_bad(self) -> None:
        if len(self._bad) == 1:
            raise ImagesError(self._bad[0])
        if self._bad:
            raise ImagesError(f"{len(self._bad):,} images can't be used:\n{listing(self._bad)}")

    def _tell_odd(self) -> None:
        if self._odd:
            more = "; ..." if len(self._odd) > MOST_NAMED else ""
            logger.warning(
                "%s: %s",
                count(len(self._odd), "image may be wrong", "images may be wrong"),
                "; ".join(self._odd[:MOST_NAMED]) + more,
            )
