"""The votes on some galaxies, and the file of them, from which all stages after split read."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from galaxyzoo.base.files import atomic
from galaxyzoo.base.ids import Ids, id_array, places_of
from galaxyzoo.labels.errors import LabelsError
from galaxyzoo.tree import ID_COLUMN, Tree

OBJID_COLUMN = "dr7objid"
"""The column of a galaxy's name in the Sloan Digital Sky Survey, data release 7"""


@dataclass(frozen=True)
class Votes:
    """Vote fractions of N galaxies."""

    fractions: pd.DataFrame
    """Indexed by GalaxyID (text), the tree's columns: float64, 0 to 1, NaN where it isn't known"""
    objids: Ids | None = None
    """[N]: what the survey calls each of them; None if the labels don't tell"""

    @property
    def array(self) -> NDArray[np.float64]:
        """[N, C]: the fractions."""
        return self.fractions.to_numpy(np.float64)

    def of(self, galaxy_ids: Ids) -> "Votes":
        """Those on some of the galaxies, in the order of `galaxy_ids`."""
        places = places_of(galaxy_ids, id_array(self.fractions.index))
        assert (places >= 0).all()
        objids = None if self.objids is None else self.objids[places]
        return Votes(self.fractions.iloc[places], objids)

    def write(self, path: Path) -> None:
        """Write a Parquet file: GalaxyID, dr7objid if there is one, and the tree's columns."""
        columns = {ID_COLUMN: pa.array(list(self.fractions.index), pa.string())}
        if self.objids is not None:
            columns[OBJID_COLUMN] = pa.array(self.objids.tolist(), pa.string())
        for name, own in self.fractions.items():
            columns[str(name)] = pa.array(own.to_numpy(np.float64))
        with atomic(path) as temporary:
            pq.write_table(pa.table(columns), temporary)

    @classmethod
    def read(cls, path: Path, tree: Tree) -> Self:
        """What `write` wrote; LabelsError if it is none, or has not the tree's columns."""
        if not path.exists():
            raise LabelsError(f"{path}: no such file; run `dvc repro`")
        try:
            table = pq.ParquetFile(path).read()
        except (pa.ArrowException, OSError) as error:
            raise LabelsError(f"{path}: is cut short or damaged; run `dvc repro`") from error
        expected = {ID_COLUMN: "string", **dict.fromkeys(tree.columns, "double")}
        kinds = {own.name: str(own.type) for own in table.schema}
        if not expected.items() <= kinds.items():
            raise LabelsError(f"{path}: isn't what the stage split writes; run `dvc repro`")
        ids = pd.Index(table[ID_COLUMN].to_pylist(), name=ID_COLUMN)
        fractions = pd.DataFrame({own: table[own].to_numpy() for own in tree.columns}, index=ids)
        objids = id_array(table[OBJID_COLUMN].to_pylist()) if OBJID_COLUMN in kinds else None
        return cls(fractions, objids)
