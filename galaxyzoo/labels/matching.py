"""Which galaxies have both an image and labels, and whether the ids of the two are of one kind."""

from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Context

import pandas as pd

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.ids import Ids, ascending, places_in_order, places_of
from galaxyzoo.base.messages import count, some
from galaxyzoo.findings import Finding, finding
from galaxyzoo.tree import ID_COLUMN

FEWEST_LABELLED = 0.1
"""The share of images with labels below which these are refused"""
FEWEST_MATCHED = 0.2
"""The share of images with labels, and of labels with an image, below both of which the ids are
taken for those of another catalogue"""
FEW_LABELLED = 0.5
"""The share of images with labels below which that is odd"""
EXACT_DIGITS = 15
"""Of a whole number, that every float keeps"""

_CONTEXTS = [
    Context(prec=digits, rounding=how)
    for digits in (EXACT_DIGITS, EXACT_DIGITS + 1)
    for how in (ROUND_HALF_EVEN, ROUND_DOWN)
]


@dataclass(frozen=True)
class Matched:
    """The galaxies that have both an image and labels, and those that lack one; ids ascending."""

    both: Ids
    without_image: Ids
    without_labels: Ids

    @property
    def images(self) -> int:
        return len(self.both) + len(self.without_labels)

    @property
    def labels(self) -> int:
        return len(self.both) + len(self.without_image)

    def table(self) -> pd.DataFrame:
        """A row for each galaxy that lacks something: GalaxyID, and lacks (an image or labels)."""
        lacks = ["image"] * len(self.without_image) + ["labels"] * len(self.without_labels)
        ids = [*self.without_image, *self.without_labels]
        return pd.DataFrame({ID_COLUMN: ids, "lacks": lacks})

    @property
    def lacking(self) -> dict[str, Ids]:
        """What some galaxies lack, and which these are; empty if none lacks anything."""
        lacking = {"an image": self.without_image, "labels": self.without_labels}
        return {what: galaxy_ids for what, galaxy_ids in lacking.items() if len(galaxy_ids)}


def match(image_ids: Ids, label_ids: Ids) -> Matched:
    """Compare the galaxies that have an image with those that have labels; ids as text."""
    has_labels = places_of(image_ids, label_ids) >= 0
    has_image = places_of(label_ids, image_ids) >= 0
    return Matched(
        both=_in_order(image_ids[has_labels]),
        without_image=_in_order(label_ids[~has_image]),
        without_labels=_in_order(image_ids[~has_labels]),
    )


def _in_order(galaxy_ids: Ids) -> Ids:
    return galaxy_ids[places_in_order(galaxy_ids)]


def find_wrong_ids(matched: Matched, mapped: Ids | None = None) -> list[Finding]:
    """Ids of images and of labels that don't belong together.

    `mapped` is all names of images that a mapping has, for labels that were matched through one:
    they may be of few of the images, but these must be its own.
    """
    damaged = [own for own in _damaged(matched) if own.count > len(matched.both)]
    return damaged or (_of_others(matched) if mapped is None else _unmapped(matched, mapped))


def find_odd_ids(matched: Matched) -> list[Finding]:
    """What is odd about ids of images and of labels that belong together by and large."""
    few = len(matched.both) < FEW_LABELLED * matched.images
    return [
        *_damaged(matched),
        *finding(
            "few-labelled",
            _texts(matched.without_labels) if few else [],
            f"of {count(matched.images, 'image')} {{has|have}} no labels",
            "They are left out; see that images and labels are of the same survey",
        ),
    ]


def check_count(matched: Matched) -> None:
    """Raise UserError if there are too few galaxies to train on some and test on others."""
    if len(matched.both) < 2:
        raise UserError(
            f"{count(len(matched.both), 'galaxy has', 'galaxies have')} both an image and labels "
            f"({count(matched.images, 'image')}, {count(matched.labels, 'row')} of labels); "
            "training and testing need at least 2"
        )


def check_complete(matched: Matched) -> None:
    """Raise UserError, which names the first of them, if any galaxy lacks an image or labels."""
    told = [
        f"{count(len(ids), 'galaxy lacks', 'galaxies lack')} {what}: {some(ids)}"
        for what, ids in matched.lacking.items()
    ]
    if told:
        raise UserError(
            f"{'; '.join(told)} (params.yaml: split.missing is error; with report they are left "
            "out, and data/unmatched.csv names all of them)"
        )


def _of_others(matched: Matched) -> list[Finding]:
    both = len(matched.both)
    by_accident = both < FEWEST_MATCHED * min(matched.images, matched.labels)
    if both >= FEWEST_LABELLED * matched.images and not by_accident:
        return []
    return finding(
        "other-ids",
        _texts(matched.without_labels),
        f"of {count(matched.images, 'image')} {{has|have}} no labels, and "
        f"{len(matched.without_image)} of {count(matched.labels, 'row')} of labels no image, which "
        "looks like the ids of another catalogue",
        "See that both name galaxies in the same way; leave out the images that have no labels",
    )


def _unmapped(matched: Matched, mapped: Ids) -> list[Finding]:
    """Numbers may agree by accident: GalaxyIDs of the competition are no names of this kind."""
    others = matched.without_labels[places_of(matched.without_labels, mapped) < 0]
    return finding(
        "other-ids",
        _texts(others) if len(others) > FEW_LABELLED * matched.images else [],
        f"of {count(matched.images, 'image')} {{is|are}} not in the mapping of labels to images",
        "See that the images are those of Galaxy Zoo 2, named by their asset_id",
    )


def _damaged(matched: Matched) -> list[Finding]:
    return [*_lost_zeros(matched), *_rounded(matched)]


def _lost_zeros(matched: Matched) -> list[Finding]:
    labels = {own.lstrip("0"): own for own in _texts(matched.without_image)}
    pairs = [
        f"image {own} and labels {labels[own.lstrip('0')]}"
        for own in _texts(matched.without_labels)
        if own.lstrip("0") in labels
    ]
    return finding(
        "lost-zeros",
        pairs,
        "{galaxy has|galaxies have} an image and labels whose ids differ only in leading zeros",
        "Write ids as text, with the zeros that the names of the images have",
    )


def _rounded(matched: Matched) -> list[Finding]:
    """Ids of which one is the other as a float or a spreadsheet leaves it."""
    images, labels = _long(matched.without_labels), _long(matched.without_image)
    pairs = {own: near for own in images for near in _roundings(own) & labels}
    pairs |= {near: own for own in labels for near in _roundings(own) & images}
    by_chance = 2 * len(pairs) < min(len(images), len(labels))
    return finding(
        "rounded-ids",
        [] if by_chance else [f"image {i} and labels {pairs[i]}" for i in ascending(pairs)],
        "{galaxy has|galaxies have} an image and labels whose ids agree only as rounded numbers",
        "Long ids lose their last digits in a float or a spreadsheet; take them from where they "
        "are text",
    )


def _texts(galaxy_ids: Ids) -> list[str]:
    texts: list[str] = galaxy_ids.tolist()
    return texts


def _long(galaxy_ids: Ids) -> set[str]:
    return {own for own in _texts(galaxy_ids) if len(own) > EXACT_DIGITS}


def _roundings(galaxy_id: str) -> set[str]:
    """What becomes of an id that passes through 15 or 16 digits, a float of 64 bits, or both."""
    shorter = {str(int(context.create_decimal(galaxy_id))) for context in _CONTEXTS}
    floats = {str(int(float(own))) for own in (galaxy_id, *shorter)}
    return (shorter | floats) - {galaxy_id}
