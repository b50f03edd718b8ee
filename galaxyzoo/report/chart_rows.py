"""What the charts of the report show: a table for each."""

from collections.abc import Callable

import pandas as pd

from galaxyzoo.report.facts import Contestant, Facts
from galaxyzoo.scoring.calibration import joint_counts
from galaxyzoo.tree import Question, Tree

ALL_QUESTIONS = "All questions"
JOINT_BINS = 20


def by_network(facts: Facts, rows: Callable[[Contestant], pd.DataFrame]) -> pd.DataFrame:
    """The rows of each network, with its label in the column network."""
    tables = [rows(network).assign(network=network.label) for network in facts.networks]
    return pd.concat(tables, ignore_index=True)


def curve_rows(network: Contestant) -> pd.DataFrame:
    """The MSE on both splits, by epoch."""
    history = network.history
    curves = [
        pd.DataFrame({"epoch": history["epoch"], "split": split, "MSE": history[column].round(6)})
        for split, column in (("train", "train_mse"), ("test", "test_mse"))
    ]
    return pd.concat(curves, ignore_index=True)


def question_title(tree: Tree, question: Question) -> str:
    """As a reader knows it: "3. Is there a bar through the centre of the galaxy?"."""
    return f"{tree.number(question)}. {question.text}"


def answer_rows(facts: Facts) -> pd.DataFrame:
    """The RMSE of each answer that is known of any galaxy, of each network."""
    tree, labels = facts.tree, {network.name: network.label for network in facts.networks}
    answers = facts.results.answers
    table = answers[answers["model"].isin(labels)].dropna(subset=["rmse"])
    names = {c: f"{tree.number(tree.asker(c))}. {text}" for c, text in tree.texts.items()}
    return pd.DataFrame(
        {
            "answer": table["column"].map(names),
            "column": table["column"],
            "network": table["model"].map(labels),
            "RMSE": table["rmse"].round(5),
        }
    )


def calibration_rows(facts: Facts) -> pd.DataFrame:
    """What was voted where about so much was predicted, in bins, of each network."""
    labels = {network.name: network.label for network in facts.networks}
    table = facts.results.calibration
    own = table[table["model"].isin(labels)]
    rows = own[["predicted", "voted", "count"]].round(4)
    return rows.assign(network=own["model"].map(labels)).reset_index(drop=True)


def coverage_rows(facts: Facts) -> pd.DataFrame:
    """How often intervals hold the votes, by what was predicted, of each network that has them."""
    labels = {network.name: network.label for network in facts.networks}
    table = facts.results.coverage
    own = table[(table["group"] == "predicted") & table["model"].isin(labels)]
    rows = own[["predicted", "coverage", "width", "answers"]].round(4)
    return rows.assign(network=own["model"].map(labels)).reset_index(drop=True)


def joint_rows(facts: Facts, network: Contestant) -> pd.DataFrame:
    """How often each fraction was predicted where each was voted: of all questions, and of each."""
    predicted, fractions = network.predicted.to_numpy(), facts.voted.to_numpy()
    parts = [(ALL_QUESTIONS, slice(None))]
    parts += [(question_title(facts.tree, q), facts.tree.span(q)) for q in facts.tree.questions]
    tables = [
        joint_counts(predicted[:, part], fractions[:, part], JOINT_BINS).assign(question=name)
        for name, part in parts
    ]
    return pd.concat(tables, ignore_index=True)


def width_rows(facts: Facts) -> pd.DataFrame:
    """How wide intervals are at each question, over the galaxies where it was mostly asked."""
    labels = {network.name: network.label for network in facts.networks}
    titles = {q.name: f"{facts.tree.number(q)}. {readable(q)}" for q in facts.tree.questions}
    table = facts.results.coverage
    own = table[(table["group"] == "mostly_asked") & table["model"].isin(labels)]
    rows = own[["width", "coverage", "galaxies"]].round(4)
    rows.insert(0, "question", own["name"].map(titles))
    return rows.assign(network=own["model"].map(labels)).reset_index(drop=True)


def readable(question: Question) -> str:
    """What a question is called in short."""
    return question.name.replace("_", " ")
