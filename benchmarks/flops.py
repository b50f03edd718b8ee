"""How long a GPU would train on all galaxies, worked out and not measured: docs/full_data.md.

usage: python -m benchmarks.flops [EPOCHS]

Counts what torch computes for an image of 64 and of 128 pixels, forward and backward, by
torch.utils.flop_counter: a multiplication and an addition are two operations (FLOP). Divides all
passes over four fifths of 61,578 galaxies by two rates, of 15 and of 60 TFLOP/s sustained.
"""

import sys

import torch
from torch.utils.flop_counter import FlopCounterMode

from galaxyzoo.networks import cnn, encoder, resnet, tuned
from galaxyzoo.networks.common.network import Network
from galaxyzoo.tree import GZ2

EPOCHS = 60
LEARNED = 49_262  # four fifths of 61,578
SIZES = (64, 128)
RATES = (15e12, 60e12)
ENCODERS = ("resnet50",)  # of grouped convolutions the counter makes too much on the way back

_IMAGES = 2  # a batch norm wants more than one


def networks() -> dict[str, Network]:
    """By what they are called."""
    ours = {own.NETWORK.name: own.NETWORK for own in (cnn, tuned, resnet)}
    return ours | {f"encoder: {name}": encoder.choose(name) for name in ENCODERS}


def flop_of_an_image(network: Network, size: int) -> float:
    """Forward and backward."""
    model = network.build(size, len(GZ2.columns), seed=0)
    images = torch.rand(_IMAGES, 3, size, size)
    with FlopCounterMode(display=False) as counter:
        model(images).sum().backward()
    return float(counter.get_total_flops()) / _IMAGES


def main() -> None:
    epochs = int(sys.argv[1]) if len(sys.argv) > 1 else EPOCHS
    columns = [f"hours at {rate / 1e12:.0f} TFLOP/s" for rate in RATES]
    print(f"| network, {epochs} epochs | pixels | GFLOP for an image | {' | '.join(columns)} |")
    for name, network in networks().items():
        for size in SIZES:
            own = flop_of_an_image(network, size)
            hours = [own * LEARNED * epochs / rate / 3600 for rate in RATES]
            times = " | ".join(f"{each:.2g}" for each in hours)
            print(f"| {name} | {size} | {own / 1e9:.3g} | {times} |", flush=True)


if __name__ == "__main__":
    main()
