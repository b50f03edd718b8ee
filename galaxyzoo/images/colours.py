"""Pixels of any kind as RGB of 8 bits, in the colours of sRGB, as the training pictures are."""

import io

import numpy as np
from PIL import Image, ImageCms

from galaxyzoo.images.sources import ImagesError

DEEP = "16 bits"
"""In the `info` of an image: whether its file has 16 bits for each colour; Pillow keeps 8"""

_GAMMA = 0.45455  # of sRGB, about, as a PNG writes it

_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def to_rgb(image: Image.Image) -> tuple[Image.Image, str]:
    """An image as RGB; and what is odd about its colours, empty if nothing is.

    16 bits keep their upper 8. What is transparent becomes black, as the sky is. A colour profile
    other than sRGB's is followed. Raises ImagesError for pixels of 32 bits: fluxes, not colours.
    """
    if image.mode in ("I", "F"):
        raise ImagesError("has pixels of 32 bits or with a sign, as fluxes have, and no colours")
    deep = image.mode.startswith("I;16") or image.info.get(DEEP, False)
    rgb, why = _in_srgb(_of_8_bits(image))
    return rgb, why or _unused_bits(rgb, deep) or _odd_gamma(image)


def _of_8_bits(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16"):
        eight = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
        eight.info = image.info
        return eight
    if image.has_transparency_data:
        black = Image.new("RGBA", image.size, "black")
        opaque = Image.alpha_composite(black, image.convert("RGBA")).convert("RGB")
        opaque.info = image.info
        return opaque
    return image


def _in_srgb(image: Image.Image) -> tuple[Image.Image, str]:
    profile = image.info.get("icc_profile")
    if not profile:
        return _plain_rgb(image), ""
    try:
        followed = _followed(image, profile)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return _plain_rgb(image), "has a colour profile that can't be followed"
    followed.info = image.info
    return followed, ""


def _followed(image: Image.Image, content: bytes) -> Image.Image:
    profile = ImageCms.getOpenProfile(io.BytesIO(content))
    if "srgb" in ImageCms.getProfileDescription(profile).lower():
        return _plain_rgb(image)
    if image.mode not in ("RGB", "L", "CMYK"):
        image = _plain_rgb(image)
    converted = ImageCms.profileToProfile(image, profile, _SRGB, outputMode="RGB")
    if converted is None:
        raise ValueError("no image")
    return converted


def _plain_rgb(image: Image.Image) -> Image.Image:
    return image if image.mode == "RGB" else image.convert("RGB")


def _unused_bits(image: Image.Image, deep: bool) -> str:
    """Of a camera's 10, 12 or 14 bits in 16 the upper ones are empty: the image is nearly black."""
    if not deep:
        return ""
    brightest = max(high for _, high in image.getextrema())  # type: ignore[misc]
    if brightest >= 64:
        return ""
    return f"has 16 bits and uses {8 + int(brightest).bit_length()} of them: it is nearly black"


def _odd_gamma(image: Image.Image) -> str:
    gamma = image.info.get("gamma")
    heeded = "srgb" in image.info or "icc_profile" in image.info
    if gamma is None or heeded or abs(gamma - _GAMMA) < 0.05:
        return ""
    return f"has a gamma of {gamma:g}, which is not followed"
