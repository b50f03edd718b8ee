"""Six made-up galaxies of the open data with their mapping, and how they are read."""

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pytest

from galaxyzoo.base.ids import Ids
from galaxyzoo.labels.errors import LabelsError
from galaxyzoo.labels.reading import Labels, read_votes
from galaxyzoo.tree import GZ2, LabelColumn
from tests.conftest import make_ids
from tests.labels.gz2 import make_mapping, make_shares, make_table, objids, write_table

COUNT = 6
SHARES = make_shares(COUNT)
NAMES = objids(COUNT)


@dataclass
class Inputs:
    """A table of six galaxies whose images are 1 to 6, and its mapping; and how to read them."""

    folder: Path
    table: pd.DataFrame = field(default_factory=lambda: make_table({"debiased": SHARES}))
    mapping: pd.DataFrame = field(default_factory=lambda: make_mapping(NAMES))
    images: Ids = field(default_factory=lambda: make_ids(range(1, COUNT + 1)))
    name: str = "gz2_hart16.csv"

    @property
    def path(self) -> Path:
        return self.folder / self.name

    def read(self, column: LabelColumn = "debiased") -> Labels:
        write_table(self.path, self.table)
        return self.read_written(column)

    def read_written(self, column: LabelColumn = "debiased") -> Labels:
        self.mapping.to_csv(self.folder / "mapping.csv", index=False)
        return read_votes(self.path, self.folder / "mapping.csv", column, GZ2, self.images)

    def refusal(self) -> str:
        with pytest.raises(LabelsError) as error:
            self.read()
        return str(error.value)


@pytest.fixture
def inputs(tmp_path: Path) -> Inputs:
    return Inputs(tmp_path)


def set_cell(table: pd.DataFrame, row: int, column: str, value: object) -> pd.DataFrame:
    cells = table[column].to_list()
    cells[row] = value
    return table.assign(**{column: cells})
