"""What `evaluate` found out: scores as tables, written and read back.

A few numbers for each model go to metrics/, for `dvc metrics`; all detail to tables of their own.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from galaxyzoo.base import paths
from galaxyzoo.base.files import atomic, read_json, write_csv, write_json
from galaxyzoo.scoring.calibration import calibration_table
from galaxyzoo.scoring.coverage import Bounds, coverage_table
from galaxyzoo.scoring.feature_map import FeatureMap
from galaxyzoo.scoring.noise_floor import NoiseFloor, find_noise_floor
from galaxyzoo.scoring.occlusion import Occlusion, read_occlusions, write_occlusions
from galaxyzoo.scoring.rmse import Fractions, answer_rmse, gain_percent, question_rmse, rmse
from galaxyzoo.tree import Tree

REFERENCE = "central_pixel"
"""The model that gains are given over"""

_DIGITS = 6
_COVERAGE = "coverage.csv"
_NOISE_FLOOR = "noise_floor.json"


@dataclass(frozen=True)
class Results:
    """The scores of some models, networks and baselines, on the same galaxies."""

    models: pd.DataFrame
    """By model: rmse; rmse_gain_percent, over the central pixel, NaN (in files: null) where that
    makes no error; rmse_unprojected; and of networks with intervals (in files: of no others) the
    coverage and the mean width of these"""
    questions: pd.DataFrame
    """A row per model and question: model, question, rmse; NaN where no answer to it is known"""
    answers: pd.DataFrame
    """A row per model and answer: model, question, column, answer, rmse, known: of how many
    galaxies it is; of none where the RMSE is NaN"""
    calibration: pd.DataFrame
    """A row per model and bin of predicted fractions: model, predicted, voted, count"""
    agreement: pd.DataFrame
    """By network: the RMSE and the largest miss of a sum of the tree, before and after projection:
    rmse_before, rmse_after, violation_before, violation_after"""
    noise_floor: NoiseFloor
    """What a perfect model would have on these galaxies"""
    unlike: pd.DataFrame = field(default_factory=lambda: unlike_table({}))
    """By network that can tell: of how many galaxies, `galaxies`, it warns as unlike those that it
    learned from, `warned`"""
    coverage: pd.DataFrame = field(default_factory=pd.DataFrame)
    """A row per network with intervals and group: model, and what `coverage_table` gives; without
    such networks it is empty, and no file"""
    occlusions: list[Occlusion] = field(default_factory=list)
    """What the best network looks at, in a few galaxies"""
    feature_map: FeatureMap = field(default_factory=FeatureMap)
    """Which galaxies the networks see alike"""

    def write(self, metrics: Path = paths.METRICS, tables: Path = paths.SCORES) -> None:
        with atomic(metrics) as folder:
            for model, numbers in self.models.iterrows():
                write_json(folder / f"{model}.json", _finite(numbers))
        with atomic(tables) as folder:
            for name in ("questions", "answers", "calibration"):
                write_csv(folder / f"{name}.csv", getattr(self, name), float_format="%.6f")
            if len(self.coverage):
                write_csv(folder / _COVERAGE, self.coverage, float_format="%.6f")
            write_csv(folder / "agreement.csv", self.agreement.reset_index(), float_format="%.6f")
            write_csv(folder / "unlike.csv", self.unlike.reset_index())
            self.noise_floor.write(folder / _NOISE_FLOOR)
            write_occlusions(folder, self.occlusions)
            self.feature_map.write(folder)

    @classmethod
    def read(cls, metrics: Path = paths.METRICS, tables: Path = paths.SCORES) -> Self:
        """What `write` wrote."""
        numbers = {path.stem: read_json(path) for path in sorted(metrics.glob("*.json"))}
        covered = tables / _COVERAGE
        return cls(
            models=pd.DataFrame.from_dict(numbers, orient="index").astype(float),
            questions=pd.read_csv(tables / "questions.csv"),
            answers=pd.read_csv(tables / "answers.csv"),
            calibration=pd.read_csv(tables / "calibration.csv"),
            agreement=pd.read_csv(tables / "agreement.csv", index_col="model"),
            coverage=pd.read_csv(covered) if covered.is_file() else pd.DataFrame(),
            noise_floor=NoiseFloor.read(tables / _NOISE_FLOOR),
            unlike=pd.read_csv(tables / "unlike.csv", index_col="model"),
            occlusions=read_occlusions(tables),
            feature_map=FeatureMap.read(tables),
        )

    def with_intervals(
        self,
        tree: Tree,
        voted: Fractions,
        predictions: Mapping[str, Fractions],
        bounds: Mapping[str, Bounds],
    ) -> "Results":
        """The same, and how the intervals of the models in `bounds` did around `predictions`."""
        if not bounds:
            return self
        tables = {m: coverage_table(tree, predictions[m], own, voted) for m, own in bounds.items()}
        return replace(self, coverage=_table(tables))

    def rmse(self, model: str) -> float:
        return float(self.models["rmse"][model])

    def question_rmse(self, model: str) -> dict[str, float]:
        """By the question's name."""
        own = self.questions[self.questions["model"] == model]
        return {
            str(name): float(rmse) for name, rmse in zip(own["question"], own["rmse"], strict=True)
        }


