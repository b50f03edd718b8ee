"""What dvc.yaml says of the stages is what their scripts do."""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT
from tests.stage_imports import modules_used, params_read

PIPELINE = yaml.safe_load((ROOT / "dvc.yaml").read_text())
STAGES: dict[str, dict[str, Any]] = PIPELINE["stages"]
PARAMS = yaml.safe_load((ROOT / "params.yaml").read_text())

every_stage = pytest.mark.parametrize("stage", STAGES)


def leaves(names: set[str]) -> set[str]:
    """The single parameters that some dotted names stand for: "split" for all of its own."""
    found = set()
    for name in names:
        section, _, parameter = name.partition(".")
        keys = [parameter] if parameter else PARAMS[section]
        found |= {f"{section}.{key}" for key in keys}
    return found


def outputs(stage: str) -> Iterator[tuple[str, bool]]:
    """Path of each output, and whether DVC caches it."""
    for output in STAGES[stage].get("outs", []) + STAGES[stage].get("metrics", []):
        if isinstance(output, str):
            yield output, True
        else:
            ((path, options),) = output.items()
            yield path, options.get("cache", True)


def test_the_stages_are_the_scripts() -> None:
    scripts = {path.stem for path in (ROOT / "stages").glob("*.py")} - {"__init__"}
    assert set(STAGES) == scripts


@every_stage
def test_it_runs_its_script_and_says_what_for(stage: str) -> None:
    assert STAGES[stage]["cmd"] == f"python -m stages.{stage}"
    assert len(STAGES[stage]["desc"]) > 20


@every_stage
def test_code_deps_are_the_modules_it_uses(stage: str) -> None:
    deps = STAGES[stage]["deps"]
    code = {dep for dep in deps if dep.endswith(".py")}
    assert code == modules_used(ROOT / "stages" / f"{stage}.py", ROOT)
    assert len(deps) == len(set(deps))


@every_stage
def test_params_are_those_it_reads(stage: str) -> None:
    declared = leaves(set(STAGES[stage]["params"]))
    assert declared == leaves(params_read(ROOT / "stages" / f"{stage}.py"))


@every_stage
def test_tables_metrics_and_figures_are_committed_and_the_rest_is_cached(stage: str) -> None:
    for path, cached in outputs(stage):
        committed = path.endswith((".csv", ".png")) or path.startswith("metrics/")
        of_the_sample = path.startswith("data/sample/")
        assert cached == (of_the_sample or not committed), path


def test_the_leaderboard_is_a_dep_where_ranks_are_given() -> None:
    assert "galaxyzoo/leaderboard.csv" in STAGES["evaluate"]["deps"]


def test_every_figure_and_model_is_described_once() -> None:
    written = {path for stage in STAGES for path, _ in outputs(stage)}
    plots = [
        name for plot in PIPELINE["plots"] for name in ([plot] if isinstance(plot, str) else plot)
    ]
    figures = {path for path in written if path.endswith(".png")}
    assert sorted(name for name in plots if name.endswith(".png")) == sorted(figures)
    models = {artifact["path"] for artifact in PIPELINE["artifacts"].values()}
    assert models == {path for path, _ in outputs("export")}


def test_the_walk_finds_what_is_imported_through_others() -> None:
    used = modules_used(ROOT / "stages" / "train_cnn.py", ROOT)
    assert {"stages/train_cnn.py", "stages/__init__.py", "galaxyzoo/tree.py"} <= used
    assert "galaxyzoo/scores.py" not in used


def test_params_are_found_whole_and_in_part() -> None:
    assert params_read(ROOT / "stages" / "split.py") == {
        "data.labels",
        "split.seed",
        "split.test_fraction",
    }
    assert "train_cnn" in params_read(ROOT / "stages" / "train_cnn.py")
