import os
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from galaxyzoo.images import sizes
from galaxyzoo.images.by_id import open_images
from galaxyzoo.images.cropping import crop_center
from galaxyzoo.images.decoding import decode, is_rendered
from galaxyzoo.images.sources import ImagesError
from tests.conftest import make_jpeg, make_zip

MakeZip = Callable[[dict[str, bytes]], Path]


def test_a_zip_and_a_folder_give_the_same_in_ascending_order(tmp_path: Path) -> None:
    members = {
        "images_training_rev1/": b"",
        "images_training_rev1/200.jpg": b"b",
        "images_training_rev1/deeper/3.jpg": b"a",
        "1000.JPEG": b"c",
        "images_training_rev1/readme.txt": b"no image",
        "__MACOSX/images_training_rev1/._3.jpg": b"no image",
    }
    zipped = open_images(make_zip(tmp_path / "images.zip", members))
    folder = tmp_path / "images"
    for name, content in members.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content:
            path.write_bytes(content)
    unzipped = open_images(folder)
    assert list(zipped.names) == list(unzipped.names) == ["3", "200", "1000"]
    for source in (zipped, unzipped):
        assert [source.read(galaxy_id) for galaxy_id in source.names] == [b"a", b"b", b"c"]


def test_reads_the_real_zip_in_place(real_data: Path) -> None:
    source = open_images(real_data / "images_training_rev1.zip")
    assert len(source.names) == 3265
    assert list(source.names) == sorted(source.names, key=int)
    image = decode(source.read(next(iter(source.names))))
    assert (image.size, image.mode) == ((424, 424), "RGB")
    assert not is_rendered(image)


@pytest.mark.parametrize("kind", ["zip", "folder"])
def test_a_source_can_be_handed_to_another_process(tmp_path: Path, kind: str) -> None:
    if kind == "zip":
        path = make_zip(tmp_path / "images.zip", {"a/3.jpg": b"three"})
    else:
        path = tmp_path
        (path / "3.jpg").write_bytes(b"three")
    received = pickle.loads(pickle.dumps(open_images(path)))  # noqa: S301  as multiprocessing does
    assert received.read("3") == b"three"


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({}, "holds no image named <GalaxyID>.jpg"),
        ({"galaxy.jpg": b"", "a.txt": b""}, "other images: galaxy.jpg; left out: 1 file of other"),
    ],
)
def test_refuses_a_source_it_cannot_use(
    image_zip: MakeZip, members: dict[str, bytes], message: str
) -> None:
    with pytest.raises(ImagesError, match=message):
        open_images(image_zip(members))


def test_refuses_what_is_no_source(tmp_path: Path) -> None:
    with pytest.raises(ImagesError, match="no such zip or folder"):
        open_images(tmp_path / "nothing")
    (tmp_path / "text.zip").write_text("not a zip")
    with pytest.raises(ImagesError, match="expected a zip"):
        open_images(tmp_path / "text.zip")


def test_a_damaged_zip_member_is_a_bad_image(image_zip: MakeZip) -> None:
    path = image_zip({"1.jpg": make_jpeg(1)})
    damaged = bytearray(path.read_bytes())
    damaged[500] ^= 1
    path.write_bytes(damaged)
    with pytest.raises(ImagesError, match="does not unpack"):
        open_images(path).read("1")


def test_an_encrypted_zip_member_is_a_bad_image(image_zip: MakeZip) -> None:
    path = image_zip({"1.jpg": make_jpeg(1)})
    locked = bytearray(path.read_bytes())
    locked[6] |= 1  # the flag in the header of the member, and in the zip's directory
    locked[locked.index(b"PK\1\2") + 8] |= 1
    path.write_bytes(locked)
    assert dict(open_images(path).bad)["1.jpg"].startswith("is encrypted")


def test_a_file_that_cannot_be_read_is_a_bad_image(tmp_path: Path) -> None:
    """A link to nowhere: unlike a file without permissions, root can't read it either."""
    (tmp_path / "1.jpg").symlink_to("nowhere")
    assert open_images(tmp_path).bad == (("1.jpg", "is a link to what is not there"),)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_refuses_a_zip_that_may_not_be_read(image_zip: MakeZip) -> None:
    path = image_zip({"1.jpg": make_jpeg(1)})
    path.chmod(0)
    with pytest.raises(ImagesError, match=r"images\.zip: can't be read: Permission denied"):
        open_images(path)


@pytest.mark.parametrize("bad", [b"", b"no JPEG", make_jpeg(1)[:-2000]])
def test_refuses_what_does_not_decode(bad: bytes) -> None:
    with pytest.raises(ImagesError, match=r"is empty|none of|damaged JPEG: Premature end"):
        decode(bad)


def test_refuses_an_image_that_would_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "MAX_PIXELS", 1000)
    with pytest.raises(ImagesError, match="is 424x424 pixels; at most 1,000 are read"):
        decode(make_jpeg(1))


def test_grey_becomes_rgb() -> None:
    pixels = np.asarray(decode(make_jpeg(1, mode="L")))
    assert pixels.shape == (424, 424, 3)
    assert (pixels == pixels[..., :1]).all()


def test_crop_keeps_the_center() -> None:
    pixels = np.arange(16, dtype=np.uint8).reshape(4, 4)
    assert np.asarray(crop_center(Image.fromarray(pixels), 2)).tolist() == [[5, 6], [9, 10]]


def test_crop_refuses_a_smaller_image() -> None:
    with pytest.raises(ImagesError, match="is 424x200 pixels; the crop needs at least 212x212"):
        crop_center(Image.new("RGB", (424, 200)), 212)
