"""Which image is which galaxy: the mapping of Galaxy Zoo 2's objids to the names of its images."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from galaxyzoo.base.ids import Ids, id_array
from galaxyzoo.base.messages import some
from galaxyzoo.formats.opening import read_table_bytes
from galaxyzoo.labels.cells import Cells
from galaxyzoo.labels.errors import LabelsError
from galaxyzoo.labels.table import check_ids

SAMPLES = ("original", "extra", "stripe82", "stripe82_coadd_1", "stripe82_coadd_2")
"""Whose image of a galaxy is taken before that of another, the first first"""
PUBLISHED = "gz2_filename_mapping.csv"
"""What the file is called where the images are"""

_OBJID, _SAMPLE, _ASSET = "objid", "sample", "asset_id"


@dataclass(frozen=True)
class ImageNames:
    """The names of the images of some galaxies, one each."""

    path: Path
    by_objid: pd.Series
    """The name of a galaxy's image, its asset_id, by its objid; both are text"""
    every: Ids
    """All names of images that the mapping has"""

    def of(self, objids: Ids) -> tuple[Ids, NDArray[np.bool_]]:
        """[N]: the name of each galaxy's image, empty where there is none; and whether it has one.

        Raises LabelsError if two of the galaxies have one image.
        """
        names = self.by_objid.reindex(pd.Index(objids, dtype=str)).fillna("")
        found = (names != "").to_numpy()
        again = names[found][names[found].duplicated()]
        if len(again):
            same = names.index[names == again.iloc[0]]
            raise LabelsError(f"{self.path}: {_ASSET} {again.iloc[0]} is of {some(list(same))}")
        return id_array(names), found


def read_image_names(path: Path, images: Ids) -> ImageNames:
    """Read the mapping, a CSV of objid, sample and asset_id, in any order and with others.

    Where it has several images of a galaxy, that one is taken which is among `images`, the names of
    those at hand; of several the one of the earlier sample of `SAMPLES`, and then the first. Raises
    LabelsError, which names the line, if it is no such table or an id is none.
    """
    if not path.exists():
        raise LabelsError(f"{path}: no such file (params.yaml: data.mapping)")
    cells = Cells.of(path, read_table_bytes(path), (_OBJID, _ASSET))
    table = cells.columns((_OBJID, _SAMPLE, _ASSET), alone=True).astype(str)
    if table.empty:
        raise LabelsError(
            f"{path}: names no images, and labels of Galaxy Zoo 2 need it to; give {PUBLISHED}, "
            "which stands where the images do (params.yaml: data.mapping)"
        )
    for name in (_OBJID, _ASSET):
        check_ids(cells, table[name])
    return ImageNames(path, _one_each(table, images), id_array(table[_ASSET].unique()))


def _one_each(table: pd.DataFrame, images: Ids) -> pd.Series:
    """The image of each galaxy that is to be taken, by objid."""
    ranks = {sample: rank for rank, sample in enumerate(SAMPLES)}
    ordered = table.assign(
        absent=~table[_ASSET].isin(pd.Index(np.asarray(images))),
        rank=table[_SAMPLE].map(ranks).fillna(len(ranks)),
    ).sort_values(["absent", "rank"], kind="stable")
    return ordered.drop_duplicates(_OBJID).set_index(_OBJID)[_ASSET]
