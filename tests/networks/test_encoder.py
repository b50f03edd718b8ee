"""Encoders of torchvision: any by its name, with weights of others, and in model files of ours."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torchvision.models import get_model

from galaxyzoo.base.errors import UserError
from galaxyzoo.networks import encoder, find
from galaxyzoo.networks.common.ensemble import ensemble_of
from galaxyzoo.networks.common.reading import ModelFileError
from galaxyzoo.networks.common.weights import ModelInfo, save_weights
from galaxyzoo.predict.model_files import read_model
from galaxyzoo.training.params import NO_WEIGHTS, EncoderParams
from galaxyzoo.training.pretrained import PretrainedError, read_pretrained
from galaxyzoo.tree import GZ2

SMALL = "shufflenet_v2_x0_5"
SIZE = 32


def info(architecture: str | None = SMALL, **changed: Any) -> ModelInfo:
    facts: dict[str, Any] = {
        "crop": 212,
        "size": SIZE,
        "width": 424,
        "rendered": True,
        "data_digest": "0" * 64,
    }
    return ModelInfo("encoder", GZ2, architecture=architecture, **facts | changed)


def options(**changed: object) -> EncoderParams:
    own = {"epochs": 1, "batch_size": 16, "learning_rate": 0.01, "seed": 1, "device": "cpu"}
    return EncoderParams.model_validate(own | {"model": SMALL} | changed)


@pytest.mark.parametrize(
    ("architecture", "size", "message"),
    [
        (
            "resnet500",
            64,
            r"^train_encoder\.model: .* 'resnet500' .*; there are resnet50, ",
        ),
        ("deeplabv3_resnet50", 64, "has no model 'deeplabv3_resnet50' for images; there are "),
        (
            "vit_b_16",
            60,
            r"vit_b_16 can't take images of 60 pixels \(params.yaml: crop",
        ),
        ("googlenet", 64, "googlenet gives more than one row for an image"),
    ],
)
@pytest.mark.filterwarnings("ignore:The default weight initialization of GoogleNet")
def test_what_is_no_encoder_is_refused(architecture: str, size: int, message: str) -> None:
    with pytest.raises(UserError, match=message) as error:
        encoder.choose(architecture).build(size, 37, seed=1)
    assert len(str(error.value).splitlines()) == 1


@pytest.mark.parametrize("architecture", [SMALL, "mobilenet_v3_small", "vit_b_32", "squeezenet1_1"])
def test_ordinary_ones_predict_and_folded_they_predict_the_same(architecture: str) -> None:
    network = encoder.choose(architecture)
    model, images = network.build(SIZE, 5, seed=1), torch.rand(4, 3, SIZE, SIZE)
    model(images)  # statistics of batch norm
    with torch.inference_mode():
        expected, folded = model.eval()(images), network.fold(model)
        assert expected.shape == (4, 5)
        assert torch.allclose(folded(images), expected, rtol=0, atol=1e-5)
        layers = folded.look(images).layers
        assert layers.shape[1] <= 8 * 64
        assert layers.std(dim=0).median() > 0
    assert not any(isinstance(own, nn.BatchNorm2d) for own in folded.modules())


def test_squeezenet_can_say_less_than_a_half() -> None:
    model = encoder.choose("squeezenet1_1").build(SIZE, 5, seed=1)
    assert model(torch.rand(4, 3, SIZE, SIZE)).min() < 0.5


@pytest.mark.parametrize("architecture", ["regnet_y_400mf", "swin_v2_t"])
def test_their_weights_are_known_before_they_are_built(architecture: str) -> None:
    """Both work with numbers while torch builds them: the one by their values."""
    expected = encoder.choose(architecture).expected(SIZE, 5)
    assert {own.device.type for own in expected.values()} == {"meta"}


def test_colours_are_those_that_weights_from_imagenet_expect() -> None:
    grey = torch.tensor(encoder.MEAN)[:, None, None].expand(1, 3, 2, 2)
    assert encoder.Normalise()(grey).abs().max() < 1e-6
    white = encoder.Normalise()(torch.ones(1, 3, 1, 1))
    assert white.flatten().tolist() == pytest.approx([2.2489, 2.4286, 2.64], abs=1e-4)


def test_a_checkpoint_gives_all_but_the_last_layer(tmp_path: Path) -> None:
    theirs = get_model(SMALL, num_classes=1000).state_dict()
    torch.save(theirs, tmp_path / "theirs.pth")
    network = encoder.choose(SMALL)
    found = read_pretrained(network, info(), options(weights=str(tmp_path / "theirs.pth")))
    assert found is not None
    model = network.build(SIZE, 37, seed=1)
    first = model.state_dict()["backbone.fc.weight"].clone()
    names = found.give_to(model)
    assert names == {f"backbone.{name}" for name in theirs if not name.startswith("fc.")}
    own = model.state_dict()
    assert all(torch.equal(own[name], theirs[name.removeprefix("backbone.")]) for name in names)
    assert torch.equal(own["backbone.fc.weight"], first)


def test_each_member_starts_from_a_checkpoint_and_has_a_last_layer_of_its_own(
    tmp_path: Path,
) -> None:
    theirs = get_model(SMALL, num_classes=1000).state_dict()
    torch.save(theirs, tmp_path / "theirs.pth")
    network, chosen = encoder.choose(SMALL), options(weights=str(tmp_path / "theirs.pth"))
    found = read_pretrained(network, info(members=2), chosen)
    assert found is not None
    model = ensemble_of(network, 2).build(SIZE, 37, seed=1)
    assert len(found.give_to(model)) == 2 * (len(theirs) - 2)
    first, second = (own.state_dict() for own in model.get_submodule("members").children())
    assert torch.equal(first["backbone.conv1.0.weight"], theirs["conv1.0.weight"])
    assert torch.equal(first["backbone.conv1.0.weight"], second["backbone.conv1.0.weight"])
    assert not torch.equal(first["backbone.fc.weight"], second["backbone.fc.weight"])


def test_checkpoints_of_densenet_have_names_of_old(tmp_path: Path) -> None:
    old = {"features.denseblock1.denselayer1.norm.1.weight": torch.ones(1)}
    torch.save(old | {"features.norm0.weight": torch.ones(1)}, tmp_path / "theirs.pth")
    names = set(encoder.read_checkpoint(tmp_path / "theirs.pth"))
    assert names <= set(encoder.choose("densenet121").expected(SIZE, 5))
    assert len(names) == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, r"theirs\.pth: no such file \(params\.yaml: train_encoder\.weights\)"),
        (b"no zip", r"theirs\.pth: is no checkpoint of plain weights"),
        ([torch.zeros(1)], r"theirs\.pth: holds no weights by their names"),
        ({"fc.weight": "zero"}, r"theirs\.pth: fc\.weight must be numbers"),
        (
            {"fc.weight": torch.tensor(torch.nan)},
            r"fc\.weight must be numbers, all of them fi",
        ),
        ({"conv.weight": torch.zeros(1)}, r"not the weights of 'encoder' \(shufflenet_v2_x0_5\)"),
    ],
)
def test_what_is_no_checkpoint_of_it_is_refused(
    tmp_path: Path, content: object, message: str
) -> None:
    path = tmp_path / "theirs.pth"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        torch.save(content, path)
    with pytest.raises(UserError, match=message) as error:
        read_pretrained(encoder.choose(SMALL), info(), options(weights=str(path)))
    assert len(str(error.value).splitlines()) == 1


def test_two_starts_are_one_too_many() -> None:
    both = options(weights="theirs.pth", pretrained="ours.safetensors")
    with pytest.raises(PretrainedError, match=f"let one of them be {NO_WEIGHTS}"):
        read_pretrained(encoder.choose(SMALL), info(), both)


def save(path: Path, architecture: str, said: dict[str, object]) -> Path:
    model = encoder.choose(architecture).build(SIZE, 37, seed=3)
    save_weights(path, model, info(None).as_dict() | said)
    return path


def test_a_model_file_says_which_one_it_is(tmp_path: Path) -> None:
    path = save(tmp_path / "model.safetensors", SMALL, {"architecture": SMALL})
    model = read_model(path)
    assert model.network.architecture == model.info.architecture == SMALL
    with torch.inference_mode():
        assert model.module(torch.rand(1, 3, SIZE, SIZE)).shape == (1, 37)
    with pytest.raises(PretrainedError, match=r"of 'encoder' \(shuf.*, and 'encoder' \(vgg"):
        read_pretrained(encoder.choose("vgg11"), info("vgg11"), options(pretrained=str(path)))


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({}, "no 'encoder' has the architecture None"),
        ({"architecture": "resnet500"}, "has no model 'resnet500'"),
        ({"architecture": 3}, "architecture must be printable text"),
        ({"architecture": "vit_h_14", "size": 28}, "not the weights of 'encoder'"),
    ],
)
def test_a_model_file_that_says_another_is_refused(
    tmp_path: Path, said: dict[str, object], message: str
) -> None:
    """The last would take 2.5 GB: it is refused before it is built."""
    with pytest.raises(ModelFileError, match=message):
        read_model(save(tmp_path / "model.safetensors", SMALL, said))


def test_other_networks_have_no_architectures_and_say_none() -> None:
    with pytest.raises(UserError, match="no 'cnn' has the architecture 'resnet18'"):
        find("cnn").of("resnet18")
    assert not {"architecture", "pretrained"} & set(json.loads(json.dumps(info(None).as_dict())))
