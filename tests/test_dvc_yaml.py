"""What dvc.yaml says of the stages is what their scripts do."""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT
from tests.stage_imports import modules_used, params_read

PIPELINE = yaml.safe_load((ROOT / "dvc.yaml").read_text())
STAGES: dict[str, dict[str, Any]] = PIPELINE["stages"]
PARAMS = yaml.safe_load((ROOT / "params.yaml").read_text())
TRAININGS = [stage for stage in STAGES if stage.startswith("train_")]

RERUN_BY = {
    "galaxyzoo/errors.py": list(STAGES),
    "galaxyzoo/files.py": list(STAGES),
    "galaxyzoo/findings.py": ["split", "report"],
    "galaxyzoo/ids.py": [stage for stage in STAGES if stage != "export"],
    "galaxyzoo/messages.py": [
        stage for stage in STAGES if stage not in ("make_sample", "crop_resize", "export")
    ],
    "galaxyzoo/paths.py": list(STAGES),
    "galaxyzoo/sections.py": list(STAGES),
    "galaxyzoo/tree.py": [stage for stage in STAGES if stage != "crop_resize"],
    "galaxyzoo/processed.py": [stage for stage in STAGES if stage != "export"],
    "galaxyzoo/devices.py": [*TRAININGS, "evaluate"],
    "galaxyzoo/sample/": ["make_sample", "report"],
    "galaxyzoo/images/": ["crop_resize", "figures", "report"],
    "galaxyzoo/labels/": ["split", *TRAININGS, "evaluate", "figures", "report"],
    "galaxyzoo/dataset/": [*TRAININGS, "evaluate"],
    "galaxyzoo/networks/__init__.py": [*TRAININGS, "export", "evaluate", "figures", "report"],
    "galaxyzoo/networks/common/": [*TRAININGS, "export", "evaluate", "figures", "report"],
    "galaxyzoo/networks/layers/": ["train_tuned", "export", "evaluate", "figures", "report"],
    "galaxyzoo/networks/cnn.py": ["train_cnn", "export", "evaluate", "figures", "report"],
    "galaxyzoo/networks/resnet.py": ["train_resnet", "export", "evaluate", "figures", "report"],
    "galaxyzoo/networks/tuned.py": ["train_tuned", "export", "evaluate", "figures", "report"],
    "galaxyzoo/training/": [*TRAININGS, "report"],
    "galaxyzoo/predict/": ["export", "evaluate", "report"],
    "galaxyzoo/scoring/": ["evaluate", "figures", "report"],
    "galaxyzoo/figures/": ["figures", "report"],
    "galaxyzoo/report/": ["report"],
    "galaxyzoo/params.py": ["report"],
    "galaxyzoo/classify/": [],
    "galaxyzoo/cli.py": [],
    "galaxyzoo/__init__.py": [],
    "galaxyzoo/__main__.py": [],
    "stages/__init__.py": list(STAGES),
    "tools/": [],
    "pyproject.toml": [],
    "README.md": [],
}
"""Which stages run again when a file in a room is changed, added or removed; those that follow them
run too, if what these write has changed"""

every_stage = pytest.mark.parametrize("stage", STAGES)


def covers(dep: str, path: str) -> bool:
    """Whether a dep is a file, or a folder that it is in."""
    return PurePosixPath(path).is_relative_to(dep)


def code_deps(stage: str) -> list[str]:
    return [dep for dep in STAGES[stage]["deps"] if dep.startswith(("galaxyzoo/", "stages/"))]


def params(stage: str) -> set[str]:
    """The dotted names of the params of a stage; "*" for all of params.yaml."""
    return {"*" if isinstance(own, dict) else own for own in STAGES[stage]["params"]}


def leaves(names: set[str]) -> set[str]:
    """The single parameters that some dotted names stand for: "split" for all of its own."""
    found = set()
    for name in names - {"*"}:
        section, _, parameter = name.partition(".")
        keys = [parameter] if parameter else PARAMS[section]
        found |= {f"{section}.{key}" for key in keys}
    return found | (names & {"*"})


def outputs(stage: str) -> Iterator[tuple[str, bool]]:
    """Path of each output, and whether DVC caches it."""
    for output in STAGES[stage]["outs"]:
        if isinstance(output, str):
            yield output, True
        else:
            ((path, options),) = output.items()
            yield path, options.get("cache", True)


