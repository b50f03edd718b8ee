"""Model files: what they say, what is refused, and one of today's format that is read for ever."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch
from safetensors import safe_open

from galaxyzoo.networks.common.reading import ModelFileError
from galaxyzoo.networks.common.weights import (
    CHECKSUM,
    FORMAT,
    METADATA_KEY,
    ModelInfo,
    save_weights,
)
from galaxyzoo.predict.likeness import UNLIKE
from galaxyzoo.predict.load_options import LoadOptions
from galaxyzoo.predict.metadata import PredictSettings
from galaxyzoo.predict.model_files import export_model, read_exported, read_model
from galaxyzoo.predict.predictor import load_model
from galaxyzoo.tree import GZ2, LABEL_COLUMNS, LabelColumn
from tests.conftest import build
from tests.predict.keep_model_file import FORMATS, KEPT, draw_images, kept
from tests.small_tree import SMALL

INFO = ModelInfo("cnn", GZ2, crop=212, size=64, width=424, rendered=True, data_digest="0" * 64)


def save(path: Path, **changed: object) -> Path:
    """A model file whose metadata differs from that of INFO by what is given."""
    save_weights(path, build("cnn", seed=3), INFO.as_dict() | changed)
    return path


def metadata(path: Path) -> dict[str, Any]:
    with safe_open(path, "pt") as file:
        content: dict[str, Any] = json.loads(file.metadata()[METADATA_KEY])
    return content


def test_a_model_comes_back_as_it_was(tmp_path: Path) -> None:
    model = build("cnn", seed=3).eval()
    loaded = read_model(save(tmp_path / "cnn.safetensors"))
    images = torch.rand(2, 3, 64, 64)
    assert torch.equal(loaded.module(images), model(images))
    assert not loaded.module.training
    assert loaded.info == INFO
    assert loaded.network.name == "cnn"
    assert loaded.info.versions["torch"] == torch.__version__.partition("+")[0]


def test_it_carries_its_tree_and_not_the_version_of_this_software(tmp_path: Path) -> None:
    info = ModelInfo("cnn", SMALL, 212, 64, 424, rendered=True, data_digest="")
    save_weights(tmp_path / "small", build("cnn", tree=SMALL), info.as_dict())
    assert read_model(tmp_path / "small").info.tree == SMALL
    written = metadata(tmp_path / "small")
    assert written["format"] == FORMAT
    assert set(written["versions"]) == {"numpy", "pillow", "safetensors", "torch", "torchvision"}


@pytest.mark.parametrize("column", [*LABEL_COLUMNS, None])
def test_it_says_which_column_of_the_labels_was_learned(
    tmp_path: Path, column: LabelColumn | None
) -> None:
    trained, exported = save(tmp_path / "trained", label_column=column), tmp_path / "exported"
    export_model(trained, exported, PredictSettings(views=1, project=True))
    assert read_model(trained).info.label_column == column
    assert read_exported(exported, label_column=column).info.label_column == column
    other: LabelColumn = "debiased" if column == "kaggle" else "kaggle"
    with pytest.raises(
        ModelFileError, match=rf"learned .*labels.* are {other}: [^\n]*`dvc repro`$"
    ):
        read_exported(exported, INFO.data_digest, other)


def test_a_file_from_before_columns_were_told_learned_the_competitions(tmp_path: Path) -> None:
    """If it is of that tree; of others there is no telling."""
    content = INFO.as_dict()
    del content["label_column"]
    save_weights(tmp_path / "model", build("cnn"), content)
    assert read_model(tmp_path / "model").info.label_column == "kaggle"
    assert read_model(KEPT).info.label_column is None


def test_exported_it_says_how_predictions_are_made(tmp_path: Path) -> None:
    trained, exported = save(tmp_path / "trained"), tmp_path / "exported"
    with pytest.raises(ModelFileError, match="does not say how predictions are made"):
        read_exported(trained)
    export_model(trained, exported, PredictSettings(views=4, project=False))
    assert read_exported(exported).settings == PredictSettings(views=4, project=False)
    assert read_exported(exported).views.count == 4
    assert metadata(exported)["predict"] == {"views": 4, "project": False}
    closer = PredictSettings(views=4, project=False, magnified=1.25)
    export_model(trained, tmp_path / "closer", closer)
    assert read_exported(tmp_path / "closer").settings == closer
    assert read_exported(tmp_path / "closer").views.magnified == 1.25
    before, after = metadata(trained), metadata(exported)
    assert {name: after[name] for name in before if name != CHECKSUM} == {
        name: value for name, value in before.items() if name != CHECKSUM
    }


def test_the_network_decides_which_views_are_taken(tmp_path: Path) -> None:
    for network, quarter in (("cnn", False), ("tuned", True)):
        path = tmp_path / network
        info = ModelInfo(network, GZ2, 212, 64, 424, rendered=True, data_digest="")
        save_weights(
            path, build(network), info.as_dict() | {"predict": {"views": 8, "project": True}}
        )
        assert read_exported(path).views.quarter == quarter


def test_same_model_same_bytes(tmp_path: Path) -> None:
    assert save(tmp_path / "a").read_bytes() == save(tmp_path / "b").read_bytes()


def test_keys_that_are_not_known_are_passed_over(tmp_path: Path) -> None:
    path = save(tmp_path / "model", card={"licence": "none"})
    assert read_model(path).info == INFO


def test_the_card_and_the_settings_of_the_training_come_back(tmp_path: Path) -> None:
    predict = {"views": 1, "project": True}
    card, training = {"name": "one", "rmse": 0.09}, {"epochs": 3}
    path = save(tmp_path / "model", predict=predict, card=card, training=training)
    model = read_exported(path)
    assert (model.card, model.training) == (card, training)
    assert load_model(path).card == card
    assert load_model(KEPT).card == {}


@pytest.mark.parametrize(
    ("card", "message"),
    [
        (["a list"], "card must be an object, got 'a list of 1'"),
        ({"text": "x" * 50_000}, "card must be an object of at most 50,000 characters"),
    ],
)
def test_a_card_is_an_object_of_some_size(tmp_path: Path, card: object, message: str) -> None:
    path = save(tmp_path / "model", predict={"views": 1, "project": True}, card=card)
    with pytest.raises(ModelFileError, match=message):
        read_exported(path)


def test_a_newer_format_is_refused_by_its_number(tmp_path: Path) -> None:
    path = save(tmp_path / "model", format=FORMAT + 1)
    with pytest.raises(ModelFileError, match=f"is of format {FORMAT + 1}; .* up to {FORMAT}"):
        read_model(path)


def test_another_pixel_divisor_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "model", pixel_divisor=128)
    with pytest.raises(ModelFileError, match="pixel_divisor must be 255, got 128"):
        read_model(path)


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
    safetensors.torch.save_file({"weight": torch.zeros(1)}, path, {METADATA_KEY: "{}"})
    with pytest.raises(ModelFileError, match="from before formats had numbers"):
        read_model(path)


def test_refuses_a_file_that_was_cut_short(tmp_path: Path) -> None:
    path = save(tmp_path / "model.safetensors")
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ModelFileError, match="cut short"):
        read_model(path)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"size": 32}, "not the weights of 'cnn'"),
        ({"network": "vgg"}, "no network is called 'vgg'; there are cnn, encoder, resnet, tuned"),
        ({"tree": {"name": "none"}}, "its metadata can't be used"),
        ({"predict": {"views": "many"}}, "its metadata can't be used"),
        ({"predict": {"views": 8, "project": True, "magnified": 5}}, "magnified must be a number"),
        ({"label_column": "votes"}, "label_column must be one of kaggle, debiased, weighted_frac"),
        ({"members": 2}, "not the weights of 'cnn'"),
        ({"members": 17}, "members must be a whole number from 1 to 16, got 17"),
        ({"label_column": ["kaggle"]}, "label_column must be one of .*, got .a list of 1"),
    ],
)
def test_refuses_nonsense_by_name(tmp_path: Path, changed: dict[str, object], message: str) -> None:
    path = save(tmp_path / "model", **changed)
    with pytest.raises(ModelFileError, match=message):
        read_exported(path)


def test_a_model_of_other_data_is_refused_where_that_matters(tmp_path: Path) -> None:
    path = save(tmp_path / "model", predict={"views": 1, "project": True})
    assert read_exported(path, INFO.data_digest).info == INFO
    with pytest.raises(ModelFileError, match="was trained on other images"):
        read_exported(path, "1" * 64)


@pytest.mark.parametrize("written", FORMATS)
def test_a_file_of_any_format_predicts_today_what_it_predicted_then(
    written: int, caplog: pytest.LogCaptureFixture
) -> None:
    file, predictions = kept(written)
    assert metadata(file)["format"] == written
    predicted = load_model(file, LoadOptions(precision="float32")).predict(draw_images()).to_numpy()
    then = np.array(json.loads(predictions.read_text()))
    assert np.abs(predicted - then).max() < 1e-4  # processors differ in their last digits
    assert (f"item 2 {UNLIKE}" in caplog.text) == (written > 1)