def score(
    tree: Tree,
    voted: Fractions,
    predictions: Mapping[str, Fractions],
    unprojected: Mapping[str, Fractions],
    projected: Mapping[str, Fractions],
) -> Results:
    """Score predictions [N, C] of some models, by name; REFERENCE must be among them.

    `voted` [N, C] has NaN where an answer isn't known. `unprojected` and `projected` hold those of
    the networks before and after projection onto the tree, of which `predictions` has one or the
    other. The noise floor is that of the usual number of volunteers.
    """
    raw = dict(predictions) | dict(unprojected)
    reference = rmse(predictions[REFERENCE], voted)
    models = {
        model: {
            "rmse": round(own, _DIGITS),
            "rmse_gain_percent": round(gain_percent(own, reference), 2),
            "rmse_unprojected": round(rmse(raw[model], voted), _DIGITS),
        }
        for model, own in ((name, rmse(p, voted)) for name, p in predictions.items())
    }
    return Results(
        models=pd.DataFrame.from_dict(models, orient="index"),
        questions=_table({m: _questions(tree, p, voted) for m, p in predictions.items()}),
        answers=_table({m: _answers(tree, p, voted) for m, p in predictions.items()}),
        calibration=_table({m: calibration_table(p, voted) for m, p in predictions.items()}),
        agreement=score_agreement(tree, voted, unprojected, projected),
        noise_floor=find_noise_floor(voted),
    )


def unlike_table(unlike: Mapping[str, NDArray[np.bool_]]) -> pd.DataFrame:
    """`Results.unlike`, of which test galaxies [N] are unlike those learned from, by network."""
    rows = {name: (len(own), int(own.sum())) for name, own in unlike.items()}
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["galaxies", "warned"])
    return table.rename_axis("model")


def score_agreement(
    tree: Tree,
    voted: Fractions,
    unprojected: Mapping[str, Fractions],
    projected: Mapping[str, Fractions],
) -> pd.DataFrame:
    """What projection did to each network: see `Results.agreement`."""
    rows = {
        network: {
            "rmse_before": rmse(before, voted),
            "rmse_after": rmse(projected[network], voted),
            "violation_before": float(tree.violations(before).max()),
            "violation_after": float(tree.violations(projected[network]).max()),
        }
        for network, before in unprojected.items()
    }
    table = pd.DataFrame.from_dict(rows, orient="index").round(_DIGITS)
    return table.rename_axis("model")


def _finite(numbers: pd.Series) -> dict[str, float | None]:
    """For JSON, which knows no infinity: such a number is null."""
    return {str(name): own if math.isfinite(own) else None for name, own in numbers.items()}


def _table(by_model: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The rows of all models, each with its model in the first column."""
    tables = []
    for model, rows in by_model.items():
        rows.insert(0, "model", model)
        tables.append(rows)
    return pd.concat(tables, ignore_index=True)


def _questions(tree: Tree, predicted: Fractions, voted: Fractions) -> pd.DataFrame:
    errors = question_rmse(tree, predicted, voted)
    return pd.DataFrame({"question": list(errors), "rmse": list(errors.values())}).round(_DIGITS)


def _answers(tree: Tree, predicted: Fractions, voted: Fractions) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "question": [tree.asker(column).name for column in tree.columns],
            "column": list(tree.columns),
            "answer": list(tree.texts.values()),
            "rmse": answer_rmse(predicted, voted),
            "known": (~np.isnan(voted)).sum(axis=0),
        }
    ).round(_DIGITS)