def test_the_stages_are_the_scripts() -> None:
    scripts = {path.stem for path in (ROOT / "stages").glob("*.py")} - {"__init__"}
    assert set(STAGES) == scripts


def test_it_fits_in_a_persons_head() -> None:
    assert len((ROOT / "dvc.yaml").read_text().splitlines()) <= 212


@every_stage
def test_it_runs_its_script_and_says_what_for(stage: str) -> None:
    assert STAGES[stage]["cmd"] == f"python -m stages.{stage}"
    assert len(STAGES[stage]["desc"]) > 20


@every_stage
def test_code_deps_hold_all_that_it_imports_and_no_more(stage: str) -> None:
    deps, used = code_deps(stage), modules_used(ROOT / "stages" / f"{stage}.py", ROOT)
    assert {path for path in used if not any(covers(dep, path) for dep in deps)} == set()
    assert [dep for dep in deps if not any(covers(dep, path) for path in used)] == []
    assert len(deps) == len(set(deps))


@every_stage
def test_code_deps_are_whole_rooms(stage: str) -> None:
    """But for what all rooms share, and for networks, of which a training names its own."""
    files = [dep for dep in code_deps(stage) if dep.endswith(".py")]
    network = f"galaxyzoo/networks/{stage.removeprefix('train_')}.py"
    inside = [file for file in files if file.count("/") > 1]
    assert inside == (["galaxyzoo/networks/__init__.py", network] if stage in TRAININGS else [])


@pytest.mark.parametrize("path", RERUN_BY)
def test_what_runs_again_when_a_file_changes(path: str) -> None:
    changed = f"{path}anything.py" if path.endswith("/") else path
    assert [s for s in STAGES if any(covers(dep, changed) for dep in code_deps(s))] == [
        stage for stage in STAGES if stage in RERUN_BY[path]
    ]


def test_the_table_has_every_room() -> None:
    package = ROOT / "galaxyzoo"
    rooms = {p.relative_to(ROOT).as_posix() + "/" for p in package.iterdir() if p.is_dir()}
    modules = {path.relative_to(ROOT).as_posix() for path in package.glob("*.py")}
    known = {path for path in RERUN_BY if path.startswith("galaxyzoo/")}
    missing = (rooms | modules) - known - {"galaxyzoo/networks/", "galaxyzoo/__pycache__/"}
    assert missing == set()


@every_stage
def test_params_are_those_it_reads(stage: str) -> None:
    assert leaves(params(stage)) == leaves(params_read(ROOT / "stages" / f"{stage}.py"))


@every_stage
def test_tables_metrics_and_figures_are_committed_and_the_rest_is_cached(stage: str) -> None:
    in_git = ("data/predictions", "data/scores", "data/split", "metrics", "plots")
    for path, cached in outputs(stage):
        assert cached != path.startswith(in_git), path


def test_what_follows_the_trainings_names_no_network() -> None:
    networks = [stage.removeprefix("train_") for stage in TRAININGS]
    for stage in ("export", "evaluate", "figures", "report"):
        named = [dep for dep in STAGES[stage]["deps"] if any(name in dep for name in networks)]
        assert named == []
        assert not any(name in path for path, _ in outputs(stage) for name in networks)
    rest = yaml.safe_dump({key: PIPELINE[key] for key in ("plots", "metrics", "artifacts")})
    assert not any(name in rest for name in networks)


def test_the_walk_finds_what_is_imported_through_others() -> None:
    used = modules_used(ROOT / "stages" / "train_cnn.py", ROOT)
    assert {"stages/train_cnn.py", "stages/__init__.py", "galaxyzoo/tree.py"} <= used
    assert "galaxyzoo/networks/common/weights.py" in used
    assert "galaxyzoo/networks/resnet.py" not in used
    assert "galaxyzoo/networks/resnet.py" in modules_used(ROOT / "stages" / "export.py", ROOT)


def test_params_are_found_whole_and_in_part() -> None:
    assert params_read(ROOT / "stages" / "split.py") == {
        "data.labels",
        "split.missing",
        "split.seed",
        "split.test_fraction",
    }
    assert "train_cnn" in params_read(ROOT / "stages" / "train_cnn.py")
    assert params_read(ROOT / "stages" / "report.py") == {"*"}
