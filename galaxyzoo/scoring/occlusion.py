"""What a network looks at: how its answer changes where a part of the image is covered."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from galaxyzoo.base.files import write_csv
from galaxyzoo.scoring.branches import only
from galaxyzoo.scoring.exemplars import Images, find_exemplars
from galaxyzoo.tree import ID_COLUMN, Tree

MOST = 6
"""Of how many galaxies it is found out: each costs as much as a hundred and more predictions"""
_NAME = "occlusion.csv"
_ROWS = "row"


@dataclass(frozen=True)
class Occlusion:
    """One galaxy, one answer, and what is predicted for it where the image is covered."""

    galaxy_id: str
    column: str
    whole: float
    """What is predicted from all of the image"""
    covered: NDArray[np.float64]
    """[G, G]: what is predicted where that part is covered"""

    @property
    def change(self) -> NDArray[np.float64]:
        """[G, G]: below 0 where what is covered speaks for the answer, above 0 where against."""
        return self.covered - self.whole


def worth_covering(
    tree: Tree, voted: pd.DataFrame, predicted: pd.DataFrame, images: Images
) -> list[tuple[str, str]]:
    """Galaxies, and of each the answer, that a network gets right and that there is to see.

    At most `MOST`, one for a question; the surest first. Answers that say nothing of a galaxy in a
    description are left out, if others aren't. Takes the tables of the same galaxies in the same
    order, and their images, as `find_exemplars` does.
    """
    exemplars = find_exemplars(tree, voted, images)
    telling = [own for own in exemplars if tree.answers[own.column].words] or exemplars
    sure: dict[str, tuple[float, str, str]] = {}
    for own in telling:
        said = float(only(predicted, own.galaxy_id)[own.column])
        question = tree.asker(own.column).name
        best = sure.get(question)
        if best is None or said > best[0]:
            sure[question] = said, own.galaxy_id, own.column
    ranked = sorted(sure.values(), key=lambda own: -own[0])[:MOST]
    return [(galaxy_id, column) for _, galaxy_id, column in ranked]


def write_occlusions(folder: Path, occlusions: list[Occlusion]) -> None:
    """Write a table with a row for each row of each grid; nothing, if there are none."""
    if occlusions:
        table = pd.concat(map(_table, occlusions), ignore_index=True)
        write_csv(folder / _NAME, table, float_format="%.4f")


def _table(own: Occlusion) -> pd.DataFrame:
    table = pd.DataFrame(own.covered).add_prefix("place_")
    table.insert(0, ID_COLUMN, own.galaxy_id)
    table.insert(1, "column", own.column)
    table.insert(2, "predicted", own.whole)
    table.insert(3, _ROWS, range(len(own.covered)))
    return table


def read_occlusions(folder: Path) -> list[Occlusion]:
    """What `write_occlusions` wrote."""
    path = folder / _NAME
    return list(_read(path)) if path.is_file() else []


def _read(path: Path) -> Iterator[Occlusion]:
    table = pd.read_csv(path, dtype={ID_COLUMN: str})
    for (galaxy_id, column), rows in table.groupby([ID_COLUMN, "column"], sort=False):
        places = rows.sort_values(_ROWS).filter(like="place_")
        yield Occlusion(
            str(galaxy_id), str(column), float(rows["predicted"].iloc[0]), places.to_numpy(float)
        )
