"""Networks as they predict: batch norm folded into the convolutions, for all precisions.

Once a network is trained, batch norm multiplies and adds by fixed numbers, which weights and biases
of the convolution before it can do as well. What is folded predicts the same, and can't be trained;
files keep the weights as they were learned.
"""

from collections.abc import Iterable
from contextvars import ContextVar
from typing import NamedTuple, Self

import torch
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool1d
from torch.nn.utils.fusion import fuse_conv_bn_eval

_passed: ContextVar[list[Tensor] | None] = ContextVar("_passed", default=None)
"""What stages have seen in this pass, if anybody wants to know; threads have one each"""


class Insight(NamedTuple):
    """What a network sees in B images, float32."""

    features: Tensor
    """[B, D]: what its last layer makes fractions of"""
    fractions: Tensor
    """[B, outputs]"""
    layers: Tensor
    """[B, L]: what its stages have found, one after the other; the features, if it has no stages"""


class MeanOverImage(nn.Module):
    """What a stage has found of B images, to numbers [B, C]: means over the image.

    Where there are more than `MOST` channels, means over neighbouring ones as well.
    """

    MOST = 64

    def forward(self, found: Tensor) -> Tensor:
        """Of [B, C], [B, C, H, W], or as transformers have it, [B, patches, C] or [B, H, W, C]."""
        first, *middle, last = found.shape[1:] if found.ndim > 2 else (1, 1)
        # images are square, which tells where their channels are
        turned = found.ndim == 3 or (found.ndim == 4 and middle[0] == first != last)
        means = found.movedim(-1, 1) if turned else found
        means = means.reshape(*means.shape[:2], -1).mean(dim=2)
        return adaptive_avg_pool1d(means, min(means.shape[1], self.MOST))


class Folded(nn.Module):
    """A network for predictions alone, in three parts."""

    def __init__(
        self,
        body: nn.Module,
        neck: nn.Module,
        head: nn.Module,
        stages: Iterable[nn.Module] = (),
        pool: nn.Module | None = None,
    ) -> None:
        """`body` has nearly all of the work, and gives [B, ...]; `neck` makes of that features
        [B, D], what the network has seen; and `head`, the last layer, makes fractions of these.

        `stages` are modules of body and neck, of no other network, that show what this one finds on
        its way; `pool` makes [B, C] of what each gives, as `MeanOverImage` does.
        """
        super().__init__()
        self.body, self.neck, self.head = body, neck, head
        watch = _Noting(pool or MeanOverImage())
        # hooks, since networks of others have their own ways through their stages
        self._watches = [stage.register_forward_hook(watch) for stage in stages]
        self.eval().requires_grad_(False)

    def unwatched(self) -> Self:
        """The same network, changed so that its stages show nothing."""
        for watch in self._watches:
            watch.remove()
        return self

    def in_precision(self, dtype: torch.dtype) -> Self:
        """The same network, changed so that its body takes and computes numbers of `dtype`.

        The others stay in float32: a fraction of bfloat16 has steps of 0.004.
        """
        self.body.to(dtype)
        return self

    def forward(self, images: Tensor) -> Tensor:
        fractions: Tensor = self.head(self.neck(self.body(images).float()))
        return fractions

    def look(self, images: Tensor) -> Insight:
        """All that the network sees in images [B, 3, H, W], in one pass."""
        passed: list[Tensor] = []
        before = _passed.set(passed)
        try:
            features = self.neck(self.body(images).float())
        finally:
            _passed.reset(before)
        layers = torch.cat(passed, dim=1) if passed else features
        return Insight(features, self.head(features), layers)


class _Noting:
    """Keeps what a stage has found, where somebody looks."""

    def __init__(self, pool: nn.Module) -> None:
        self.pool = pool

    def __call__(self, _stage: nn.Module, _inputs: object, output: Tensor) -> None:
        passed = _passed.get()
        if passed is not None:
            passed.append(self.pool(output.float()))


def as_it_is(model: nn.Module) -> Folded:
    """For networks in which there is nothing to fold: their fractions are their features."""
    return Folded(model, nn.Flatten(), nn.Identity())


def fold_norms(layers: nn.Sequential) -> nn.Sequential:
    """The same layers, in which each convolution does what the batch norm after it did."""
    folded: list[nn.Module] = []
    for layer in layers:
        if isinstance(layer, nn.BatchNorm2d):
            before = folded.pop()
            assert isinstance(before, nn.Conv2d)
            folded.append(fuse_conv_bn_eval(before, layer))
        elif isinstance(layer, nn.ReLU) and folded:
            folded.append(nn.ReLU(inplace=True))
        else:
            folded.append(layer)
    return nn.Sequential(*folded)
