"""What dvc.yaml says of the stages is what their scripts do."""

import subprocess
from collections.abc import Iterator
from pathlib import PurePosixPath

import pytest
import yaml

from galaxyzoo.base.versions import PACKAGES, VERSIONS
from tests.conftest import ROOT
from tests.reruns import (
    NO_MATTER,
    OTHER_TABLES,
    PARAMS,
    PIPELINE,
    RERUN_BY,
    RERUN_BY_PACKAGE,
    RERUN_BY_PARAM,
    RERUN_BY_STAGE,
    STAGES,
    TO_PASTE,
    TRAININGS,
    to_paste,
)
from tests.stage_imports import modules_used, packages_used, params_read

every_stage = pytest.mark.parametrize("stage", STAGES)


def covers(dep: str, path: str) -> bool:
    """Whether a dep is a file, or a folder that it is in."""
    return PurePosixPath(path).is_relative_to(dep)


def code_deps(stage: str) -> list[str]:
    return [dep for dep in STAGES[stage]["deps"] if dep.startswith(("galaxyzoo/", "stages/"))]


def params(stage: str) -> set[str]:
    """The dotted names of the params of a stage; "*" for all of params.yaml."""
    named = {own for own in STAGES[stage]["params"] if isinstance(own, str)}
    return named | ({"*"} if {"params.yaml": None} in STAGES[stage]["params"] else set())


def packages(stage: str) -> set[str]:
    """The packages whose versions are params of a stage."""
    (own,) = [
        own for own in STAGES[stage]["params"] if isinstance(own, dict) and "params.yaml" not in own
    ]
    return set(PACKAGES.values()) if own["versions.yaml"] is None else set(own["versions.yaml"])


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
    assert set(STAGES) | {TO_PASTE} == scripts


def test_the_stage_to_paste_says_what_its_script_does(monkeypatch: pytest.MonkeyPatch) -> None:
    for whole, (pasted, _) in zip((STAGES, PARAMS), to_paste(), strict=True):
        monkeypatch.setitem(whole, TO_PASTE, yaml.safe_load(pasted)[TO_PASTE])
    monkeypatch.setattr(f"{__name__}.TRAININGS", [*TRAININGS, TO_PASTE])
    for check in (
        test_it_runs_its_script_and_says_what_for,
        test_code_deps_hold_all_that_it_imports_and_no_more,
        test_code_deps_are_whole_rooms,
        test_params_are_those_it_reads,
        test_no_parameter_is_overlooked_by_the_cache_of_runs,
        test_packages_are_those_that_it_imports,
        test_tables_metrics_and_figures_are_committed_and_the_rest_is_cached,
    ):
        check(TO_PASTE)
    resnet = {dep for dep in STAGES["train_resnet"]["deps"] if dep.startswith("data/")}
    assert {dep for dep in STAGES[TO_PASTE]["deps"] if dep.startswith("data/")} == resnet


def test_it_fits_in_a_persons_head() -> None:
    assert len((ROOT / "dvc.yaml").read_text().splitlines()) <= 200


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


