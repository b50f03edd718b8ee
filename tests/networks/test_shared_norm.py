"""Batch norm that groups of channels share, and filters turned by rows: also their gradients."""

import torch
from torch import Tensor, nn

from galaxyzoo.networks.layers.equivariant import OrientedNorm
from galaxyzoo.networks.layers.shared_norm import shared_norm
from galaxyzoo.networks.layers.turning import ORIENTATIONS, in_all_orientations


def make(*shape: int) -> Tensor:
    draws = torch.Generator().manual_seed(0)
    return torch.randn(shape, generator=draws, dtype=torch.float64)


def norm(momentum: float | None = 0.1) -> nn.BatchNorm2d:
    own = nn.BatchNorm2d(3, momentum=momentum).double()
    with torch.no_grad():
        own.weight.copy_(make(3))
        own.bias.copy_(make(3) + 1)
    return own


def as_pixels(inputs: Tensor, own: nn.BatchNorm2d, groups: int) -> Tensor:
    """What it must equal: groups stacked along the height, and torch's own batch norm."""
    batch, channels, height, width = inputs.shape
    grouped = inputs.reshape(batch, groups, -1, height, width).transpose(1, 2)
    normed: Tensor = own(grouped.flatten(2, 3)).reshape(grouped.shape)
    return normed.transpose(1, 2).reshape(batch, channels, height, width)


def test_values_gradients_and_running_statistics_are_those_of_batch_norm() -> None:
    for momentum in (0.1, None):
        ours, theirs = norm(momentum), norm(momentum)
        results = []
        for function, own in ((shared_norm, ours), (as_pixels, theirs)):
            inputs = (5 + make(2, 12, 3, 5)).requires_grad_()
            for _ in range(2):  # without momentum the second counts otherwise
                outputs = function(inputs, own, 4)
            outputs.backward(make(2, 12, 3, 5) ** 2)  # type: ignore[no-untyped-call]
            gradients = [part.grad for part in (inputs, own.weight, own.bias)]
            results.append([outputs, *gradients, own.running_mean, own.running_var])
        for one, other in zip(*results, strict=True):
            assert one is not None
            assert other is not None
            assert torch.allclose(one, other, rtol=1e-9, atol=1e-9)
        assert torch.equal(ours.num_batches_tracked, theirs.num_batches_tracked)  # type: ignore[arg-type]


def test_side_by_side_as_on_accelerators_gives_the_same() -> None:
    layer, inputs = OrientedNorm(2).double(), 5 + make(3, 16, 4, 4)
    together, side_by_side = layer(inputs), layer._side_by_side(inputs)
    assert torch.allclose(together, side_by_side, rtol=0, atol=1e-12)


def test_bfloat16_is_normed_by_statistics_of_float32() -> None:
    inputs = (100 + make(4, 16, 8, 8)).bfloat16()
    normed = OrientedNorm(2)(inputs).float()
    assert torch.allclose(normed, OrientedNorm(2)(inputs.float()), rtol=0.01, atol=0.01)


def test_turned_filters_have_the_gradient_of_turning() -> None:
    weight = make(2, ORIENTATIONS, 1, 3, 3).requires_grad_()
    assert torch.autograd.gradcheck(lambda own: in_all_orientations(own, own.dtype), weight)
    filters = in_all_orientations(weight, torch.bfloat16)
    assert filters.is_contiguous(memory_format=torch.channels_last)
    (gradient,) = torch.autograd.grad(filters.sum(), weight)
    assert gradient.dtype == torch.float64
    assert torch.equal(gradient, torch.full_like(weight, ORIENTATIONS))
