from pathlib import Path
from typing import Any

import pytest

from galaxyzoo.params import read_params
from galaxyzoo.predict.params import predict_params
from galaxyzoo.sections import DataParams, ParamsError, read_section
from galaxyzoo.training.params import TrainParams
from tests.conftest import ROOT

COMMITTED = (ROOT / "params.yaml").read_text()


def changed(tmp_path: Path, old: str, new: str) -> Path:
    assert old in COMMITTED
    path = tmp_path / "params.yaml"
    path.write_text(COMMITTED.replace(old, new, 1))
    return path


def test_the_committed_parameters_are_those_of_the_course() -> None:
    params: dict[str, Any] = dict(read_params(ROOT / "params.yaml"))
    assert (params["crop_resize"].crop, params["crop_resize"].size) == (212, 64)
    assert params["split"].test_fraction == 0.2
    cnn, resnet = params["train_cnn"], params["train_resnet"]
    assert (cnn.epochs, cnn.learning_rate) == (6, 0.003)
    assert (resnet.epochs, resnet.learning_rate) == (3, 0.0005)
    assert cnn.batch_size == resnet.batch_size == 64


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
        (
            "views: 8",
            "views: 7",
            "predict.tuned_views: must be 1, or an even number up to 1024, got 7",
        ),
        ("  tuned_views", "  vgg_views", "predict.vgg_views: is not a parameter"),
        ("zoom: 1.2", "zoom: 0.8", "train_tuned.zoom: must be greater than or equal to 1, got 0.8"),
        ("split:", "slpit:", "slpit: is not a parameter"),
        ("train_tuned:", "train_vgg:", "train_vgg: is not a parameter"),
        ("seed: 42", "seed: -1", "split.seed: must be greater than or equal to 0, got -1"),
    ],
)
def test_refuses_by_name(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(ParamsError) as error:
        read_params(changed(tmp_path, old, new))
    assert message in str(error.value)


def test_names_everything_that_is_wrong(tmp_path: Path) -> None:
    both = "epochs: 6 # passes over the training split\n  batch", "epochs: 0\n  botch"
    with pytest.raises(ParamsError) as error:
        read_params(changed(tmp_path, *both))
    assert len(str(error.value).splitlines()) == 3


def test_a_section_is_read_without_a_look_at_the_others(tmp_path: Path) -> None:
    path = changed(tmp_path, "seed: 42", "sead: 42")
    assert read_section("train_cnn", TrainParams, path).epochs == 6
    with pytest.raises(ParamsError, match=r"^train_vgg: is missing$"):
        read_section("train_vgg", TrainParams, path)
    other = changed(tmp_path, "epochs: 6", "epochs: 0")
    with pytest.raises(ParamsError, match=r"^train_cnn\.epochs: must be greater .* 1, got 0$"):
        read_section("train_cnn", TrainParams, other)


def test_a_section_that_is_none_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "params.yaml").write_text("data: none")
    with pytest.raises(ParamsError, match=r"^data: must be .*, got 'none'$"):
        read_section("data", DataParams, tmp_path / "params.yaml")


def test_views_are_those_of_the_network_unless_params_say_otherwise(tmp_path: Path) -> None:
    path = changed(tmp_path, "  tuned_views: 8", "  #")
    assert read_section("predict", predict_params(), path).views("tuned") == 8
    path = changed(tmp_path, "tuned_views: 8", "tuned_views: 4")
    assert read_section("predict", predict_params(), path).views("tuned") == 4
    assert read_section("predict", predict_params(), path).views("cnn") == 1


def test_numbers_are_read_as_dvc_reads_them(tmp_path: Path) -> None:
    path = changed(tmp_path, "rate: 0.003", "rate: 3e-3")
    assert read_section("train_cnn", TrainParams, path).learning_rate == 0.003


@pytest.mark.parametrize("content", ["", "- 1", "data: {"])
def test_what_is_no_params_file(tmp_path: Path, content: str) -> None:
    (tmp_path / "params.yaml").write_text(content)
    with pytest.raises(ParamsError, match=r"params\.yaml"):
        read_params(tmp_path / "params.yaml")


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ParamsError, match="no such file"):
        read_params(tmp_path / "params.yaml")
