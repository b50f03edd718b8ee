"""Images of every kind, encoded for real: what becomes of each."""

import warnings

import numpy as np
import pytest
from PIL import Image

from galaxyzoo.images.cropping import part_of_width
from galaxyzoo.images.decoding import decode
from galaxyzoo.images.sources import ImagesError
from tests.classify.classify_inputs import animation, encode, png_bomb, smooth_noise, turned_by_exif

GALAXY = smooth_noise(1, 100)
PIXELS = np.asarray(GALAXY)
GREY = np.asarray(GALAXY.convert("L"))


def pixels(content: bytes) -> np.ndarray:
    image = decode(content)
    assert image.mode == "RGB"
    return np.asarray(image)


def test_a_png_is_the_pixels_it_was_made_of() -> None:
    assert np.array_equal(pixels(encode(GALAXY, "PNG")), PIXELS)
    assert np.array_equal(pixels(encode(GALAXY.convert("L"), "PNG"))[..., 0], GREY)


def test_grey_of_16_bits_keeps_its_upper_8() -> None:
    deep = Image.fromarray(GREY.astype(np.uint16) * 256 + 200)
    assert deep.mode == "I;16"
    assert np.array_equal(pixels(encode(deep, "PNG")), np.dstack([GREY] * 3))


def test_a_palette_gives_its_colours() -> None:
    palette = GALAXY.quantize(64)
    assert np.array_equal(pixels(encode(palette, "PNG")), np.asarray(palette.convert("RGB")))


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_what_is_transparent_is_black(mode: str) -> None:
    image = GALAXY.convert(mode)
    alpha = np.full(GREY.shape, 255, np.uint8)
    alpha[:50] = 0
    image.putalpha(Image.fromarray(alpha))
    seen = pixels(encode(image, "PNG"))
    assert not seen[:50].any()
    assert np.array_equal(seen[50:], np.asarray(GALAXY.convert(mode).convert("RGB"))[50:])


def test_a_transparent_colour_of_a_palette_is_black() -> None:
    palette = GALAXY.quantize(16)
    seen = pixels(encode(palette, "PNG", transparency=3))
    assert not seen[np.asarray(palette) == 3].any()


def test_cmyk_has_the_colours_of_rgb() -> None:
    seen = pixels(encode(GALAXY.convert("CMYK"), "JPEG", quality=95))
    assert np.abs(seen.astype(int) - PIXELS).mean() < 3


def test_of_an_animation_the_first_image_counts() -> None:
    assert np.array_equal(pixels(animation(GALAXY, smooth_noise(2, 100))), PIXELS)


def test_an_orientation_in_exif_is_not_followed_as_in_training() -> None:
    turned = turned_by_exif(smooth_noise(1))
    assert np.array_equal(pixels(turned), pixels(encode(smooth_noise(1), "JPEG")))
    assert np.array_equal(pixels(turned), np.asarray(decode(turned)))


def test_the_content_counts_and_not_the_name() -> None:
    for kind in ("TIFF", "BMP", "PNG"):
        assert np.array_equal(pixels(encode(GALAXY, kind)), PIXELS)
    palette = GALAXY.quantize(64)
    assert np.array_equal(pixels(encode(palette, "GIF")), np.asarray(palette.convert("RGB")))
    assert np.array_equal(pixels(encode(GALAXY, "WEBP", lossless=True)), PIXELS)


@pytest.mark.parametrize("keep", [3, 20, 200, -200])
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_refuses_what_is_cut_short(kind: str, keep: int) -> None:
    with pytest.raises(ImagesError, match=r"does not decode|none of|damaged"):
        decode(encode(GALAXY, kind)[:keep])


def test_a_bomb_is_refused_before_it_is_decoded() -> None:
    assert len(png_bomb()) < 200
    with pytest.raises(ImagesError, match="is 60000x60000 pixels; at most 16,777,216"):
        decode(png_bomb())


def test_damaged_bytes_give_an_image_or_a_reason() -> None:
    draws = np.random.default_rng(0)
    whole = {kind: encode(GALAXY, kind) for kind in ("JPEG", "PNG")}
    whole["exif"] = turned_by_exif(GALAXY)
    for content in whole.values():
        for _ in range(150):
            damaged = bytearray(content)
            for place in draws.integers(2, min(len(damaged), 800), 4):
                damaged[place] = draws.integers(256)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    assert decode(bytes(damaged)).mode == "RGB"
                except ImagesError as error:
                    assert str(error)  # noqa: PT017


@pytest.mark.parametrize(
    ("size", "fraction", "side"),
    [((424, 424), 0.5, 212), ((64, 64), 0.5, 32), ((800, 424), 0.5, 212), ((64, 64), 0.001, 1)],
)
def test_the_crop_is_a_part_of_the_width(size: tuple[int, int], fraction: float, side: int) -> None:
    assert part_of_width(Image.new("RGB", size), fraction) == side
