"""Images of every kind as a stranger may send them, made byte for byte; and models to try."""

import struct
import zlib
from io import BytesIO
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from PIL.Image import Exif

from galaxyzoo.networks.common.weights import ModelInfo, save_weights
from galaxyzoo.predict.inference import see_batch
from galaxyzoo.predict.intervals import FEATURES, Intervals
from galaxyzoo.predict.predictor import Predictor
from galaxyzoo.tree import GZ2, Tree
from tests.conftest import build


def make_model(path: Path, network: str = "cnn", views: int = 1, tree: Tree = GZ2) -> Path:
    """A model file with first weights, as if it was trained on 424 pixel originals."""
    info = ModelInfo(
        network,
        tree,
        crop=212,
        size=64,
        width=424,
        rendered=False,
        data_digest="0" * 64,
        label_column="kaggle",
    )
    metadata = info.as_dict() | {"predict": {"views": views, "project": True}}
    save_weights(path, build(network, seed=3, tree=tree), metadata)
    return path


def layers_of(model: Predictor, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """What all layers of a model find in images [N, H, W, 3]: float32 [N, L]."""
    cropped = model.crop.stack([model.crop(Image.fromarray(own)) for own in images])
    seen = see_batch(model.model, torch.from_numpy(cropped), model.compute, model.views)
    layers: NDArray[np.float32] = seen.layers.numpy()
    return layers


def make_intervals(views: int) -> Intervals:
    """From 0.05 below a prediction p to sqrt(p (1 - p)) above it, wherever it is."""
    below, above = np.zeros((2, len(GZ2.columns), len(FEATURES)))
    below[:, FEATURES.index("one")] = 0.05
    above[:, FEATURES.index("deviation")] = 1
    usual = np.tile([0.0, 1.0], (len(GZ2.columns), 1))
    return Intervals(0.9, 100, views, usual, below, above)


def smooth_noise(seed: int, side: int = 424) -> Image.Image:
    noise = np.random.default_rng(seed).integers(0, 256, (20, 20, 3), dtype=np.uint8)
    return Image.fromarray(noise).resize((side, side))


def encode(image: Image.Image, kind: str, **options: object) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def turned_by_exif(image: Image.Image) -> bytes:
    """A JPEG whose EXIF says that it is to be shown turned by a quarter."""
    exif = Exif()
    exif[0x0112] = 6
    return encode(image, "JPEG", exif=exif)


def animation(first: Image.Image, second: Image.Image) -> bytes:
    return encode(first, "PNG", save_all=True, append_images=[second])


def png_bomb(side: int = 60_000) -> bytes:
    """A PNG of a few hundred bytes that claims `side` pixels each way."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + checksum

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(1000)))
        + chunk(b"IEND", b"")
    )
