"""`make verify`: what it compares and how it ends. The pipeline's tests run it for real."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import safetensors.numpy
import yaml
from PIL import Image

from galaxyzoo.devices import choose_device, describe
from tools import verify
from tools.comparison import difference

HERE = describe(choose_device("auto"))


def write(folder: Path, value: float) -> Path:
    """A file of each kind, all of whose numbers grow with `value`."""
    folder.mkdir(parents=True)
    (folder / "own.json").write_text(json.dumps({"a": {"rmse": value}, "n": "text"}))
    pd.DataFrame({"name": ["x", "y"], "rmse": [value, 1]}).to_csv(folder / "own.csv")
    np.save(folder / "own.npy", np.full((2, 3), value, np.float32))
    safetensors.numpy.save_file({"w": np.full(3, value)}, folder / "own.safetensors")
    pixel = np.full((2, 2, 3), round(100 * value), np.uint8)
    Image.fromarray(pixel).save(folder / "own.png")
    (folder / "own.html").write_text(f"<p>{value}</p>")
    return folder


def test_the_same_bytes_are_no_difference(tmp_path: Path) -> None:
    one, other = write(tmp_path / "one", 0.5), write(tmp_path / "other", 0.5)
    assert difference(one, other) is None


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("own.json", "differs by up to 0.25 (a.rmse)"),
        ("own.csv", "differs by up to 0.25 (rmse)"),
        ("own.npy", "differs by up to 0.25 (values)"),
        ("own.safetensors", "differs by up to 0.25 (w)"),
        ("own.png", "differs by up to 25 (pixels)"),
        ("own.html", "differs in its bytes (10 and 11)"),
    ],
)
def test_each_kind_of_file_says_by_how_much(tmp_path: Path, name: str, said: str) -> None:
    one, other = write(tmp_path / "one", 0.5), write(tmp_path / "other", 0.75)
    assert difference(one / name, other / name) == said
    assert f"{name} {said}" in str(difference(one, other))


def test_what_is_missing_and_what_is_no_number(tmp_path: Path) -> None:
    one, other = write(tmp_path / "one", 0.5), write(tmp_path / "other", 0.5)
    (other / "own.json").write_text(json.dumps({"a": {"rmse": 0.5}, "n": "other"}))
    assert difference(one / "own.json", other / "own.json") == "differs by up to inf (n)"
    np.save(other / "own.npy", np.zeros((3, 3), np.float32))
    assert difference(one / "own.npy", other / "own.npy") == "differs by up to inf (values)"
    (other / "own.csv").unlink()
    assert difference(one / "own.csv", other / "own.csv") == "is missing on one side"
    assert "own.csv is missing on one side" in str(difference(one, other))


class Repository:
    """A committed project with two outputs, one of them in git."""

    def __init__(self, folder: Path, kind: str) -> None:
        self.folder = folder
        (folder / "metrics").mkdir(parents=True)
        (folder / "plots/history").mkdir(parents=True)
        (folder / "models").mkdir()
        (folder / "metrics/cnn.json").write_text('{"rmse": 0.5}')
        (folder / "models/cnn.txt").write_text("weights")
        (folder / "data").mkdir()
        (folder / "data/own.zip").write_text("images")
        (folder / ".gitignore").write_text("models\ndata\n")
        pd.DataFrame({"computed_on": [kind], "threads": [2], "processes": [3]}).to_csv(
            folder / "plots/history/cnn.csv", index=False
        )
        params = "data: {images: data/own.zip}\nsplit: {missing: report}\n"
        (folder / "params.yaml").write_text(params)
        (folder / "report").mkdir()  # called as what a parameter says that is no file
        (folder / "dvc.yaml").write_text('stages: {crop: {deps: ["${data.images}"]}}\n')
        self.lock("metrics/cnn.json", "models/cnn.txt")
        git = ("git", "-c", "user.name=T", "-c", "user.email=t@example.org")
        for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "start"]):
            subprocess.run([*git, *command], cwd=folder, check=True)

    def lock(self, *paths: str) -> None:
        outs = [{"path": path, "md5": f"md5 of {path}"} for path in paths]
        content = yaml.safe_dump({"stages": {"all": {"outs": outs}}})
        (self.folder / "dvc.lock").write_text(content)


@pytest.mark.parametrize(
    ("kind", "status"), [(HERE, 1), ("another processor", 0)], ids=["same", "other"]
)
def test_other_bytes_are_listed_and_wrong_on_the_same_kind_alone(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    kind: str,
    status: int,
) -> None:
    repository = Repository(tmp_path / "own", kind)

    def rerun(clone: Path, circumstances: dict[str, str], *command: str) -> None:
        assert circumstances == {"OMP_NUM_THREADS": "2", "GALAXYZOO_TRAIN_PROCESSES": "3"}
        assert command == ("dvc", "repro", "--force")
        assert (clone / "data/own.zip").read_text() == "images", "what git ignores is there"
        assert not (clone / "report").exists()
        (clone / "metrics/cnn.json").write_text('{"rmse": 0.625}')
        lock = clone / "dvc.lock"
        lock.write_text(lock.read_text().replace("md5 of metrics", "another"))

    monkeypatch.setattr(verify, "run", rerun)
    assert verify.main(repository.folder) == status
    said = capsys.readouterr().out
    assert "metrics/cnn.json: differs by up to 0.12 (rmse)" in said
    assert "1 of 2 outputs have the same bytes" in said
    assert ("another kind of processor" in said) == (status == 0)
    assert repository.folder.is_dir()
    shutil.rmtree(repository.folder)


def test_the_same_bytes_end_well_wherever_they_come_from() -> None:
    assert verify.verdict([], {"another"}, HERE) == 0


def test_histories_of_before_say_nothing_of_processors(tmp_path: Path) -> None:
    (tmp_path / "plots/history").mkdir(parents=True)
    with pytest.raises(verify.VerifyError, match="does not say where the networks were trained"):
        verify.committed_kinds(tmp_path)
