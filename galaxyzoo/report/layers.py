"""A network, layer by layer: what each gives out, what it learns, and why it is there."""

from collections.abc import Callable, Mapping
from itertools import accumulate
from typing import NamedTuple

import torch
from torch import Tensor, nn

from galaxyzoo.networks.common.network import DescribeLayer, Network, count_parameters


class Layer(NamedTuple):
    """One row of the table."""

    name: str
    """Where it is in the module"""
    kind: str
    output: str
    """Shape of what it gives out for one image: channels x height x width"""
    parameters: int
    why: str


Described = Mapping[type[nn.Module], DescribeLayer]


def list_layers(network: Network, model: nn.Module, size: int) -> list[Layer]:
    """The layers of a network that takes square images of `size` pixels, in the order of their use.

    They are found by sending a black image through `model`, whose mode and weights stay as they
    are. What the network calls a layer of its own is one row, whatever it is made of.
    """
    rows: list[Layer] = []
    blocks = tuple(network.layers)
    described = {**network.layers, **_TORCH_LAYERS}
    hooks = [
        module.register_forward_hook(_noting(rows, name, described))
        for name, module in model.named_modules()
        if _is_row(model, name, module, blocks)
    ]
    training = model.training
    try:
        with torch.inference_mode():
            model.eval()(torch.zeros(1, 3, size, size))
    finally:
        model.train(training)
        for hook in hooks:
            hook.remove()
    return rows


def _noting(
    rows: list[Layer], name: str, described: Described
) -> Callable[[nn.Module, object, Tensor], None]:
    def note(module: nn.Module, _: object, output: Tensor) -> None:
        kind, why = _describe(module, described)
        shape = " x ".join(str(side) for side in output.shape[1:])
        rows.append(Layer(name, kind, shape, count_parameters(module), why))

    return note


def _is_row(
    model: nn.Module, name: str, module: nn.Module, blocks: tuple[type[nn.Module], ...]
) -> bool:
    """Whether it is a layer or a block of layers, and not part of a block, nor empty."""
    if any(isinstance(model.get_submodule(parent), blocks) for parent in _parents(name)):
        return False
    return isinstance(module, blocks) or (name != "" and not any(module.children()))


def _parents(name: str) -> list[str]:
    """The names of what a module is in: "a" and "a.b" of "a.b.c"."""
    return list(accumulate(name.split(".")[:-1], "{}.{}".format))


def _describe(module: nn.Module, described: Described) -> tuple[str, str]:
    """The kind of a layer, and why it is there."""
    for kind, describe in described.items():
        if isinstance(module, kind):
            return describe(module)
    return type(module).__name__, ""


def _convolution(module: nn.Module) -> tuple[str, str]:
    assert isinstance(module, nn.Conv2d)
    step = f", step {module.stride[0]}" if module.stride[0] > 1 else ""
    return (
        f"Convolution, {module.out_channels} filters of {module.kernel_size[0]}x"
        f"{module.kernel_size[1]}{step}",
        "each filter looks for one small pattern, everywhere in the image",
    )


def _linear(module: nn.Module) -> tuple[str, str]:
    assert isinstance(module, nn.Linear)
    return (
        f"Fully connected, {module.in_features} to {module.out_features}",
        "weighs all that was found, for each of its outputs",
    )


def _dropout(module: nn.Module) -> tuple[str, str]:
    assert isinstance(module, nn.Dropout)
    return (
        f"Dropout, {module.p:.0%}",
        "leaves out a random part while training, so that no output leans on one finding",
    )


_TORCH_LAYERS: Described = {
    nn.Conv2d: _convolution,
    nn.Linear: _linear,
    nn.Dropout: _dropout,
    nn.BatchNorm2d: lambda _: (
        "Batch norm",
        "keeps each channel near mean 0 and spread 1, so that the next layer can learn at ease",
    ),
    nn.ReLU: lambda _: ("ReLU", "sets what is below 0 to 0: without a bend, layers would be one"),
    nn.MaxPool2d: lambda _: ("Max pooling", "keeps the strongest of neighbouring pixels"),
    nn.AvgPool2d: lambda _: ("Average pooling", "shrinks the image by taking means"),
    nn.AdaptiveAvgPool2d: lambda _: (
        "Average over the image",
        "what was found counts, and not where",
    ),
    nn.Flatten: lambda _: ("Flatten", "puts all that is left of the image into one row"),
    nn.Sigmoid: lambda _: ("Sigmoid", "brings each output between 0 and 1, by itself"),
}
