"""What the pipeline came to, read from a folder where it ran."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pandas as pd
import yaml

from galaxyzoo.base import paths
from tools.comparison import leaves

LOSSES = ("network", "epoch", "split", "mse")


@dataclass(frozen=True)
class Outcome:
    """Of one commit. What an older one doesn't write is empty."""

    commit: str
    scores: dict[str, float]
    """RMSE on the test split, of networks and simple methods"""
    losses: pd.DataFrame
    """Columns: LOSSES"""
    params: dict[str, Any]
    """By dotted names"""
    stages: dict[str, Any]
    """The entries of dvc.lock"""

    @classmethod
    def read(cls, folder: Path, commit: str) -> Self:
        lock = yaml.safe_load((folder / "dvc.lock").read_text(encoding="utf-8"))
        params = yaml.safe_load((folder / "params.yaml").read_text(encoding="utf-8"))
        return cls(
            commit=commit,
            scores=dict(_scores(folder / paths.METRICS)),
            losses=_losses(folder / paths.LOSSES),
            params=dict(leaves(params)),
            stages=lock["stages"],
        )

    @property
    def rendered(self) -> bool:
        return self.params.get("data.images") == paths.SAMPLE_IMAGES.as_posix()


@dataclass(frozen=True)
class Effect:
    """The same before and after a change."""

    before: Outcome
    after: Outcome

    def models(self) -> list[str]:
        """All that either has, the best of the later first."""
        known = self.before.scores | self.after.scores
        return sorted(known, key=lambda name: (known[name], name))

    def networks(self) -> list[str]:
        """Those with a loss curve, as charts call them."""
        both = pd.concat([self.before.losses, self.after.losses])
        return list(dict.fromkeys(both["network"]))

    def params(self) -> list[str]:
        """The names of those that differ."""
        one, other = self.before.params, self.after.params
        names = dict.fromkeys([*one, *other])
        return [name for name in names if one.get(name) != other.get(name)]

    def stages(self) -> list[str]:
        """Those that made something else, are new or gone."""
        one, other = (_outs(own.stages) for own in (self.before, self.after))
        return [name for name in {**one, **other} if one.get(name) != other.get(name)]


def _outs(stages: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {out["path"]: out["md5"] for out in own.get("outs", [])}
        for name, own in stages.items()
    }


def _scores(folder: Path) -> Iterator[tuple[str, float]]:
    for path in sorted(folder.glob("*.json")):
        rmse = json.loads(path.read_text(encoding="utf-8")).get("rmse")
        if isinstance(rmse, int | float):
            yield path.stem, float(rmse)


def _losses(path: Path) -> pd.DataFrame:
    table = pd.read_csv(path) if path.exists() else pd.DataFrame(columns=list(LOSSES))
    return table[list(LOSSES)]
