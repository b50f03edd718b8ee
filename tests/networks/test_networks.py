"""Every network of the registry, and each by itself."""

from pathlib import Path

import pytest
import torch
from torch import nn

from galaxyzoo import networks
from galaxyzoo.base.errors import UserError
from galaxyzoo.networks import UnknownNetworkError, find, networks_in
from galaxyzoo.networks.cnn import CourseCNN
from galaxyzoo.networks.common.inputs import to_input
from galaxyzoo.networks.common.network import count_parameters
from galaxyzoo.networks.tuned import TunedResNet
from tests.conftest import ROOT, build
from tests.small_tree import SMALL

every_network = pytest.mark.parametrize("name", networks.names())


def test_the_registry_lists_the_folder() -> None:
    files = {path.stem for path in (ROOT / "galaxyzoo" / "networks").glob("*.py")}
    assert set(networks.names()) == files - {"__init__"} == {"cnn", "encoder", "resnet", "tuned"}
    with pytest.raises(UnknownNetworkError, match="'vgg'; there are cnn, encoder, resnet, tuned"):
        find("vgg")


@every_network
def test_each_says_what_others_need_to_know(name: str) -> None:
    network = find(name)
    assert network.name == name
    assert network.label
    assert len(network.about) > 100
    assert network.views == 1 or network.views % 2 == 0


def test_labels_and_colours_tell_them_apart() -> None:
    every = [find(name) for name in networks.names()]
    assert len({network.label for network in every}) == len(every)
    assert len({network.color for network in every}) == len(every)


def test_networks_of_a_folder_are_those_whose_files_are_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no network"):
        networks_in(tmp_path)
    for name in ("tuned.csv", "cnn.csv", ".cnn.csv.tmp"):
        (tmp_path / name).touch()
    assert networks_in(tmp_path) == [find("cnn"), find("tuned")]
    (tmp_path / "vgg.csv").touch()
    with pytest.raises(UnknownNetworkError, match=r"vgg\.csv: no network .*; remove the file"):
        networks_in(tmp_path)


@pytest.mark.parametrize(("name", "parameters"), [("cnn", 571_225), ("resnet", 11_195_493)])
def test_as_many_parameters_as_in_the_course(name: str, parameters: int) -> None:
    assert count_parameters(build(name)) == parameters


def test_as_many_parameters_as_its_description_says() -> None:
    described = (TunedResNet.__doc__ or "").replace("\n    ", " ")
    assert f"{count_parameters(TunedResNet(37)):,} parameters" in described


@every_network
@pytest.mark.parametrize("size", [64, 45, 8])
def test_gives_a_fraction_for_each_answer_of_any_tree(name: str, size: int) -> None:
    assert build(name, size, tree=SMALL)(torch.rand(2, 3, size, size)).shape == (2, 7)
    fractions = build(name, size)(torch.rand(2, 3, size, size))
    assert fractions.shape == (2, 37)
    assert fractions.min() > 0
    assert fractions.max() < 1
    assert not torch.allclose(fractions.sum(dim=1), torch.ones(2))


@every_network
def test_first_weights_come_from_the_seed(name: str) -> None:
    first, same, other = (build(name, seed=seed).state_dict() for seed in (1, 1, 2))
    assert all(torch.equal(first[key], same[key]) for key in first)
    assert any(not torch.equal(first[key], other[key]) for key in first)


@every_network
def test_quarter_turns_are_alike_to_it_where_it_says_so(name: str) -> None:
    model, images = build(name).eval(), torch.rand(2, 3, 64, 64)
    with torch.inference_mode():
        alike = torch.allclose(model(images.rot90(1, (2, 3))), model(images), atol=1e-5)
    assert alike == find(name).quarter_turns_alike(64)


def test_the_cnn_is_layered_as_the_course_says() -> None:
    kinds = [type(layer) for layer in CourseCNN(64, 37).features]
    assert kinds == [nn.Conv2d, nn.BatchNorm2d, nn.ReLU, nn.MaxPool2d] * 2
    assert CourseCNN(64, 37).features(torch.rand(1, 3, 64, 64)).shape == (1, 16, 17, 17)


def test_input_is_scaled_and_has_channels_first() -> None:
    images = torch.tensor([[[[0, 51, 255]]]], dtype=torch.uint8).repeat(2, 4, 4, 1)
    taken = to_input(images)
    assert taken.shape == (2, 3, 4, 4)
    assert taken[0, :, 0, 0].tolist() == pytest.approx([0, 0.2, 1])
    assert taken.is_contiguous()
