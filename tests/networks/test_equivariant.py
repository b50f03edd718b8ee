import pytest
import torch
from torch import Tensor, nn

from galaxyzoo.networks.layers.equivariant import (
    InvariantPool,
    LiftingConv,
    OrientedConv,
    OrientedNorm,
)
from galaxyzoo.networks.layers.turning import ORIENTATIONS, turn
from galaxyzoo.networks.tuned import sees_quarter_turns_alike
from tests.conftest import build

every_orientation = pytest.mark.parametrize("g", range(ORIENTATIONS))


def make(*shape: int) -> Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(0))


def by_orientation(outputs: Tensor) -> Tensor:
    """[B, 8 * C, H, W] as [B, 8, C, H, W]."""
    batch, channels, height, width = outputs.shape
    return outputs.reshape(batch, ORIENTATIONS, channels // ORIENTATIONS, height, width)


def same_but_for_places(one: Tensor, other: Tensor) -> bool:
    """Whether each orientation of one batch is among those of the other."""
    found = [
        any(torch.allclose(own, candidate, atol=1e-5) for candidate in by_orientation(other)[0])
        for own in by_orientation(one)[0]
    ]
    return all(found)


def test_orientations_differ_and_the_first_changes_nothing() -> None:
    image = make(5, 5)
    turned = [turn(image, g) for g in range(ORIENTATIONS)]
    assert torch.equal(turned[0], image)
    assert all(not torch.equal(turned[g], turned[h]) for g in range(8) for h in range(g))


@every_orientation
@pytest.mark.parametrize("kernel", [1, 3])
def test_turned_images_give_turned_outputs_in_other_places(g: int, kernel: int) -> None:
    """Of two layers, so that the second sees orientations that the first one changed."""
    torch.manual_seed(1)
    layers = nn.Sequential(
        LiftingConv(3, 2, kernel=4, stride=2, padding=1), OrientedConv(2, 3, kernel)
    )
    image = make(1, 3, 16, 16)
    assert same_but_for_places(layers(turn(image, g)), turn(layers(image), g))
    assert same_but_for_places(layers(image), layers(image))
    if g:
        assert not same_but_for_places(layers(turn(image, g)), layers(image))


def test_norm_equals_batch_norm_over_pixels_of_all_orientations() -> None:
    inputs = make(4, 8 * 3, 5, 6)
    slow = by_orientation(inputs).transpose(1, 2).flatten(2, 3)  # [B, C, 8 * H, W]
    expected = nn.BatchNorm2d(3)(slow).reshape(4, 3, 8, 5, 6).transpose(1, 2).flatten(1, 2)
    assert torch.allclose(OrientedNorm(3)(inputs), expected, atol=1e-5)


def test_pooling_forgets_the_order_of_orientations() -> None:
    inputs = make(2, 8 * 3, 4, 4)
    shuffled = by_orientation(inputs)[:, torch.randperm(8)].flatten(1, 2)
    pooled = InvariantPool()(inputs)
    assert pooled.shape == (2, 6)
    assert torch.allclose(pooled, InvariantPool()(shuffled))


@every_orientation
@pytest.mark.parametrize("size", [64, 48])
def test_the_tuned_network_predicts_the_same_of_turned_images(g: int, size: int) -> None:
    model, images = build("tuned", size, seed=1).eval(), make(2, 3, size, size)
    with torch.inference_mode():
        assert torch.allclose(model(turn(images, g)), model(images), atol=1e-5)
    assert sees_quarter_turns_alike(size)


def test_at_other_sizes_it_does_not_and_nobody_says_so() -> None:
    model, images = build("tuned", 36, seed=1).eval(), make(2, 3, 36, 36)
    with torch.inference_mode():
        assert not torch.allclose(model(turn(images, 2)), model(images), atol=1e-5)
    assert not sees_quarter_turns_alike(36)
