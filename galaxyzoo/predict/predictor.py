"""A trained network with all that it takes to classify images: `galaxyzoo.load_model`."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from PIL import Image

from galaxyzoo import sky
from galaxyzoo.base.errors import UserError
from galaxyzoo.base.messages import count, plain, shorten
from galaxyzoo.devices import Compute, choose_compute
from galaxyzoo.images.cropping import crop_resize, part_of_width
from galaxyzoo.images.sizes import refuse_small
from galaxyzoo.networks.common.folding import Folded
from galaxyzoo.networks.common.weights import ModelInfo
from galaxyzoo.predict.augmentation import RegularViews
from galaxyzoo.predict.inference import made_ready, see_batch
from galaxyzoo.predict.inputs import Images
from galaxyzoo.predict.intake import Intake
from galaxyzoo.predict.intervals import Intervals, beside, bounded
from galaxyzoo.predict.likeness import Likeness
from galaxyzoo.predict.load_options import AS_THE_FILE_SAYS, LoadOptions
from galaxyzoo.predict.model_files import ExportedModel, read_exported
from galaxyzoo.predict.projection import project
from galaxyzoo.predict.residuals import Residuals
from galaxyzoo.predict.words import describe_table
from galaxyzoo.tree import Tree

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Crop:
    """What a network is to see of an image, cropped and resized as in training."""

    fraction: float
    """The part of an image's width that is kept"""
    size: int
    """Side in pixels of what is made of it"""

    def __call__(self, image: Image.Image) -> NDArray[np.uint8]:
        """uint8 [size, size, 3] of an RGB image; ImagesError if it has less than 64x64 pixels."""
        refuse_small(image.size)
        return np.asarray(crop_resize(image, part_of_width(image, self.fraction), self.size))

    def stack(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.uint8]:
        """uint8 [N, size, size, 3] of N images that were cropped, which may be none."""
        return np.array(images, np.uint8).reshape(-1, self.size, self.size, 3)


@dataclass(frozen=True)
class Outlook:
    """What a model says of N images."""

    fractions: NDArray[np.float32]
    """[N, C]"""
    features: NDArray[np.float32]
    """[N, D]: what its last layer makes fractions of"""
    warnings: list[str]
    """What is odd about each; empty if nothing is"""


