"""Where the report's claims come from."""

import re
from typing import NamedTuple

from markupsafe import Markup


class Source(NamedTuple):
    short: str
    text: str
    address: str


SOURCES = {
    "willett": Source(
        "Willett et al. 2013",
        "Willett et al. 2013, Galaxy Zoo 2: detailed morphological classifications for 304,122 "
        "galaxies from the Sloan Digital Sky Survey.",
        "https://arxiv.org/abs/1308.3496",
    ),
    "kaggle": Source(
        "Kaggle 2014",
        "Galaxy Zoo - The Galaxy Challenge, the competition of 2013/14 and its leaderboard.",
        "https://www.kaggle.com/c/galaxy-zoo-the-galaxy-challenge",
    ),
    "dieleman": Source(
        "Dieleman et al. 2015",
        "Dieleman, Willett, Dambre 2015, Rotation-invariant convolutional neural networks for "
        "galaxy morphology prediction.",
        "https://arxiv.org/abs/1503.07077",
    ),
    "he": Source(
        "He et al. 2016",
        "He, Zhang, Ren, Sun 2016, Deep residual learning for image recognition.",
        "https://arxiv.org/abs/1512.03385",
    ),
    "ioffe": Source(
        "Ioffe and Szegedy 2015",
        "Ioffe, Szegedy 2015, Batch normalization: accelerating deep network training by reducing "
        "internal covariate shift.",
        "https://arxiv.org/abs/1502.03167",
    ),
    "wu": Source(
        "Wu and Johnson 2021",
        'Wu, Johnson 2021, Rethinking "Batch" in BatchNorm.',
        "https://arxiv.org/abs/2105.07576",
    ),
    "saunders": Source(
        "Saunders et al. 1998",
        "Saunders, Gammerman, Vovk 1998, Ridge regression learning algorithm in dual variables.",
        "https://dl.acm.org/doi/10.5555/645527.657464",
    ),
    "cohen": Source(
        "Cohen and Welling 2016",
        "Cohen, Welling 2016, Group equivariant convolutional networks.",
        "https://arxiv.org/abs/1602.07576",
    ),
    "adam": Source(
        "Kingma and Ba 2015",
        "Kingma, Ba 2015, Adam: a method for stochastic optimization.",
        "https://arxiv.org/abs/1412.6980",
    ),
    "adamw": Source(
        "Loshchilov and Hutter 2019",
        "Loshchilov, Hutter 2019, Decoupled weight decay regularization.",
        "https://arxiv.org/abs/1711.05101",
    ),
    "onecycle": Source(
        "Smith and Topin 2018",
        "Smith, Topin 2018, Super-convergence: very fast training of neural networks using large "
        "learning rates.",
        "https://arxiv.org/abs/1708.07120",
    ),
    "guo": Source(
        "Guo et al. 2017",
        "Guo, Pleiss, Sun, Weinberger 2017, On calibration of modern neural networks.",
        "https://arxiv.org/abs/1706.04599",
    ),
    "lee": Source(
        "Lee et al. 2018",
        "Lee, Lee, Lee, Shin 2018, A simple unified framework for detecting out-of-distribution "
        "samples and adversarial attacks.",
        "https://arxiv.org/abs/1807.03888",
    ),
}


def cite(key: str) -> Markup:
    """A link to the source called `key`."""
    return Markup('(<a href="#source-{}">{}</a>)').format(key, SOURCES[key].short)


def cited(text: str) -> Markup:
    """A text in which [key] becomes a citation where it is the key of a source."""
    pieces = re.split(r"\[(\w+)\]", text.strip())
    keys = {place for place in range(1, len(pieces), 2) if pieces[place] in SOURCES}
    return Markup("").join(
        cite(piece) if place in keys else f"[{piece}]" if place % 2 else piece
        for place, piece in enumerate(pieces)
    )
