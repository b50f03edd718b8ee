"""Networks as they predict: the same of what they say, in fewer steps."""

from concurrent.futures import ThreadPoolExecutor
from functools import cache

import pytest
import torch
from torch import Tensor, nn

from galaxyzoo import networks, sky
from galaxyzoo.networks.common.folding import Folded, MeanOverImage, as_it_is
from galaxyzoo.predict.model_files import read_exported
from tests.conftest import build

every_network = pytest.mark.parametrize("name", networks.names())
LAYERS = {"cnn": 6 + 16 + 64 + 64, "resnet": 4 * 64, "encoder": 8 * 64, "tuned": 2 * 60}
IMAGES = torch.rand(4, 3, 32, 32, generator=torch.Generator().manual_seed(0))


@cache
@torch.no_grad()
def trained(name: str) -> nn.Module:
    """A network whose batch norms have seen something, and differ from channel to channel."""
    torch.manual_seed(1)
    model = build(name, size=32).train()
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = 1  # the statistics of one batch
            for parameter in (module.weight, module.bias):
                parameter.add_(0.3 * torch.randn_like(parameter))
    model(torch.rand(8, 3, 32, 32))
    return model.eval()


@every_network
def test_a_folded_network_predicts_the_same(name: str) -> None:
    model = trained(name)
    before = {key: value.clone() for key, value in model.state_dict().items()}
    folded = networks.find(name).fold(model)
    with torch.inference_mode():
        expected = model(IMAGES)
        assert expected.std(dim=0).max() > 0.01
        # of weights that no training gives, and that amplify what is rounded
        assert torch.allclose(folded(IMAGES), expected, rtol=0, atol=2e-5)
    assert all(torch.equal(value, before[key]) for key, value in model.state_dict().items())


def test_the_model_of_the_sky_predicts_folded_what_it_predicted_unfolded() -> None:
    model = read_exported(sky.path())
    y, x = torch.meshgrid(torch.linspace(-3, 3, 64), torch.linspace(-3, 3, 64), indexing="ij")
    lights = [torch.exp(-(x**2) - flat * y**2) for flat in (0.5, 1, 4)]
    images = torch.stack(lights)[:, None].repeat(1, 3, 1, 1)
    with torch.inference_mode():
        expected = model.module(images)
        assert expected.std(dim=0).max() > 0.1
        assert torch.allclose(model.folded()(images), expected, rtol=0, atol=1e-6)


@every_network
def test_nothing_is_left_to_normalise_or_to_turn(name: str) -> None:
    body = networks.find(name).fold(build(name, size=32).eval()).body
    left = {type(module).__name__ for module in body.modules()}
    assert "Conv2d" in left
    assert not {"BatchNorm2d", "OrientedNorm", "OrientedConv", "LiftingConv"} & left
    assert not any(parameter.requires_grad for parameter in body.parameters())


@every_network
def test_in_bfloat16_only_the_body_is_rounded(name: str) -> None:
    """So that fractions have more steps than bfloat16 has."""
    model = trained(name)
    folded = networks.find(name).fold(model).in_precision(torch.bfloat16)
    assert {own.dtype for own in folded.body.parameters()} == {torch.bfloat16}
    with torch.inference_mode():
        fractions, expected = folded(IMAGES.bfloat16()), model(IMAGES)
    assert fractions.dtype == torch.float32
    assert not torch.equal(fractions, fractions.bfloat16().float())
    assert torch.allclose(fractions, expected, rtol=0, atol=0.1)


@every_network
def test_layers_are_what_was_found_on_the_way_to_the_same_fractions(name: str) -> None:
    model = trained(name)
    networks.find(name).fold(model)  # which leaves nothing behind that the next would show as well
    folded = networks.find(name).fold(model)
    with torch.inference_mode():
        seen, alone = folded.look(IMAGES), folded.look(IMAGES[1:2])
        assert torch.equal(seen.fractions, folded(IMAGES))
        assert torch.equal(seen.fractions, folded.head(seen.features))
        without = networks.find(name).fold(model).unwatched().look(IMAGES)
    assert seen.layers.dtype == torch.float32
    assert seen.layers.shape[1] == LAYERS[name]
    assert torch.allclose(seen.layers[1:2], alone.layers, atol=1e-5)
    assert seen.layers.std(dim=0).median() > 0
    assert torch.equal(without.layers, without.features)


def test_layers_are_told_to_who_looks_in_this_thread() -> None:
    folded = networks.find("cnn").fold(trained("cnn"))
    images = [IMAGES[own : own + 1] for own in range(4)] * 8
    with torch.inference_mode():
        expected = [folded.look(own).layers for own in images]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda own: folded.look(own).layers, images))
    assert all(torch.allclose(*pair, atol=1e-6) for pair in zip(found, expected, strict=True))


def test_the_tuned_network_finds_the_same_however_an_image_is_turned() -> None:
    folded = networks.find("tuned").fold(trained("tuned"))
    with torch.inference_mode():
        upright, turned = (folded.look(own).layers for own in (IMAGES, IMAGES.rot90(1, (2, 3))))
    assert torch.allclose(upright, turned, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize(
    ("turned", "shape"),
    [((), (2, 5)), ((0, 3, 1, 2), (2, 7, 7, 5)), ((0, 2, 1), (2, 7, 5)), ((), (2, 5, 7, 7))],
)
def test_means_over_the_image_wherever_the_channels_are(
    turned: tuple[int, ...], shape: tuple[int, ...]
) -> None:
    found = torch.rand(shape)
    first = found.permute(turned) if turned else found
    expected = first.flatten(2).mean(2) if first.ndim > 2 else first
    assert torch.allclose(MeanOverImage()(found), expected)
    many = MeanOverImage()(torch.arange(256.0)[None, :, None, None].expand(1, 256, 3, 3))
    assert torch.equal(many[0], 4 * torch.arange(64) + 1.5)


def test_networks_that_do_not_say_how_are_taken_as_they_are() -> None:
    model = nn.Sequential(nn.Flatten(), nn.Linear(3 * 32 * 32, 2)).eval()
    folded = as_it_is(model)
    assert isinstance(folded, Folded)
    assert torch.equal(folded(IMAGES), model(IMAGES))
    rounded: Tensor = folded.in_precision(torch.bfloat16)(IMAGES.bfloat16())
    assert rounded.dtype == torch.float32
