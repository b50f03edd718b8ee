"""How many take each branch of the tree, of many galaxies."""

import pandas as pd


def mean_branches(voted: pd.DataFrame, predicted: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """The mean vote of each answer, and the mean prediction of the same galaxies, by column.

    Both tables hold the tree's columns for the same galaxies in the same order. A mean is over the
    galaxies whose answer is known; NaN where it is known of none.
    """
    return voted.mean(), predicted.where(voted.notna()).mean()


def only(table: pd.DataFrame, galaxy_id: str) -> pd.Series:
    """The row of one galaxy."""
    return table.loc[[galaxy_id]].iloc[0]