@dataclass(frozen=True)
class Predictor:
    """A network on its device, and how images become predictions."""

    model: Folded
    compute: Compute
    crop: Crop
    tree: Tree
    """Whose columns the fractions are, in order"""
    info: ModelInfo
    """What the model file says of the network"""
    views: RegularViews
    project: bool
    batch_size: int
    rendered: bool
    """True if the network learned from rendered galaxies: it knows nothing of the sky"""
    path: Path
    """The model file"""
    card: dict[str, Any]
    """What its maker tells of it, as the model card does; empty if that is nothing"""
    likeness: Likeness | None = None
    """What tells images that are unlike those learned from; None: nothing does"""
    intervals: Intervals | None = None
    """Those around predictions; None: there are none, or they aren't wanted"""
    residuals: Residuals | None = None
    """What is added to the network's fractions; None: nothing is"""

    @property
    def coverage(self) -> float | None:
        """The share of votes that the intervals are made to hold; None: there are no intervals."""
        return None if self.intervals is None else self.intervals.coverage

    @property
    def columns(self) -> list[str]:
        """Those of the tables that `predict` gives."""
        own = list(self.tree.columns)
        return own if self.intervals is None else bounded(own)

    def about(self) -> str:
        """The model in a line: what it is called, what it learned from, how far it is off."""
        kind = "rendered" if self.rendered else "real"
        told = [shorten(self.card.get("name", self.path.name))]
        if "galaxies" in self.card:
            told.append(f"learned from {shorten(self.card['galaxies'])} {kind} galaxies")
        elif self.rendered:
            told.append("learned from rendered galaxies")
        if "rmse" in self.card:
            told.append(f"RMSE {shorten(self.card['rmse'])} in cross-validation")
        return ", ".join(told)

    def __repr__(self) -> str:
        fractions, side = count(len(self.tree.columns), "fraction"), self.crop.size
        computed = f"{self.compute.device} in {str(self.compute.dtype).removeprefix('torch.')}"
        return (
            f"{self.about()}\n{fractions} of {plain(self.tree.name)} from {side}x{side} pixels, "
            f"{count(self.views.count, 'view')}, on {computed}: {plain(self.path)}"
        )

    def predict(self, images: Images) -> pd.DataFrame:
        """The vote fractions of each image: a row each, float32, with the columns `tree.columns`.

        Where the model has `intervals`, the bounds of Class1.1 stand behind it, as Class1.1_low and
        Class1.1_high, and so on.

        `images` are a folder, a zip, an image's path, or a text file that lists paths; a PIL image
        of any mode; an array uint8 [H, W, 3] (RGB; [H, W, 4] with alpha; [H, W] grey) or
        [N, H, W, 3]; or paths, PIL images and arrays one after the other, as in a list. They are
        originals of any size from 64x64 pixels, and are cropped and resized as in training.

        The index, called GalaxyID, is text for files: the GalaxyID of <GalaxyID>.jpg, else the
        name, and GalaxyIDs come first, as in the catalogues of `galaxyzoo classify`; a list keeps
        its order. Images and arrays, which have no name, are called by their place: 0 to N-1.

        Raises ImagesError that names each image that can't be used; one is enough to get no table.
        Those that may be wrong, such as blank ones, are a warning in the log, and so are those that
        are unlike what the model learned from. Memory does not grow with the number of images, but
        for the table.
        """
        intake = Intake(images, self.crop)
        batches = [seen.fractions for seen in self._see(intake)]
        nothing = np.empty((0, len(self.tree.columns)), np.float32)
        numbers = self.with_bounds(np.concatenate(batches or [nothing]))
        return pd.DataFrame(numbers, index=intake.index(), columns=self.columns)

    def describe(self, images: Images | pd.DataFrame) -> pd.Series:
        """Each galaxy in a few words, such as "spiral, 2 arms, no bar", by the index of `predict`.

        `images` are what `predict` takes, or a table that it gave. Raises UserError, as that does,
        and for a table that lacks a column or holds what is no number.
        """
        table = images if isinstance(images, pd.DataFrame) else self.predict(images)
        return describe_table(self.tree, table)

    def with_bounds(self, fractions: NDArray[np.float32]) -> NDArray[np.float32]:
        """Fractions [N, C] with their bounds, if there are any: float32 [N, columns]."""
        if self.intervals is None:
            return fractions
        return beside(fractions, *self.intervals.around(fractions))

    def features(self, images: Images) -> NDArray[np.float32]:
        """What the network has seen of each image: float32 [N, D], in the order of `predict`.

        That is what its last layer makes fractions of, such as means over the image of what was
        found, itself a mean over the views. Images that look alike to the network have features
        that are near each other. `images` are what `predict` takes; raises UserError, as that does.
        """
        batches = [seen.features for seen in self._see(Intake(images, self.crop))]
        if batches:
            return np.concatenate(batches)
        black = self.crop.stack([np.zeros((self.crop.size, self.crop.size, 3), np.uint8)])
        return self.see_cropped(black).features[:0]

    def see_cropped(self, images: NDArray[np.uint8]) -> Outlook:
        """What the model sees in images that `crop` gave.

        Raises UserError if the network gives what is no number.
        """
        batches = torch.split(torch.from_numpy(images), self.batch_size)
        seen = [see_batch(self.model, own, self.compute, self.views) for own in batches]
        whole = (torch.cat(own).cpu().numpy() for own in zip(*seen, strict=True))
        features, fractions, layers = whole
        if not (np.isfinite(fractions).all() and np.isfinite(layers).all()):
            raise UserError(f"{self.path}: gives what is no number: its weights are damaged")
        if self.residuals is not None:
            fractions = self.residuals.added_to(fractions, layers)
        if self.project:
            fractions = project(self.tree, fractions).astype(np.float32)
        nothing = [""] * len(images)
        warnings = nothing if self.likeness is None else self.likeness.warnings(layers)
        return Outlook(fractions, features, warnings)

    def predict_cropped(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The vote fractions, float32 [N, C], of images that `crop` gave, as `see_cropped`."""
        return self.see_cropped(images).fractions

    def _see(self, intake: Intake) -> Iterator[Outlook]:
        """What the model sees in each batch of images; the intake is told what is odd."""
        for batch in intake.batches(self.batch_size):
            seen = self.see_cropped(batch)
            intake.doubt(seen.warnings)
            yield seen


def load_model(
    path: str | PathLike[str] | None = None, options: LoadOptions = AS_THE_FILE_SAYS
) -> Predictor:
    """Load a model file that the stage `export` wrote; without one, the model of the sky.

    Raises UserError if `path` isn't such a file, if an option has no meaning, or if this machine
    lacks the device.

    >>> import numpy as np
    >>> from galaxyzoo import load_model
    >>> model = load_model("models/exported/tuned.safetensors")
    >>> images = np.random.default_rng(1).integers(0, 256, (2, 424, 424, 3), np.uint8)
    >>> table = model.predict(images)
    >>> table.shape, table["Class1.1"].dtype
    ((2, 111), dtype('float32'))
    >>> words = model.describe(table)
    """
    options.check()
    path = sky.path() if path is None else Path(path)
    model = read_exported(path)
    views = model.views if options.views is None else model.views_of(options.views)
    compute = choose_compute(options.device, options.precision)
    crop = model.info.crop_fraction if options.crop is None else options.crop
    return Predictor(
        made_ready(model.folded(), compute),
        compute,
        Crop(crop, model.info.size),
        model.info.tree,
        model.info,
        views=views,
        project=model.settings.project,
        batch_size=options.batch_size,
        rendered=model.info.rendered,
        path=path,
        card=model.card,
        intervals=_intervals_of(model, views, path) if options.intervals else None,
        likeness=model.likeness,
        residuals=model.residuals,
    )


def _intervals_of(model: ExportedModel, views: RegularViews, path: Path) -> Intervals | None:
    """Those of the file, if they are of predictions over so many views."""
    own = model.intervals
    if own is None or own.views == views.count:
        return own
    logger.warning(
        "%s: no intervals, which were measured with %s, not %d",
        path,
        count(own.views, "view"),
        views.count,
    )
    return None
