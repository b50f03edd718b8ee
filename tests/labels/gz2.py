"""Made-up tables of the open data, as its publishers write them."""

import gzip
import warnings
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from galaxyzoo.labels.published import COLUMNS
from galaxyzoo.tree import GZ2, LabelColumn

FIRST = 587722981736120347
STEMS = {column: answer.stem for column, answer in GZ2.answers.items()}


def objids(galaxies: int) -> list[str]:
    """Of 18 digits, each next to another: as floats, they would be one."""
    return [str(FIRST + number) for number in range(galaxies)]


def make_shares(galaxies: int, seed: int = 0) -> NDArray[np.float64]:
    """[N, 37]: shares of those who were asked, in 3 digits; to each question somebody answered."""
    draws = np.random.default_rng(seed)
    parts = [draws.dirichlet(np.ones(len(q.answers)), galaxies) for q in GZ2.questions]
    return np.concatenate(parts, axis=1).round(3)


def make_table(
    shares: Mapping[LabelColumn, NDArray[np.float64]], names: list[str] | None = None
) -> pd.DataFrame:
    """A table as that of Hart et al., of some columns of each answer."""
    galaxies = len(next(iter(shares.values())))
    first = {"dr7objid": names or objids(galaxies), "gz2_class": ["Sc2l"] * galaxies}
    votes = {
        f"{stem}_{column}": own[:, place]
        for place, stem in enumerate(STEMS.values())
        for column, own in shares.items()
    }
    return pd.DataFrame(first | votes)


def make_mapping(names: list[str], first: int = 1) -> pd.DataFrame:
    """Images 1, 2, 3 ... of some galaxies, from the first on."""
    images = [str(first + place) for place in range(len(names))]
    return pd.DataFrame({"objid": names, "sample": "original", "asset_id": images})


def write_table(path: Path, table: pd.DataFrame) -> Path:
    """Write a table in the format that the ending says, gzipped where it does."""
    name = path.name.removesuffix(".gz")
    plain = path.with_name(name)
    if name.endswith((".csv", ".tsv")):
        table.to_csv(plain, index=False, sep="\t" if name.endswith(".tsv") else ",")
    else:
        _write_with_astropy(plain, table.astype({"dr7objid": np.int64}))
    if path != plain:
        path.write_bytes(gzip.compress(plain.read_bytes(), 1))
        plain.unlink()
    return path


def _write_with_astropy(path: Path, table: pd.DataFrame) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from astropy.io.votable import from_table  # noqa: PLC0415
        from astropy.table import Table  # noqa: PLC0415

        made = Table({name: own.to_numpy() for name, own in table.items() if name != "gz2_class"})
        if path.suffix == ".fits":
            made.write(path)
        else:
            form = "binary2" if "binary" in path.name else "tabledata"
            from_table(made).to_xml(str(path), tabledata_format=form)


def both(shares: NDArray[np.float64]) -> dict[LabelColumn, NDArray[np.float64]]:
    """The same for each kind of column, with something of its own."""
    return {column: (shares / (1 + place)).round(6) for place, column in enumerate(COLUMNS)}
