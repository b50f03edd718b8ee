from dataclasses import replace
from pathlib import Path

import pytest
import safetensors.torch
import torch
from safetensors import safe_open

from galaxyzoo.model_files import ModelFileError, ModelInfo, read_model, save_model
from galaxyzoo.models import build
from galaxyzoo.tree import COLUMNS

INFO = ModelInfo("cnn", crop=212, size=64, width=424, rendered=True, data_digest="0" * 64)


def test_a_model_comes_back_as_it_was(tmp_path: Path) -> None:
    model = build("cnn", 64, seed=3).eval()
    save_model(tmp_path / "cnn.safetensors", model, INFO)
    loaded, info = read_model(tmp_path / "cnn.safetensors")
    images = torch.rand(2, 3, 64, 64)
    assert torch.equal(loaded(images), model(images))
    assert info == INFO
    assert info.answers == COLUMNS
    assert info.versions["torch"] == torch.__version__.partition("+")[0]


def test_same_model_same_bytes(tmp_path: Path) -> None:
    for name in "ab":
        save_model(tmp_path / name, build("cnn", 64, seed=3), INFO)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_others_can_read_the_metadata(tmp_path: Path) -> None:
    save_model(tmp_path / "model", build("cnn", 64, seed=3), INFO)
    with safe_open(tmp_path / "model", "pt") as file:
        assert '"crop": 212' in file.metadata()["galaxyzoo"]


def test_refuses_files_that_are_no_models(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    with pytest.raises(ModelFileError, match="no such model file"):
        read_model(path)
    path.write_bytes(b"not a model")
    with pytest.raises(ModelFileError, match="not a safetensors file"):
        read_model(path)
    safetensors.torch.save_file({"weight": torch.zeros(1)}, path)
    with pytest.raises(ModelFileError, match="not a model of galaxyzoo"):
        read_model(path)


def test_refuses_a_file_that_was_cut_short(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    save_model(path, build("cnn", 64, seed=3), INFO)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ModelFileError, match="cut short"):
        read_model(path)


def test_refuses_weights_of_another_network(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    save_model(path, build("cnn", 32, seed=3), INFO)
    with pytest.raises(ModelFileError, match="not the weights of 'cnn'"):
        read_model(path)
    save_model(path, build("cnn", 64, seed=3), replace(INFO, architecture="vgg"))
    with pytest.raises(ModelFileError, match="which this version"):
        read_model(path)
