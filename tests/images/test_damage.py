"""Damaged images, made byte by byte, that Pillow alone decodes without a word."""

import zlib
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from galaxyzoo.images.by_id import open_images
from galaxyzoo.images.cropping import crop_part
from galaxyzoo.images.decoding import decode, decode_and_check
from galaxyzoo.images.sources import ImagesError
from galaxyzoo.images.suspicion import suspicion
from tests.classify.classify_inputs import encode, smooth_noise
from tests.conftest import make_jpeg

GALAXY = smooth_noise(1, 100)


def pillow(content: bytes) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(content)).convert("RGB"))


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"subsampling": 0}, {"quality": 5}])
def test_a_whole_jpeg_is_what_pillow_makes_of_it(mode: str, options: dict[str, int]) -> None:
    content = encode(GALAXY.convert(mode), "JPEG", **options)
    assert np.array_equal(np.asarray(decode(content)), pillow(content))


def test_zeros_in_the_middle_are_noticed() -> None:
    content = bytearray(make_jpeg(1))
    middle = len(content) // 2
    content[middle : middle + 500] = bytes(500)
    pillow(bytes(content))
    with pytest.raises(ImagesError, match=r"is a damaged JPEG: Corrupt JPEG data"):
        decode(bytes(content))


def test_a_jpeg_cut_and_closed_is_noticed() -> None:
    content = make_jpeg(1)[:-2000] + b"\xff\xd9"
    pillow(content)
    with pytest.raises(ImagesError, match="premature end of data segment"):
        decode(content)


def test_a_progressive_jpeg_without_its_last_scans_is_noticed() -> None:
    """The decoder has nothing to notice: each scan is whole."""
    whole = encode(GALAXY, "JPEG", progressive=True)
    starts = [i for i in range(len(whole)) if whole[i : i + 2] == b"\xff\xda"]
    assert len(starts) > 4
    for start in starts[1:]:
        content = whole[:start] + b"\xff\xd9"
        with pytest.raises(ImagesError, match="damaged JPEG"):
            decode(content)


def test_a_header_that_declares_more_than_there_is() -> None:
    content = bytearray(make_jpeg(1))
    place = content.index(b"\xff\xc0")
    content[place + 5 : place + 9] = (1300).to_bytes(2) + (6550).to_bytes(2)
    with pytest.raises(ImagesError, match="damaged JPEG"):
        decode(bytes(content))
    content[place + 5 : place + 9] = (1300).to_bytes(2) + (65500).to_bytes(2)
    with pytest.raises(ImagesError, match="at most 16,777,216"):
        decode(bytes(content))


def test_a_png_differs_from_its_checksum() -> None:
    content = bytearray(encode(GALAXY, "PNG", compress_level=0))
    content[len(content) // 2] ^= 1
    with pytest.raises(ImagesError, match=r"a checksum does not match|does not decode"):
        decode(bytes(content))


def test_a_png_whose_end_is_missing() -> None:
    with pytest.raises(ImagesError, match="its end is missing"):
        decode(encode(GALAXY, "PNG")[:-12])


@pytest.mark.parametrize("bits", [10, 12, 14, 16])
def test_unused_bits_are_told(bits: int) -> None:
    deep = np.asarray(GALAXY.convert("L")).astype(np.uint32) * (2**bits - 1) // 255
    _, why = decode_and_check(encode(Image.fromarray(deep.astype(np.uint16)), "PNG"))
    told = f"has 16 bits and uses {bits} of them: it is nearly black"
    assert why == ("" if bits == 16 else told)


def png_of_16_bits(pixels: np.ndarray) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        checksum = zlib.crc32(kind + content).to_bytes(4)
        return len(content).to_bytes(4) + kind + content + checksum

    height, width, _ = pixels.shape
    header = width.to_bytes(4) + height.to_bytes(4) + bytes([16, 2, 0, 0, 0])
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in pixels)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def test_unused_bits_of_colours_are_told() -> None:
    whole = np.asarray(GALAXY).astype(np.uint16)
    assert decode_and_check(png_of_16_bits(whole * 16))[1].startswith("has 16 bits and uses 12")
    image, why = decode_and_check(png_of_16_bits(whole * 257))
    assert why == ""
    assert np.array_equal(np.asarray(image), np.asarray(GALAXY))


def srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def as_linear(profile: bytes) -> bytes:
    """SRGB's profile with another name, and a straight line for a curve."""
    changed = profile.replace("sRGB".encode("utf-16-be"), "line".encode("utf-16-be"))
    place = changed.index(b"para")
    curve = (b"para" + bytes(8) + (1 << 16).to_bytes(4)).ljust(32, b"\0")
    return changed[:place] + curve + changed[place + 32 :]


def test_the_profile_of_srgb_changes_nothing() -> None:
    image, why = decode_and_check(encode(GALAXY, "PNG", icc_profile=srgb()))
    assert (np.array_equal(np.asarray(image), np.asarray(GALAXY)), why) == (True, "")


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_another_profile_is_followed(kind: str) -> None:
    flat = Image.new("RGB", (80, 80), (55, 55, 55))
    image, why = decode_and_check(encode(flat, kind, icc_profile=as_linear(srgb())))
    seen = np.asarray(image).astype(int)
    assert (np.abs(seen - 128).max() <= 2, why) == (
        True,
        "",
    )  # what sRGB writes for 55/255 of light


def test_a_profile_that_is_none_is_told() -> None:
    _, why = decode_and_check(encode(GALAXY, "PNG", icc_profile=b"nonsense"))
    assert why == "has a colour profile that can't be followed"


def test_fluxes_are_refused() -> None:
    fluxes = Image.fromarray(np.zeros((80, 80), np.float32))
    with pytest.raises(ImagesError, match="has pixels of 32 bits"):
        decode(encode(fluxes, "TIFF"))
    with pytest.raises(ImagesError, match="is a FITS picture: fluxes by band"):
        decode(b"SIMPLE  =                    T")


@pytest.mark.parametrize(
    ("place", "filled"),
    [(np.s_[:], "blank"), (np.s_[32:], "one side"), (np.s_[:, :20], "one side")],
)
@pytest.mark.parametrize("colour", [0, 128, 255])
def test_a_blank_or_half_filled_image_is_suspicious(
    place: tuple[slice, ...], filled: str, colour: int
) -> None:
    image = np.array(smooth_noise(2, 64))
    assert suspicion(image) == ""
    image[place] = colour
    assert filled in suspicion(image)


def test_a_dark_image_and_a_negative_are_suspicious() -> None:
    image = np.array(smooth_noise(2, 64))
    assert suspicion(image // 10) == "is nearly black"
    assert suspicion(255 - image // 3) == "is as bright as a negative"


def test_no_real_image_is_suspicious(real_data: Path) -> None:

    source = open_images(real_data / "images_test_rev1.zip")
    for galaxy_id in source.names:
        image, why = decode_and_check(source.read(galaxy_id))
        assert why + suspicion(np.asarray(crop_part(image, 0.5, 64))) == ""
