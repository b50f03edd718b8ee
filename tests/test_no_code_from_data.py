"""Nothing that is read can run code: the functions that would allow it are not used anywhere."""

import ast
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from galaxyzoo.base.errors import UserError
from galaxyzoo.base.sections import ParamsError
from galaxyzoo.networks import find
from galaxyzoo.networks.encoder import read_checkpoint
from galaxyzoo.params import read_params
from galaxyzoo.processed import open_array
from galaxyzoo.training.checkpoints import Progress, restore_checkpoint
from tests.conftest import ROOT

SOURCES = sorted(path for room in ("galaxyzoo", "stages") for path in (ROOT / room).rglob("*.py"))
MODULES = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve", "subprocess"}
CALLS = {
    "eval", "exec", "compile", "__import__", "os.system", "os.popen", "torch.load",
    "torch.hub.load", "pd.read_pickle", "pd.eval", "yaml.load_all", "yaml.full_load",
    "yaml.unsafe_load", "numpy.fromregex", "tempfile.mktemp",
}  # fmt: skip
METHODS = {"extractall", "extract", "read_pickle", "to_pickle", "query"}
"""Of any object: those of archives write where names in them say"""

ALLOWED = {
    "import_module": {
        "galaxyzoo/__init__.py",
        "galaxyzoo/base/astronomy.py",
        "galaxyzoo/classify/__init__.py",
        "galaxyzoo/networks/__init__.py",
        "galaxyzoo/processes/dask_engine.py",
    },
    "Markup": {
        "galaxyzoo/report/citations.py",
        "galaxyzoo/report/page.py",
        "galaxyzoo/report/sections/branches.py",
    },
    "pickle": {"galaxyzoo/networks/encoder.py"},
    "subprocess": {"galaxyzoo/base/parents.py", "galaxyzoo/training/launch.py"},
    "torch.load": {"galaxyzoo/networks/encoder.py"},
}
"""What only some files may call: modules by name, of which networks/ lists its own folder, and
astronomy.py is told by our code alone which part of astropy; and HTML that isn't escaped: ours,
links to sources that escape what they show, and a picture that has escaped its words; and other
programs, of which parents.py asks `ps`, by numbers, for a parent, and launch.py starts again what
runs; and torch.load of plain weights alone, at whose refusal it raises an error of pickle's"""
PLAIN = "weights_only=True"


def findings(tree: ast.AST, name: str) -> Iterator[str]:
    """What in a source file could run, or pass on, what somebody else wrote."""
    refused = {module for module in MODULES if name not in ALLOWED.get(module, set())}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (own.name for own in node.names if own.name.split(".")[0] in refused)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in refused:
            yield str(node.module)
        elif isinstance(node, ast.Call):
            yield from _call(node, name)


def _call(node: ast.Call, name: str) -> Iterator[str]:
    called = ast.unparse(node.func)
    if called == "torch.load" and name in ALLOWED["torch.load"] and PLAIN in ast.unparse(node):
        return
    if called in CALLS or called.rpartition(".")[2] in METHODS:
        yield called
    if called.rpartition(".")[2] in ALLOWED and name not in ALLOWED[called.rpartition(".")[2]]:
        yield called
    if called == "yaml.load" or any(
        own.arg in ("allow_pickle", "shell") and ast.unparse(own.value) != "False"
        for own in node.keywords
    ):
        yield ast.unparse(node)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_source_file_does_what_could_run_code(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    assert list(findings(ast.parse(path.read_text()), name)) == []


@pytest.mark.parametrize(
    "code",
    [
        "import pickle", "from pickle import loads", "import subprocess as s", "eval('1')",
        "torch.load(path)", "np.load(path, allow_pickle=True)", "yaml.load(text, Loader=Any)",
        "torch.load(path, weights_only=False)",
        "archive.extractall()", "Markup(text)", "run('ls', shell=True)", "import_module(name)",
    ],
)  # fmt: skip
def test_each_of_them_would_be_seen(code: str) -> None:
    assert list(findings(ast.parse(code), "galaxyzoo/new.py"))


def test_the_one_loader_of_yaml_makes_plain_values_alone() -> None:
    source = (ROOT / "galaxyzoo" / "base" / "safe_yaml.py").read_text()
    assert "class _Loader(yaml.SafeLoader)" in source
    assert "add_constructor" not in source


class Harm:
    """Leaves a mark where it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.mark,)


def test_the_mark_is_left_where_a_pickle_is_trusted(tmp_path: Path) -> None:
    pickle.loads(pickle.dumps(Harm(tmp_path / "ran")))  # noqa: S301  to see the danger
    assert (tmp_path / "ran").exists()


def test_an_array_of_objects_runs_nothing(tmp_path: Path) -> None:
    path, mark = tmp_path / "images.npy", tmp_path / "ran"
    np.save(path, np.array([Harm(mark)], dtype=object), allow_pickle=True)
    with pytest.raises(UserError, match=r"images\.npy"):
        open_array(path)
    path.write_bytes(pickle.dumps(Harm(mark)))
    with pytest.raises(UserError, match=r"images\.npy"):
        open_array(path)
    assert not mark.exists()


@pytest.mark.filterwarnings("ignore:Detected pickle protocol")
@pytest.mark.parametrize("torch_save", [True, False])
def test_a_checkpoint_runs_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, torch_save: bool
) -> None:
    path, mark = tmp_path / "cnn-0123456789abcdef.safetensors", tmp_path / "ran"
    if torch_save:
        torch.save({"model": Harm(mark)}, path)
    else:
        path.write_bytes(pickle.dumps(Harm(mark)))
    model = find("cnn").build(16, 3, seed=0)
    progress = Progress(model, None, torch.optim.Adam(model.parameters()), torch.Generator())
    assert not restore_checkpoint(path, progress)
    (said,) = caplog.messages
    assert said.startswith(f"{path}: is damaged (")
    assert len(said.splitlines()) == 1
    assert not mark.exists()


@pytest.mark.filterwarnings("ignore:Detected pickle protocol")
@pytest.mark.parametrize("torch_save", [True, False])
def test_a_checkpoint_of_others_runs_nothing(tmp_path: Path, torch_save: bool) -> None:
    path, mark = tmp_path / "resnet18.pth", tmp_path / "ran"
    if torch_save:
        torch.save({"fc.weight": Harm(mark)}, path)
    else:
        path.write_bytes(pickle.dumps(Harm(mark)))
    with pytest.raises(UserError, match=r"resnet18\.pth: is no checkpoint of plain weights: "):
        read_checkpoint(path)
    assert not mark.exists()


def test_params_run_nothing(tmp_path: Path) -> None:
    path, mark = tmp_path / "params.yaml", tmp_path / "ran"
    for tag in ("python/object/apply:os.system", "python/object/new:os.system"):
        path.write_text(f"data: !!{tag} ['touch {mark}']\n")
        with pytest.raises(ParamsError, match=r"line 1: what has the tag !!python"):
            read_params(path)
    assert not mark.exists()
