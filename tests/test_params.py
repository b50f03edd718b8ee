from pathlib import Path

import pytest

from galaxyzoo.params import Params, ParamsError, read_params
from tests.conftest import ROOT

COMMITTED = (ROOT / "params.yaml").read_text()


def read(tmp_path: Path, old: str, new: str) -> Params:
    assert old in COMMITTED
    path = tmp_path / "params.yaml"
    path.write_text(COMMITTED.replace(old, new, 1))
    return read_params(path)


def test_the_committed_parameters_are_those_of_the_course() -> None:
    params = read_params(ROOT / "params.yaml")
    assert (params.crop_resize.crop, params.crop_resize.size) == (212, 64)
    assert params.split.test_fraction == 0.2
    assert (params.train_cnn.epochs, params.train_cnn.learning_rate) == (6, 0.003)
    assert (params.train_resnet.epochs, params.train_resnet.learning_rate) == (3, 0.0005)
    assert params.train_cnn.batch_size == params.train_resnet.batch_size == 64


def test_every_parameter_says_what_it_means() -> None:
    lines = COMMITTED.splitlines()
    assert all("#" in line for line in lines if line.startswith("  "))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("rate: 0.003", "rate: -1", "train_cnn.learning_rate: must be greater than 0, got -1"),
        ("rate: 0.003", "rate: .inf", "train_cnn.learning_rate: must be a finite number"),
        ("rate: 0.003", "rate: fast", "train_cnn.learning_rate: must be a valid number"),
        ("epochs: 6", "epochs: 0", "train_cnn.epochs: must be greater than or equal to 1, got 0"),
        ("epochs: 6", "epochs: 2.5", "train_cnn.epochs: must be a valid integer, got 2.5"),
        ("epochs: 6", "epocs: 6", "train_cnn.epocs: is not a parameter"),
        ("  epochs: 6", "  #", "train_cnn.epochs: is missing"),
        ("device: auto", "device: gpu", "train_cnn.device: must be 'auto', 'cuda', 'mps' or 'cpu'"),
        ("fraction: 0.2", "fraction: 1", "split.test_fraction: must be less than 1, got 1"),
        ("save_jpegs: true", "save_jpegs: 1", "crop_resize.save_jpegs: must be a valid boolean"),
        ("views: 8", "views: 7", "predict.tuned_views: must be 1 or an even number, got 7"),
        ("zoom: 1.2", "zoom: 0.8", "train_tuned.zoom: must be greater than or equal to 1, got 0.8"),
        ("split:", "slpit:", "slpit: is not a parameter"),
        ("seed: 42", "seed: -1", "split.seed: must be greater than or equal to 0, got -1"),
    ],
)
def test_refuses_by_name(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(ParamsError) as error:
        read(tmp_path, old, new)
    assert message in str(error.value)


def test_names_everything_that_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(ParamsError) as error:
        read(tmp_path, "epochs: 6 # passes over the training split\n  batch", "epochs: 0\n  botch")
    assert len(str(error.value).splitlines()) == 3


def test_numbers_are_read_as_dvc_reads_them(tmp_path: Path) -> None:
    assert read(tmp_path, "rate: 0.003", "rate: 3e-3").train_cnn.learning_rate == 0.003


@pytest.mark.parametrize("content", ["", "- 1", "data: {"])
def test_what_is_no_params_file(tmp_path: Path, content: str) -> None:
    (tmp_path / "params.yaml").write_text(content)
    with pytest.raises(ParamsError, match=r"params\.yaml"):
        read_params(tmp_path / "params.yaml")


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ParamsError, match="no such file"):
        read_params(tmp_path / "params.yaml")