@pytest.mark.parametrize("path", [*RERUN_BY, *RERUN_BY_STAGE])
def test_what_runs_again_when_a_file_changes(path: str) -> None:
    changed = f"{path}anything.py" if path.endswith("/") else path
    assert [s for s in STAGES if any(covers(dep, changed) for dep in code_deps(s))] == [
        stage for stage in STAGES if stage in (RERUN_BY | RERUN_BY_STAGE)[path]
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
def test_no_parameter_is_overlooked_by_the_cache_of_runs(stage: str) -> None:
    """DVC's key of a run leaves out whatever is called "size" or "nfiles" within a section.

    The report, which takes everything, has the processed images as a dep, too.
    """
    sections = [name for name in params(stage) - {"*"} if "." not in name]
    keys = {key for section in sections for key in PARAMS[section]}
    assert keys & {"size", "nfiles"} == set()


@every_stage
def test_packages_are_those_that_it_imports(stage: str) -> None:
    """Directly or through our modules; each that matters to results is known as such, or not."""
    used = packages_used(ROOT / "stages" / f"{stage}.py", ROOT)
    assert used - set(PACKAGES) - set(NO_MATTER) == set()
    assert packages(stage) == {PACKAGES[name] for name in used if name in PACKAGES}


@pytest.mark.parametrize("package", PACKAGES.values())
def test_what_runs_again_when_a_package_changes(package: str) -> None:
    again = [stage for stage in STAGES if package in packages(stage)]
    assert again == [stage for stage in STAGES if stage in RERUN_BY_PACKAGE[package]]


@pytest.mark.parametrize("parameter", sorted(leaves(set(PARAMS))))
def test_what_runs_again_when_a_parameter_changes(parameter: str) -> None:
    table = RERUN_BY_PARAM.get(parameter) or RERUN_BY_PARAM[parameter.partition(".")[0]]
    again = [stage for stage in STAGES if {parameter, "*"} & leaves(params(stage))]
    assert again == [stage for stage in STAGES if stage in table]


def test_the_versions_are_those_of_the_packages_that_matter() -> None:
    assert set(yaml.safe_load((ROOT / VERSIONS).read_text())) == set(PACKAGES.values())


def test_the_tables_have_every_file() -> None:
    """Of this repository, but for what the stages write."""
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split("\n")
    written = [path for stage in STAGES for path, _ in outputs(stage)]
    known = [*RERUN_BY, *RERUN_BY_STAGE, *OTHER_TABLES, *written]
    unknown = [path for path in tracked if path and not any(covers(own, path) for own in known)]
    assert unknown == []


@every_stage
def test_tables_metrics_and_figures_are_committed_and_the_rest_is_cached(stage: str) -> None:
    in_git = (
        "data/predictions",
        "data/scores",
        "data/split",
        "data/labels.json",
        "metrics",
        "plots",
    )
    for path, cached in outputs(stage):
        assert cached != path.startswith(in_git), path


def test_what_follows_the_trainings_names_no_network() -> None:
    networks = [stage.removeprefix("train_") for stage in TRAININGS]
    for stage in ("export", "evaluate", "figures", "report"):
        named = [dep for dep in STAGES[stage]["deps"] if any(name in dep for name in networks)]
        assert named == []
        assert not any(name in path for path, _ in outputs(stage) for name in networks)
    rest = yaml.safe_dump({key: PIPELINE[key] for key in ("plots", "metrics")})
    assert not any(name in rest for name in networks)


def test_an_artifact_is_what_export_writes() -> None:
    """All model files, or that of a network; by these names others fetch them."""
    trained = {stage.removeprefix("train_") for stage in TRAININGS}
    files = {name: f"models/exported/{name}.safetensors" for name in trained}
    for name, artifact in PIPELINE["artifacts"].items():
        assert artifact["path"] == files.get(name, "models/exported")


def test_the_walk_finds_what_is_imported_through_others() -> None:
    used = modules_used(ROOT / "stages" / "train_cnn.py", ROOT)
    assert {"stages/train_cnn.py", "stages/__init__.py", "galaxyzoo/tree/__init__.py"} <= used
    assert "galaxyzoo/networks/common/weights.py" in used
    assert "galaxyzoo/networks/resnet.py" not in used
    assert "galaxyzoo/networks/resnet.py" in modules_used(ROOT / "stages" / "export.py", ROOT)


def test_params_are_found_whole_and_in_part() -> None:
    assert params_read(ROOT / "stages" / "split.py") == {
        "data.label_column",
        "data.labels",
        "data.mapping",
        "split.calibration_fraction",
        "split.missing",
        "split.seed",
        "split.test_fraction",
    }
    assert "train_cnn" in params_read(ROOT / "stages" / "train_cnn.py")
    assert params_read(ROOT / "stages" / "report.py") == {"*"}
