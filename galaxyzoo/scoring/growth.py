"""How the error falls with the number of galaxies learned from: what is known, on real galaxies.

All is against the competition's labels, as what scoring/leaderboard.py has.
"""

from importlib.resources import files
from typing import NamedTuple

import pandas as pd

from galaxyzoo.scoring.leaderboard import PUBLISHED


class Reached(NamedTuple):
    """A published score."""

    name: str
    galaxies: int
    """Learned from"""
    rmse: float


KNOWN = (
    *(
        Reached(name, 49_262, own)
        for name, own in PUBLISHED.items()
        if name.startswith("the course")
    ),
    Reached("Kaggle's second, one network", 55_000, 0.08138),
    Reached("Kaggle's winner, 17 networks", 55_000, 0.07491),
)

REAL_FLOOR = (0.0363, 0.0407)
"""The noise floor of the 3,265 real galaxies that the curve is of, with 50 to 40 volunteers each
(docs/noise_floor.md)"""


def learning_curve() -> pd.DataFrame:
    """What the tuned network reaches after learning from so many real galaxies: galaxies, rmse.

    The means of what `python -m benchmarks.learning_curve` measured with several seeds, on the same
    test galaxies; a test compares them with docs/learning_curve.csv.
    """
    return pd.read_csv(str(files("galaxyzoo.scoring") / "learning_curve.csv"))
