"""How tests classify, and what stands in the catalogue."""

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from galaxyzoo.classify.run import Options
from galaxyzoo.predict.load_options import LoadOptions
from galaxyzoo.tree import ID_COLUMN
from tests.conftest import COLUMNS

FLOAT32 = LoadOptions(precision="float32")
ALONE = Options(workers=1)
GALAXIES = 30
"""How many the fixture `galaxies` has"""


def read(output: Path) -> tuple[list[object], NDArray[np.float64]]:
    read = pd.read_parquet if output.suffix == ".parquet" else pd.read_csv
    table = read(output).astype({ID_COLUMN: str})
    assert list(table.columns[1:]) == list(COLUMNS)
    return table.iloc[:, 0].tolist(), table[list(COLUMNS)].to_numpy(np.float64)
