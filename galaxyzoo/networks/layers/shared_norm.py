"""Batch norm whose statistics groups of channels share, in training, on the CPU.

torch computes with many channels at a time, and is slow where there are few. So statistics are
taken of all channels of all groups, and put together afterwards.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd import Function
from torch.autograd.function import once_differentiable

aten = torch.ops.aten


def shared_norm(inputs: Tensor, norm: nn.BatchNorm2d, groups: int) -> Tensor:
    """What `norm`, in training mode, makes of [B, groups * C, H, W] if groups are more pixels.

    Its C running statistics follow, as its own forward would have it.
    """
    normed, mean, variance = _SharedNorm.apply(inputs, norm.weight, norm.bias, (groups, norm.eps))
    _follow(norm, mean, variance, inputs.numel() // norm.num_features)
    result: Tensor = normed
    return result


def known_norm(inputs: Tensor, norm: nn.BatchNorm2d, groups: int) -> Tensor:
    """As `shared_norm`, of a norm in evaluation mode."""
    mean, variance = _running(norm)
    known = [part.repeat(groups) for part in (mean, variance, norm.weight, norm.bias)]
    return nn.functional.batch_norm(inputs, known[0], known[1], known[2], known[3], eps=norm.eps)


def _running(norm: nn.BatchNorm2d) -> tuple[Tensor, Tensor]:
    assert norm.running_mean is not None
    assert norm.running_var is not None
    return norm.running_mean, norm.running_var


@torch.no_grad()
def _follow(norm: nn.BatchNorm2d, mean: Tensor, variance: Tensor, count: int) -> None:
    """Move the running statistics towards those of a batch, of `count` numbers per channel."""
    assert norm.num_batches_tracked is not None
    norm.num_batches_tracked.add_(1)
    # without momentum they are the means over all batches
    share = 1 / int(norm.num_batches_tracked) if norm.momentum is None else norm.momentum
    running_mean, running_variance = _running(norm)
    running_mean.lerp_(mean, share)
    running_variance.lerp_(variance * (count / (count - 1)), share)


class _SharedNorm(Function):
    """[B, G * C, H, W], weights [C] and biases [C] to the normed, and the mean and variance [C].

    `settings` are the number of groups, G, and what is added to a variance.
    """

    @staticmethod
    def forward(
        ctx: Any,  # noqa: ANN401  torch has no type for what is put on it
        inputs: Tensor,
        weight: Tensor,
        bias: Tensor,
        settings: tuple[int, float],
    ) -> tuple[Tensor, Tensor, Tensor]:
        groups, eps = settings
        mean, variance = _statistics(inputs, weight, groups)
        known = [part.repeat(groups) for part in (weight, bias, mean, variance)]
        ctx.save_for_backward(inputs, weight, mean, variance)
        ctx.mark_non_differentiable(mean, variance)
        ctx.settings = settings
        return _affine(inputs, known, eps), mean, variance

    @staticmethod
    @once_differentiable
    def backward(
        ctx: Any,  # noqa: ANN401  as above
        gradient: Tensor,
        *_: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor, None]:
        (groups, eps), (inputs, *parts) = ctx.settings, ctx.saved_tensors
        weight, mean, variance = (part.repeat(groups) for part in parts)
        # as if the statistics were fixed, and then what they add by following the inputs
        fixed, *sums = aten.native_batch_norm_backward(
            gradient, inputs, weight, mean, variance, None, None, False, eps, [True] * 3
        )
        of_weight, of_bias = (own.reshape(groups, -1).sum(0) for own in sums)
        scale = -weight * (variance + eps).rsqrt() * (len(parts[0]) / inputs.numel())
        moved = [scale * own.repeat(groups) for own in (of_weight, of_bias)]
        fixed.add_(_affine(inputs, [*moved, mean, variance], eps))
        return fixed, of_weight, of_bias, None


def _affine(inputs: Tensor, known: list[Tensor], eps: float) -> Tensor:
    """Batch norm with a known weight, bias, mean and variance for each channel of all groups."""
    outputs: Tensor = aten.native_batch_norm(inputs, *known, False, 0.0, eps)[0]
    return outputs


def _statistics(inputs: Tensor, like: Tensor, groups: int) -> tuple[Tensor, Tensor]:
    """The mean and the variance [C] over all groups, in the type of `like`."""
    # running statistics that are not wanted, and tell the type
    unused = like.new_zeros(2, inputs.shape[1])
    found = aten.batch_norm_update_stats(inputs, unused[0], unused[1], 0.0)
    means, variances = (own.reshape(groups, -1) for own in found)
    return means.mean(0), variances.mean(0) + means.var(0, correction=0)
