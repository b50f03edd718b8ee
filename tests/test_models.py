import pytest
import torch
from torch import nn

from galaxyzoo.models import (
    ARCHITECTURES,
    CourseCNN,
    TunedResNet,
    build,
    count_parameters,
    to_input,
)


@pytest.mark.parametrize(("name", "parameters"), [("cnn", 571_225), ("resnet", 11_195_493)])
def test_as_many_parameters_as_in_the_course(name: str, parameters: int) -> None:
    assert count_parameters(build(name, 64, seed=0)) == parameters


def test_as_many_parameters_as_its_description_says() -> None:
    described = (TunedResNet.__doc__ or "").replace("\n    ", " ")
    assert f"{count_parameters(TunedResNet()):,} parameters" in described


@pytest.mark.parametrize("name", ARCHITECTURES)
@pytest.mark.parametrize("size", [64, 45, 8])
def test_gives_37_fractions(name: str, size: int) -> None:
    fractions = build(name, size, seed=0)(torch.rand(2, 3, size, size))
    assert fractions.shape == (2, 37)
    assert fractions.min() > 0
    assert fractions.max() < 1
    assert not torch.allclose(fractions.sum(dim=1), torch.ones(2))


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_first_weights_come_from_the_seed(name: str) -> None:
    first, same, other = (build(name, 64, seed).state_dict() for seed in (1, 1, 2))
    assert all(torch.equal(first[key], same[key]) for key in first)
    assert any(not torch.equal(first[key], other[key]) for key in first)


def test_the_cnn_is_layered_as_the_course_says() -> None:
    kinds = [type(layer) for layer in CourseCNN(64).features]
    assert kinds == [nn.Conv2d, nn.BatchNorm2d, nn.ReLU, nn.MaxPool2d] * 2
    assert CourseCNN(64).features(torch.rand(1, 3, 64, 64)).shape == (1, 16, 17, 17)


def test_input_is_scaled_and_has_channels_first() -> None:
    images = torch.tensor([[[[0, 51, 255]]]], dtype=torch.uint8).repeat(2, 4, 4, 1)
    taken = to_input(images)
    assert taken.shape == (2, 3, 4, 4)
    assert taken[0, :, 0, 0].tolist() == pytest.approx([0, 0.2, 1])
    assert taken.is_contiguous()
