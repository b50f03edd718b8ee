"""Labels of any kind read: the competition's table, or a published one with a mapping to images."""

import logging
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from galaxyzoo.base.ids import Ids, places_in_order
from galaxyzoo.base.messages import count, some
from galaxyzoo.labels.cells import Cells, Table
from galaxyzoo.labels.errors import LabelsError
from galaxyzoo.labels.facts import LabelFacts
from galaxyzoo.labels.formats import open_table
from galaxyzoo.labels.mapping import read_image_names
from galaxyzoo.labels.products import masked, multiply_down
from galaxyzoo.labels.published import is_published, name_of, read_published
from galaxyzoo.labels.table import check_there, labels_in
from galaxyzoo.labels.votes import OBJID_COLUMN, Votes
from galaxyzoo.tree import ID_COLUMN, LabelColumn, Tree

logger = logging.getLogger(__name__)

KAGGLE = "Kaggle's table"
REPEATED, UNMAPPED, UNKNOWN = "repeated", "not in the mapping", "no votes known"
NO_IMAGE = "no image"
"""Why a row of a table becomes no galaxy"""


@dataclass(frozen=True)
class Labels:
    """The votes of a table."""

    votes: Votes
    """Of galaxies in the order of `ids.ascending`, with an image or without"""
    facts: LabelFacts
    tree: Tree
    images: Ids | None = None
    """All names of images that the mapping has; None for a table that needs none"""

    def check_complete(self, path: Path) -> None:
        """Raise LabelsError if the mapping lacks some of the galaxies of the table at `path`."""
        lacking = self.facts.dropped.get(UNMAPPED, 0)
        if lacking:
            raise LabelsError(
                f"{path}: {count(lacking, 'galaxy is', 'galaxies are')} not in the mapping, so "
                "without an image (params.yaml: split.missing is error; with report they are left "
                "out)"
            )

    def facts_of(self, votes: Votes, without_image: int) -> LabelFacts:
        """Those to be told of `votes`, the galaxies that have an image, where so many had none."""
        dropped = {**self.facts.dropped} | ({NO_IMAGE: without_image} if without_image else {})
        return replace(self.facts, dropped=dropped, masked=masked(self.tree, votes.array))


def read_votes(labels: Path, mapping: Path, column: LabelColumn, tree: Tree, images: Ids) -> Labels:
    """Read a table of labels, whichever it is: it is known by its columns.

    Either it is the competition's, see `read_labels`, and has no other `column`; or one of those
    published of Galaxy Zoo 2 (Hart et al. 2016, Willett et al. 2013), as CSV, FITS or VOTable,
    plain or gzipped. Of that only the objids and the `column` of each answer are read; `mapping`
    names the image of each galaxy, of several one that is among `images`, the names of those at
    hand; and the shares are multiplied down the `tree` (`products.multiply_down`). Rows that become
    no galaxy are told of, and counted.

    Raises LabelsError, which names the file and the line, row or column, if one of the files is
    missing, damaged, or no such table, or if the mapping knows none of the galaxies.
    """
    check_there(labels)
    table = open_table(labels, (ID_COLUMN, OBJID_COLUMN))
    if is_published(table.header, tree):
        return _published(table, mapping, column, tree, images)
    if not isinstance(table, Cells):
        raise LabelsError(f"{labels}: has no columns of Galaxy Zoo 2, such as {OBJID_COLUMN}")
    fractions = labels_in(table, tree)
    return Labels(Votes(fractions), LabelFacts(KAGGLE, "kaggle", len(fractions)), tree)


def _published(table: Table, mapping: Path, column: LabelColumn, tree: Tree, images: Ids) -> Labels:
    every = read_published(table, column, tree)
    own, repeated = every.once()
    names = read_image_names(mapping, images)
    galaxy_ids, mapped = names.of(own.objids)
    if not mapped.any():
        raise _no_mapped(mapping, table.path, own.objids)
    fractions = multiply_down(tree, own.shares)
    known = ~np.isnan(fractions).all(axis=1)
    lost = {REPEATED: repeated, UNMAPPED: own.objids[~mapped], UNKNOWN: own.objids[mapped & ~known]}
    dropped = _tell(table.path, lost)
    facts = LabelFacts(name_of(table.header), column, len(every.objids), dropped)
    kept = np.flatnonzero(mapped & known)
    kept = kept[places_in_order(galaxy_ids[kept])]
    index = pd.Index(galaxy_ids[kept], name=ID_COLUMN)
    votes = pd.DataFrame(fractions[kept], index=index, columns=list(tree.columns))
    return Labels(Votes(votes, own.objids[kept]), facts, tree, names.every)


def _no_mapped(mapping: Path, labels: Path, objids: Ids) -> LabelsError:
    return LabelsError(
        f"{mapping}: has none of the {count(len(objids), 'galaxy', 'galaxies')} of {labels}, such "
        f"as {OBJID_COLUMN} {objids[0]} (params.yaml: data.mapping)"
    )


def _tell(path: Path, lost: dict[str, Ids]) -> dict[str, int]:
    """Log which galaxies are left out, and why; how many there are, by why."""
    for why, objids in lost.items():
        if len(objids):
            said = count(len(objids), "row is", "rows are")
            logger.warning("%s: %s left out (%s): %s", path, said, why, some(objids))
    return {why: len(objids) for why, objids in lost.items() if len(objids)}
