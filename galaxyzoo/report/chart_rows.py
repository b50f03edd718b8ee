"""What the charts of the report show: a table for each."""

from collections.abc import Callable

import pandas as pd

from galaxyzoo.calibration import calibration_table, joint_counts
from galaxyzoo.report.facts import Facts, TrainedNetwork
from galaxyzoo.tree import COLUMNS, QUESTIONS

ALL_QUESTIONS = "All questions"
JOINT_BINS = 20


def by_network(facts: Facts, rows: Callable[[TrainedNetwork], pd.DataFrame]) -> pd.DataFrame:
    """The rows of each network, with its label in the column network."""
    tables = [rows(network).assign(network=network.label) for network in facts.networks]
    return pd.concat(tables, ignore_index=True)


def curve_rows(network: TrainedNetwork) -> pd.DataFrame:
    """The MSE on both splits, by epoch."""
    history = network.history
    curves = [
        pd.DataFrame({"epoch": history["epoch"], "split": split, "MSE": history[column].round(6)})
        for split, column in (("train", "train_mse"), ("test", "test_mse"))
    ]
    return pd.concat(curves, ignore_index=True)


def answer_rows(facts: Facts) -> pd.DataFrame:
    """The RMSE of each answer, of each network."""
    labels = {network.name: network.label for network in facts.networks}
    table = facts.answer_rmse[facts.answer_rmse["model"].isin(labels)]
    names = {
        c: f"{q.number}. {a}" for q in QUESTIONS for c, a in zip(q.columns, q.answers, strict=True)
    }
    return pd.DataFrame(
        {
            "answer": table["column"].map(names),
            "column": table["column"],
            "network": table["model"].map(labels),
            "RMSE": table["rmse"].round(5),
        }
    )


def calibration_rows(network: TrainedNetwork, voted: pd.DataFrame) -> pd.DataFrame:
    """As `calibration_table` gives it."""
    return calibration_table(network.predicted.to_numpy(), voted.to_numpy()).round(4)


def joint_rows(network: TrainedNetwork, voted: pd.DataFrame) -> pd.DataFrame:
    """As `joint_counts` gives it, for all questions and for each."""
    predicted, fractions = network.predicted.to_numpy(), voted.to_numpy()
    parts = [(ALL_QUESTIONS, slice(0, len(COLUMNS)))]
    parts += [(f"{q.number}. {q.text}", q.slice) for q in QUESTIONS]
    tables = [
        joint_counts(predicted[:, part], fractions[:, part], JOINT_BINS).assign(question=name)
        for name, part in parts
    ]
    return pd.concat(tables, ignore_index=True)
