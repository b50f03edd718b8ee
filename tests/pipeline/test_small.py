"""The whole pipeline on very few galaxies: it works, or says in a line how many it needs."""

import json
import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pandas as pd
import pytest
import yaml

from galaxyzoo.base import paths
from galaxyzoo.base.errors import UserError
from tests.conftest import COLUMNS, ROOT
from tests.pipeline.project import ALL_STAGES

Prepare = Callable[[int], None]


@pytest.fixture
def prepare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Prepare:
    """Sets params.yaml in the current folder to so many galaxies, and one short epoch."""
    monkeypatch.chdir(tmp_path)
    params = yaml.safe_load((ROOT / "params.yaml").read_text())
    for name in params:
        if name.startswith("train_"):
            params[name]["epochs"] = 1

    def write(galaxies: int) -> None:
        params["make_sample"]["galaxies"] = galaxies
        Path("params.yaml").write_text(yaml.safe_dump(params))

    return write


def run(*stages: str) -> None:
    for stage in stages:
        import_module(f"stages.{stage}").main()


def scores() -> dict[str, dict[str, float | None]]:
    return {path.stem: json.loads(path.read_text()) for path in paths.METRICS.glob("*.json")}


def test_one_galaxy_is_too_few_to_split(prepare: Prepare) -> None:
    prepare(1)
    run("make_sample", "crop_resize")
    with pytest.raises(UserError, match=r"1 gala.*at least 2"):
        run("split")


def test_two_galaxies_are_too_few_to_train(prepare: Prepare) -> None:
    prepare(2)
    run("make_sample", "crop_resize", "split")
    with pytest.raises(UserError, match=r"training split holds 1 gala.*at least 2"):
        run("train_cnn")


def test_five_galaxies_of_which_one_tests_all_with_the_same_votes(prepare: Prepare) -> None:
    """No answer varies, and some nobody gave."""
    prepare(5)
    run("make_sample")
    votes = pd.read_csv(paths.SAMPLE_LABELS, dtype={"GalaxyID": str})
    votes[list(COLUMNS)] = votes[list(COLUMNS)].iloc[[0] * 5].to_numpy()
    votes.to_csv(paths.SAMPLE_LABELS, index=False)
    run(*ALL_STAGES[1:])
    assert json.loads(paths.SPLIT_COUNTS.read_text())["test"] == 1
    own = scores()
    assert own["mean_vote"] == {"rmse": 0, "rmse_gain_percent": 0, "rmse_unprojected": 0}
    assert own["cnn"]["rmse_gain_percent"] is None, "no percentage of an error of 0"
    assert own["cnn"]["rmse"] != 0
    page = paths.REPORT.read_text()
    assert not re.search(
        r"\bNaN\b|\bnan\b|\binf\b|Infinity", re.sub(r"<script.*?</script>", "", page, flags=re.S)
    )
