"""Batch norm whose statistics groups of channels share, in training, on the CPU.

torch computes with many channels at a time, and is slow where there are few. So statistics are
taken of all channels of all groups, and put together afterwards.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd import Function
from torch.autograd.function import once_differentiable


def shared_norm(inputs: Tensor, norm: nn.BatchNorm2d, groups: int) -> Tensor:
    """What `norm`, in training mode, makes of [B, groups * C, H, W] if groups are more pixels.

    Its C running statistics follow, as its own forward would have it.
    """
    outputs, mean, variance = _SharedNorm.apply(  # type: ignore[no-untyped-call]
        inputs, norm.weight, norm.bias, norm.eps, groups
    )
    _follow(norm, mean, variance, inputs.numel() // norm.num_features)
    normed: Tensor = outputs
    return normed


def known_norm(inputs: Tensor, norm: nn.BatchNorm2d, groups: int) -> Tensor:
    """As `shared_norm`, of a norm in evaluation mode."""
    assert norm.running_mean is not None
    assert norm.running_var is not None
    parts = (norm.running_mean, norm.running_var, norm.weight, norm.bias)
    repeated = [part.repeat(groups) for part in parts]
    return nn.functional.batch_norm(inputs, *repeated, training=False, eps=norm.eps)


@torch.no_grad()
def _follow(norm: nn.BatchNorm2d, mean: Tensor, variance: Tensor, count: int) -> None:
    """Move the running statistics towards those of a batch, of `count` numbers per channel."""
    assert norm.running_mean is not None
    assert norm.running_var is not None
    assert norm.num_batches_tracked is not None
    norm.num_batches_tracked.add_(1)
    # without momentum they are the means over all batches
    share = 1 / int(norm.num_batches_tracked) if norm.momentum is None else norm.momentum
    norm.running_mean.lerp_(mean, share)
    norm.running_var.lerp_(variance * (count / (count - 1)), share)


class _SharedNorm(Function):
    """[B, G * C, H, W], weights [C] and biases [C] to the normed, and the mean and variance [C]."""

    @staticmethod
    def forward(
        ctx: Any, inputs: Tensor, weight: Tensor, bias: Tensor, eps: float, groups: int
    ) -> tuple[Tensor, Tensor, Tensor]:
        mean, variance = _statistics(inputs, weight, groups)
        known = [part.repeat(groups) for part in (weight, bias, mean, variance)]
        outputs, _, _ = torch.native_batch_norm(inputs, *known, False, 0.0, eps)
        ctx.save_for_backward(inputs, weight, mean, variance)
        ctx.mark_non_differentiable(mean, variance)
        ctx.eps, ctx.groups = eps, groups
        return outputs, mean, variance

    @staticmethod
    @once_differentiable  # type: ignore[untyped-decorator]
    def backward(
        ctx: Any, gradient: Tensor, *_: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, None, None]:
        inputs, *parts = ctx.saved_tensors
        weight, mean, variance = (part.repeat(ctx.groups) for part in parts)
        # as if the statistics were fixed, and then what they add by following the inputs
        fixed, of_weight, of_bias = torch.ops.aten.native_batch_norm_backward(
            gradient, inputs, weight, mean, variance, None, None, False, ctx.eps, [True] * 3
        )
        of_weight, of_bias = (own.reshape(ctx.groups, -1).sum(0) for own in (of_weight, of_bias))
        scale = -weight * (variance + ctx.eps).rsqrt() * (len(parts[0]) / inputs.numel())
        moved = [scale * own.repeat(ctx.groups) for own in (of_weight, of_bias)]
        following, _, _ = torch.native_batch_norm(
            inputs, *moved, mean, variance, False, 0.0, ctx.eps
        )
        return fixed.add_(following), of_weight, of_bias, None, None


def _statistics(inputs: Tensor, like: Tensor, groups: int) -> tuple[Tensor, Tensor]:
    """The mean and the variance [C] over all groups, in the type of `like`."""
    # whose running statistics are not wanted, and tell the type
    unused = like.new_zeros(2, inputs.shape[1])
    found = torch.batch_norm_update_stats(inputs, *unused, 0.0)
    means, variances = (own.reshape(groups, -1) for own in found)
    return means.mean(0), variances.mean(0) + means.var(0, correction=0)
